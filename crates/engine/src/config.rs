//! What a face of Amethyst gives the core at start.

use std::path::PathBuf;
use std::sync::Arc;

use amethyst_model::{Clock, SecretStore};
use amethyst_remote::Endpoint;

/// Where the server's address comes from.
#[derive(Clone, Debug)]
pub enum ServerSource {
    /// This project, whatever the device settings say.
    Fixed(Endpoint),
    /// The address set by hand in the device settings, else the file that a local backend writes,
    /// read again before each attempt to reach it: a restarted backend may have another port.
    File(PathBuf),
}

/// Who sees to the background work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Drive {
    /// The core: pulls, sends and fetches by itself.
    #[default]
    ByItself,
    /// The caller, by [`crate::Core::run`]: nothing happens that was not asked for.
    ByHand,
}

/// Everything the core needs from outside.
#[derive(Clone)]
pub struct Config {
    /// Folder of this installation: device settings, sealed session, one folder per account.
    pub data_dir: PathBuf,
    /// Where the server's address comes from.
    pub server: ServerSource,
    /// Where the session is kept.
    pub secrets: Arc<dyn SecretStore>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Who sees to the background work.
    pub drive: Drive,
    /// Version of the program, as shown to people.
    pub version: String,
}
