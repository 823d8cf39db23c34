//! The main job without a window: a fresh backend, one picture through the command line.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::ensure;

use super::{Interrupt, backend};
use crate::child::Running;
use crate::{root, setup};

/// Makes a picture of `prompt` in `out`; fails unless the file decodes at the requested size.
pub(crate) fn run(prompt: &str, out: &Path, interrupt: &Interrupt) -> anyhow::Result<()> {
    let home = root::target().join("headless-run");
    if home.exists() {
        fs_err::remove_dir_all(&home)?;
    }
    fs_err::create_dir_all(&home)?;
    let home = fs_err::canonicalize(&home)?;
    let connection = home.join("backend.json");
    setup::say("starting a fresh backend");
    let _server = backend::start(&["--ephemeral"], &connection, interrupt)?;
    let mut command = Command::new(root::program("amethyst-cli"));
    command
        .arg("--data-dir")
        .arg(home.join("data"))
        .arg("--backend-file")
        .arg(&connection)
        .args(["generate", prompt, "--sign-up", "headless@example.org"])
        .args(["--password-env", "AMETHYST_HEADLESS_PASSWORD", "--out"])
        .arg(out)
        // A throw-away account on a throw-away server, kept for this run only.
        .env("AMETHYST_HEADLESS_PASSWORD", "correct horse battery")
        .env("AMETHYST_SESSION_PASSPHRASE", "");
    let mut cli = Running::plain("amethyst-cli", &mut command)?;
    loop {
        ensure!(!interrupt.came(), "interrupted");
        if let Some(well) = cli.ended() {
            ensure!(well, "no image was made");
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}
