//! The server process: started, waited for, stopped, and found again after a crash of ours.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::Context;

use super::account::Account;

/// A running PostgreSQL. Dropping it stops it at once.
pub(crate) struct Process {
    pid: u32,
    ended: mpsc::Receiver<()>,
}

/// How to start it.
pub(crate) struct Start {
    pub(crate) bin: PathBuf,
    pub(crate) data: PathBuf,
    pub(crate) port: u16,
    pub(crate) durable: bool,
    pub(crate) account: Option<Account>,
    pub(crate) log: PathBuf,
}

impl Process {
    /// Starts the server. It may not answer yet.
    pub(crate) fn start(start: &Start) -> anyhow::Result<Self> {
        let mut command = program(&start.bin.join("postgres"), start.account, true);
        command.arg("-D").arg(&start.data);
        let settings = [
            format!("port={}", start.port),
            "listen_addresses=127.0.0.1".to_owned(),
            "unix_socket_directories=".to_owned(),
            "wal_level=logical".to_owned(),
            "max_connections=60".to_owned(),
            "max_replication_slots=10".to_owned(),
            "timezone=UTC".to_owned(),
            format!("fsync={}", if start.durable { "on" } else { "off" }),
            format!(
                "synchronous_commit={}",
                if start.durable { "on" } else { "off" }
            ),
            format!(
                "full_page_writes={}",
                if start.durable { "on" } else { "off" }
            ),
        ];
        for setting in settings {
            command.arg("-c").arg(setting);
        }
        let log = fs_err::File::create(&start.log)?;
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log.into_file());
        // Linux ends the server with the thread that started it, so that thread stays as long as it.
        let (tell, told) = mpsc::channel();
        let (end, ended) = mpsc::channel();
        std::thread::Builder::new()
            .name("postgres".to_owned())
            .spawn(move || {
                match command.spawn() {
                    Ok(child) => {
                        let _nobody = tell.send(Ok(child.id()));
                        wait_for(child);
                    }
                    Err(error) => {
                        let _nobody = tell.send(Err(error));
                    }
                }
                let _nobody = end.send(());
            })?;
        let pid = told.recv()?.context("PostgreSQL could not be started")?;
        Ok(Self { pid, ended })
    }

    /// Whether it has ended by itself.
    pub(crate) fn has_ended(&self) -> bool {
        !matches!(self.ended.try_recv(), Err(mpsc::TryRecvError::Empty))
    }

    /// Ends it: running transactions roll back, everything committed is on disk.
    pub(crate) fn stop(&self) {
        signal(self.pid, End::Fast);
        if self.ended.recv_timeout(Duration::from_secs(20)).is_err() {
            signal(self.pid, End::Now);
            let _late = self.ended.recv_timeout(Duration::from_secs(5));
        }
    }
}

fn wait_for(mut child: Child) {
    if let Err(error) = child.wait() {
        tracing::warn!(%error, "waiting for PostgreSQL failed");
    }
}

/// A program of PostgreSQL's, run as the unprivileged account; on Linux a `bound` one ends with us.
pub(crate) fn program(path: &Path, account: Option<Account>, bound: bool) -> Command {
    let mut command = match setpriv(account, bound) {
        Some(mut wrapper) => {
            wrapper.arg(path);
            wrapper
        }
        None => {
            let mut plain = Command::new(path);
            drop_to(&mut plain, account);
            plain
        }
    };
    // The working directory may be closed to the account.
    command.current_dir(path.parent().unwrap_or_else(|| Path::new("/")));
    command.env_remove("PGDATA").env("LC_ALL", "C.UTF-8");
    command
}

fn setpriv(account: Option<Account>, bound: bool) -> Option<Command> {
    if !bound || !Path::new("/usr/bin/setpriv").exists() {
        return None;
    }
    let mut command = Command::new("/usr/bin/setpriv");
    if let Some(Account { uid, gid }) = account {
        command
            .args([format!("--reuid={uid}"), format!("--regid={gid}")])
            .arg("--clear-groups");
    }
    command.arg("--pdeathsig=INT").arg("--");
    Some(command)
}

#[cfg(unix)]
fn drop_to(command: &mut Command, account: Option<Account>) {
    use std::os::unix::process::CommandExt;
    if let Some(Account { uid, gid }) = account {
        command.uid(uid).gid(gid);
    }
}

#[cfg(not(unix))]
fn drop_to(_command: &mut Command, _account: Option<Account>) {}

#[derive(Clone, Copy)]
enum End {
    Fast,
    Now,
}

#[cfg(unix)]
fn signal(pid: u32, end: End) {
    use nix::sys::signal::{Signal, kill};
    let Ok(pid) = i32::try_from(pid) else { return };
    let signal = match end {
        End::Fast => Signal::SIGINT,
        End::Now => Signal::SIGQUIT,
    };
    // Gone already is what we want.
    let _gone = kill(nix::unistd::Pid::from_raw(pid), signal);
}

#[cfg(not(unix))]
fn signal(pid: u32, _end: End) {
    let _gone = Command::new("taskkill")
        .args(["/PID", &pid.to_string(), "/F"])
        .output();
}

/// Stops a server that an earlier, killed run of ours left on this data folder.
pub(crate) fn stop_leftover(data: &Path) -> anyhow::Result<()> {
    let Ok(text) = fs_err::read_to_string(data.join("postmaster.pid")) else {
        return Ok(());
    };
    let Some(pid) = text
        .lines()
        .next()
        .and_then(|line| line.trim().parse::<u32>().ok())
    else {
        return Ok(());
    };
    if !serves(pid, data) {
        return Ok(());
    }
    tracing::info!(
        pid,
        "stopping the PostgreSQL that an earlier run left behind"
    );
    signal(pid, End::Fast);
    for _ in 0..200 {
        if !serves(pid, data) {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    signal(pid, End::Now);
    Ok(())
}

/// Whether the process is a PostgreSQL on this very folder: a pid alone may be anybody's by now.
fn serves(pid: u32, data: &Path) -> bool {
    match fs_err::read(format!("/proc/{pid}/cmdline")) {
        Ok(line) => {
            let line = String::from_utf8_lossy(&line).into_owned();
            line.contains("postgres") && line.contains(&*data.to_string_lossy())
        }
        Err(_) => false,
    }
}
