//! A session as the server gives it and as it is kept between runs.

use std::fmt;
use std::time::Duration;

use amethyst_model::UserId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::debug::Redacted;
use crate::wire::SessionWire;
use crate::{Error, jwt};

/// Life of an access token where nothing says otherwise, in seconds.
const USUAL: u64 = 3600;

/// A signed-in user's tokens. Serialized only into the sealed session file.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Sent with every request; a JWT.
    pub access_token: String,
    /// Exchanged once for the next session; opaque.
    pub refresh_token: String,
    /// End of the access token by the server's clock.
    pub expires_at: DateTime<Utc>,
    /// Life of the access token in seconds from when it was given.
    #[serde(default = "usual")]
    pub expires_in: u64,
    /// The account.
    pub user_id: UserId,
    /// Its address; empty where the account has none.
    pub email: String,
}

fn usual() -> u64 {
    USUAL
}

impl Session {
    /// How long the access token is valid from when it was received, whatever any clock says.
    #[must_use]
    pub fn lifetime(&self) -> Duration {
        Duration::from_secs(self.expires_in)
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("access_token", &Redacted)
            .field("refresh_token", &Redacted)
            .field("expires_at", &self.expires_at)
            .field("expires_in", &self.expires_in)
            .field("user_id", &self.user_id)
            .field("email", &Redacted)
            .finish()
    }
}

impl TryFrom<SessionWire> for Session {
    type Error = Error;

    fn try_from(wire: SessionWire) -> Result<Self, Error> {
        let unusable = || Error::Decode("sign-in");
        // Tokens go into headers: text that could not stand there is no token.
        let usable = |token: &str| !token.is_empty() && token.bytes().all(|b| b.is_ascii_graphic());
        if !usable(&wire.access_token) || !usable(&wire.refresh_token) {
            return Err(unusable());
        }
        let claims = jwt::claims(&wire.access_token);
        let (exp, iat) = claims.map_or((None, None), |claims| (claims.exp, claims.iat));
        // The token's own end is what the server will judge by; `expires_at` can differ from it.
        let expires_at = exp.or(wire.expires_at).ok_or_else(unusable)?;
        let own_life = exp
            .zip(iat)
            .and_then(|(exp, iat)| u64::try_from(exp.checked_sub(iat)?).ok());
        Ok(Self {
            expires_at: DateTime::from_timestamp(expires_at, 0).ok_or_else(unusable)?,
            expires_in: wire.expires_in.or(own_life).unwrap_or(USUAL),
            user_id: UserId(wire.user.id),
            email: wire.user.email.unwrap_or_default(),
            access_token: wire.access_token,
            refresh_token: wire.refresh_token,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::fixture;
    use serde_json::json;

    #[test]
    fn a_session_is_read_and_kept() {
        let wire: SessionWire = serde_json::from_value(fixture("auth_session")).unwrap();
        let session = Session::try_from(wire).unwrap();
        assert_eq!(session.email, "lea@example.org");
        assert_eq!(session.lifetime(), Duration::from_secs(3600));
        assert_eq!(session.expires_at.timestamp(), 1_795_348_800);
        let kept = serde_json::to_string(&session).unwrap();
        assert_eq!(serde_json::from_str::<Session>(&kept).unwrap(), session);
        let shown = format!("{session:?}");
        assert!(!shown.contains(&session.access_token) && !shown.contains("example.org"));
        assert!(!shown.contains(&session.refresh_token));
    }

    #[test]
    fn tokens_that_could_not_be_sent_are_no_session() {
        for (access, refresh) in [("", "r"), ("a\nb", "r"), ("a", ""), ("é", "r")] {
            let wire = json!({
                "access_token": access, "refresh_token": refresh, "expires_at": 1, "expires_in": 1,
                "user": { "id": uuid::Uuid::nil() },
            });
            let wire: SessionWire = serde_json::from_value(wire).unwrap();
            assert!(
                matches!(Session::try_from(wire), Err(Error::Decode(_))),
                "{access:?}"
            );
        }
    }
}
