//! The binary: settings from file and environment, log lines to standard error, work until told to stop.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use amethyst_worker::{
    AnalysisKind, Config, Finding, Level, LogFormat, Providers, Requeued, StartError, Worker,
    check, is_healthy, requeue, stop_requested,
};
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
    /// The same as the command `check`.
    #[arg(long)]
    check: bool,
    #[command(subcommand)]
    task: Option<Task>,
}

#[derive(Subcommand)]
enum Task {
    /// Work until told to stop; what happens when nothing is named.
    Run,
    /// Try every key and setting, say what is wrong, and end: with 1 if something does not work.
    Check,
    /// Have images looked at again, by workers that run: behind all new images, and safe to repeat.
    Analyze {
        /// What is to be found out again; several times for several.
        #[arg(long = "kind", required = true, value_enum)]
        kinds: Vec<AnalysisKind>,
        /// Images that this version has looked at already are left out.
        #[arg(long, value_name = "VERSION")]
        except_version: Option<String>,
    },
    /// Ask the worker that listens on this machine how it is: ends with 1 if it is not well.
    Health,
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    let task = match options.check {
        true => Task::Check,
        false => options.task.unwrap_or(Task::Run),
    };
    let config = match Config::load(options.config) {
        Ok(config) => config,
        Err(error) if matches!(task, Task::Check) => {
            return tell(&[Finding {
                level: Level::Error,
                part: "settings",
                text: error.to_string(),
            }]);
        }
        Err(error) => {
            log_to_stderr(LogFormat::Text);
            tracing::error!(%error, "cannot start");
            return ExitCode::from(2);
        }
    };
    log_to_stderr(config.log);
    match task {
        Task::Run => run(config).await,
        Task::Health => health(&config).await,
        Task::Analyze {
            kinds,
            except_version,
        } => analyze(&config, &kinds, except_version.as_deref()).await,
        Task::Check => match check(&config, &Providers::builtin()).await {
            Ok(found) => tell(&found),
            Err(error) => {
                tracing::error!(%error, "cannot check");
                ExitCode::FAILURE
            }
        },
    }
}

async fn analyze(config: &Config, kinds: &[AnalysisKind], except: Option<&str>) -> ExitCode {
    let report = |page: Requeued| tracing::info!(page.images, page.queued, "queued");
    match requeue(config, kinds, except, report).await {
        Ok(all) => {
            let line = format!("{} images, {} analyses queued", all.images, all.queued);
            // Whoever closed the pipe wants to read no more.
            let _ = writeln!(std::io::stdout(), "{line}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            tracing::error!(%error, "not all are queued; the same command goes on");
            ExitCode::FAILURE
        }
    }
}

async fn health(config: &Config) -> ExitCode {
    let Some(listen) = config.listen else {
        tracing::error!("nothing listens: AMETHYST_WORKER_LISTEN is not set");
        return ExitCode::FAILURE;
    };
    match is_healthy(listen).await {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

/// One line per finding on standard output; fails if one of them is an error.
fn tell(found: &[Finding]) -> ExitCode {
    let mut out = std::io::stdout().lock();
    for finding in found {
        // Whoever closed the pipe wants to read no more; the exit code still says it.
        let _ = writeln!(out, "{finding}");
    }
    match found.iter().any(|finding| finding.level == Level::Error) {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
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
    let worker = Providers::of(&config)
        .map_err(StartError::from)
        .and_then(|providers| Worker::new(config, providers));
    match worker {
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
