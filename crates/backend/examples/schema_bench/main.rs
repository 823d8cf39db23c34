//! Measurements of the hosted schema on the embedded PostgreSQL: `cargo xtask bench`.
//!
//! Everything is a ratio against a peer in the same run, or a plan; milliseconds are printed to be read and
//! never judged. Ends with an error when a bound of `docs/schema.md` does not hold.

mod plans;
mod scale;
mod similarity;
mod statistics;
mod suggestions;

use amethyst_backend::SchemaServer;
use anyhow::bail;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;

/// A measured bound.
struct Finding {
    what: String,
    holds: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|one| one == name);
    let folder = tempfile::tempdir()?;
    let server = SchemaServer::start(folder.path()).await?;
    let mut findings = Vec::new();
    if is_wanted("statistics") {
        statistics::measure(&server, &mut findings).await?;
    }
    if is_wanted("similarity") {
        similarity::measure(&server, &mut findings).await?;
    }
    if is_wanted("suggestions") {
        suggestions::measure(&server, &mut findings).await?;
    }
    if is_wanted("plans") {
        plans::measure(&server, &mut findings).await?;
    }
    server.stop().await?;
    say("");
    for Finding { what, holds } in &findings {
        say(&format!("{} {what}", if *holds { "✓" } else { "✗" }));
    }
    if findings.iter().any(|finding| !finding.holds) {
        bail!("a bound does not hold");
    }
    Ok(())
}

async fn copy(server: &SchemaServer, name: &str) -> anyhow::Result<PgPool> {
    let url = server.copy(name).await?;
    Ok(PgPoolOptions::new()
        .max_connections(4)
        .connect(&url)
        .await?)
}

#[expect(clippy::print_stdout, reason = "a program that reports to a terminal")]
fn say(line: &str) {
    println!("{line}");
}

/// Milliseconds that `work` takes.
#[expect(clippy::disallowed_methods, reason = "what is measured is real time")]
async fn timed<T>(work: impl Future<Output = T>) -> (T, f64) {
    let begun = std::time::Instant::now();
    let value = work.await;
    (value, begun.elapsed().as_secs_f64() * 1000.0)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
