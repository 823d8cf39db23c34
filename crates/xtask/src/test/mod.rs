//! `cargo xtask test`: set-up, then every check and test, then a table of how long each took.

mod steps;

use std::time::Duration;

use anyhow::bail;
use clap::Args;
use xshell::Shell;

use crate::child::now;
use crate::setup;

/// What `test` can be told.
#[derive(Args)]
pub(crate) struct Options {
    /// Only the steps whose name contains this.
    #[arg(long)]
    only: Option<String>,
}

/// Runs the steps in order. A failed one does not keep the others from telling what they find.
pub(crate) fn test(options: &Options) -> anyhow::Result<()> {
    let sh = Shell::new()?;
    let mut table: Vec<(&str, Duration, bool)> = Vec::new();
    for (name, step) in steps::ALL {
        let wanted = options
            .only
            .as_deref()
            .is_none_or(|part| name.contains(part));
        if !wanted && *name != "set-up" {
            continue;
        }
        setup::say(name);
        let begun = now();
        let result = step(&sh);
        if let Err(error) = &result {
            eprintln!("\x1b[31m{name} failed: {error:#}\x1b[0m");
        }
        table.push((name, begun.elapsed(), result.is_ok()));
        if *name == "set-up" && result.is_err() {
            break;
        }
    }
    println!();
    for (name, took, well) in &table {
        println!(
            "{} {:>6.1} s  {name}",
            if *well { "✓" } else { "✗" },
            took.as_secs_f64()
        );
    }
    let total: Duration = table.iter().map(|(_, took, _)| *took).sum();
    let failed = table.iter().filter(|(_, _, well)| !well).count();
    println!("  {:>6.1} s  in all", total.as_secs_f64());
    println!("steps: {} passed, {failed} failed", table.len() - failed);
    if failed > 0 {
        bail!("{failed} step(s) failed");
    }
    Ok(())
}
