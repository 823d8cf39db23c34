//! One device: a data folder, a keychain and a clock, with the program running on it by hand.

use std::sync::Arc;
use std::time::Duration;

use amethyst_engine::{Config, Core, Drive, ServerSource};
use amethyst_model::{IntentState, Language, QueuedIntent, SecretStore, UserId};
use amethyst_testkit::{ManualClock, MemorySecrets, TestBackend};
use anyhow::Context;
use chrono::TimeDelta;
use rand::RngExt;
use rand::rngs::StdRng;

use crate::PASSWORD;

pub(super) struct Device {
    folder: tempfile::TempDir,
    secrets: Arc<MemorySecrets>,
    clock: Arc<ManualClock>,
    source: ServerSource,
    core: Option<Core>,
}

impl Device {
    /// A new device; the first one makes the account, the others sign in to it.
    pub(super) async fn new(
        backend: &TestBackend,
        number: usize,
        email: &str,
    ) -> anyhow::Result<Self> {
        let mut device = Self {
            folder: tempfile::tempdir()?,
            secrets: Arc::default(),
            clock: Arc::default(),
            source: ServerSource::File(backend.connection_file().to_owned()),
            core: None,
        };
        device.start().await?;
        if number == 0 {
            device.core().sign_up(email, PASSWORD, Language::Fr).await?;
        } else {
            device.core().sign_in(email, PASSWORD).await?;
        }
        Ok(device)
    }

    pub(super) fn core(&self) -> &Core {
        self.core.as_ref().unwrap()
    }

    pub(super) async fn user(&self) -> anyhow::Result<UserId> {
        self.core()
            .session()
            .await
            .user_id
            .context("nobody is signed in")
    }

    async fn start(&mut self) -> anyhow::Result<()> {
        let config = Config {
            data_dir: self.folder.path().to_owned(),
            server: self.source.clone(),
            secrets: Arc::clone(&self.secrets) as Arc<dyn SecretStore>,
            clock: Arc::clone(&self.clock) as Arc<dyn amethyst_model::Clock>,
            drive: Drive::ByHand,
            version: "test".to_owned(),
        };
        // The operating system gives a killed program's lock back when its last thread is gone.
        for _ in 0..500 {
            let core = Core::start(config.clone()).await?;
            if core.is_writable().await {
                self.core = Some(core);
                return Ok(());
            }
            core.shutdown(Duration::from_secs(1)).await;
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        anyhow::bail!("the library stays locked")
    }

    /// Ends the program in order and starts it again.
    pub(super) async fn restart(&mut self) -> anyhow::Result<()> {
        if let Some(core) = self.core.take() {
            core.shutdown(Duration::from_secs(5)).await;
        }
        self.start().await
    }

    /// Ends the program as a power cut does, as far as one process can: nothing is closed, nothing that was
    /// kept in memory survives.
    pub(super) async fn kill_and_start(&mut self) -> anyhow::Result<()> {
        drop(self.core.take());
        self.start().await
    }

    pub(super) async fn close(mut self) {
        if let Some(core) = self.core.take() {
            core.shutdown(Duration::from_secs(5)).await;
        }
    }

    /// Time passes.
    pub(super) fn tick(&self, ms: u64) {
        self.clock.advance(Duration::from_millis(ms));
    }

    /// Long enough for whatever was put off.
    pub(super) fn wait(&self) {
        self.clock.advance(Duration::from_secs(400));
    }

    /// Somebody sets the clock: by minutes or by days, forward or back.
    pub(super) fn set_clock(&self, rng: &mut StdRng) {
        let minutes = match rng.random_range(0..4) {
            0 => rng.random_range(-30..30),
            1 => 24 * 60,
            2 => -24 * 60,
            _ => rng.random_range(-3000..3000),
        };
        self.clock.jump(TimeDelta::minutes(minutes));
    }

    pub(super) async fn parked(&self) -> anyhow::Result<Vec<QueuedIntent>> {
        let mut outbox = self.core().outbox().await?;
        outbox.retain(|queued| matches!(queued.state, IntentState::Parked { .. }));
        Ok(outbox)
    }
}
