//! Where the signed-in session is kept between runs. Implemented by `amethyst-secret` over the OS
//! keychain and by `amethyst-testkit` in memory.

use thiserror::Error;

/// Keeps one secret text (the session, as JSON) across runs of the program.
///
/// Calls may block on the OS; callers run them off the async threads. An implementation bounds every
/// call by a deadline of its own.
pub trait SecretStore: Send + Sync + 'static {
    /// The stored text, or `None` when nothing was stored.
    ///
    /// # Errors
    /// [`SecretError::Locked`] when the keychain does not answer or a passphrase is needed,
    /// [`SecretError::Damaged`] when what is stored cannot be opened.
    fn load(&self) -> Result<Option<String>, SecretError>;

    /// Replaces the stored text. Afterwards `load` gives it back, also after a crash: the old text or
    /// the new one is there, never a mixture.
    ///
    /// # Errors
    /// As [`SecretStore::load`], and [`SecretError::Io`].
    fn save(&self, text: &str) -> Result<(), SecretError>;

    /// Forgets the stored text. Forgetting nothing is not an error.
    ///
    /// # Errors
    /// As [`SecretStore::save`].
    fn clear(&self) -> Result<(), SecretError>;

    /// Gives the passphrase with which to seal the secret where no keychain answers. With `None` the
    /// secret lives for this run only.
    ///
    /// # Errors
    /// [`SecretError::WrongPassphrase`] when a sealed secret exists and the passphrase does not open it.
    fn unlock(&self, passphrase: Option<&str>) -> Result<(), SecretError>;
}

/// Why the session could not be kept or opened. None of these signs a user out or touches the library.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SecretError {
    /// No keychain answers; a passphrase or "this run only" must be chosen first.
    #[error("no keychain answers; a passphrase is needed")]
    Locked,
    /// The passphrase does not open the stored session.
    #[error("the passphrase does not open the stored session")]
    WrongPassphrase,
    /// The sealed file exists but cannot be opened with the key at hand.
    #[error("the stored session cannot be opened: {0}")]
    Damaged(String),
    /// The file system or the keychain refused.
    #[error("the session could not be stored: {0}")]
    Io(String),
}
