//! The network heals: everything that is under way arrives.

use amethyst_engine::Errand;
use anyhow::ensure;

use super::{Simulation, wrong};

/// Rounds after which everything must have settled.
const ROUNDS: usize = 60;

impl Simulation<'_> {
    /// Lets everything arrive and everybody hear of it.
    pub(super) async fn heal(&mut self) -> anyhow::Result<()> {
        self.server.faults().clear();
        self.server.faults().release();
        let mut quiet = 0;
        for round in 0..ROUNDS {
            let mut moved = self.server.deliver_late().await > 0;
            for device in 0..self.devices.len() {
                moved |= self.settle_device(device, round).await?;
            }
            moved |= self.server.work_off().await?;
            // Twice, because what one device sends last the others have to hear.
            quiet = if moved { 0 } else { quiet + 1 };
            if quiet == 2 {
                return Ok(());
            }
        }
        let mut left = Vec::new();
        for device in &self.devices {
            left.push(device.core().outbox().await?);
        }
        Err(wrong(format!(
            "not settled after {ROUNDS} rounds; left: {left:#?}"
        )))
    }

    /// One device sends and pulls until it has nothing more to do; answers whether it had.
    async fn settle_device(&mut self, number: usize, round: usize) -> anyhow::Result<bool> {
        let device = &self.devices[number];
        device.wait();
        let mut moved = !device.core().outbox().await?.is_empty();
        for _ in 0..200 {
            if !device.core().run(Errand::Send).await? {
                break;
            }
        }
        for page in 0..200 {
            ensure!(page < 199, "a pull that does not end");
            if !device.core().run(Errand::Pull(500)).await? {
                break;
            }
        }
        for intent in device.parked().await? {
            moved = true;
            // Once more first: what was in its way may be gone.
            if round < 2 {
                let most = Some(self.server.price() * 4);
                self.devices[number]
                    .core()
                    .retry_intent(intent.id, most)
                    .await?;
            } else {
                self.give_up(number, &intent).await?;
            }
        }
        Ok(moved)
    }
}
