//! What a client says of the bytes it uploads, in headers or in the fields of a form.

use axum::http::{HeaderMap, HeaderValue};
use base64::Engine as _;
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::blob::Received;
use super::error::StorageError;

/// Type, caching and notes of an object.
pub(crate) struct Described {
    /// Its content type; empty while a form has not told it.
    pub(crate) content_type: String,
    cache_control: String,
    /// What the client notes for itself.
    pub(crate) user_metadata: Option<Value>,
}

impl Described {
    /// Reads the headers of a raw upload.
    ///
    /// # Errors
    /// `InvalidRequest` when `x-metadata` is not JSON in base64.
    pub(crate) fn of_headers(headers: &HeaderMap) -> Result<Self, StorageError> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        Ok(Self {
            content_type: text("content-type")
                .unwrap_or("application/octet-stream")
                .to_owned(),
            cache_control: text("cache-control").unwrap_or("no-cache").to_owned(),
            user_metadata: text("x-metadata").map(decode_metadata).transpose()?,
        })
    }

    /// Reads a field of a form; unknown ones are passed over.
    ///
    /// # Errors
    /// `InvalidRequest` when the value is not of the field's form.
    pub(crate) fn take_field(&mut self, name: &str, value: &str) -> Result<(), StorageError> {
        match name {
            "cacheControl" => {
                let seconds: u32 = value.trim().parse().map_err(|_| {
                    StorageError::invalid_request("cacheControl is no number of seconds")
                })?;
                self.cache_control = format!("max-age={seconds}");
            }
            "contentType" => {
                // It is sent back as a header one day.
                HeaderValue::from_str(value)
                    .map_err(|_| StorageError::invalid_request("contentType is no header"))?;
                value.clone_into(&mut self.content_type);
            }
            "metadata" => self.user_metadata = Some(parse_metadata(value.as_bytes())?),
            _ => {}
        }
        Ok(())
    }

    /// The object's metadata as the service writes it.
    pub(crate) fn metadata(&self, received: &Received, now: DateTime<Utc>) -> Value {
        json!({
            "eTag": received.etag,
            "size": received.size,
            "mimetype": self.content_type,
            "cacheControl": self.cache_control,
            "lastModified": now.to_rfc3339_opts(SecondsFormat::Millis, true),
            "contentLength": received.size,
            "httpStatusCode": 200,
        })
    }
}

fn decode_metadata(encoded: &str) -> Result<Value, StorageError> {
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(encoded)
        .map_err(|_| StorageError::invalid_request("x-metadata is not base64"))?;
    parse_metadata(&bytes)
}

fn parse_metadata(bytes: &[u8]) -> Result<Value, StorageError> {
    serde_json::from_slice(bytes)
        .map_err(|_| StorageError::invalid_request("the metadata of an object must be JSON"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (name.parse().unwrap(), HeaderValue::from_static(value))
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn headers_have_the_defaults_of_the_service() {
        let plain = Described::of_headers(&headers(&[])).unwrap();
        assert_eq!(plain.content_type, "application/octet-stream");
        assert_eq!(plain.cache_control, "no-cache");
        let told = headers(&[
            ("content-type", "image/webp"),
            ("cache-control", "max-age=3600"),
            ("x-metadata", "eyJhIjoxfQ=="),
        ]);
        let told = Described::of_headers(&told).unwrap();
        assert_eq!(told.user_metadata, Some(json!({"a": 1})));
        assert!(Described::of_headers(&headers(&[("x-metadata", "%")])).is_err());
    }

    #[test]
    fn fields_cannot_smuggle_headers() {
        let mut described = Described::of_headers(&headers(&[])).unwrap();
        assert!(
            described
                .take_field("contentType", "image/png\r\nx: y")
                .is_err()
        );
        assert!(described.take_field("cacheControl", "1\r\nx: y").is_err());
        assert!(described.take_field("metadata", "{").is_err());
        described.take_field("cacheControl", "3600").unwrap();
        assert_eq!(described.cache_control, "max-age=3600");
    }
}
