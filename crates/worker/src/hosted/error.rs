//! Why a call failed, sorted by what to do about it.

use std::time::Duration;

use reqwest::{Response, StatusCode};
use serde::Deserialize;
use thiserror::Error;

/// What the server said no with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// HTTP status, or the one in the body where Storage hides it.
    pub status: u16,
    /// Machine-readable word, such as `stale_lease`.
    pub code: String,
}

/// A failed call.
#[derive(Debug, Error)]
pub(crate) enum CallError {
    /// No answer, or none that came to its end.
    #[error("the server does not answer: {0}")]
    Away(String),
    /// The server is there but cannot now.
    #[error("the server asks for patience (HTTP {status})")]
    Busy {
        status: u16,
        retry_after: Option<Duration>,
    },
    /// The lease is someone else's, or the job is over.
    #[error("the lease is no longer held")]
    StaleLease,
    /// The key is not accepted.
    #[error("the service role key is refused (HTTP {0})")]
    Unauthorized(u16),
    /// Asking again unchanged gives the same answer.
    #[error("refused: {} (HTTP {})", .0.code, .0.status)]
    Refused(Refusal),
    /// Success with a body that is not what was agreed.
    #[error("unexpected answer: {0}")]
    Nonsense(String),
}

/// The fields that PostgREST, Storage and the gateway use for the same two facts.
#[derive(Default, Deserialize)]
struct Body {
    #[serde(default, rename = "statusCode")]
    status_code: Option<serde_json::Value>,
    #[serde(default)]
    code: Option<serde_json::Value>,
    #[serde(default)]
    message: Option<String>,
}

impl CallError {
    pub(crate) fn away(error: reqwest::Error) -> Self {
        // The address is no secret, but it says nothing new in a log line.
        Self::Away(error.without_url().to_string())
    }

    pub(crate) async fn from_response(response: Response) -> Self {
        let status = response.status();
        let retry_after = response
            .headers()
            .get("retry-after")
            .and_then(|value| value.to_str().ok())
            .and_then(|seconds| seconds.parse().ok())
            .map(Duration::from_secs);
        let text = response.text().await.unwrap_or_default();
        Self::sort(status, retry_after, &text)
    }

    fn sort(status: StatusCode, retry_after: Option<Duration>, text: &str) -> Self {
        let body: Body = serde_json::from_str(text).unwrap_or_default();
        let plain = |value: serde_json::Value| match value {
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        };
        let code = body.code.map(plain).unwrap_or_default();
        let message = body.message.unwrap_or_default();
        // Storage answers 400 to nearly everything and writes what it means into the body.
        let meant = body
            .status_code
            .map(plain)
            .and_then(|text| text.parse().ok())
            .unwrap_or(status.as_u16());
        match meant {
            409 if message == "stale_lease" => Self::StaleLease,
            401 | 403 => Self::Unauthorized(meant),
            408 | 425 | 429 | 500..=599 => Self::Busy {
                status: meant,
                retry_after,
            },
            _ => Self::Refused(Refusal {
                status: meant,
                // Our own SQL puts the word into the message, everyone else into the code.
                code: if code.starts_with("PT") {
                    message
                } else {
                    code
                },
            }),
        }
    }

    /// Whether the same call may succeed later.
    pub(crate) fn is_passing(&self) -> bool {
        matches!(self, Self::Away(_) | Self::Busy { .. })
    }

    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Busy { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sort(status: u16, body: &str) -> CallError {
        CallError::sort(StatusCode::from_u16(status).unwrap(), None, body)
    }

    #[test]
    fn a_lost_lease_is_told_from_other_conflicts() {
        let stale = r#"{"code":"PT409","message":"stale_lease","details":"{\"state\":\"done\"}","hint":null}"#;
        assert!(matches!(sort(409, stale), CallError::StaleLease));
        let other = r#"{"code":"PT409","message":"id_reused","details":null,"hint":null}"#;
        assert!(
            matches!(sort(409, other), CallError::Refused(Refusal { code, .. }) if code == "id_reused")
        );
    }

    #[test]
    fn storage_hides_the_status_in_the_body() {
        let too_large = r#"{"statusCode":"413","error":"Payload too large","code":"EntityTooLarge","message":"m"}"#;
        assert!(matches!(
            sort(400, too_large),
            CallError::Refused(Refusal { status: 413, code }) if code == "EntityTooLarge"
        ));
        let timeout = r#"{"statusCode":"544","code":"DatabaseTimeout","message":"m"}"#;
        assert!(sort(400, timeout).is_passing());
        let denied =
            r#"{"statusCode":"403","error":"Unauthorized","code":"AccessDenied","message":"m"}"#;
        assert!(matches!(sort(400, denied), CallError::Unauthorized(403)));
    }

    #[test]
    fn a_page_of_html_is_patience_or_refusal_by_its_status() {
        assert!(sort(502, "<html>Bad gateway</html>").is_passing());
        assert!(!sort(404, "<html>Not found</html>").is_passing());
    }
}
