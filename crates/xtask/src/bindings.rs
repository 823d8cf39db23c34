//! The TypeScript of the command table.

use anyhow::ensure;
use xshell::{Shell, cmd};

use crate::root;

const FILE: &str = "ui/src/lib/ipc/generated/api.ts";

/// Writes it.
pub(crate) fn write() -> anyhow::Result<()> {
    let sh = Shell::new()?;
    cmd!(
        sh,
        "cargo build --quiet --package amethyst-api --example bindings"
    )
    .run()?;
    Ok(fs_err::write(FILE, generate(&sh)?)?)
}

/// Fails when the committed file is not what the Rust types say. The example must have been built: the
/// tests do so together with everything else, because alone it would be built with other features.
pub(crate) fn check() -> anyhow::Result<()> {
    let current = generate(&Shell::new()?)?;
    ensure!(
        fs_err::read_to_string(FILE)? == current,
        "{FILE} does not fit crates/api: run `cargo xtask bindings`"
    );
    Ok(())
}

fn generate(sh: &Shell) -> anyhow::Result<String> {
    let program = root::program("examples/bindings");
    let mut text = cmd!(sh, "{program}").quiet().read()?;
    text.push('\n');
    Ok(text)
}
