//! `cargo xtask chaos`: convergence by simulation, as many runs as asked for; and killing the real program.

#![expect(clippy::print_stdout, reason = "a program that reports to a terminal")]

use amethyst_testkit::TestBackend;
use amethyst_tests::chaos::{self, Report};
use amethyst_tests::program;
use clap::Parser;

/// Three devices, one server, a bad network.
#[derive(Parser)]
struct Options {
    /// Runs.
    #[arg(long, default_value_t = 10_000)]
    runs: u64,
    /// Seed of the first run; each further run takes the next number.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Steps of each run.
    #[arg(long, default_value_t = 200)]
    steps: usize,
    /// Runs at the same time, each on a server of its own.
    #[arg(long, default_value_t = 2)]
    jobs: u64,
    /// Instead: start the command line, act and kill it at a random moment, this often.
    #[arg(long, value_name = "CYCLES", num_args = 0..=1, default_missing_value = "1000")]
    kill: Option<usize>,
}

fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .init();
    let options = Options::parse();
    if let Some(cycles) = options.kill {
        return kill(options.seed, cycles);
    }
    let jobs = options.jobs.clamp(1, options.runs.max(1));
    // A backend stays on its thread, so each job has a runtime of its own.
    let jobs: Vec<_> = (0..jobs)
        .map(|job| {
            let seeds: Vec<u64> = (0..options.runs)
                .filter(|run| run % jobs == job)
                .map(|run| options.seed.wrapping_add(run))
                .collect();
            let steps = options.steps;
            std::thread::spawn(move || {
                tokio::runtime::Runtime::new()?.block_on(run_all(&seeds, steps))
            })
        })
        .collect();
    let mut total = Report::default();
    let mut failed = Vec::new();
    for job in jobs {
        let (report, failures) = job
            .join()
            .map_err(|_| anyhow::anyhow!("a job panicked"))??;
        total = total.and(report);
        failed.extend(failures);
    }
    println!(
        "{} runs of {} steps: {total:?}",
        options.runs, options.steps
    );
    if failed.is_empty() {
        return Ok(());
    }
    failed.sort_unstable();
    anyhow::bail!("{} runs failed; seeds: {failed:?}", failed.len())
}

async fn run_all(seeds: &[u64], steps: usize) -> anyhow::Result<(Report, Vec<u64>)> {
    let backend = TestBackend::start().await?;
    let mut total = Report::default();
    let mut failed = Vec::new();
    for (number, seed) in seeds.iter().enumerate() {
        match chaos::run(&backend, *seed, steps).await {
            Ok(report) => total = total.and(report),
            Err(error) => {
                println!("{error:?}\n");
                failed.push(*seed);
            }
        }
        if (number + 1) % 25 == 0 {
            println!("… {} of {}", number + 1, seeds.len());
        }
    }
    Ok((total, failed))
}

fn kill(seed: u64, cycles: usize) -> anyhow::Result<()> {
    let kills = tokio::runtime::Runtime::new()?.block_on(async {
        let backend = TestBackend::start().await?;
        let program = program("amethyst-cli")?;
        chaos::kill_at_random(&backend, &program, seed, cycles).await
    })?;
    println!("{kills:?}");
    Ok(())
}
