//! What the backend is told at start.

use std::path::PathBuf;

/// Everything that can be chosen.
#[derive(Clone, Debug)]
pub struct Config {
    /// Everything of this backend lives here: cluster, keys, objects, remembered port.
    pub data_dir: PathBuf,
    /// Superuser URL of a PostgreSQL server with pgvector to use instead of the embedded one.
    pub database_url: Option<String>,
    /// Which port to listen on.
    pub port: PortChoice,
    /// Whether new accounts are confirmed at once.
    pub autoconfirm: bool,
    /// How access tokens are signed.
    pub jwt_algorithm: JwtAlgorithm,
    /// Who paints.
    pub worker: WorkerChoice,
    /// Environment of a worker that is our child. What it inherits holds no keys of outside services: nothing is
    /// sent anywhere, or paid for, because a shell happens to have one. A configuration file of its own may name them.
    pub worker_env: Vec<(String, String)>,
    /// Whether what is committed survives a power cut. Tests do without.
    pub durable: bool,
    /// Where URL and keys are written for app and CLI.
    pub connection_file: Option<PathBuf>,
    /// Serves `/_/faults`, by which tests in other processes make the server misbehave.
    pub test_controls: bool,
    /// Life of access tokens in seconds.
    pub access_token_seconds: i64,
}

impl Config {
    /// The settings of `cargo xtask run` in `data_dir`.
    #[must_use]
    pub fn new(data_dir: PathBuf) -> Self {
        Self {
            data_dir,
            database_url: None,
            port: PortChoice::Remembered,
            autoconfirm: true,
            jwt_algorithm: JwtAlgorithm::Es256,
            worker: WorkerChoice::None,
            worker_env: Vec::new(),
            durable: true,
            connection_file: None,
            test_controls: false,
            access_token_seconds: 3600,
        }
    }
}

/// Which port to listen on. Always on loopback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PortChoice {
    /// The port of the last run if it is free, else a free one, which is then remembered.
    Remembered,
    /// This one.
    Exact(u16),
    /// A free one.
    Any,
}

/// How access tokens are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwtAlgorithm {
    /// ECDSA on P-256; the public key is served as JWKS.
    Es256,
    /// The shared secret, as older projects do.
    Hs256,
}

/// Who paints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorkerChoice {
    /// This executable, as a child.
    Child(PathBuf),
    /// Nobody, or a worker started elsewhere.
    None,
}
