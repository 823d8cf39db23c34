//! One device of one user.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use amethyst_engine::{Config, Core, Drive, Errand, ServerSource, SystemClock};
use amethyst_model::{
    Clock, Generation, GenerationDraft, GenerationId, GenerationStatus, ImageId, Language,
    MediaVariant, SecretStore, SyncPhase,
};
use amethyst_testkit::{MemorySecrets, TestBackend};

use crate::eventually;

/// A device: a data folder and a keychain that outlive the runs of the program on it.
pub struct TestClient {
    folder: tempfile::TempDir,
    secrets: Arc<MemorySecrets>,
    clock: Arc<dyn Clock>,
    drive: Drive,
    core: Option<Core>,
    backend_file: std::path::PathBuf,
}

/// Password of all test accounts.
pub const PASSWORD: &str = "correct horse battery";

impl TestClient {
    /// A new device that reads the backend's connection file.
    pub async fn new(backend: &TestBackend) -> anyhow::Result<Self> {
        Self::with(backend, Arc::new(SystemClock), Drive::ByItself).await
    }

    /// A new device with a clock of the test's own, or one that does nothing by itself.
    pub async fn with(
        backend: &TestBackend,
        clock: Arc<dyn Clock>,
        drive: Drive,
    ) -> anyhow::Result<Self> {
        let mut client = Self {
            folder: tempfile::tempdir()?,
            secrets: Arc::new(MemorySecrets::default()),
            clock,
            drive,
            core: None,
            backend_file: backend.connection_file().to_owned(),
        };
        client.start().await?;
        Ok(client)
    }

    /// A new device with a new account.
    pub async fn signed_up(backend: &TestBackend, email: &str) -> anyhow::Result<Self> {
        let client = Self::new(backend).await?;
        client.core().sign_up(email, PASSWORD, Language::Fr).await?;
        client.up_to_date().await;
        Ok(client)
    }

    /// Starts the program on this device.
    pub async fn start(&mut self) -> anyhow::Result<()> {
        self.core = Some(Core::start(self.config()).await?);
        Ok(())
    }

    /// What a program on this device starts with.
    #[must_use]
    pub fn config(&self) -> Config {
        Config {
            data_dir: self.folder.path().to_owned(),
            server: ServerSource::File(self.backend_file.clone()),
            secrets: Arc::clone(&self.secrets) as Arc<dyn SecretStore>,
            clock: Arc::clone(&self.clock),
            drive: self.drive,
            version: "test".to_owned(),
        }
    }

    /// A second device of the same user.
    pub async fn another_of(
        backend: &TestBackend,
        email: &str,
        drive: Drive,
    ) -> anyhow::Result<Self> {
        let client = Self::with(backend, Arc::new(SystemClock), drive).await?;
        client.core().sign_in(email, PASSWORD).await?;
        Ok(client)
    }

    /// Ends the program as a power cut does, as far as one process can, and starts it again.
    pub async fn die_and_start(&mut self) -> anyhow::Result<()> {
        drop(self.core.take());
        let core = eventually("the lock of the dead", async || {
            let core = Core::start(self.config()).await.unwrap();
            if core.is_writable().await {
                return Some(core);
            }
            core.shutdown(Duration::from_secs(5)).await;
            None
        })
        .await;
        self.core = Some(core);
        Ok(())
    }

    /// Does everything that is to do, on a device that does nothing by itself.
    pub async fn do_everything(&self) -> anyhow::Result<()> {
        for errand in [Errand::Send, Errand::Pull(500), Errand::Fetch] {
            while self.core().run(errand).await? {}
        }
        Ok(())
    }

    /// Ends the program as closing the window does.
    pub async fn quit(&mut self) {
        if let Some(core) = self.core.take() {
            core.shutdown(Duration::from_secs(10)).await;
        }
    }

    /// The running program.
    ///
    /// # Panics
    /// When it is not running.
    #[must_use]
    pub fn core(&self) -> &Core {
        self.core.as_ref().unwrap()
    }

    /// The device's data folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The session's hiding place.
    #[must_use]
    pub fn secrets(&self) -> &MemorySecrets {
        &self.secrets
    }

    /// Waits until everything is sent and fetched.
    pub async fn up_to_date(&self) {
        eventually("everything sent and fetched", async || {
            let sync = self.core().sync().await.unwrap();
            let known = self.core().account().await.unwrap().is_some();
            (known && sync.state.phase() == SyncPhase::UpToDate).then_some(())
        })
        .await;
    }

    /// Waits until the client knows that nobody answers.
    pub async fn offline(&self) {
        eventually("offline", async || {
            let sync = self.core().sync().await.unwrap();
            (sync.state.phase() == SyncPhase::WaitingForNetwork).then_some(())
        })
        .await;
    }

    /// Asks for images at the price the catalog tells.
    pub async fn request(&self, draft: &GenerationDraft) -> anyhow::Result<Generation> {
        let quote = self.core().quote(draft).await?;
        Ok(self
            .core()
            .request_generation(draft, quote.cost.unwrap_or(0))
            .await?)
    }

    /// Waits for a request's end.
    pub async fn ended(&self, id: GenerationId) -> Generation {
        eventually("the end of a generation", async || {
            let generation = self.core().generation(id).await.unwrap();
            generation.status.is_final().then_some(generation)
        })
        .await
    }

    /// Waits for a status of a request.
    pub async fn reaches(&self, id: GenerationId, status: GenerationStatus) -> Generation {
        eventually(status.as_str(), async || {
            let generation = self.core().generation(id).await.unwrap();
            (generation.status == status).then_some(generation)
        })
        .await
    }

    /// Waits until all four files of an image are on this device.
    pub async fn has_all_files(&self, image: ImageId) {
        eventually("all files of an image", async || {
            for variant in MediaVariant::ALL {
                self.core().media(image, variant).await.unwrap()?;
            }
            Some(())
        })
        .await;
    }
}

/// A quick draft: few steps, one small image.
#[must_use]
pub fn quick_draft(prompt: &str) -> GenerationDraft {
    GenerationDraft {
        prompt: prompt.to_owned(),
        steps: 4,
        width: Some(256),
        height: Some(256),
        ..GenerationDraft::default()
    }
}
