//! A cluster in a folder: made, started, answering, stopped.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, PgPool};

use super::account::{self, Account};
use super::process::{self, Process, Start, program};

/// A running cluster. Dropping it stops it.
pub(crate) struct Cluster {
    process: Process,
    url: String,
}

/// Where a cluster lies and with what it runs.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) bin: PathBuf,
    /// Folder that holds `pgdata` and `postgres-password`.
    pub(crate) folder: PathBuf,
    pub(crate) account: Option<Account>,
}

impl Place {
    pub(crate) fn new(bin: PathBuf, folder: PathBuf) -> anyhow::Result<Self> {
        // PostgreSQL changes its folder; ours may have been named relative to where we are.
        let folder = std::path::absolute(folder)?;
        Ok(Self {
            bin,
            folder,
            account: account::unprivileged()?,
        })
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.join("pgdata")
    }

    pub(crate) fn password_file(&self) -> PathBuf {
        self.folder.join("postgres-password")
    }

    /// Whether a cluster was completely made here.
    pub(crate) fn is_made(&self) -> bool {
        self.data().join("PG_VERSION").exists() && self.password_file().exists()
    }

    /// Makes a cluster. A half-made one of an interrupted run is made anew.
    pub(crate) fn make(&self) -> anyhow::Result<()> {
        let data = self.data();
        if data.exists() {
            fs_err::remove_dir_all(&data)?;
        }
        account::own_folder(&data, self.account)?;
        let password = crate::keys::random_text(24);
        // Readable by the account for the moment in which initdb needs it.
        let handed = tempfile::Builder::new()
            .prefix("password")
            .tempfile_in(&data)?;
        fs_err::write(handed.path(), &password)?;
        let outside = self.folder.join("initdb-password");
        fs_err::rename(handed.path(), &outside)?;
        account::give(&outside, self.account)?;
        let output = program(&self.bin.join("initdb"), self.account, false)
            .arg("-D")
            .arg(&data)
            .args([
                "-U",
                "postgres",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
            ])
            .arg("--auth=scram-sha-256")
            .arg("--pwfile")
            .arg(&outside)
            .output()
            .context("initdb could not be started")?;
        fs_err::remove_file(&outside)?;
        ensure!(
            output.status.success(),
            "PostgreSQL's data could not be made: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
        crate::private_file::write(&self.password_file(), password.as_bytes())?;
        Ok(())
    }

    /// Starts the cluster and waits until it answers.
    pub(crate) async fn start(&self, durable: bool) -> anyhow::Result<Cluster> {
        process::stop_leftover(&self.data())?;
        let password = fs_err::read_to_string(self.password_file())?;
        // A port that was free a moment ago may be taken now; another one will do.
        for _ in 0..5 {
            let port = free_port()?;
            let log = self.folder.join("postgres.log");
            let process = Process::start(&Start {
                bin: self.bin.clone(),
                data: self.data(),
                port,
                durable,
                account: self.account,
                log: log.clone(),
            })?;
            let url = format!("postgres://postgres:{password}@127.0.0.1:{port}/postgres");
            let cluster = Cluster { process, url };
            match cluster.until_ready(&self.data()).await {
                Ok(()) => return Ok(cluster),
                Err(error) => {
                    let words = fs_err::read_to_string(&log).unwrap_or_default();
                    if !words.contains("could not bind") {
                        return Err(error.context(last_lines(&words)));
                    }
                }
            }
        }
        bail!("no port on loopback stays free")
    }
}

impl Cluster {
    /// The superuser's URL.
    #[must_use]
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Connections as the superuser.
    ///
    /// # Errors
    /// When the server does not answer.
    pub(crate) async fn connect(&self) -> Result<PgPool, sqlx::Error> {
        connect(&self.url).await
    }

    /// Stops the server and waits for it. Blocks.
    pub(crate) fn stop(&self) {
        self.process.stop();
    }

    async fn until_ready(&self, data: &Path) -> anyhow::Result<()> {
        let options: PgConnectOptions = self.url.parse()?;
        let deadline = tokio::time::Instant::now() + Duration::from_secs(60);
        loop {
            let refused = match data_directory(&options).await {
                Ok(theirs) if Path::new(&theirs) == data => return Ok(()),
                // Clusters copied from one template share their password: another one, started in the
                // same moment, may have taken the port first and answer in place of ours.
                Ok(_) => anyhow::anyhow!("the port belongs to another PostgreSQL"),
                Err(error) => error.into(),
            };
            if self.process.has_ended() {
                bail!("PostgreSQL ended at once");
            }
            if tokio::time::Instant::now() > deadline {
                return Err(refused.context("PostgreSQL does not answer"));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if !self.process.has_ended() {
            self.process.stop();
        }
    }
}

/// Where the server that answers keeps its data.
async fn data_directory(options: &PgConnectOptions) -> Result<String, sqlx::Error> {
    let options = options.clone().disable_statement_logging();
    let mut connection = options.connect().await?;
    let folder = sqlx::query_scalar("show data_directory")
        .fetch_one(&mut connection)
        .await?;
    sqlx::Connection::close(connection).await?;
    Ok(folder)
}

/// Connections to `url`.
pub(crate) async fn connect(url: &str) -> Result<PgPool, sqlx::Error> {
    let options: PgConnectOptions = url.parse()?;
    PgPoolOptions::new()
        .max_connections(12)
        .acquire_timeout(Duration::from_secs(15))
        .connect_with(options)
        .await
}

fn free_port() -> anyhow::Result<u16> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    Ok(listener.local_addr()?.port())
}

fn last_lines(log: &str) -> String {
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(5)..].join("\n")
}

/// Makes the folder that holds a cluster passable for the account.
pub(crate) fn passable(folder: &Path) -> anyhow::Result<()> {
    fs_err::create_dir_all(folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs_err::metadata(folder)?.permissions().mode();
        // x without r: the account may pass to its own folder and see nothing else.
        fs_err::set_permissions(folder, std::fs::Permissions::from_mode(mode | 0o011))?;
    }
    Ok(())
}
