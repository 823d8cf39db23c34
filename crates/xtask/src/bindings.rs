//! The TypeScript of the command table.

use anyhow::ensure;
use xshell::{Shell, cmd};

const FILE: &str = "ui/src/lib/ipc/generated/api.ts";

/// Writes it.
pub(crate) fn write() -> anyhow::Result<()> {
    Ok(fs_err::write(FILE, generate()?)?)
}

/// Fails when the committed file is not what the Rust types say.
pub(crate) fn check() -> anyhow::Result<()> {
    let current = generate()?;
    ensure!(
        fs_err::read_to_string(FILE)? == current,
        "{FILE} does not fit crates/api: run `cargo xtask bindings`"
    );
    Ok(())
}

fn generate() -> anyhow::Result<String> {
    let sh = Shell::new()?;
    let mut text = cmd!(
        sh,
        "cargo run --quiet --package amethyst-api --example bindings"
    )
    .quiet()
    .read()?;
    text.push('\n');
    Ok(text)
}
