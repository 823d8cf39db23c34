//! `cargo xtask chaos`: the simulation of the tests for as long as one likes, every night if one likes.

use clap::Args;
use xshell::{Shell, cmd};

use crate::run::postgres;
use crate::{root, setup};

/// What `chaos` can be told.
#[derive(Args)]
pub(crate) struct Options {
    /// `--runs`, `--seed`, `--steps`, `--jobs`, or `--kill [CYCLES]`; `--help` explains them.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Builds what the tests build, and runs it.
pub(crate) fn chaos(options: &Options) -> anyhow::Result<()> {
    let sh = Shell::new()?;
    setup::packages(&[setup::BUILD])?;
    setup::say("building");
    cmd!(sh, "cargo build --workspace --bins --tests --examples").run()?;
    postgres(&sh)?;
    let program = root::program("examples/chaos");
    let arguments = &options.arguments;
    Ok(cmd!(sh, "{program} {arguments...}").run()?)
}
