//! The OS keychain: Secret Service, macOS Keychain or Windows Credential Manager, asked for one thing,
//! the key of a sealed file.

use std::sync::Arc;
use std::time::Duration;

use keyring::v1::{Entry, Error as KeyringError};
use zeroize::Zeroizing;

use crate::patience::Patience;
use crate::sealed::{Key, KeyId};

/// How long a keychain may take. A locked Secret Service takes for ever.
pub(crate) const DEADLINE: Duration = Duration::from_secs(4);

/// The keys of one program in the keychain.
#[derive(Debug)]
pub(crate) struct Keychain {
    service: Arc<str>,
    patience: Patience,
}

/// The keychain does not answer, is locked, or there is none.
#[derive(Debug)]
pub(crate) struct NoAnswer;

impl Keychain {
    pub(crate) fn new(service: &str) -> Self {
        Self {
            service: service.into(),
            patience: Patience::new(DEADLINE),
        }
    }

    /// The key of that name, `None` when the keychain has none.
    pub(crate) fn get(&self, id: &KeyId) -> Result<Option<Key>, NoAnswer> {
        let secret = self.ask(id, |entry| match entry.get_secret() {
            Ok(secret) => Ok(Some(Zeroizing::new(secret))),
            Err(KeyringError::NoEntry) => Ok(None),
            Err(error) => Err(error),
        })?;
        // Of another length: not ours, so there is none of ours.
        Ok(secret.and_then(|secret| Some(Zeroizing::new(<[u8; 32]>::try_from(&**secret).ok()?))))
    }

    /// Keeps a key under a name.
    pub(crate) fn set(&self, id: &KeyId, key: &Key) -> Result<(), NoAnswer> {
        let key = key.clone();
        self.ask(id, move |entry| entry.set_secret(&*key))
    }

    /// Forgets the key of that name; having none is fine.
    pub(crate) fn delete(&self, id: &KeyId) -> Result<(), NoAnswer> {
        self.ask(id, |entry| match entry.delete_credential() {
            Err(KeyringError::NoEntry) => Ok(()),
            other => other,
        })
    }

    fn ask<T: Send + 'static>(
        &self,
        id: &KeyId,
        question: impl FnOnce(&Entry) -> keyring::v1::Result<T> + Send + 'static,
    ) -> Result<T, NoAnswer> {
        let (service, account) = (Arc::clone(&self.service), id.account());
        let answer = self.patience.run(move || {
            // Making the first entry connects to the keychain, which can hang like any other call.
            question(&Entry::new(&service, &account)?)
        });
        match answer {
            Some(Ok(value)) => Ok(value),
            Some(Err(error)) => {
                tracing::warn!(reason = reason(&error), "the keychain does not help");
                Err(NoAnswer)
            }
            None => {
                tracing::warn!("the keychain does not answer in time");
                Err(NoAnswer)
            }
        }
    }
}

/// The kind of an error. Some errors' own texts carry the stored bytes.
fn reason(error: &KeyringError) -> &'static str {
    match error {
        KeyringError::NoDefaultStore => "there is none",
        KeyringError::NoStorageAccess(_) => "it is locked",
        KeyringError::PlatformFailure(_) => "it failed",
        KeyringError::Ambiguous(_) => "several entries fit",
        KeyringError::TooLong(..) => "the entry is too long for it",
        _ => "it refused",
    }
}
