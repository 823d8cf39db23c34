//! The sealed file's content: a header that says which key opens it, and the encrypted text.
//!
//! ```text
//! "AMSS" · version 1 · kind · (1: key id 16) or (2: memory 4, passes 4, lanes 4, salt 16) ·
//! nonce 24 · XChaCha20-Poly1305 of the text, with everything before it as associated data
//! ```

use amethyst_model::SecretError;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::passphrase::{Cost, Salt};

/// A 256-bit key.
pub(crate) type Key = Zeroizing<[u8; 32]>;

const MAGIC: [u8; 4] = *b"AMSS";
const VERSION: u8 = 1;
const BY_KEYCHAIN: u8 = 1;
const BY_PASSPHRASE: u8 = 2;

/// Name of a key in the keychain. Each sealed file has its own, so that two installations of one user
/// never overwrite each other's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KeyId([u8; 16]);

impl KeyId {
    pub(crate) fn random() -> Self {
        Self(rand::random())
    }

    /// The keychain's account name.
    pub(crate) fn account(&self) -> String {
        format!("session-{:032x}", u128::from_be_bytes(self.0))
    }
}

/// Which key opens a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lock {
    /// The keychain's of this name.
    Keychain(KeyId),
    /// One derived from a passphrase.
    Passphrase {
        /// How costly.
        cost: Cost,
        /// With what.
        salt: Salt,
    },
}

impl Lock {
    /// A lock for a passphrase, with a salt of its own.
    pub(crate) fn new_passphrase() -> Self {
        Self::Passphrase {
            cost: Cost::PRESENT,
            salt: rand::random(),
        }
    }

    fn write(&self) -> Vec<u8> {
        let mut header = Vec::from(MAGIC);
        header.push(VERSION);
        match self {
            Self::Keychain(KeyId(id)) => {
                header.push(BY_KEYCHAIN);
                header.extend_from_slice(id);
            }
            Self::Passphrase { cost, salt } => {
                header.push(BY_PASSPHRASE);
                for number in [cost.memory, cost.passes, cost.lanes] {
                    header.extend_from_slice(&number.to_le_bytes());
                }
                header.extend_from_slice(salt);
            }
        }
        header
    }
}

/// A sealed file, read but not opened.
#[derive(Debug)]
pub(crate) struct Sealed<'a> {
    /// What opens it.
    pub(crate) lock: Lock,
    header: &'a [u8],
    nonce: [u8; 24],
    text: &'a [u8],
}

impl<'a> Sealed<'a> {
    /// Takes a file apart.
    ///
    /// # Errors
    /// [`SecretError::Damaged`] when it is none of ours, cut off, or of a newer version.
    pub(crate) fn parse(file: &'a [u8]) -> Result<Self, SecretError> {
        let damaged = |what: &str| SecretError::Damaged(what.to_owned());
        let mut reader = Reader { file, at: 0 };
        if reader.take::<4>() != Some(MAGIC) {
            return Err(damaged("not a sealed session"));
        }
        let lock = match (reader.take::<1>(), reader.take::<1>()) {
            (Some([VERSION]), Some([BY_KEYCHAIN])) => {
                reader.take().map(|id| Lock::Keychain(KeyId(id)))
            }
            (Some([VERSION]), Some([BY_PASSPHRASE])) => reader.passphrase_lock(),
            (Some([version]), Some(_)) if version > VERSION => {
                return Err(damaged("sealed by a newer version"));
            }
            _ => None,
        };
        let lock = lock.ok_or_else(|| damaged("the header is cut off or unreadable"))?;
        let header = &file[..reader.at];
        let nonce = reader
            .take()
            .ok_or_else(|| damaged("the file is cut off"))?;
        Ok(Self {
            lock,
            header,
            nonce,
            text: &file[reader.at..],
        })
    }

