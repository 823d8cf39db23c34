//! The local backend in the test's own process, on a folder and port of its own.

use std::path::{Path, PathBuf};
use std::time::Duration;

use amethyst_backend::{Backend, Config, Faults, PortChoice, WorkerChoice};
use anyhow::Context;
use sqlx::PgPool;

/// A backend that can be stopped and started again on the same data. PostgreSQL and the worker end with
/// it, also when the test panics.
pub struct TestBackend {
    config: Config,
    running: Option<Backend>,
    _folder: tempfile::TempDir,
}

impl TestBackend {
    /// A new, empty backend without a worker.
    ///
    /// # Errors
    /// What keeps it from starting.
    pub async fn start() -> anyhow::Result<Self> {
        Self::with(|_| {}).await
    }

    /// A new, empty backend that paints.
    ///
    /// # Errors
    /// As [`TestBackend::start`], and when `amethyst-worker` has not been built.
    pub async fn with_worker() -> anyhow::Result<Self> {
        let program = worker_program()?;
        Self::with(|config| config.worker = WorkerChoice::Child(program)).await
    }

    /// A new, empty backend whose worker has these variables beside its own, such as keys of providers.
    ///
    /// # Errors
    /// As [`TestBackend::with_worker`].
    pub async fn with_worker_of(environment: &[(&str, String)]) -> anyhow::Result<Self> {
        let program = worker_program()?;
        Self::with(|config| {
            config.worker = WorkerChoice::Child(program);
            config.worker_env = environment
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect();
        })
        .await
    }

    /// A new, empty backend where accounts wait for the code in their mail.
    ///
    /// # Errors
    /// What keeps it from starting.
    pub async fn without_autoconfirm() -> anyhow::Result<Self> {
        Self::with(|config| config.autoconfirm = false).await
    }

    /// A new, empty backend with changed settings.
    ///
    /// # Errors
    /// What keeps it from starting.
    pub async fn with(change: impl FnOnce(&mut Config)) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut config = Config {
            port: PortChoice::Any,
            durable: false,
            connection_file: Some(folder.path().join("backend.json")),
            test_controls: true,
            ..Config::new(folder.path().join("data"))
        };
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // PostgreSQL may run as another account, which must be able to pass.
            let open = std::fs::Permissions::from_mode(0o711);
            std::fs::set_permissions(folder.path(), open)?;
        }
        change(&mut config);
        let running = amethyst_backend::start(config.clone()).await?;
        // Once started, a restart comes back at the same address, as a real server does.
        config.port = PortChoice::Remembered;
        Ok(Self {
            config,
            running: Some(running),
            _folder: folder,
        })
    }

    /// Stops it in order; its data stays.
    ///
    /// # Errors
    /// When it is not running.
    pub async fn stop(&mut self) -> anyhow::Result<()> {
        self.running
            .take()
            .context("the backend is not running")?
            .shutdown()
            .await;
        Ok(())
    }

    /// Starts it again on the same data.
    ///
    /// # Errors
    /// What keeps it from starting.
    pub async fn start_again(&mut self) -> anyhow::Result<()> {
        self.running = Some(amethyst_backend::start(self.config.clone()).await?);
        Ok(())
    }

    /// Starts it again with something changed in the database while no client can reach it.
    ///
    /// # Errors
    /// What keeps it from starting, or the change's.
    pub async fn start_again_after(
        &mut self,
        change: impl AsyncFnOnce(&PgPool) -> Result<(), sqlx::Error>,
    ) -> anyhow::Result<()> {
        let hidden = Config {
            port: PortChoice::Any,
            worker: WorkerChoice::None,
            connection_file: None,
            ..self.config.clone()
        };
        let port_file = self.config.data_dir.join("port");
        let port = std::fs::read(&port_file)?;
        let backend = amethyst_backend::start(hidden).await?;
        let changed = change(backend.pool()).await;
        backend.shutdown().await;
        std::fs::write(&port_file, port)?;
        changed?;
        self.start_again().await
    }

    /// Base URL.
    ///
    /// # Panics
    /// When it is not running; so do the methods below.
    #[must_use]
    pub fn url(&self) -> &str {
        self.backend().url()
    }

    /// The public API key.
    #[must_use]
    pub fn anon_key(&self) -> &str {
        self.backend().anon_key()
    }

    /// The key for workers.
    #[must_use]
    pub fn service_role_key(&self) -> &str {
        self.backend().service_role_key()
    }

    /// Connections as the database's superuser.
    #[must_use]
    pub fn pool(&self) -> &PgPool {
        self.backend().pool()
    }

    /// Misbehavior on demand.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        self.backend().faults()
    }

    /// The file by which clients find it; also while it is stopped.
    #[must_use]
    pub fn connection_file(&self) -> &Path {
        self.config.connection_file.as_deref().unwrap()
    }

    /// Its data folder.
    #[must_use]
    pub fn data_dir(&self) -> &Path {
        &self.config.data_dir
    }

    /// The newest code mailed to an address.
    pub async fn code_mailed_to(&self, email: &str) -> String {
        for _ in 0..200 {
            let mails = self.backend().inbox().await.unwrap();
            if let Some(mail) = mails.into_iter().find(|mail| mail.recipient == email) {
                return mail.code;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("no mail to {email}");
    }

    fn backend(&self) -> &Backend {
        self.running.as_ref().unwrap()
    }
}

/// The worker's executable, beside the test's: `target/<profile>/deps/test` → `target/<profile>/`.
fn worker_program() -> anyhow::Result<PathBuf> {
    let here = std::env::current_exe()?;
    let name = format!("amethyst-worker{}", std::env::consts::EXE_SUFFIX);
    let found = here
        .ancestors()
        .skip(1)
        .take(3)
        .map(|folder| folder.join(&name));
    found
        .into_iter()
        .find(|program| program.is_file())
        .with_context(|| {
            "build the worker first: cargo build -p amethyst-worker (cargo xtask test does)"
                .to_owned()
        })
}
