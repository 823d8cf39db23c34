//! The shared command table from a script: one command, or one per line of standard input.

use amethyst_api::dispatch;
use amethyst_engine::Core;
use anyhow::{Context, bail};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::output;

pub(crate) async fn call(
    core: &Core,
    name: Option<&str>,
    arguments: Option<&str>,
) -> anyhow::Result<()> {
    let Some(name) = name else {
        return lines(core).await;
    };
    let answer = run(core, name, arguments.unwrap_or("null")).await?;
    output::json(&answer);
    if answer.get("error").is_some() {
        bail!("`{name}` failed");
    }
    Ok(())
}

/// Until standard input ends. A line that fails does not keep the next from being tried.
async fn lines(core: &Core) -> anyhow::Result<()> {
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let (name, arguments) = line.split_once(' ').unwrap_or((line, "null"));
        output::json(&run(core, name, arguments).await?);
    }
    Ok(())
}

async fn run(core: &Core, name: &str, arguments: &str) -> anyhow::Result<Value> {
    let arguments: Value = serde_json::from_str(arguments).context("the arguments are no JSON")?;
    Ok(match dispatch(core, name, arguments).await {
        Ok(result) => json!({ "ok": result }),
        Err(error) => json!({ "error": error }),
    })
}
