//! A keychain that lives in memory and survives the program under test.

use std::sync::{Mutex, MutexGuard, PoisonError};

use amethyst_model::{SecretError, SecretStore};
use serde_json::Value;

/// [`SecretStore`] in memory. Shared between runs of a client, it plays the OS keychain.
#[derive(Debug, Default)]
pub struct MemorySecrets {
    text: Mutex<Option<String>>,
    locked: Mutex<bool>,
}

impl MemorySecrets {
    /// Makes every call answer [`SecretError::Locked`], as a machine without a keychain does, until
    /// [`SecretStore::unlock`].
    pub fn lock(&self) {
        *guard(&self.locked) = true;
    }

    /// Moves the stored session's end `by` into the past, as a machine does that slept for so long.
    ///
    /// # Panics
    /// When no session is stored.
    pub fn age_session(&self, by: chrono::Duration) {
        let mut text = guard(&self.text);
        let mut stored: Value = serde_json::from_str(text.as_deref().unwrap()).unwrap();
        let expires_at = &mut stored["session"]["expires_at"];
        let then: chrono::DateTime<chrono::Utc> =
            serde_json::from_value(expires_at.clone()).unwrap();
        *expires_at = serde_json::to_value(then - by).unwrap();
        *text = Some(stored.to_string());
    }

    fn check(&self) -> Result<(), SecretError> {
        if *guard(&self.locked) {
            Err(SecretError::Locked)
        } else {
            Ok(())
        }
    }
}

impl SecretStore for MemorySecrets {
    fn load(&self) -> Result<Option<String>, SecretError> {
        self.check()?;
        Ok(guard(&self.text).clone())
    }

    fn save(&self, text: &str) -> Result<(), SecretError> {
        self.check()?;
        *guard(&self.text) = Some(text.to_owned());
        Ok(())
    }

    fn clear(&self) -> Result<(), SecretError> {
        *guard(&self.text) = None;
        Ok(())
    }

    fn unlock(&self, _passphrase: Option<&str>) -> Result<(), SecretError> {
        *guard(&self.locked) = false;
        Ok(())
    }
}

fn guard<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
