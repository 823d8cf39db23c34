//! What an access token says about itself. Never verified here: that is the server's part; this only
//! spares asking it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use uuid::Uuid;

/// The claims that the client uses.
#[derive(Debug, Deserialize)]
pub(crate) struct Claims {
    /// The account.
    pub(crate) sub: Option<Uuid>,
    /// End of validity, seconds since the Unix epoch.
    pub(crate) exp: Option<i64>,
    /// Beginning, likewise.
    pub(crate) iat: Option<i64>,
}

/// The claims of a token, or `None` when it is not a readable JWT.
pub(crate) fn claims(token: &str) -> Option<Claims> {
    let payload = token.split('.').nth(1)?;
    let json = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    serde_json::from_slice(&json).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_claims_and_refuses_garbage() {
        let token = format!(
            "e30.{}.x",
            URL_SAFE_NO_PAD.encode(r#"{"exp":5,"iat":2,"aud":"a"}"#)
        );
        let claims = claims(&token).unwrap();
        assert_eq!(
            (claims.exp, claims.iat, claims.sub),
            (Some(5), Some(2), None)
        );
        for garbage in ["", "a", "a.b", "a.%%.c", "..", "a.AAAA.c"] {
            assert!(super::claims(garbage).is_none(), "{garbage}");
        }
    }
}
