//! The server's address: set by hand, or read from the file a local backend writes.

use std::path::{Path, PathBuf};

use amethyst_remote::Endpoint;
use amethyst_store::DeviceSettings;
use serde::Deserialize;

use crate::ServerSource;

/// Environment variable that names the connection file of a local backend.
pub const BACKEND_FILE_ENV: &str = "AMETHYST_BACKEND_FILE";

/// The connection file read when nothing else is set: [`BACKEND_FILE_ENV`], else `backend.json` in
/// `shared_data_dir`, the folder that a local backend of the same user writes to.
#[must_use]
pub fn default_backend_file(shared_data_dir: &Path) -> PathBuf {
    std::env::var_os(BACKEND_FILE_ENV)
        .map_or_else(|| shared_data_dir.join("backend.json"), PathBuf::from)
}

/// The part of a local backend's connection file that a client may use.
#[derive(Deserialize)]
struct ConnectionFile {
    url: String,
    anon_key: String,
}

/// The address in force, or `None` when no server has ever been named. A missing or unreadable file is
/// the normal state of a machine whose backend is not running.
pub(crate) async fn resolve(source: &ServerSource, device: &DeviceSettings) -> Option<Endpoint> {
    let path = match source {
        ServerSource::Fixed(endpoint) => return Some(endpoint.clone()),
        ServerSource::File(path) => path,
    };
    if let Some(server) = &device.server {
        return Some(Endpoint {
            url: server.url.clone(),
            anon_key: server.anon_key.clone(),
        });
    }
    let text = fs_err::tokio::read_to_string(path).await.ok()?;
    match serde_json::from_str::<ConnectionFile>(&text) {
        Ok(file) => Some(Endpoint {
            url: file.url,
            anon_key: file.anon_key,
        }),
        Err(error) => {
            tracing::warn!(%error, "the backend's connection file is not readable");
            None
        }
    }
}
