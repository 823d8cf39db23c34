//! Where the repository and its tools lie.

use std::path::{Path, PathBuf};

/// The repository's folder.
pub(crate) fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// Cargo's output folder.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => PathBuf::from(folder),
        None => folder().join("target"),
    }
}

/// Tools that were fetched for this repository alone.
pub(crate) fn tools() -> PathBuf {
    target().join("tools")
}

/// One of our programs as built for development.
pub(crate) fn program(name: &str) -> PathBuf {
    target()
        .join("debug")
        .join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// Folder of the programs built for development, for tests that run elsewhere.
pub(crate) fn absolute_bin() -> anyhow::Result<PathBuf> {
    Ok(fs_err::canonicalize(target().join("debug"))?)
}
