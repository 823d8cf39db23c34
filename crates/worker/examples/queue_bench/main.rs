//! `cargo xtask bench queue`: what the queue costs when making a picture costs nothing, with 1, 2 and 4 workers, and
//! whether a job costs more where a million have been done. Milliseconds are printed to be read; only ratios are
//! judged.

#![expect(clippy::print_stdout, reason = "a program that reports to a terminal")]
#![expect(clippy::disallowed_methods, reason = "what is measured is real time")]

mod instant;
mod project;

use std::time::{Duration, Instant};

use amethyst_worker::{Config, Providers, Worker};
use anyhow::ensure;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::instant::InstantProvider;
use crate::project::{Cost, Project};

const JOBS: i64 = 10_000;
const FEW: i64 = 1_000;
const MANY: i64 = 1_000_000;

/// Jobs by which a cost is measured; before them a tenth as many to warm up.
const SAMPLE: i64 = 1_000;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let share: i64 = std::env::args().nth(1).map_or(Ok(1), |text| text.parse())?;
    let project = Project::new().await?;

    project.fill(FEW).await?;
    let few = sample(&project, SAMPLE / share).await?;
    for workers in [1, 2, 4] {
        project.ask(JOBS / share).await?;
        project.forget_costs().await?;
        let begun = Instant::now();
        work(&project, workers).await?;
        let seconds = begun.elapsed().as_secs_f64();
        let cost = project.cost(JOBS / share).await?;
        println!(
            "{workers} worker{}: {:>6.0} jobs/s, {:.1} statements and {:.2} ms of the database a job, oldest wait {:.1} s",
            if workers == 1 { " " } else { "s" },
            (JOBS / share) as f64 / seconds,
            cost.statements,
            cost.milliseconds,
            project.oldest_wait().await?,
        );
    }
    project.fill(MANY / share).await?;
    let many = sample(&project, SAMPLE / share).await?;
    let ratio = many.milliseconds / few.milliseconds;
    println!(
        "a job among {} finished costs {ratio:.2} times one among {FEW} ({:.2} and {:.2} ms of the database, bound 1.2)",
        MANY / share,
        many.milliseconds,
        few.milliseconds,
    );
    for line in project.costliest(SAMPLE / share).await? {
        println!("  {line}");
    }
    project.stop().await?;
    ensure!(
        ratio <= 1.2,
        "the cost of a job grows with what was done before"
    );
    Ok(())
}

/// What a job costs the database, after a warm-up.
async fn sample(project: &Project, jobs: i64) -> anyhow::Result<Cost> {
    project.ask(jobs / 10).await?;
    work(project, 1).await?;
    project.ask(jobs).await?;
    project.forget_costs().await?;
    work(project, 1).await?;
    project.cost(jobs).await
}

/// Until the queue is empty.
async fn work(project: &Project, workers: usize) -> anyhow::Result<()> {
    let stop = CancellationToken::new();
    let mut running = JoinSet::new();
    for _ in 0..workers {
        let mut config = Config::new(Url::parse(project.url())?, project.key().to_owned());
        config.concurrency = 4;
        config.poll = Duration::from_millis(50);
        let providers = Providers::builtin().with(InstantProvider::new()?);
        running.spawn(Worker::new(config, providers)?.run(stop.clone()));
    }
    while project.waiting().await? > 0 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    stop.cancel();
    while running.join_next().await.is_some() {}
    Ok(())
}
