//! Where this installation keeps its things.

use std::path::PathBuf;

use anyhow::Context;

/// `AMETHYST_DATA_DIR`, else the platform's folder for application data; the same as the command line's.
pub(crate) fn data_dir() -> anyhow::Result<PathBuf> {
    if let Some(folder) = std::env::var_os("AMETHYST_DATA_DIR") {
        return Ok(PathBuf::from(folder));
    }
    let folders = directories::ProjectDirs::from("", "", "amethyst");
    Ok(folders
        .context("no home folder is known")?
        .data_dir()
        .to_owned())
}
