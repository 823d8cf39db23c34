//! Sending an object: the common end of every route that reads one.

use axum::body::Body;
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE,
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, EXPIRES, IF_MODIFIED_SINCE, IF_NONE_MATCH,
    LAST_MODIFIED, RANGE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::Response;
use chrono::{DateTime, NaiveDateTime, Utc};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;

use super::error::StorageError;
use super::range::{self, Wanted};
use super::row::Object;
use super::service::Storage;
use super::{mime, name};

const HTTP_DATE: &str = "%a, %d %b %Y %H:%M:%S GMT";

/// How an object is to be sent.
pub(crate) struct Asked<'a> {
    /// `GET` or `HEAD`.
    pub(crate) method: &'a Method,
    /// Range and conditions.
    pub(crate) headers: &'a HeaderMap,
    /// The object's key.
    pub(crate) key: &'a str,
    /// `?download`: send it as a file, of this name unless empty.
    pub(crate) download: Option<&'a str>,
    /// When a signed URL ends.
    pub(crate) expires: Option<DateTime<Utc>>,
}

/// Sends the object, a part of it, or the word that the client has it already.
///
/// # Errors
/// `InvalidRange`; `NoSuchKey` when the bytes are gone, which the caller answers by looking the row up
/// again, since it may just have been replaced.
pub(crate) async fn send(
    storage: &Storage,
    object: &Object,
    asked: &Asked<'_>,
) -> Result<Response, StorageError> {
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    put(headers, ETAG, object.meta("eTag").unwrap_or_default());
    put(
        headers,
        CACHE_CONTROL,
        object.meta("cacheControl").unwrap_or("no-cache"),
    );
    let modified = last_modified(object);
    if let Some(modified) = modified {
        put(
            headers,
            LAST_MODIFIED,
            &modified.format(HTTP_DATE).to_string(),
        );
    }
    if let Some(expires) = asked.expires {
        put(headers, EXPIRES, &expires.format(HTTP_DATE).to_string());
    }
    put(headers, ACCEPT_RANGES, "bytes");
    put(headers, HeaderName::from_static("x-robots-tag"), "none");
    if is_unchanged(asked.headers, object.meta("eTag"), modified) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return Ok(response);
    }

    let size = object.size();
    let wanted = range::parse(text(asked.headers, &RANGE), size);
    let length = wanted.len(size);
    let mut first_byte = 0;
    match wanted {
        Wanted::Whole => {}
        Wanted::Part { first, last } => {
            first_byte = first;
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
            put(
                response.headers_mut(),
                CONTENT_RANGE,
                &format!("bytes {first}-{last}/{size}"),
            );
        }
        Wanted::Unsatisfiable => return Err(StorageError::invalid_range()),
    }
    let headers = response.headers_mut();
    put(headers, CONTENT_LENGTH, &length.to_string());
    let kind = object
        .meta("mimetype")
        .unwrap_or("application/octet-stream");
    put(headers, CONTENT_TYPE, &mime::served(kind));
    // Uploaded bytes share the origin with the rest of the server: whatever they claim to be, a
    // browser must neither guess a type nor run a script in them.
    put(headers, X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(
        headers,
        CONTENT_SECURITY_POLICY,
        "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    );
    if let Some(file_name) = asked.download {
        put(
            headers,
            CONTENT_DISPOSITION,
            &disposition(file_name, asked.key),
        );
    }
    if asked.method != Method::HEAD {
        let blob = object.blob().ok_or_else(StorageError::no_such_key)?;
        let mut file = match storage.blobs().await?.read(blob).await {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(StorageError::no_such_key());
            }
            Err(error) => return Err(StorageError::disk(&error, "reading an object")),
        };
        if first_byte > 0 {
            let sought = file.seek(std::io::SeekFrom::Start(first_byte)).await;
            sought.map_err(|error| StorageError::disk(&error, "reading an object"))?;
        }
        const BUFFER: usize = 64 * 1024;
        *response.body_mut() =
            Body::from_stream(ReaderStream::with_capacity(file.take(length), BUFFER));
    }
    Ok(response)
}

/// `If-None-Match` is compared as a whole text, as the hosted service does, and wins over
/// `If-Modified-Since`, which knows seconds only.
fn is_unchanged(headers: &HeaderMap, etag: Option<&str>, modified: Option<DateTime<Utc>>) -> bool {
    if let Some(known) = text(headers, &IF_NONE_MATCH) {
        return Some(known) == etag;
    }
    let since = text(headers, &IF_MODIFIED_SINCE)
        .and_then(|date| NaiveDateTime::parse_from_str(date, HTTP_DATE).ok());
    match (since, modified) {
        (Some(since), Some(modified)) => modified.timestamp() <= since.and_utc().timestamp(),
        _ => false,
    }
}

fn last_modified(object: &Object) -> Option<DateTime<Utc>> {
    let told = object
        .meta("lastModified")
        .and_then(|text| text.parse().ok());
    told.or(object.updated_at)
}

/// Every character outside of the plainest is percent-encoded, so that no name can end the header.
fn disposition(file_name: &str, key: &str) -> String {
    let file_name = if file_name.is_empty() {
        name::file_name(key)
    } else {
        file_name
    };
    let mut encoded = String::with_capacity(file_name.len());
    for byte in file_name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("attachment; filename=\"{encoded}\"; filename*=UTF-8''{encoded}")
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Puts a header; what is stored was checked when it came in, and what is none after all is left out.
fn put(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())])
    }

    #[test]
    fn names_cannot_end_the_header() {
        let evil = disposition("a\"; x=\r\nSet-Cookie: é.png", "k");
        assert_eq!(
            evil,
            "attachment; filename=\"a%22%3B%20x%3D%0D%0ASet-Cookie%3A%20%C3%A9.png\"; \
             filename*=UTF-8''a%22%3B%20x%3D%0D%0ASet-Cookie%3A%20%C3%A9.png"
        );
        assert!(disposition("", "u/p/fox.webp").contains("filename=\"fox.webp\""));
    }

    #[test]
    fn tags_win_over_dates() {
        let modified: DateTime<Utc> = "2026-11-22T22:24:18.900Z".parse().unwrap();
        let same_second = "Sun, 22 Nov 2026 22:24:18 GMT";
        let unchanged = |headers: &HeaderMap| is_unchanged(headers, Some("\"a\""), Some(modified));
        assert!(unchanged(&headers(IF_NONE_MATCH, "\"a\"")));
        assert!(!unchanged(&headers(IF_NONE_MATCH, "a")));
        assert!(unchanged(&headers(IF_MODIFIED_SINCE, same_second)));
        assert!(!unchanged(&headers(
            IF_MODIFIED_SINCE,
            "Sun, 22 Nov 2026 22:24:17 GMT"
        )));
        assert!(!unchanged(&headers(IF_MODIFIED_SINCE, "yesterday")));
        let mut both = headers(IF_NONE_MATCH, "\"b\"");
        both.insert(IF_MODIFIED_SINCE, HeaderValue::from_static(same_second));
        assert!(!unchanged(&both));
        assert!(!unchanged(&HeaderMap::new()));
    }
}
