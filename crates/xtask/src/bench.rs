//! Measurements: ratios against a peer in the same run. Minutes long, so they are not part of the tests.

use clap::Args;
use xshell::{Shell, cmd};

use crate::{root, setup};

/// What `bench` can be told.
#[derive(Args)]
pub(crate) struct Options {
    /// Only these: `statistics`, `similarity`, `plans`. All of them without a name.
    names: Vec<String>,
}

/// Measures the hosted schema.
pub(crate) fn bench(options: &Options) -> anyhow::Result<()> {
    let sh = Shell::new()?;
    setup::packages(&[setup::BUILD])?;
    setup::say("building");
    // As the tests build it, so that nothing is compiled twice.
    cmd!(sh, "cargo build --workspace --bins --tests --examples").run()?;
    let program = root::program("examples/schema_bench");
    let names = &options.names;
    Ok(cmd!(sh, "{program} {names...}").run()?)
}
