//! What one connection has joined, and the answers to what its client says.
//!
//! Knows frames, not sockets: `socket` reads and writes those.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio_util::task::AbortOnDropHandle;

use super::frame::Incoming;
use super::hub::{Hub, SharedCaller, Subscription, system_payload};
use super::join::Binding;
use super::outlet::Outlet;
use super::{expiry, join, subscribe};
use crate::app::App;
use crate::claims::Caller;
use crate::keys::JwtError;

/// A connection may join at most this many channels.
const MAX_CHANNELS: usize = 100;
const PREFIX: &str = "realtime:";

/// A joined channel. Dropping it ends its subscription.
struct Channel {
    join_ref: Option<String>,
    token: Option<String>,
    caller: SharedCaller,
    subscription: Option<AbortOnDropHandle<()>>,
}

/// The state of one connection.
pub(crate) struct Session {
    app: App,
    hub: Arc<Hub>,
    outlet: Outlet,
    connected_as: Caller,
    channels: HashMap<String, Channel>,
    next_binding: u32,
}

impl Session {
    /// A connection that has joined nothing yet. `connected_as` counts for channels joined without a
    /// user's token.
    pub(crate) fn new(app: App, hub: Arc<Hub>, outlet: Outlet, connected_as: Caller) -> Self {
        Self {
            app,
            hub,
            outlet,
            connected_as,
            channels: HashMap::new(),
            next_binding: 1,
        }
    }

    /// Answers one message.
    pub(crate) fn handle(&mut self, message: &Incoming) {
        match (message.topic.as_str(), message.event.as_str()) {
            ("phoenix", "heartbeat") => self.reply(message, Ok(json!({}))),
            (_, "phx_join") => self.join(message),
            (topic, event) if self.channels.contains_key(topic) => match event {
                "phx_leave" => {
                    self.reply(message, Ok(json!({})));
                    self.close(&message.topic);
                }
                "access_token" => self.renew(message),
                "broadcast" | "presence" => {
                    let reason =
                        format!("NotImplemented: {event} is not served by the local backend");
                    self.reply(message, Err(reason));
                }
                _ => self.reply(message, Err(format!("UnknownEvent: {event}"))),
            },
            _ => self.reply(message, Err("unmatched topic".to_owned())),
        }
    }

    /// How long until the next channel's token ends.
    pub(crate) fn until_expiry(&self) -> Option<Duration> {
        let ends = self
            .channels
            .values()
            .filter_map(|c| expiry::expires_at(&c.caller.get()));
        let left = ends
            .min()?
            .saturating_mul(1000)
            .saturating_sub(self.app.clock().now_ms());
        Some(Duration::from_millis(
            u64::try_from(left).unwrap_or_default(),
        ))
    }

    /// Closes every channel whose token has ended.
    pub(crate) fn expire(&mut self) {
        let now = self.app.clock().now().timestamp();
        let ended: Vec<(String, i64)> = self
            .channels
            .iter()
            .filter_map(|(topic, channel)| {
                let end = expiry::expires_at(&channel.caller.get())?;
                (end <= now).then(|| (topic.clone(), now - end))
            })
            .collect();
        for (topic, seconds) in ended {
            self.system_error(&topic, &format!("Token has expired {seconds} seconds ago"));
            self.close(&topic);
        }
    }

    fn join(&mut self, message: &Incoming) {
        // A second join of a topic replaces the first, as Phoenix has it.
        self.close(&message.topic);
        let (mut channel, bindings) = match self.admit(message) {
            Ok(admitted) => admitted,
            Err(reason) => return self.reply(message, Err(reason)),
        };
        let echoed: Vec<Value> = bindings.iter().map(Binding::echoed).collect();
        self.reply(message, Ok(json!({ "postgres_changes": echoed })));
        // Only after the reply: the client knows its binding ids first and the events after.
        if !bindings.is_empty() {
            let subscription = Subscription {
                outlet: self.outlet.clone(),
                topic: message.topic.clone(),
                join_ref: channel.join_ref.clone(),
                bindings: bindings.into(),
                caller: channel.caller.clone(),
            };
            let kept = subscribe::keep(self.app.clone(), Arc::clone(&self.hub), subscription);
            channel.subscription = Some(AbortOnDropHandle::new(tokio::spawn(kept)));
        }
        self.channels.insert(message.topic.clone(), channel);
    }

