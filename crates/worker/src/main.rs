//! The binary: settings from file and environment, log lines to standard error, work until told to stop.

use std::path::PathBuf;
use std::process::ExitCode;

use amethyst_worker::{Config, LogFormat, Providers, Worker, stop_requested};
use clap::{Parser, Subcommand};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

/// The generation worker of Amethyst.
#[derive(Parser)]
#[command(name = "amethyst-worker", version, about)]
struct Options {
    /// Configuration file, or the one that `AMETHYST_WORKER_CONFIG` names; environment variables win over it.
    #[arg(
        long,
        global = true,
        env = "AMETHYST_WORKER_CONFIG",
        value_name = "PATH"
    )]
    config: Option<PathBuf>,
    #[command(subcommand)]
    task: Option<Task>,
}

#[derive(Subcommand)]
enum Task {
    /// Work until told to stop; what happens when nothing is named.
    Run,
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    let config = match Config::load(options.config) {
        Ok(config) => config,
        Err(error) => {
            log_to_stderr(LogFormat::Text);
            tracing::error!(%error, "cannot start");
            return ExitCode::from(2);
        }
    };
    log_to_stderr(config.log);
    match options.task.unwrap_or(Task::Run) {
        Task::Run => run(config).await,
    }
}

async fn run(config: Config) -> ExitCode {
    tracing::info!(?config, "started");
    let stop = CancellationToken::new();
    let asked = stop.clone();
    let stop_with_stdin = config.stop_with_stdin;
    tokio::spawn(async move {
        stop_requested(stop_with_stdin).await;
        tracing::info!("stopping");
        asked.cancel();
    });
    match Providers::of(&config).and_then(|providers| Worker::new(config, providers)) {
        Ok(worker) => worker.run(stop).await,
        Err(error) => {
            tracing::error!(%error, "cannot start");
            return ExitCode::FAILURE;
        }
    }
    tracing::info!("stopped");
    ExitCode::SUCCESS
}

/// `RUST_LOG` says how much; nothing of a prompt or a key is in any line from `info` up.
fn log_to_stderr(form: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match form {
        LogFormat::Text => lines.init(),
        LogFormat::Json => lines.json().flatten_event(true).init(),
    }
}
