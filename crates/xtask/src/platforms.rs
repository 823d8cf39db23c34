//! Type-checking what ships for Windows and macOS, from Linux.
//!
//! For macOS only types are wanted: C compilers are replaced by scripts that make empty outputs. It
//! proves that the code type-checks there, nothing more.

use std::path::{Path, PathBuf};

use xshell::{Shell, cmd};

use crate::{root, setup};

const WINDOWS: &str = "x86_64-pc-windows-gnu";
const MACOS: &str = "aarch64-apple-darwin";

/// Checks both.
pub(crate) fn check() -> anyhow::Result<()> {
    let sh = Shell::new()?;
    setup::targets(&sh, &[WINDOWS, MACOS])?;
    setup::say("type-checking for Windows");
    cmd!(
        sh,
        "cargo check --quiet --target {WINDOWS} -p amethyst -p amethyst-cli"
    )
    .run()?;
    setup::say("type-checking for macOS");
    let (cc, ar) = (stub("cc", CC)?, stub("ar", AR)?);
    cmd!(
        sh,
        "cargo check --quiet --target {MACOS} -p amethyst -p amethyst-cli"
    )
    .env("CC_aarch64_apple_darwin", &cc)
    .env("CXX_aarch64_apple_darwin", &cc)
    .env("AR_aarch64_apple_darwin", &ar)
    // libjpeg-turbo is built by cmake, which does not take a stub for a compiler.
    .env("TURBOJPEG_SOURCE", "explicit")
    .env("TURBOJPEG_LIB_DIR", root::tools())
    .run()?;
    Ok(())
}

/// Creates whatever `-o` names.
const CC: &str = r#"#!/bin/sh
while [ $# -gt 0 ]; do
  if [ "$1" = "-o" ]; then : > "$2"; exit 0; fi
  shift
done
exit 0
"#;
/// Creates the archive: the first argument that ends in `.a`.
const AR: &str = r#"#!/bin/sh
for word in "$@"; do
  case "$word" in *.a) : > "$word"; exit 0 ;; esac
done
exit 0
"#;

fn stub(name: &str, text: &str) -> anyhow::Result<PathBuf> {
    let folder = root::tools().join("stubs");
    fs_err::create_dir_all(&folder)?;
    let path = folder.join(name);
    fs_err::write(&path, text)?;
    make_executable(&path)?;
    Ok(path)
}

#[cfg(unix)]
fn make_executable(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs_err::set_permissions(path, std::fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_executable(_path: &Path) -> std::io::Result<()> {
    Ok(())
}
