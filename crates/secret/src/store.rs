//! [`SecretStore`] over the sealed file.

use std::fmt;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use amethyst_model::{SecretError, SecretStore};
use zeroize::Zeroizing;

use crate::file::SealedFile;
use crate::keychain::{Keychain, NoAnswer};
use crate::sealed::{Key, KeyId, Lock, Sealed, seal};
use crate::state::{State, Way};

/// Environment variable that chooses, for scripts and machines without a keychain, how the session is
/// kept: a passphrase seals it, an empty text keeps it for the run only.
pub const PASSPHRASE_ENV: &str = "AMETHYST_SESSION_PASSPHRASE";

/// Keeps the session in `<data_dir>/session.sealed`.
///
/// Without a choice the key lies in the OS keychain; where that does not answer within 4 seconds every
/// call says [`SecretError::Locked`] until [`SecretStore::unlock`] chooses. "This run only" goes on
/// saying so when saving, because nothing is kept beyond the run, but loads what was saved in it.
pub struct KeychainSecretStore {
    file: SealedFile,
    /// `None` where the caller wants none to be asked.
    keychain: Option<Keychain>,
    state: Mutex<State>,
}

impl KeychainSecretStore {
    /// A store in `data_dir` whose keychain entries belong to `service_name`. Touches neither before
    /// the first call. Reads [`PASSPHRASE_ENV`].
    #[must_use]
    pub fn new(data_dir: &Path, service_name: &str) -> Self {
        let choice = std::env::var(PASSPHRASE_ENV).ok();
        Self::with(
            data_dir,
            Some(Keychain::new(service_name)),
            choice.as_deref(),
        )
    }

