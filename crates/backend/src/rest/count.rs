//! `Prefer: count` on writes: the crate counts only what it reads.

use axum::http::{HeaderValue, Method, header};
use axum::response::Response;

/// Completes `Content-Range` of a change, whose rows the crate does tell: `0-4/*` becomes `0-4/5`.
/// Insertions and deletions stay `*/*`: how many they were is known to nobody here.
pub(super) fn complete(method: &Method, wanted: bool, response: &mut Response) {
    if !wanted || method != Method::PATCH || !response.status().is_success() {
        return;
    }
    let range = response.headers().get(header::CONTENT_RANGE);
    let Some(range) = range.and_then(|range| range.to_str().ok()) else {
        return;
    };
    let complete = match range.split_once('/') {
        Some(("*", "*")) => "*/0".to_owned(),
        Some((window, "*")) => match window
            .split_once('-')
            .and_then(|(_, last)| last.parse::<u64>().ok())
        {
            Some(last) => format!("{window}/{}", last + 1),
            None => return,
        },
        _ => return,
    };
    if let Ok(value) = HeaderValue::from_str(&complete) {
        response.headers_mut().insert(header::CONTENT_RANGE, value);
    }
}
