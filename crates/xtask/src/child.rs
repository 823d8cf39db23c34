//! Programs we start and must end: each in a process group of its own, ended by its id.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;

/// A running program; dropping it ends it and whatever it started.
pub(crate) struct Running {
    name: String,
    child: Child,
    /// Politely by closing its input, for those who listen to that.
    by_stdin: bool,
}

impl Running {
    /// Starts a program that ends when its standard input closes.
    pub(crate) fn with_lifeline(name: &str, command: &mut Command) -> anyhow::Result<Self> {
        Self::start(name, command.stdin(Stdio::piped()), true)
    }

    /// Starts any other program.
    pub(crate) fn plain(name: &str, command: &mut Command) -> anyhow::Result<Self> {
        Self::start(name, command.stdin(Stdio::null()), false)
    }

    fn start(name: &str, command: &mut Command, by_stdin: bool) -> anyhow::Result<Self> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        let child = command
            .spawn()
            .with_context(|| format!("`{name}` could not be started"))?;
        Ok(Self {
            name: name.to_owned(),
            child,
            by_stdin,
        })
    }

    /// Whether it has ended, and how.
    pub(crate) fn ended(&mut self) -> Option<bool> {
        self.child
            .try_wait()
            .ok()
            .flatten()
            .map(|status| status.success())
    }

    fn signal(&self, signal: &str) {
        // The group's id is the child's; a negative id names the group.
        let group = format!("-{}", self.child.id());
        let _gone = Command::new("kill")
            .args([signal, "--", &group])
            .stderr(Stdio::null())
            .status();
    }

    fn wait(&mut self, limit: Duration) -> bool {
        let begun = now();
        while begun.elapsed() < limit {
            if self.ended().is_some() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        false
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.ended().is_none() {
            match self.by_stdin {
                true => drop(self.child.stdin.take()),
                false => self.signal("-TERM"),
            }
            if !self.wait(Duration::from_secs(25)) {
                eprintln!("`{}` did not end by itself", self.name);
            }
        }
        // Whatever it started and left.
        self.signal("-KILL");
        let _reaped = self.child.wait();
    }
}

#[expect(clippy::disallowed_methods, reason = "xtask has no clock to steer")]
pub(crate) fn now() -> Instant {
    Instant::now()
}
