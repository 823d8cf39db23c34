//! Packages of npm, installed again only when the lock file changed.

use std::path::Path;

use anyhow::ensure;
use xshell::{Shell, cmd};

use super::apt::exists;
use super::say;

/// Installs what `folder`'s lock file names.
pub(crate) fn install(sh: &Shell, folder: &str) -> anyhow::Result<()> {
    ensure!(
        exists("npm"),
        "Node.js 20 or newer with npm is needed: https://nodejs.org"
    );
    let lock = fs_err::read(Path::new(folder).join("package-lock.json"))?;
    let stamp = Path::new(folder).join("node_modules/.installed-lock");
    if fs_err::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    say(&format!("installing npm packages of {folder}"));
    let _there = sh.push_dir(folder);
    // Browsers come from the system; nothing is downloaded beside the packages.
    // Not `npm ci`: npm 11 leaves optional packages of other platforms out of the lock file it writes and
    // then refuses that file. This takes the locked versions and writes nothing.
    cmd!(
        sh,
        "npm install --no-save --no-audit --no-fund --loglevel=error"
    )
    .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
    .quiet()
    .run()?;
    Ok(fs_err::write(crate::root::folder().join(&stamp), lock)?)
}
