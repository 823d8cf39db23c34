//! How outside services are spoken to: one HTTP client, and one sorting of what goes wrong.
//!
//! Answers are hostile until read: no redirects are followed, and no body is read beyond a limit.

use std::fmt;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::{RequestBuilder, Response, StatusCode};
use serde::Serialize;
use serde_json::Value;

/// Longest JSON answer that is read, in bytes. The largest are four images in base64.
const MAX_JSON: usize = 160 << 20;

/// Longest explanation that is kept of a failure, in characters.
const MAX_DETAIL: usize = 300;

/// What a failure means for whoever asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// What was asked for is not allowed; asking again would be refused again.
    UserContent,
    /// A parameter is not accepted.
    UserInput,
    /// Our key is not accepted.
    Auth,
    /// Our account has no credit left.
    Quota,
    /// Too many requests at once.
    Rate,
    /// A hiccup: the same request may succeed soon.
    Transient,
    /// The service is down, or does not answer.
    Outage,
    /// Nothing that we know.
    Unknown,
}

impl Class {
    /// Whether the same request may succeed later, without anybody changing anything.
    #[must_use]
    pub fn is_passing(self) -> bool {
        matches!(self, Self::Rate | Self::Transient | Self::Outage)
    }
}

/// A refused or failed call to an outside service.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Trouble {
    pub(crate) class: Class,
    /// HTTP status; 0: no answer.
    pub(crate) status: u16,
    /// The service's own word for it, or an empty string.
    pub(crate) code: String,
    /// What it said, for the log only: cut, and never shown to users. Messages may repeat a prompt, so that
    /// logs show it at the level `debug` alone.
    pub(crate) detail: String,
    pub(crate) retry_after: Option<Duration>,
    /// The JSON body, where there was one.
    pub(crate) body: Value,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}, HTTP {}, {:?}", self.class, self.status, self.code)
    }
}

impl std::error::Error for Trouble {}

impl Trouble {
    /// No answer, or none that came to its end.
    pub(crate) fn silence(error: reqwest::Error) -> Self {
        let detail = error.without_url().to_string();
        Self {
            class: Class::Outage,
            status: 0,
            code: "no_answer".to_owned(),
            detail: cut(&detail),
            retry_after: None,
            body: Value::Null,
        }
    }

    /// A success whose body is not what was agreed.
    pub(crate) fn nonsense(what: &str) -> Self {
        Self {
            class: Class::Unknown,
            status: 200,
            code: "unexpected_answer".to_owned(),
            detail: cut(what),
            retry_after: None,
            body: Value::Null,
        }
    }

    /// Sorts by status alone; a service's own module looks at `code` and `body` first.
    async fn of(response: Response) -> Self {
        let status = response.status();
        let retry_after = retry_after(&response);
        let bytes = read(response, 1 << 20).await.unwrap_or_default();
        let body: Value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        let detail = match &body {
            Value::Null => String::from_utf8_lossy(&bytes).into_owned(),
            body => body.to_string(),
        };
        Self {
            class: class_of(status),
            status: status.as_u16(),
            code: code_of(&body),
            detail: cut(&detail),
            retry_after,
            body,
        }
    }
}

/// By HTTP status, as most services mean it.
fn class_of(status: StatusCode) -> Class {
    match status.as_u16() {
        401 | 403 => Class::Auth,
        402 => Class::Quota,
        400 | 404 | 405 | 410 | 413 | 415 | 422 => Class::UserInput,
        408 | 409 | 425 => Class::Transient,
        429 => Class::Rate,
        500 => Class::Transient,
        502..=504 | 520..=530 => Class::Outage,
        _ => Class::Unknown,
    }
}

/// The words that services put into `error.code`, `error.type`, `code`, `name`.
fn code_of(body: &Value) -> String {
    [
        "/error/code",
        "/error/type",
        "/code",
        "/name",
        "/title",
        "/error",
    ]
    .iter()
    .find_map(|path| body.pointer(path).and_then(Value::as_str))
    .map(|text| text.chars().take(80).collect())
    .unwrap_or_default()
}

fn cut(text: &str) -> String {
    text.chars().take(MAX_DETAIL).collect()
}

/// `Retry-After` in seconds or as a date.
fn retry_after(response: &Response) -> Option<Duration> {
    let value = response.headers().get("retry-after")?.to_str().ok()?;
    if let Ok(seconds) = value.trim().parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let at = chrono::DateTime::parse_from_rfc2822(value.trim()).ok()?;
    (at.to_utc() - crate::clock::now()).to_std().ok()
}

/// The HTTP client for outside services.
///
/// # Errors
/// If the system's certificates are unreadable.
pub(crate) fn http(deadline: Duration) -> Result<reqwest::Client, reqwest::Error> {
    // Another part of the process may have installed it already; either is the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .user_agent(concat!("amethyst-worker/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(Duration::from_secs(10))
        .timeout(deadline)
        .redirect(reqwest::redirect::Policy::none())
        .build()
}

/// Sends and answers a success, whatever its body.
pub(crate) async fn send(request: RequestBuilder) -> Result<Response, Trouble> {
    let response = request.send().await.map_err(Trouble::silence)?;
    if response.status().is_success() {
        Ok(response)
    } else {
        Err(Trouble::of(response).await)
    }
}

/// Sends and reads a JSON answer.
pub(crate) async fn json(request: RequestBuilder) -> Result<Value, Trouble> {
    let response = send(request).await?;
    let bytes = read(response, MAX_JSON).await?;
    serde_json::from_slice(&bytes).map_err(|error| Trouble::nonsense(&error.to_string()))
}

/// Reads a body of at most `limit` bytes. One that breaks off is an outage: asking again may bring the rest.
pub(crate) async fn read(mut response: Response, limit: usize) -> Result<Bytes, Trouble> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(Trouble::silence)? {
        if body.len() + chunk.len() > limit {
            return Err(Trouble::nonsense("the answer is too long"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_status_has_a_meaning() {
        let of = |status| class_of(StatusCode::from_u16(status).unwrap());
        assert_eq!(of(402), Class::Quota);
        assert_eq!(of(429), Class::Rate);
        assert_eq!(of(503), Class::Outage);
        assert_eq!(of(522), Class::Outage);
        assert_eq!(of(500), Class::Transient);
        assert_eq!(of(418), Class::Unknown);
        assert!(!Class::UserContent.is_passing() && !Class::Auth.is_passing());
    }

    #[test]
    fn the_word_is_found_where_each_service_puts_it() {
        let openai = json!({"error": {"message": "m", "type": "image_generation_user_error", "code": "moderation_blocked"}});
        assert_eq!(code_of(&openai), "moderation_blocked");
        let openai_without =
            json!({"error": {"message": "m", "type": "server_error", "code": null}});
        assert_eq!(code_of(&openai_without), "server_error");
        let stability = json!({"id": "x", "name": "content_moderation", "errors": ["e"]});
        assert_eq!(code_of(&stability), "content_moderation");
        assert_eq!(code_of(&Value::Null), "");
    }
}
