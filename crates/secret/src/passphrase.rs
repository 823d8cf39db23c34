//! From a passphrase to a key.

use amethyst_model::SecretError;
use argon2::{Algorithm, Argon2, Params, Version};
use zeroize::Zeroizing;

use crate::sealed::Key;

/// Random part of a derivation, kept in the sealed file.
pub(crate) type Salt = [u8; 16];

/// How costly a derivation is. Kept in the sealed file, so that it can be raised later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cost {
    /// Memory in KiB.
    pub(crate) memory: u32,
    /// Passes over it.
    pub(crate) passes: u32,
    /// Lanes.
    pub(crate) lanes: u32,
}

impl Cost {
    /// About a tenth of a second on a desktop of today.
    pub(crate) const PRESENT: Self = Self {
        memory: 64 * 1024,
        passes: 3,
        lanes: 1,
    };

    /// Whether a file may ask for it: a damaged one must not take the machine's memory.
    pub(crate) fn is_bearable(self) -> bool {
        (8..=1024 * 1024).contains(&self.memory)
            && (1..=16).contains(&self.passes)
            && (1..=8).contains(&self.lanes)
    }
}

/// Derives the key.
pub(crate) fn derive(passphrase: &str, salt: &Salt, cost: Cost) -> Result<Key, SecretError> {
    let unusable = |error: argon2::Error| SecretError::Damaged(error.to_string());
    let params = Params::new(cost.memory, cost.passes, cost.lanes, Some(32)).map_err(unusable)?;
    let mut key: Key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), salt, &mut *key)
        .map_err(unusable)?;
    Ok(key)
}