    /// Opens it.
    ///
    /// # Errors
    /// [`SecretError::Damaged`] when the key is not the right one or the file was changed; the two
    /// cannot be told apart.
    pub(crate) fn open(&self, key: &Key) -> Result<String, SecretError> {
        let cipher = XChaCha20Poly1305::new((&**key).into());
        let payload = Payload {
            msg: self.text,
            aad: self.header,
        };
        let text = cipher
            .decrypt(&XNonce::from(self.nonce), payload)
            .map_err(|_| SecretError::Damaged("the key does not open it".to_owned()))?;
        String::from_utf8(text).map_err(|_| SecretError::Damaged("not text".to_owned()))
    }
}

/// Seals a text.
///
/// # Errors
/// [`SecretError::Io`] when the text is too large for the cipher, which no session is.
pub(crate) fn seal(lock: &Lock, key: &Key, text: &str) -> Result<Vec<u8>, SecretError> {
    let mut file = lock.write();
    // Random nonces of 24 bytes do not repeat.
    let nonce: [u8; 24] = rand::random();
    let cipher = XChaCha20Poly1305::new((&**key).into());
    let payload = Payload {
        msg: text.as_bytes(),
        aad: &file,
    };
    let sealed = cipher
        .encrypt(&XNonce::from(nonce), payload)
        .map_err(|_| SecretError::Io("the session cannot be encrypted".to_owned()))?;
    file.extend_from_slice(&nonce);
    file.extend_from_slice(&sealed);
    Ok(file)
}

struct Reader<'a> {
    file: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let bytes = self.file.get(self.at..self.at + N)?.try_into().ok()?;
        self.at += N;
        Some(bytes)
    }

    fn passphrase_lock(&mut self) -> Option<Lock> {
        let mut number = || self.take().map(u32::from_le_bytes);
        let cost = Cost {
            memory: number()?,
            passes: number()?,
            lanes: number()?,
        };
        let salt = self.take()?;
        cost.is_bearable()
            .then_some(Lock::Passphrase { cost, salt })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn locks() -> [Lock; 2] {
        [Lock::Keychain(KeyId::random()), Lock::new_passphrase()]
    }

    #[test]
    fn what_was_sealed_opens_with_its_key_only() {
        for lock in locks() {
            let (key, other) = (Key::new([7; 32]), Key::new([8; 32]));
            let file = seal(&lock, &key, "geheim · 秘密").unwrap();
            assert!(!file.windows(6).any(|bytes| bytes == b"geheim"));
            let sealed = Sealed::parse(&file).unwrap();
            assert_eq!(sealed.lock, lock);
            assert_eq!(sealed.open(&key).unwrap(), "geheim · 秘密");
            assert!(matches!(sealed.open(&other), Err(SecretError::Damaged(_))));
        }
    }

    #[test]
    fn no_byte_of_it_can_be_changed_or_cut_off() {
        for lock in locks() {
            let key = Key::new([7; 32]);
            let file = seal(&lock, &key, "secret").unwrap();
            let opens = |file: &[u8]| Sealed::parse(file).and_then(|sealed| sealed.open(&key));
            for at in 0..file.len() {
                let mut changed = file.clone();
                changed[at] ^= 1;
                assert!(
                    matches!(opens(&changed), Err(SecretError::Damaged(_))),
                    "byte {at}"
                );
                assert!(
                    matches!(opens(&file[..at]), Err(SecretError::Damaged(_))),
                    "cut at {at}"
                );
            }
        }
    }

    #[test]
    fn two_seals_of_one_text_differ() {
        let (lock, key) = (locks()[0], Key::new([7; 32]));
        assert_ne!(
            seal(&lock, &key, "a").unwrap(),
            seal(&lock, &key, "a").unwrap()
        );
    }

    #[test]
    fn a_damaged_header_cannot_ask_for_all_memory() {
        let lock = Lock::Passphrase {
            cost: Cost {
                memory: u32::MAX,
                passes: 3,
                lanes: 1,
            },
            salt: [0; 16],
        };
        let file = seal(&lock, &Key::new([7; 32]), "a").unwrap();
        assert!(matches!(Sealed::parse(&file), Err(SecretError::Damaged(_))));
    }
}
