//! The three things an answer to a sign-up can mean.

use serde_json::Value;

use super::Session;
use crate::Error;
use crate::wire::{SessionWire, UserWire};

/// What became of a sign-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignUp {
    /// The server confirms by itself: signed in.
    SignedIn(Session),
    /// A mail with a code and a link is on its way.
    ConfirmationSent,
}

/// Reads the answer: a session, or the bare user where a mail must be confirmed first. To hide which
/// addresses have accounts the server answers for a taken one with a made-up user, recognizable by its
/// having no identities.
pub(super) fn read(answer: Value) -> Result<SignUp, Error> {
    if answer.get("access_token").is_some() {
        let wire: SessionWire =
            serde_json::from_value(answer).map_err(|_| Error::Decode("sign-up"))?;
        return Session::try_from(wire).map(SignUp::SignedIn);
    }
    let user: UserWire = serde_json::from_value(answer).map_err(|_| Error::Decode("sign-up"))?;
    match user.identities {
        Some(identities) if identities.is_empty() => Err(Error::Server {
            status: 422,
            code: Some("user_already_exists".to_owned()),
            message: "User already registered".to_owned(),
            detail: None,
            hint: None,
            retry_after: None,
        }),
        _ => Ok(SignUp::ConfirmationSent),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::fixture;

    #[test]
    fn tells_the_three_answers_apart() {
        assert!(matches!(
            read(fixture("auth_session")),
            Ok(SignUp::SignedIn(_))
        ));
        assert_eq!(
            read(fixture("auth_user_unconfirmed")).unwrap(),
            SignUp::ConfirmationSent
        );
        let taken = read(fixture("auth_user_taken")).unwrap_err();
        assert_eq!(taken.code(), Some("user_already_exists"));
        assert!(matches!(read(serde_json::json!([])), Err(Error::Decode(_))));
    }
}
