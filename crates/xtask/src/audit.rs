//! Known vulnerabilities: needs the network, so it is not part of the tests.

use xshell::{Shell, cmd};

use crate::setup;

/// Checks all locked packages. Exceptions and their reasons are in `deny.toml`.
pub(crate) fn audit() -> anyhow::Result<()> {
    let sh = Shell::new()?;
    let deny = setup::deny(&sh)?;
    cmd!(sh, "{deny} --workspace check advisories").run()?;
    let _there = sh.push_dir("ui");
    cmd!(sh, "npm audit --omit=dev").run()?;
    Ok(())
}
