//! Phoenix frames, protocol version 2.0.0: `[join_ref, ref, topic, event, payload]`.

use serde::Deserialize;
use serde_json::{Value, json};

/// A frame of the server.
#[derive(Debug, PartialEq, Deserialize)]
pub(super) struct Frame {
    /// The join it belongs to.
    pub(super) join_ref: Option<String>,
    /// The frame it answers.
    pub(super) reference: Option<String>,
    /// The channel.
    pub(super) topic: String,
    /// What it says.
    pub(super) event: String,
    /// The rest.
    pub(super) payload: Value,
}

/// Reads a text frame; `None` for what is no frame.
pub(super) fn decode(text: &str) -> Option<Frame> {
    let (join_ref, reference, topic, event, payload) = serde_json::from_str(text).ok()?;
    Some(Frame {
        join_ref,
        reference,
        topic,
        event,
        payload,
    })
}

/// Writes a text frame.
pub(super) fn encode(
    join_ref: Option<&str>,
    reference: &str,
    topic: &str,
    event: &str,
    payload: &Value,
) -> String {
    json!([join_ref, reference, topic, event, payload]).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_frame_is_nothing() {
        for text in [
            "",
            "{}",
            "[]",
            "1",
            r#"["1","1","t","e"]"#,
            r#"[1,2,"t","e",{}]"#,
        ] {
            assert_eq!(decode(text), None, "{text}");
        }
        let frame = decode(r#"["1",null,"t","e",{"a":1}]"#).unwrap();
        assert_eq!(
            (frame.join_ref.as_deref(), frame.reference),
            (Some("1"), None)
        );
    }

    #[test]
    fn frames_are_written_as_arrays() {
        let text = encode(None, "3", "phoenix", "heartbeat", &json!({}));
        assert_eq!(text, r#"[null,"3","phoenix","heartbeat",{}]"#);
    }
}
