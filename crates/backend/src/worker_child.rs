//! The worker as a child: started with the server, started again when it dies, ended with it.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::{Child, Command};

use crate::app::App;

/// First and longest pause before a dead worker is started again.
const PAUSES: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(30));
/// A worker that lived this long was healthy; its death starts the pauses anew.
const HEALTHY: Duration = Duration::from_secs(60);
/// Time to give back a job before it is ended.
const FAREWELL: Duration = Duration::from_secs(5);

/// Keeps one worker running until the app stops.
pub(crate) async fn keep(app: App, program: PathBuf) {
    let mut pause = PAUSES.0;
    loop {
        let born = tokio::time::Instant::now();
        match start(&app, &program) {
            Ok(mut child) => {
                // `wait` would close the pipe that keeps the worker alive.
                let lifeline = child.stdin.take();
                tokio::select! {
                    ended = child.wait() => {
                        tracing::warn!(?ended, "the worker ended; starting another");
                    }
                    () = app.stopping().cancelled() => {
                        drop(lifeline);
                        end(child).await;
                        return;
                    }
                }
            }
            Err(error) => {
                tracing::error!(%error, program = %program.display(), "the worker cannot be started");
            }
        }
        pause = if born.elapsed() > HEALTHY {
            PAUSES.0
        } else {
            (pause * 2).min(PAUSES.1)
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = app.stopping().cancelled() => return,
        }
    }
}

/// Prefixes of variables with keys of outside services.
const SERVICES: [&str; 4] = ["REPLICATE_", "STABILITY_", "OPENAI_", "STRIPE_"];

fn start(app: &App, program: &PathBuf) -> std::io::Result<Child> {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let is_key = |name: &str| SERVICES.iter().any(|prefix| name.starts_with(prefix));
        if name.to_str().is_some_and(is_key) {
            command.env_remove(name);
        }
    }
    command
        .envs(app.config().worker_env.iter().cloned())
        .env("AMETHYST_URL", app.url())
        .env("AMETHYST_SERVICE_ROLE_KEY", app.keys().service_role_key())
        // Its end of the pipe closes with us, however we end.
        .env("AMETHYST_WORKER_STOP_WITH_STDIN", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
}

async fn end(mut child: Child) {
    if tokio::time::timeout(FAREWELL, child.wait()).await.is_err() {
        let _gone = child.kill().await;
    }
}
