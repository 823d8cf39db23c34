//! The log file: a week of days, for reports. No token, password or prompt is ever logged.

use std::path::Path;

use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;

/// Starts logging to `logs/` in the data folder, or to the standard error where that folder cannot be
/// written. What is still waiting is written when the guard drops.
pub(crate) fn start(data_dir: &Path) -> WorkerGuard {
    let (writer, guard) = match file(data_dir) {
        Ok(file) => tracing_appender::non_blocking(file),
        Err(_) => tracing_appender::non_blocking(std::io::stderr()),
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(writer)
        .with_ansi(false)
        .init();
    guard
}

fn file(data_dir: &Path) -> anyhow::Result<RollingFileAppender> {
    let folder = data_dir.join("logs");
    fs_err::create_dir_all(&folder)?;
    Ok(RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("amethyst")
        .filename_suffix("log")
        .max_log_files(7)
        .build(folder)?)
}
