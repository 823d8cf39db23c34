//! The conversation on one channel, without socket or clock: frames in, events and frames out.

use serde_json::{Value, json};

use super::RealtimeEvent;
use super::frame::{Frame, encode};

/// The channel's name. Any will do: what it hears is decided by its bindings and row-level security.
const TOPIC: &str = "realtime:amethyst";
/// The join's reference; each connection joins once.
const JOIN: &str = "1";

/// State of the conversation.
#[derive(Debug)]
pub(super) struct Protocol {
    references: u64,
    /// Reference of the heartbeat that was not answered yet.
    heartbeat: Option<String>,
    joined: bool,
    live: bool,
    closed: Option<String>,
}

impl Protocol {
    /// The conversation and its first frame.
    pub(super) fn join(token: &str) -> (Self, String) {
        let binding =
            |event| json!({ "event": event, "schema": "public", "table": "sync_changes" });
        let payload = json!({
            "config": {
                "broadcast": { "ack": false, "self": false },
                "presence": { "key": "", "enabled": false },
                // Never DELETE: the server applies no row-level security to it.
                "postgres_changes": [binding("INSERT"), binding("UPDATE")],
                "private": false,
            },
            "access_token": token,
        });
        let protocol = Self {
            references: 1,
            heartbeat: None,
            joined: false,
            live: false,
            closed: None,
        };
        (
            protocol,
            encode(Some(JOIN), JOIN, TOPIC, "phx_join", &payload),
        )
    }

    /// The frame that hands the server a newer token. It is not answered.
    pub(super) fn token(&mut self, token: &str) -> String {
        let reference = self.next_reference();
        let payload = json!({ "access_token": token });
        encode(Some(JOIN), &reference, TOPIC, "access_token", &payload)
    }

    /// The next heartbeat, or the end when the last one was not answered.
    pub(super) fn heartbeat(&mut self) -> Result<String, RealtimeEvent> {
        if self.heartbeat.is_some() {
            return Err(self.close("a heartbeat was not answered"));
        }
        let reference = self.next_reference();
        let frame = encode(None, &reference, "phoenix", "heartbeat", &json!({}));
        self.heartbeat = Some(reference);
        Ok(frame)
    }

    /// Whether the server has accepted the channel.
    pub(super) fn is_joined(&self) -> bool {
        self.joined
    }

    /// Whether the server listens.
    pub(super) fn is_live(&self) -> bool {
        self.live
    }

    /// The end, once it has come.
    pub(super) fn closed(&self) -> Option<RealtimeEvent> {
        let reason = self.closed.clone()?;
        Some(RealtimeEvent::Closed { reason })
    }

    /// Ends the conversation. The first reason stays.
    pub(super) fn close(&mut self, reason: &str) -> RealtimeEvent {
        let reason = self.closed.get_or_insert_with(|| reason.to_owned()).clone();
        RealtimeEvent::Closed { reason }
    }

    /// Takes in a frame.
    pub(super) fn receive(&mut self, frame: &Frame) -> Option<RealtimeEvent> {
        if frame.topic == "phoenix" {
            if frame.event == "phx_reply" && frame.reference == self.heartbeat {
                self.heartbeat = None;
            }
            return None;
        }
        // The local and the hosted server leave `join_ref` out of some frames; another join's is stale.
        let ours = frame.join_ref.as_deref().is_none_or(|join| join == JOIN);
        if frame.topic != TOPIC || !ours {
            return None;
        }
        match frame.event.as_str() {
            "phx_reply" if frame.reference.as_deref() == Some(JOIN) => {
                Some(self.join_reply(&frame.payload))
            }
            "system" => self.system(&frame.payload),
            "postgres_changes" => Some(RealtimeEvent::Changed),
            "phx_close" | "phx_error" => Some(self.close(&frame.event)),
            _ => None,
        }
    }

    fn join_reply(&mut self, payload: &Value) -> RealtimeEvent {
        if payload.get("status").and_then(Value::as_str) == Some("ok") {
            self.joined = true;
            return RealtimeEvent::Joined;
        }
        let reason = payload.pointer("/response/reason").and_then(Value::as_str);
        self.close(code(reason.unwrap_or("the join was refused")))
    }

