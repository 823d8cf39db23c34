//! A body of JSON, refused in GoTrue's words.

use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;

use super::error::AuthError;

/// A body of JSON; an empty one counts as `{}`.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = AuthError;

    async fn from_request(request: Request, state: &S) -> Result<Self, AuthError> {
        let bytes = axum::body::Bytes::from_request(request, state)
            .await
            .map_err(|_| {
                AuthError::new(413, "request_entity_too_large", "Request body too large")
            })?;
        let bytes: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
        // serde's message may quote a password.
        parse(bytes).map(Self).map_err(|_| {
            AuthError::new(
                400,
                "bad_json",
                "Could not parse request body as JSON of the expected form",
            )
        })
    }
}

/// auth-js sends null for what it does not set, such as `code_challenge`.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> serde_json::Result<T> {
    let mut body: serde_json::Value = serde_json::from_slice(bytes)?;
    if let Some(fields) = body.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    serde_json::from_value(body)
}

/// An address as it is stored: trimmed, lower case. Refused when it cannot be one.
pub(super) fn address(email: &str) -> Result<String, AuthError> {
    let email = email.trim().to_lowercase();
    let valid = email.len() <= 254
        && !email.chars().any(|c| c.is_whitespace() || c.is_control())
        && email.split_once('@').is_some_and(|(name, host)| {
            !name.is_empty()
                && !host.contains('@')
                && host.contains('.')
                && !host.starts_with('.')
                && !host.ends_with('.')
        });
    if valid {
        Ok(email)
    } else {
        Err(AuthError::validation(
            "Unable to validate email address: invalid format",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn addresses_are_told_from_other_text() {
        assert_eq!(address(" Ada@Example.ORG ").unwrap(), "ada@example.org");
        for wrong in [
            "",
            "ada",
            "@example.org",
            "a@b",
            "a b@example.org",
            "a@b@c.org",
            "a@.org",
        ] {
            assert!(address(wrong).is_err(), "{wrong}");
        }
    }
}
