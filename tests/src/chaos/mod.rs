//! Convergence by simulation: three devices of one user, one real backend, a bad network.
//!
//! A seed decides everything that is decided here: who does what, what the network does to it, when a
//! program is killed and a clock is set. Afterwards the network heals, and then devices and server must
//! show the same, nothing may be lost, and nothing may have happened twice. Devices run by hand, one step
//! at a time, on real files and over real sockets.

mod act;
mod device;
mod heal;
mod kill;
mod library_file;
mod network;
mod oracle;
mod picture;
mod server;

use amethyst_engine::Errand;
use amethyst_testkit::TestBackend;
use anyhow::{Context, anyhow};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

pub use kill::{Kills, kill_at_random};

use device::Device;
use oracle::Diary;
use server::Server;

/// Devices of the one user.
const DEVICES: usize = 3;

/// What a run came to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Report {
    /// Acts of the user.
    pub acts: usize,
    /// Steps at which the network misbehaved.
    pub faults: usize,
    /// Programs that were killed.
    pub kills: usize,
    /// Intents that the server refused and the user gave up.
    pub given_up: usize,
}

impl Report {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            acts: self.acts + other.acts,
            faults: self.faults + other.faults,
            kills: self.kills + other.kills,
            given_up: self.given_up + other.given_up,
        }
    }
}

/// One run of `steps` steps by `seed`, with a new user on `backend`, which must have no worker and no other
/// run at the same time.
///
/// # Errors
/// What does not hold, with the seed that shows it again.
pub async fn run(backend: &TestBackend, seed: u64, steps: usize) -> anyhow::Result<Report> {
    simulate(backend, seed, steps)
        .await
        .with_context(|| format!("seed {seed}: run `cargo xtask chaos --seed {seed} --runs 1`"))
}

struct Simulation<'a> {
    rng: StdRng,
    server: Server<'a>,
    devices: Vec<Device>,
    diary: Diary,
    report: Report,
}

async fn simulate(backend: &TestBackend, seed: u64, steps: usize) -> anyhow::Result<Report> {
    backend.faults().clear();
    let email = format!("chaos-{}@example.org", uuid::Uuid::new_v4());
    let mut devices = Vec::with_capacity(DEVICES);
    for number in 0..DEVICES {
        devices.push(Device::new(backend, number, &email).await?);
    }
    let user = devices[0].user().await?;
    let mut simulation = Simulation {
        rng: StdRng::seed_from_u64(seed),
        server: Server::new(backend, user),
        devices,
        diary: Diary::default(),
        report: Report::default(),
    };
    simulation.server.reset().await?;
    simulation.begin().await?;
    for number in 0..steps {
        let step = simulation
            .step()
            .await
            .with_context(|| format!("step {number}"));
        step?;
    }
    simulation.heal().await?;
    simulation.check().await?;
    let report = simulation.report;
    for device in simulation.devices {
        device.close().await;
    }
    Ok(report)
}

impl Simulation<'_> {
    /// A few pictures to begin with, known to all devices.
    async fn begin(&mut self) -> anyhow::Result<()> {
        for device in &self.devices {
            while device.core().run(Errand::Pull(500)).await? {}
        }
        let core = self.devices[0].core();
        for prompt in ["un renard", "une forêt"] {
            let mut draft = crate::quick_draft(prompt);
            draft.num_outputs = 2;
            core.request_generation(&draft, 2).await?;
        }
        for queued in core.outbox().await? {
            self.diary.did(0, &queued);
        }
        while core.run(Errand::Send).await? {}
        self.server.work_off().await?;
        for device in &self.devices {
            while device.core().run(Errand::Pull(500)).await? {}
        }
        Ok(())
    }

    /// One thing happens.
    async fn step(&mut self) -> anyhow::Result<()> {
        let device = self.rng.random_range(0..DEVICES);
        self.devices[device].tick(self.rng.random_range(1..40));
        match self.rng.random_range(0..100) {
            0..42 => self.act(device).await,
            42..60 => self.send(device).await,
            60..76 => self.pull(device).await,
            76..86 => self.server.work(&mut self.rng).await,
            86..90 => {
                self.server.deliver_late().await;
                Ok(())
            }
            90..93 => {
                self.report.kills += 1;
                self.devices[device].kill_and_start().await
            }
            93..95 => self.devices[device].restart().await,
            95..97 => {
                self.devices[device].set_clock(&mut self.rng);
                Ok(())
            }
            97..98 => self.server.change_price(&mut self.rng).await,
            _ => self.settle_something(device).await,
        }
    }

    /// The user decides about one parked intent: once more, or never mind.
    async fn settle_something(&mut self, device: usize) -> anyhow::Result<()> {
        let parked = self.devices[device].parked().await?;
        let Some(intent) = parked.first() else {
            return Ok(());
        };
        if self.rng.random_bool(0.5) {
            let price = self.server.price();
            self.devices[device]
                .core()
                .retry_intent(intent.id, Some(price * 4))
                .await?;
        } else {
            self.give_up(device, intent).await?;
        }
        Ok(())
    }

    async fn give_up(
        &mut self,
        device: usize,
        intent: &amethyst_model::QueuedIntent,
    ) -> anyhow::Result<()> {
        self.devices[device]
            .core()
            .discard_intent(intent.id)
            .await?;
        self.diary.gave_up(intent);
        self.report.given_up += 1;
        Ok(())
    }
}

/// A step of the simulation itself went wrong, as opposed to one of the client's.
fn wrong(what: impl std::fmt::Display) -> anyhow::Error {
    anyhow!("{what}")
}
