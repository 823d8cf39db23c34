//! Set-up and build before running.

use xshell::{Shell, cmd};

use super::display;
use crate::{root, setup};

/// For the app and its backend.
pub(crate) fn windowed() -> anyhow::Result<()> {
    let sh = Shell::new()?;
    let lists: &[&[&str]] = match display::exists() {
        true => &[setup::BUILD],
        false => &[setup::BUILD, setup::RUN],
    };
    setup::packages(lists)?;
    setup::npm(&sh, "ui")?;
    build_ui(&sh)?;
    setup::say("building the app, the backend and the worker");
    cmd!(
        sh,
        "cargo build -p amethyst -p amethyst-backend -p amethyst-worker"
    )
    .run()?;
    postgres(&sh)
}

/// For the command line and a backend.
pub(crate) fn headless() -> anyhow::Result<()> {
    let sh = Shell::new()?;
    setup::packages(&[&["build-essential", "pkg-config", "cmake", "nasm"]])?;
    setup::say("building the command line, the backend and the worker");
    cmd!(
        sh,
        "cargo build -p amethyst-cli -p amethyst-backend -p amethyst-worker"
    )
    .run()?;
    postgres(&sh)
}

/// Builds the pages that the app embeds.
pub(crate) fn build_ui(sh: &Shell) -> anyhow::Result<()> {
    setup::say("building the user interface");
    let _there = sh.push_dir("ui");
    Ok(cmd!(sh, "npm run --silent build -- --logLevel warn")
        .quiet()
        .run()?)
}

/// Fetches PostgreSQL, once.
pub(crate) fn postgres(sh: &Shell) -> anyhow::Result<()> {
    let backend = root::program("amethyst-backend");
    Ok(cmd!(sh, "{backend} --prepare")
        .quiet()
        .ignore_stdout()
        .run()?)
}
