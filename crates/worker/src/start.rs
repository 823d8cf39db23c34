//! Why a worker cannot start.

use std::net::SocketAddr;

use thiserror::Error;

/// A worker that cannot be set up.
#[derive(Debug, Error)]
pub enum StartError {
    /// The HTTP client cannot be built.
    #[error("the system's certificates are unreadable: {0}")]
    Http(#[from] reqwest::Error),
    /// The address to listen at is taken, or not this machine's.
    #[error("cannot listen at {address}: {source}")]
    Listen {
        /// What the setting says.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
}
