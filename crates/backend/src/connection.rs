//! The file by which app and CLI find a running backend.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::app::App;

/// Where the file lies when nothing else is said: `AMETHYST_BACKEND_FILE`, else in the data folder that
/// app and CLI of the same user have.
///
/// # Errors
/// When no home folder is known.
pub fn default_file() -> anyhow::Result<PathBuf> {
    if let Some(file) = std::env::var_os("AMETHYST_BACKEND_FILE") {
        return Ok(PathBuf::from(file));
    }
    let folders = directories::ProjectDirs::from("", "", "amethyst");
    let folders = folders.ok_or_else(|| anyhow::anyhow!("no home folder is known"))?;
    Ok(folders.data_dir().join("backend.json"))
}

/// Writes URL and keys, for the user alone to read.
pub(crate) fn write(app: &App, file: &Path) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        fs_err::create_dir_all(folder)?;
    }
    let content = json!({
        "url": app.url(),
        "anon_key": app.keys().anon_key(),
        "service_role_key": app.keys().service_role_key(),
        "inbox_url": format!("{}/_/inbox", app.url()),
        "pid": std::process::id(),
        "started_at": app.clock().now(),
    });
    crate::private_file::write(file, format!("{content:#}\n").as_bytes())
}
