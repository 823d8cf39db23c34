//! What a failure means for a queue: the retry matrix, in one place.
//!
//! Every write of ours can be sent twice with the effect of once, so a server's trouble (5xx) is worth
//! repeating for writes as well as for reads.

use std::time::Duration;

use amethyst_model::RetryClass;

use crate::Error;

/// Wait after "too many requests" without a word on how long.
const TOO_MANY: Duration = Duration::from_secs(30);
/// Wait when two requests of one session collided, or clocks inside the platform disagree.
const MOMENT: Duration = Duration::from_secs(2);

pub(crate) fn class(error: &Error) -> RetryClass {
    match error {
        // Another server's answer says nothing about what waits: the one we mean is absent.
        Error::NoEndpoint | Error::Network(_) | Error::NotSupabase { .. } => RetryClass::Offline,
        Error::Decode(_) => RetryClass::Permanent,
        Error::Server {
            status,
            code,
            message,
            retry_after,
            ..
        } => of_status(
            *status,
            code.as_deref().unwrap_or_default(),
            message,
            *retry_after,
        ),
    }
}

fn of_status(status: u16, code: &str, message: &str, after: Option<Duration>) -> RetryClass {
    match status {
        401 => unauthorized(code, message),
        403 => forbidden(code, message),
        // Auth: two refreshes of one session at once. Everything else is about the row.
        409 if code == "conflict" => RetryClass::Transient(after.or(Some(MOMENT))),
        409 | 412 => RetryClass::Conflict,
        400 if code == "InvalidJWT" => RetryClass::Auth,
        408 | 423 | 425 => RetryClass::Transient(after),
        429 => RetryClass::Transient(after.or(Some(TOO_MANY))),
        // "Not implemented" will be so tomorrow.
        501 | 505 => RetryClass::Permanent,
        500.. => RetryClass::Transient(after),
        _ => RetryClass::Permanent,
    }
}

fn unauthorized(code: &str, message: &str) -> RetryClass {
    match code {
        "insufficient_aal" => RetryClass::Permanent,
        // Minted a moment in our future by a machine of the platform whose clock is ahead.
        "PGRST303" if message.contains("future") || message.contains("not yet valid") => {
            RetryClass::Transient(Some(MOMENT))
        }
        _ => RetryClass::Auth,
    }
}

fn forbidden(code: &str, message: &str) -> RetryClass {
    match code {
        // Auth answers 403, not 401, for a bearer it does not accept.
        "bad_jwt" | "no_authorization" | "session_not_found" | "user_not_found" => RetryClass::Auth,
        // Storage has one code for a bad token and for a policy's refusal.
        "AccessDenied" | "Unauthorized" if !message.contains("row-level security") => {
            RetryClass::Auth
        }
        _ => RetryClass::Permanent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use RetryClass::{Auth, Conflict, Permanent, Transient};

    fn server(status: u16, code: &str, message: &str) -> RetryClass {
        class(&Error::Server {
            status,
            code: Some(code.to_owned()).filter(|code| !code.is_empty()),
            message: message.to_owned(),
            detail: None,
            hint: None,
            retry_after: None,
        })
    }

    #[test]
    fn follows_the_matrix() {
        for (status, code, message, expected) in [
            (401, "PGRST301", "Expected 3 parts in JWT; got 1", Auth),
            (401, "PGRST303", "JWT expired", Auth),
            (
                401,
                "PGRST303",
                "JWT issued at future",
                Transient(Some(MOMENT)),
            ),
            (401, "not_authenticated", "", Auth),
            (401, "42501", "", Auth),
            (401, "", "", Auth),
            (401, "insufficient_aal", "", Permanent),
            (403, "bad_jwt", "", Auth),
            (403, "42501", "permission denied", Permanent),
            (403, "otp_expired", "", Permanent),
            (
                403,
                "AccessDenied",
                "\"exp\" claim timestamp check failed",
                Auth,
            ),
            (
                403,
                "AccessDenied",
                "new row violates row-level security policy",
                Permanent,
            ),
            (400, "refresh_token_already_used", "", Permanent),
            (400, "session_not_found", "", Permanent),
            (409, "conflict", "", Transient(Some(MOMENT))),
            (409, "23505", "", Conflict),
            (409, "price_changed", "", Conflict),
            (404, "NoSuchKey", "", Permanent),
            (
                429,
                "over_request_rate_limit",
                "",
                Transient(Some(TOO_MANY)),
            ),
            (500, "57014", "", Transient(None)),
            (500, "", "", Transient(None)),
            (501, "not_implemented", "", Permanent),
            (503, "PGRST002", "", Transient(None)),
            (522, "", "", Transient(None)),
            (540, "", "", Transient(None)),
            (544, "DatabaseTimeout", "", Transient(None)),
        ] {
            assert_eq!(
                server(status, code, message),
                expected,
                "{status} {code} {message}"
            );
        }
    }
}
