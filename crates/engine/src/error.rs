//! Why the core could not do what it was asked, with what was being done.

use amethyst_model::{InvalidDraft, RetryClass, SecretError};
use thiserror::Error;

/// Any failure of the core.
#[derive(Debug, Error)]
pub enum Error {
    /// The library.
    #[error(transparent)]
    Store(#[from] amethyst_store::Error),
    /// The server.
    #[error(transparent)]
    Remote(#[from] amethyst_remote::Error),
    /// The session's hiding place.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// A draft with wrong fields; nothing was written or sent.
    #[error(transparent)]
    InvalidDraft(#[from] InvalidDraft),
    /// Nobody is signed in.
    #[error("nobody is signed in")]
    NotSignedIn,
    /// The server refused the session for good; the library stays open.
    #[error("the server no longer accepts the session")]
    SessionRejected,
    /// No server's address is known: none was set and no local backend has run.
    #[error("no server address is known")]
    NoServer,
    /// What was named does not exist in the library.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// What was asked for cannot be: which part, and what is allowed. Nothing was written.
    #[error("{0}: {1}")]
    Invalid(&'static str, &'static str),
    /// The price is above what the caller agreed to; nothing was written or sent.
    #[error("the price is {price} credits, more than the {agreed} agreed to")]
    PriceChanged {
        /// Credits it costs now.
        price: i64,
        /// Credits the caller agreed to.
        agreed: i64,
    },
    /// The balance does not suffice; nothing was written or sent.
    #[error("{missing} credits are missing")]
    InsufficientCredits {
        /// Credits missing.
        missing: i64,
    },
    /// Another process owns the library; this one only reads.
    #[error("another running Amethyst owns this library")]
    ReadOnly,
    /// A background task could not finish a step.
    #[error("internal: {0}")]
    Internal(String),
}

impl Error {
    /// What the failure means for a queue.
    #[must_use]
    pub fn retry(&self) -> RetryClass {
        match self {
            Self::Remote(error) => error.retry(),
            Self::NoServer => RetryClass::Offline,
            Self::NotSignedIn | Self::SessionRejected => RetryClass::Auth,
            Self::PriceChanged { .. } => RetryClass::Conflict,
            _ => RetryClass::Permanent,
        }
    }
}
