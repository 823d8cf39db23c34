//! What the store has learned in this run: how to seal, and the keys it has at hand.

use amethyst_model::SecretError;
use zeroize::Zeroizing;

use crate::passphrase::derive;
use crate::sealed::{Key, KeyId, Lock};

/// How the secret is kept.
pub(crate) enum Way {
    /// By the keychain.
    Keychain,
    /// By a passphrase.
    Passphrase(Zeroizing<String>),
    /// In memory, for this run.
    Memory(Option<Zeroizing<String>>),
}

/// The way, and the last key with the lock it belongs to, so that neither keychain nor derivation is
/// asked twice.
pub(crate) struct State {
    pub(crate) way: Way,
    key: Option<(Lock, Key)>,
}

impl State {
    pub(crate) fn new(way: Way) -> Self {
        Self { way, key: None }
    }

    /// The key at hand for a lock.
    pub(crate) fn key(&self, lock: &Lock) -> Option<Key> {
        self.key
            .as_ref()
            .filter(|(own, _)| own == lock)
            .map(|(_, key)| key.clone())
    }

    /// Keeps a key at hand.
    pub(crate) fn keep(&mut self, lock: Lock, key: &Key) {
        self.key = Some((lock, key.clone()));
    }

    /// Forgets the key at hand.
    pub(crate) fn forget(&mut self) {
        self.key = None;
    }

    /// The keychain's key at hand, with its name.
    pub(crate) fn keychain_key(&self) -> Option<(KeyId, Key)> {
        match &self.key {
            Some((Lock::Keychain(id), key)) => Some((*id, key.clone())),
            _ => None,
        }
    }

    /// The key that a passphrase gives for a lock; for a lock of another kind a new one is made.
    pub(crate) fn passphrase_key(
        &mut self,
        passphrase: &str,
        lock: Option<Lock>,
    ) -> Result<(Lock, Key), SecretError> {
        let lock = match lock {
            Some(lock @ Lock::Passphrase { .. }) => lock,
            _ => match &self.key {
                Some((lock @ Lock::Passphrase { .. }, _)) => *lock,
                _ => Lock::new_passphrase(),
            },
        };
        if let Some(key) = self.key(&lock) {
            return Ok((lock, key));
        }
        let Lock::Passphrase { cost, salt } = &lock else {
            return Err(SecretError::Locked);
        };
        Ok((lock, derive(passphrase, salt, *cost)?))
    }
}
