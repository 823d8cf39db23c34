//! From the engine's errors to the closed set of codes: the only place where that is decided.

use std::time::Duration;

use amethyst_engine::{Error, RemoteError, StoreError};
use amethyst_model::{RetryClass, SecretError};

use crate::{ApiError, ErrorCode, Retry};

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        let (code, retry) = match &error {
            Error::Store(error) => store(error),
            Error::Remote(error) => remote(error),
            Error::Secret(error) => secret(error),
            Error::InvalidDraft(_) | Error::Invalid(..) => (ErrorCode::Invalid, Retry::No),
            Error::NotSignedIn | Error::SessionRejected => {
                (ErrorCode::NeedsSignIn, Retry::AfterSignIn)
            }
            Error::NoServer => (ErrorCode::Offline, Retry::WhenOnline),
            Error::NotFound(_) => (ErrorCode::NotFound, Retry::No),
            Error::PriceChanged { .. } => (ErrorCode::Conflict, Retry::Now),
            Error::InsufficientCredits { .. } => (ErrorCode::InsufficientCredits, Retry::No),
            Error::ReadOnly => (ErrorCode::LibraryInUse, Retry::Now),
            Error::Internal(_) => (ErrorCode::Internal, Retry::Now),
        };
        let mut answer = Self::new(code, error.to_string(), retry);
        if let Error::InvalidDraft(invalid) = &error {
            answer.fields = invalid.0.iter().map(Into::into).collect();
        }
        answer
    }
}

fn store(error: &StoreError) -> (ErrorCode, Retry) {
    match error {
        StoreError::DiskFull => (ErrorCode::DiskFull, Retry::Now),
        StoreError::Damaged => (ErrorCode::LibraryDamaged, Retry::Now),
        StoreError::InUse => (ErrorCode::LibraryInUse, Retry::Now),
        _ => (ErrorCode::Internal, Retry::Now),
    }
}

fn secret(error: &SecretError) -> (ErrorCode, Retry) {
    match error {
        SecretError::Locked => (ErrorCode::KeychainLocked, Retry::No),
        SecretError::WrongPassphrase => (ErrorCode::WrongPassphrase, Retry::No),
        SecretError::Damaged(_) => (ErrorCode::NeedsSignIn, Retry::AfterSignIn),
        SecretError::Io(_) => (ErrorCode::Internal, Retry::Now),
    }
}

fn remote(error: &RemoteError) -> (ErrorCode, Retry) {
    let after = |wait: Option<Duration>| {
        let ms = wait.map_or(30_000, |wait| wait.as_millis());
        Retry::After {
            ms: i64::try_from(ms).unwrap_or(i64::MAX),
        }
    };
    if matches!(error, RemoteError::NotSupabase { .. }) {
        return (ErrorCode::WrongServer, Retry::No);
    }
    match error.code() {
        Some("invalid_credentials") => return (ErrorCode::WrongCredentials, Retry::No),
        Some("email_not_confirmed") => return (ErrorCode::EmailNotConfirmed, Retry::No),
        Some("user_already_exists" | "email_exists") => return (ErrorCode::EmailTaken, Retry::No),
        Some("weak_password" | "same_password") => return (ErrorCode::WeakPassword, Retry::No),
        Some("otp_expired") => return (ErrorCode::WrongCode, Retry::No),
        Some("validation_failed" | "email_address_invalid") => {
            return (ErrorCode::Invalid, Retry::No);
        }
        _ => {}
    }
    match (error.status(), error.retry()) {
        (Some(429), RetryClass::Transient(wait)) => (ErrorCode::RateLimited, after(wait)),
        (Some(429), _) => (ErrorCode::RateLimited, after(None)),
        (Some(403), _) => (ErrorCode::Forbidden, Retry::No),
        (Some(404), _) => (ErrorCode::NotFound, Retry::No),
        (_, RetryClass::Offline) => (ErrorCode::Offline, Retry::WhenOnline),
        (_, RetryClass::Auth) => (ErrorCode::NeedsSignIn, Retry::AfterSignIn),
        (_, RetryClass::Transient(wait)) => (ErrorCode::ServerTrouble, after(wait)),
        (_, RetryClass::Conflict) => (ErrorCode::Conflict, Retry::Now),
        (Some(500..), RetryClass::Permanent) => (ErrorCode::ServerTrouble, Retry::Now),
        (_, RetryClass::Permanent) => (ErrorCode::Invalid, Retry::No),
    }
}