    fn with(data_dir: &Path, keychain: Option<Keychain>, choice: Option<&str>) -> Self {
        let way = match choice {
            None => Way::Keychain,
            Some("") => Way::Memory(None),
            Some(passphrase) => Way::Passphrase(Zeroizing::new(passphrase.to_owned())),
        };
        Self {
            file: SealedFile::new(data_dir),
            keychain,
            state: Mutex::new(State::new(way)),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere leaves at worst no key at hand.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keychain(&self) -> Result<&Keychain, NoAnswer> {
        self.keychain.as_ref().ok_or(NoAnswer)
    }

    /// The key of an existing file. `Locked` when nothing at hand gives it.
    fn key_for(&self, state: &mut State, lock: &Lock) -> Result<Key, SecretError> {
        if let Some(key) = state.key(lock) {
            return Ok(key);
        }
        match (lock, &state.way) {
            (Lock::Keychain(id), _) => match self.keychain().and_then(|chain| chain.get(id)) {
                Ok(Some(key)) => Ok(key),
                Ok(None) => Err(SecretError::Damaged(
                    "the keychain has lost its key".to_owned(),
                )),
                Err(NoAnswer) => Err(SecretError::Locked),
            },
            (Lock::Passphrase { .. }, Way::Passphrase(passphrase)) => {
                let passphrase = passphrase.clone();
                Ok(state.passphrase_key(&passphrase, Some(*lock))?.1)
            }
            (Lock::Passphrase { .. }, _) => Err(SecretError::Locked),
        }
    }

    /// The keychain's key for a file that is to be written: the present file's, else a new one.
    fn keychain_key(
        &self,
        state: &State,
        present: Option<Lock>,
    ) -> Result<(KeyId, Key), SecretError> {
        let locked = |NoAnswer| SecretError::Locked;
        match present {
            Some(lock @ Lock::Keychain(id)) => {
                if let Some(key) = state.key(&lock) {
                    return Ok((id, key));
                }
                if let Some(key) = self
                    .keychain()
                    .and_then(|chain| chain.get(&id))
                    .map_err(locked)?
                {
                    return Ok((id, key));
                }
            }
            // Written by a passphrase: what it holds may not be replaced without knowing that.
            Some(Lock::Passphrase { .. }) => return Err(SecretError::Locked),
            None => {
                if let Some(at_hand) = state.keychain_key() {
                    return Ok(at_hand);
                }
            }
        }
        let (id, key) = (KeyId::random(), Key::new(rand::random()));
        self.keychain()
            .and_then(|chain| chain.set(&id, &key))
            .map_err(locked)?;
        Ok((id, key))
    }

    /// The lock of the file that is there; a damaged one counts as none, for it can only be replaced.
    fn present_lock(&self) -> Result<Option<Lock>, SecretError> {
        let file = self.file.read()?;
        Ok(file.and_then(|file| Some(Sealed::parse(&file).ok()?.lock)))
    }
}

impl SecretStore for KeychainSecretStore {
    fn load(&self) -> Result<Option<String>, SecretError> {
        let mut state = self.state();
        if let Way::Memory(Some(text)) = &state.way {
            return Ok(Some(text.to_string()));
        }
        let Some(file) = self.file.read()? else {
            return Ok(None);
        };
        let sealed = Sealed::parse(&file)?;
        let by_keychain = matches!(sealed.lock, Lock::Keychain(_));
        let key = match (self.key_for(&mut state, &sealed.lock), &state.way) {
            (Ok(key), _) => key,
            // The user has chosen another way because nothing opens this one: it is as if forgotten.
            (Err(SecretError::Locked), Way::Memory(_)) => return Ok(None),
            (Err(SecretError::Locked), Way::Passphrase(_)) if by_keychain => return Ok(None),
            (Err(error), _) => return Err(error),
        };
        let text = sealed.open(&key).map_err(|error| match sealed.lock {
            Lock::Passphrase { .. } => SecretError::WrongPassphrase,
            Lock::Keychain(_) => error,
        })?;
        state.keep(sealed.lock, &key);
        Ok(Some(text))
    }

    fn save(&self, text: &str) -> Result<(), SecretError> {
        let mut state = self.state();
        if let Way::Memory(kept) = &mut state.way {
            *kept = Some(Zeroizing::new(text.to_owned()));
            return Err(SecretError::Locked);
        }
        let present = self.present_lock()?;
        let (lock, key) = match &state.way {
            Way::Passphrase(passphrase) => {
                let passphrase = passphrase.clone();
                state.passphrase_key(&passphrase, present)?
            }
            _ => {
                let (id, key) = self.keychain_key(&state, present)?;
                (Lock::Keychain(id), key)
            }
        };
        self.file.write(&seal(&lock, &key, text)?)?;
        state.keep(lock, &key);
        Ok(())
    }

    fn clear(&self) -> Result<(), SecretError> {
        let mut state = self.state();
        if let Way::Memory(kept) = &mut state.way {
            *kept = None;
        }
        let lock = self.present_lock()?;
        self.file.delete()?;
        state.forget();
        if let Some(Lock::Keychain(id)) = lock
            && self.keychain().and_then(|chain| chain.delete(&id)).is_err()
        {
            // Without its file the key opens nothing.
            tracing::info!("a key that is no longer needed stays in the keychain");
        }
        Ok(())
    }

    fn unlock(&self, passphrase: Option<&str>) -> Result<(), SecretError> {
        let mut state = self.state();
        let Some(passphrase) = passphrase else {
            if !matches!(state.way, Way::Memory(_)) {
                *state = State::new(Way::Memory(None));
            }
            return Ok(());
        };
        // An empty one would protect nothing.
        if passphrase.is_empty() {
            return Err(SecretError::WrongPassphrase);
        }
        let mut next = State::new(Way::Passphrase(Zeroizing::new(passphrase.to_owned())));
        if let Some(file) = self.file.read()?
            && let Ok(sealed) = Sealed::parse(&file)
            && matches!(sealed.lock, Lock::Passphrase { .. })
        {
            let (lock, key) = next.passphrase_key(passphrase, Some(sealed.lock))?;
            sealed
                .open(&key)
                .map_err(|_| SecretError::WrongPassphrase)?;
            next.keep(lock, &key);
        }
        *state = next;
        Ok(())
    }
}

impl fmt::Debug for KeychainSecretStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeychainSecretStore")
            .field("file", &self.file)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
