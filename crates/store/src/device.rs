//! Settings of this device, whoever is signed in: one small JSON file beside the accounts' folders.

use std::path::Path;

use amethyst_model::{Language, Theme, UserId};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::whole_file;

const FILE: &str = "device.json";

/// A server set by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerAddress {
    /// Base URL of the project.
    pub url: String,
    /// Its public (anonymous) key.
    pub anon_key: String,
}

/// What this device remembers apart from any account.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DeviceSettings {
    /// Language until an account says otherwise.
    pub language: Language,
    /// Theme until an account says otherwise.
    pub theme: Theme,
    /// Server set by hand; `None` follows a local backend.
    pub server: Option<ServerAddress>,
    /// Who was signed in last.
    pub last_account: Option<UserId>,
    /// Address typed last, to fill in the form.
    pub last_email: Option<String>,
}

impl DeviceSettings {
    /// Reads them from `data_dir`. A missing or unreadable file gives the defaults: settings of a device
    /// are never a reason not to start.
    ///
    /// # Errors
    /// When the folder cannot be read at all.
    pub async fn load(data_dir: &Path) -> Result<Self, Error> {
        match fs_err::tokio::read(data_dir.join(FILE)).await {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes).unwrap_or_else(|error| {
                tracing::warn!(%error, "the device's settings are not readable; taking defaults");
                Self::default()
            })),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error.into()),
        }
    }

    /// Writes them to `data_dir`, making it if need be. After a crash the old or the new settings are
    /// there, never a mixture.
    ///
    /// # Errors
    /// [`Error::DiskFull`], or the file system's refusal; the old settings stay.
    pub async fn save(&self, data_dir: &Path) -> Result<(), Error> {
        let bytes = serde_json::to_vec_pretty(self).map_err(|_| Error::Unreadable("settings"))?;
        fs_err::tokio::create_dir_all(data_dir).await?;
        whole_file::write(data_dir.join(FILE), bytes).await
    }
}
