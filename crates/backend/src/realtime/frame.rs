//! Phoenix frames: what one WebSocket message says, in protocol versions 2.0.0 and 1.0.0.
//!
//! Pure: no socket here. Outgoing payloads are given as finished JSON text, because a change goes to
//! many sockets and is written only once.

use serde_json::{Value, json};

/// The dialect a client chose with `vsn`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    /// Objects with `topic`, `event`, `payload`, `ref`; what an absent `vsn` means.
    V1,
    /// Arrays `[join_ref, ref, topic, event, payload]`; what the official client speaks.
    V2,
}

impl Version {
    /// The version a `vsn` parameter names, if there is such.
    pub(crate) fn named(vsn: Option<&str>) -> Option<Self> {
        match vsn {
            None | Some("1.0.0") => Some(Self::V1),
            Some("2.0.0") => Some(Self::V2),
            Some(_) => None,
        }
    }
}

/// A message from the client.
#[derive(Debug, PartialEq)]
pub(crate) struct Incoming {
    /// The `ref` of the join this message belongs to.
    pub(crate) join_ref: Option<String>,
    /// What a reply must repeat; absent if the client wants none.
    pub(crate) reference: Option<String>,
    /// The channel.
    pub(crate) topic: String,
    /// What is asked.
    pub(crate) event: String,
    /// With what.
    pub(crate) payload: Value,
}

/// Reads a text frame. Nothing comes back for what is no Phoenix frame.
pub(crate) fn decode_text(text: &str, version: Version) -> Option<Incoming> {
    match (version, serde_json::from_str(text).ok()?) {
        (Version::V2, Value::Array(parts)) => {
            let [join_ref, reference, topic, event, payload] =
                <[Value; 5]>::try_from(parts).ok()?;
            Some(Incoming {
                join_ref: reference_of(&join_ref)?,
                reference: reference_of(&reference)?,
                topic: topic.as_str()?.to_owned(),
                event: event.as_str()?.to_owned(),
                payload,
            })
        }
        (Version::V1, Value::Object(mut parts)) => Some(Incoming {
            join_ref: reference_of(parts.get("join_ref").unwrap_or(&Value::Null))?,
            reference: reference_of(parts.get("ref").unwrap_or(&Value::Null))?,
            topic: parts.get("topic")?.as_str()?.to_owned(),
            event: parts.get("event")?.as_str()?.to_owned(),
            payload: parts.remove("payload").unwrap_or(Value::Null),
        }),
        _ => None,
    }
}

/// Reads a binary frame. The official client sends broadcasts so (kind 3); their payload is not read,
/// since the local backend does not relay broadcasts and only has to answer them.
pub(crate) fn decode_binary(bytes: &[u8]) -> Option<Incoming> {
    let (header, mut rest) = bytes.split_first_chunk::<7>()?;
    let [3, join_ref, reference, topic, event, ..] = *header else {
        return None;
    };
    let mut take = |length: u8| -> Option<String> {
        let (text, after) = rest.split_at_checked(length.into())?;
        rest = after;
        String::from_utf8(text.to_vec()).ok()
    };
    let (join_ref, reference) = (take(join_ref)?, take(reference)?);
    Some(Incoming {
        join_ref: Some(join_ref).filter(|text| !text.is_empty()),
        reference: Some(reference).filter(|text| !text.is_empty()),
        topic: take(topic)?,
        event: "broadcast".to_owned(),
        payload: json!({ "type": "broadcast", "event": take(event)? }),
    })
}

/// Writes a frame. `payload` is JSON text and is put in as it stands.
pub(crate) fn encode(
    version: Version,
    join_ref: Option<&str>,
    reference: Option<&str>,
    topic: &str,
    event: &str,
    payload: &str,
) -> String {
    let (topic, event, reference) = (json!(topic), json!(event), json!(reference));
    match version {
        Version::V2 => format!(
            "[{},{reference},{topic},{event},{payload}]",
            json!(join_ref)
        ),
        Version::V1 => {
            format!(r#"{{"topic":{topic},"event":{event},"payload":{payload},"ref":{reference}}}"#)
        }
    }
}

/// A reference as text. Clients send texts, old ones numbers; anything else is no frame.
fn reference_of(value: &Value) -> Option<Option<String>> {
    match value {
        Value::Null => Some(None),
        Value::String(text) => Some(Some(text.clone())),
        Value::Number(number) => Some(Some(number.to_string())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn incoming(
        join_ref: Option<&str>,
        reference: Option<&str>,
        event: &str,
        payload: Value,
    ) -> Incoming {
        Incoming {
            join_ref: join_ref.map(str::to_owned),
            reference: reference.map(str::to_owned),
            topic: "realtime:a".to_owned(),
            event: event.to_owned(),
            payload,
        }
    }

    #[test]
    fn both_versions_read_a_join() {
        let expected = incoming(Some("1"), Some("1"), "phx_join", json!({"config": {}}));
        let array = r#"["1","1","realtime:a","phx_join",{"config":{}}]"#;
        assert_eq!(decode_text(array, Version::V2), Some(expected));
        let object = r#"{"topic":"realtime:a","event":"phx_join","payload":{"config":{}},"ref":1,"join_ref":1}"#;
        let expected = incoming(Some("1"), Some("1"), "phx_join", json!({"config": {}}));
        assert_eq!(decode_text(object, Version::V1), Some(expected));
    }

    #[test]
    fn what_is_no_frame_is_nothing() {
        for text in [
            "",
            "{}",
            "[]",
            "1",
            r#"["1","1","t","e"]"#,
            r#"[1,{},"t","e",{}]"#,
            r#"["1","1",2,"e",{}]"#,
        ] {
            assert_eq!(decode_text(text, Version::V2), None, "{text}");
            assert_eq!(decode_text(text, Version::V1), None, "{text}");
        }
    }

    #[test]
    fn frames_are_written_with_escapes() {
        assert_eq!(
            encode(Version::V2, Some("1"), None, "realtime:\"x", "system", "{}"),
            r#"["1",null,"realtime:\"x","system",{}]"#
        );
        assert_eq!(
            encode(
                Version::V1,
                Some("1"),
                Some("2"),
                "phoenix",
                "phx_reply",
                r#"{"a":1}"#
            ),
            r#"{"topic":"phoenix","event":"phx_reply","payload":{"a":1},"ref":"2"}"#
        );
    }

    #[test]
    fn a_binary_broadcast_is_recognized() {
        let mut bytes = vec![3, 1, 1, 10, 4, 0, 1];
        bytes.extend_from_slice(b"12realtime:aping{}");
        let payload = json!({"type": "broadcast", "event": "ping"});
        assert_eq!(
            decode_binary(&bytes),
            Some(incoming(Some("1"), Some("2"), "broadcast", payload))
        );
        for length in 0..bytes.len() - 2 {
            assert_eq!(decode_binary(&bytes[..length]), None, "{length} bytes");
        }
        bytes[0] = 4;
        assert_eq!(decode_binary(&bytes), None);
    }

    #[test]
    fn versions_are_named() {
        assert_eq!(Version::named(None), Some(Version::V1));
        assert_eq!(Version::named(Some("2.0.0")), Some(Version::V2));
        assert_eq!(Version::named(Some("3.0.0")), None);
    }
}