    fn system(&mut self, payload: &Value) -> Option<RealtimeEvent> {
        let field = |key: &str| payload.get(key).and_then(Value::as_str);
        match (field("extension"), field("status")) {
            (Some("postgres_changes"), Some("ok")) => {
                self.live = true;
                Some(RealtimeEvent::Live)
            }
            // The server goes on trying to listen by itself.
            (Some("postgres_changes"), _) => None,
            // The token's end or a limit; `phx_close` follows, but not from every version.
            (_, Some("error")) => {
                Some(self.close(field("message").map_or("system", system_reason)))
            }
            _ => None,
        }
    }

    fn next_reference(&mut self) -> String {
        self.references += 1;
        self.references.to_string()
    }
}

/// The code of `Code: sentence`. Sentences may quote a token's content.
fn code(reason: &str) -> &str {
    reason.split(':').next().unwrap_or(reason)
}

fn system_reason(message: &str) -> &'static str {
    if message.contains("expired") {
        "the token has expired"
    } else {
        "the server ended the channel"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::realtime::frame::decode;
    use crate::wire::fixture;

    fn joined() -> Protocol {
        Protocol::join("token").0
    }

    fn receive(protocol: &mut Protocol, name: &str) -> Option<RealtimeEvent> {
        protocol.receive(&decode(&fixture(name).to_string()).unwrap())
    }

    #[test]
    fn joins_for_inserts_and_updates_of_the_feed() {
        let (_, frame) = Protocol::join("the-token");
        let sent: Value = serde_json::from_str(&frame).unwrap();
        assert_eq!(sent, fixture("realtime_join"));
    }

    #[test]
    fn goes_from_joined_to_live_to_changed() {
        let mut protocol = joined();
        assert_eq!(
            receive(&mut protocol, "realtime_join_reply"),
            Some(RealtimeEvent::Joined)
        );
        assert!(protocol.is_joined() && !protocol.is_live());
        assert_eq!(
            receive(&mut protocol, "realtime_system_live"),
            Some(RealtimeEvent::Live)
        );
        assert_eq!(
            receive(&mut protocol, "realtime_change"),
            Some(RealtimeEvent::Changed)
        );
        assert!(protocol.is_live() && protocol.closed().is_none());
    }

    #[test]
    fn ends_with_the_servers_code() {
        let mut protocol = joined();
        let closed = RealtimeEvent::Closed {
            reason: "InvalidJWTToken".into(),
        };
        assert_eq!(
            receive(&mut protocol, "realtime_join_refused"),
            Some(closed.clone())
        );
        assert_eq!(protocol.closed(), Some(closed));

        let mut protocol = joined();
        let closed = RealtimeEvent::Closed {
            reason: "the token has expired".into(),
        };
        assert_eq!(
            receive(&mut protocol, "realtime_token_expired"),
            Some(closed.clone())
        );
        let close = decode(r#"["1",null,"realtime:amethyst","phx_close",{}]"#).unwrap();
        assert_eq!(
            protocol.receive(&close),
            Some(closed),
            "the first reason stays"
        );
    }

    #[test]
    fn an_unanswered_heartbeat_is_the_end() {
        let mut protocol = joined();
        let first = decode(
            &protocol
                .heartbeat()
                .unwrap()
                .replace("heartbeat", "phx_reply"),
        );
        assert_eq!(protocol.receive(&first.unwrap()), None);
        assert!(protocol.heartbeat().is_ok(), "the first was answered");
        assert!(matches!(
            protocol.heartbeat(),
            Err(RealtimeEvent::Closed { .. })
        ));
    }

    #[test]
    fn frames_of_others_are_passed_over() {
        let mut protocol = joined();
        for text in [
            r#"["9",null,"realtime:amethyst","postgres_changes",{}]"#,
            r#"["1",null,"realtime:other","phx_close",{}]"#,
            r#"["1",null,"realtime:amethyst","presence_state",{}]"#,
            r#"["1","7","realtime:amethyst","phx_reply",{"status":"error"}]"#,
            r#"["1",null,"realtime:amethyst","system",{"extension":"postgres_changes","status":"error"}]"#,
        ] {
            assert_eq!(protocol.receive(&decode(text).unwrap()), None, "{text}");
        }
        assert_eq!(protocol.closed(), None);
    }
}
