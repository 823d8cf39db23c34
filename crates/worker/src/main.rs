//! The binary: settings from the environment, log lines to standard error, work until told to stop.

use std::process::ExitCode;

use amethyst_worker::{Config, Providers, Worker, stop_requested};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let config = match Config::from_env() {
        Ok(config) => config,
        Err(error) => {
            tracing::error!(%error, "cannot start");
            return ExitCode::from(2);
        }
    };
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
