//! From an answer that is not a success to an [`Error`]: the error bodies of the gateway, Auth, REST,
//! Storage and Realtime, told apart by what they contain.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use serde_json::{Map, Value};

use crate::{Error, Mismatch};

/// Longest text of the server that is kept.
const MAX_TEXT: usize = 2000;

/// Reads a failure.
pub(crate) fn read(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Error {
    match serde_json::from_slice(body) {
        Ok(Value::Object(body)) => of_json(status.as_u16(), headers, &body),
        _ => of_other(status.as_u16(), headers),
    }
}

/// Something that is not JSON where JSON was due.
pub(crate) fn not_supabase(status: u16, headers: &HeaderMap, mismatch: Mismatch) -> Error {
    let content_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    Error::NotSupabase {
        status: Some(status),
        content_type: content_type.map(|text| clipped(text, 80)),
        mismatch,
    }
}

fn of_other(status: u16, headers: &HeaderMap) -> Error {
    let html = headers
        .get(CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"text/html"));
    match status {
        // Gateways and proxies in front of the server speak HTML about its absence or their limits.
        408 | 429 | 500.. => Error::Server {
            status,
            code: text_header(headers, "x-sb-error-code"),
            message: String::new(),
            detail: None,
            hint: None,
            retry_after: retry_after(headers, ""),
        },
        // Supabase's newer gateway says no more than `Unauthorized` about a wrong key.
        401 if !html => not_supabase(status, headers, Mismatch::Key),
        _ => not_supabase(status, headers, Mismatch::Answer),
    }
}

fn of_json(outer: u16, headers: &HeaderMap, body: &Map<String, Value>) -> Error {
    let text = |key: &str| {
        body.get(key)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    };
    let message = text("msg")
        .or_else(|| text("message"))
        .or_else(|| text("error_description"))
        .or_else(|| text("error"))
        .unwrap_or_default();
    let code = code_of(headers, body, message);
    let status = inner_status(body).unwrap_or(outer);
    match (status, code.as_deref()) {
        (401, None) if speaks_of_key(message) => {
            return not_supabase(outer, headers, Mismatch::Key);
        }
        // Nothing of Supabase's answers 404 without a code, but many other servers do.
        (404, None) => return not_supabase(outer, headers, Mismatch::Answer),
        (404 | 406, Some("PGRST106" | "PGRST125" | "PGRST202" | "PGRST205")) => {
            return not_supabase(outer, headers, Mismatch::Schema);
        }
        _ => {}
    }
    Error::Server {
        status,
        code,
        message: clipped(message, MAX_TEXT),
        detail: words(body, &["details", "detail"]),
        hint: words(body, &["hint"]),
        retry_after: retry_after(headers, message),
    }
}

/// The code, wherever this kind of body has it.
fn code_of(headers: &HeaderMap, body: &Map<String, Value>, message: &str) -> Option<String> {
    let field = |key: &str| body.get(key).and_then(Value::as_str);
    let code = field("error_code").or_else(|| field("code"));
    // `PTxyz` is how our functions choose their status; the word is in the message.
    let code = match code {
        Some(code) if code.starts_with("PT") && code.len() == 5 => Some(message),
        Some(code) => Some(code),
        None => None,
    };
    code.filter(|code| is_word(code))
        .map(str::to_owned)
        .or_else(|| text_header(headers, "x-sb-error-code"))
        // Old versions of Storage, and the OAuth-like errors of Auth.
        .or_else(|| {
            field("error")
                .filter(|code| is_word(code))
                .map(str::to_owned)
        })
}

/// Storage tells the true status in the body, as text.
fn inner_status(body: &Map<String, Value>) -> Option<u16> {
    let status = match body.get("statusCode")? {
        Value::String(text) => text.parse().ok()?,
        Value::Number(number) => u16::try_from(number.as_u64()?).ok()?,
        _ => return None,
    };
    (400..600).contains(&status).then_some(status)
}

fn speaks_of_key(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    ["api key", "apikey", "invalid authentication credentials"]
        .iter()
        .any(|words| message.contains(words))
}

/// How long the server asks to wait: its header, else the seconds in Auth's sentence.
fn retry_after(headers: &HeaderMap, message: &str) -> Option<Duration> {
    let header = headers
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok());
    let seconds = match header {
        Some(text) => text.trim().parse().ok(),
        None => {
            let before = message
                .split(" second")
                .next()
                .filter(|before| before.len() < message.len());
            before
                .and_then(|before| before.rsplit(' ').next())
                .and_then(|text| text.parse().ok())
        }
    };
    // A day is longer than any limit of the platform; more is a mistake.
    seconds.map(|seconds: u64| Duration::from_secs(seconds.min(86_400)))
}

fn text_header(headers: &HeaderMap, name: &str) -> Option<String> {
    let text = headers.get(name)?.to_str().ok()?;
    is_word(text).then(|| text.to_owned())
}

/// Codes are words; sentences in their place are not codes, and could quote what was sent.
fn is_word(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// A text field, or the JSON of one that is not text.
fn words(body: &Map<String, Value>, keys: &[&str]) -> Option<String> {
    match keys.iter().find_map(|key| body.get(*key))? {
        Value::Null => None,
        Value::String(text) => Some(clipped(text, MAX_TEXT)),
        other => Some(clipped(&other.to_string(), MAX_TEXT)),
    }
}

fn clipped(text: &str, max: usize) -> String {
    text.chars().take(max).collect()
}

#[cfg(test)]
mod tests;
