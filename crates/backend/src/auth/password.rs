//! Passwords: checked, hashed with Argon2id, compared.

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Argon2, PasswordHash};

use super::error::AuthError;

/// Bounds in bytes, as GoTrue has them by default.
const SHORTEST: usize = 6;
const LONGEST: usize = 72;

/// Refuses what is too short or too long.
pub(super) fn check(password: &str) -> Result<(), AuthError> {
    if password.len() < SHORTEST {
        let message = format!("Password should be at least {SHORTEST} characters.");
        return Err(AuthError::weak_password(message, "length"));
    }
    if password.len() > LONGEST {
        let message = format!("Password cannot be longer than {LONGEST} characters");
        return Err(AuthError::validation(message));
    }
    Ok(())
}

/// Hashes a password, off the async threads.
pub(super) async fn hash(password: String) -> Result<String, AuthError> {
    run(move || {
        Argon2::default()
            .hash_password(password.as_bytes())
            .map(|hash| hash.to_string())
            .ok()
    })
    .await?
    .ok_or_else(|| {
        AuthError::new(
            500,
            "unexpected_failure",
            "The password could not be hashed",
        )
    })
}

/// Whether the password is the one behind `stored`. Without a stored one it takes as long and fails, so
/// that time does not tell whether an address has an account.
pub(super) async fn matches(password: String, stored: Option<String>) -> Result<bool, AuthError> {
    run(move || match stored.as_deref().map(PasswordHash::new) {
        Some(Ok(hash)) => Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok(),
        Some(Err(_)) | None => {
            let _as_long = Argon2::default().hash_password(password.as_bytes());
            false
        }
    })
    .await
}

async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, AuthError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| AuthError::new(500, "unexpected_failure", "Hashing failed"))
}
