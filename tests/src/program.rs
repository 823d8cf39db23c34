//! The programs beside the tests.

use std::path::PathBuf;

use anyhow::Context;

/// A program built with the tests: `target/<profile>/deps/test` or `examples/…` → `target/<profile>/`.
///
/// # Errors
/// When it has not been built.
pub fn program(name: &str) -> anyhow::Result<PathBuf> {
    let here = std::env::current_exe()?;
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let mut folders = here.ancestors().skip(1).take(3);
    folders
        .find_map(|folder| Some(folder.join(&file)).filter(|path| path.is_file()))
        .with_context(|| format!("build it first: cargo build -p {name} (cargo xtask test does)"))
}
