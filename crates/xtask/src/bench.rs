//! Measurements: ratios against a peer in the same run. Minutes long, so they are not part of the tests.

use clap::Args;
use xshell::{Shell, cmd};

use crate::{root, setup};

/// What `bench` can be told.
#[derive(Args)]
pub(crate) struct Options {
    /// Only these: `statistics`, `similarity`, `plans` of the hosted schema, `queue` of the workers, `sync` of the
    /// client, `small` parts of it. All of them without a name.
    names: Vec<String>,
}

/// Measures what was named.
pub(crate) fn bench(options: &Options) -> anyhow::Result<()> {
    let sh = Shell::new()?;
    setup::packages(&[setup::BUILD])?;
    let is_wanted =
        |name: &str| options.names.is_empty() || options.names.iter().any(|wanted| wanted == name);
    if ["statistics", "similarity", "plans"]
        .into_iter()
        .any(is_wanted)
    {
        schema(&sh, options)?;
    }
    if is_wanted("small") {
        cmd!(sh, "cargo bench --profile measured -p amethyst-store").run()?;
    }
    for (name, package, example) in [
        ("queue", "amethyst-worker", "queue_bench"),
        ("sync", "amethyst-tests", "sync_bench"),
    ] {
        if is_wanted(name) {
            setup::say("building, optimized");
            cmd!(
                sh,
                "cargo build --profile measured -p {package} --example {example}"
            )
            .run()?;
            let program = root::target().join("measured/examples").join(example);
            cmd!(sh, "{program}").run()?;
        }
    }
    Ok(())
}

fn schema(sh: &Shell, options: &Options) -> anyhow::Result<()> {
    setup::say("building");
    // As the tests build it, so that nothing is compiled twice.
    cmd!(sh, "cargo build --workspace --bins --tests --examples").run()?;
    let program = root::program("examples/schema_bench");
    let names: Vec<&String> = options
        .names
        .iter()
        .filter(|name| !matches!(name.as_str(), "queue" | "sync" | "small"))
        .collect();
    Ok(cmd!(sh, "{program} {names...}").run()?)
}
