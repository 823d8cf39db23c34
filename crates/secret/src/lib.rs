//! The session file, sealed by a key that lies in the OS keychain.
//!
//! A session is larger than what Windows lets a keychain entry hold, so the keychain keeps a random key
//! and the session lies beside the library, encrypted with it. Where no keychain answers, the key is
//! derived from a passphrase, or the secret lives in memory for this run. Nothing here knows what the
//! secret says.

mod file;
mod keychain;
mod passphrase;
mod patience;
mod sealed;
mod state;
mod store;

pub use store::{KeychainSecretStore, PASSPHRASE_ENV};
