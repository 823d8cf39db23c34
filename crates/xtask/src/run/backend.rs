//! The local backend as our child.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{bail, ensure};

use super::Interrupt;
use crate::child::{Running, now};
use crate::root;

/// How long the first start may take: the database is made then.
const LIMIT: Duration = Duration::from_secs(120);

/// Starts a backend and waits until it has written `connection`, which must not exist before.
pub(crate) fn start(
    arguments: &[&str],
    connection: &Path,
    interrupt: &Interrupt,
) -> anyhow::Result<Running> {
    let log = root::target().join("backend.log");
    let mut command = Command::new(root::program("amethyst-backend"));
    command
        .args(arguments)
        .arg("--stop-with-stdin")
        .arg("--connection-file")
        .arg(connection);
    command
        .stdout(Stdio::null())
        .stderr(fs_err::File::create(&log)?.into_file());
    let mut backend = Running::with_lifeline("amethyst-backend", &mut command)?;
    let begun = now();
    while !connection.exists() {
        ensure!(!interrupt.came(), "interrupted");
        if backend.ended().is_some() || begun.elapsed() > LIMIT {
            let words = fs_err::read_to_string(&log).unwrap_or_default();
            bail!(
                "the backend does not start; its last words:\n{}",
                last_lines(&words)
            );
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(backend)
}

fn last_lines(log: &str) -> String {
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(12)..].join("\n")
}