    fn admit(&mut self, message: &Incoming) -> Result<(Channel, Vec<Binding>), String> {
        let name = message.topic.strip_prefix(PREFIX).unwrap_or_default();
        if name.is_empty() {
            return Err("TopicNameRequired: You must provide a topic name".to_owned());
        }
        if self.channels.len() >= MAX_CHANNELS {
            return Err("ChannelRateLimitReached: Too many channels".to_owned());
        }
        let join = join::parse(&message.payload, self.next_binding)
            .map_err(|why| format!("InvalidJoinPayload: {why}"))?;
        if join.private {
            let why = "Unauthorized: private channels are not served by the local backend";
            return Err(why.to_owned());
        }
        if join.presence {
            return Err("NotImplemented: presence is not served by the local backend".to_owned());
        }
        let caller = match &join.access_token {
            None => self.connected_as.clone(),
            Some(token) => self.verify(token)?,
        };
        if let Some(past) = self.seconds_past(&caller) {
            return Err(format!(
                "InvalidJWTToken: Token has expired {past} seconds ago"
            ));
        }
        self.next_binding = join
            .bindings
            .last()
            .map_or(self.next_binding, |last| last.id + 1);
        let channel = Channel {
            join_ref: message
                .join_ref
                .clone()
                .or_else(|| message.reference.clone()),
            token: join.access_token,
            caller: SharedCaller::new(caller),
            subscription: None,
        };
        Ok((channel, join.bindings))
    }

    /// Takes a fresh token. There is no reply if it is good; a bad one closes the channel.
    fn renew(&mut self, message: &Incoming) {
        let topic = message.topic.as_str();
        let Some(token) = join::access_token(&message.payload) else {
            return;
        };
        if self
            .channels
            .get(topic)
            .is_none_or(|channel| channel.token.as_ref() == Some(&token))
        {
            return;
        }
        let verified = self
            .verify(&token)
            .and_then(|caller| match self.seconds_past(&caller) {
                None => Ok(caller),
                Some(past) => Err(format!(
                    "InvalidJWTToken: Token has expired {past} seconds ago"
                )),
            });
        match verified {
            Ok(caller) => {
                if let Some(channel) = self.channels.get_mut(topic) {
                    channel.caller.set(caller);
                    channel.token = Some(token);
                }
            }
            Err(reason) => {
                self.system_error(topic, &reason);
                self.close(topic);
            }
        }
    }

    fn verify(&self, token: &str) -> Result<Caller, String> {
        self.app
            .keys()
            .verify(token)
            .map_err(|error| reason(&error))
    }

    /// How long ago the caller's token ended, if it did.
    fn seconds_past(&self, caller: &Caller) -> Option<i64> {
        let past = self.app.clock().now().timestamp() - expiry::expires_at(caller)?;
        (past >= 0).then_some(past)
    }

    fn reply(&self, to: &Incoming, answer: Result<Value, String>) {
        // A message without a reference asks for no answer.
        let Some(reference) = &to.reference else {
            return;
        };
        let payload = match answer {
            Ok(response) => json!({ "status": "ok", "response": response }),
            Err(reason) => json!({ "status": "error", "response": { "reason": reason } }),
        };
        let payload = payload.to_string();
        let join_ref = to.join_ref.as_deref();
        self.outlet
            .send(join_ref, Some(reference), &to.topic, "phx_reply", &payload);
    }

    fn system_error(&self, topic: &str, message: &str) {
        let join_ref = self
            .channels
            .get(topic)
            .and_then(|channel| channel.join_ref.as_deref());
        let payload = system_payload("system", "error", message, topic);
        self.outlet.send(join_ref, None, topic, "system", &payload);
    }

    /// Ends a channel and says so; does nothing if it was not joined.
    fn close(&mut self, topic: &str) {
        if let Some(channel) = self.channels.remove(topic) {
            let join_ref = channel.join_ref.as_deref();
            self.outlet
                .send(join_ref, join_ref, topic, "phx_close", "{}");
        }
    }
}

/// Why a token is refused, under the code by which clients decide whether to fetch a fresh one.
fn reason(error: &JwtError) -> String {
    let code = match error {
        JwtError::Expired | JwtError::NotYet | JwtError::Role => "InvalidJWTToken",
        JwtError::Parts(_) | JwtError::Malformed(_) => "MalformedJWT",
        JwtError::Signature => "JwtSignatureError",
    };
    format!("{code}: {error}")
}
