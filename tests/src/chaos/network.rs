//! What the network and the server do to a request on its way.

use std::time::Duration;

use amethyst_engine::{Core, Errand};
use amethyst_testkit::{Fault, Faults};
use rand::RngExt;
use rand::rngs::StdRng;

use super::Simulation;

/// What becomes of the next request.
enum Weather {
    Fair,
    Bad(Fault),
    /// The answer is held while something else happens.
    Slow,
}

fn weather(rng: &mut StdRng) -> Weather {
    let answer = |status: u16, content_type: &str, body: &str| {
        Weather::Bad(Fault::Answer {
            status,
            content_type: content_type.to_owned(),
            body: body.to_owned(),
        })
    };
    match rng.random_range(0..100) {
        0..40 => Weather::Fair,
        40..50 => Weather::Bad(Fault::DropRequest),
        50..60 => Weather::Bad(Fault::DropAnswer),
        60..66 => Weather::Bad(Fault::Duplicate),
        66..72 => Weather::Bad(Fault::Truncate),
        72..78 => Weather::Bad(Fault::Late),
        78..82 => answer(
            500,
            "application/json",
            r#"{"message":"trouble","code":"XX000"}"#,
        ),
        82..85 => answer(503, "text/html", "<html>maintenance</html>"),
        85..88 => answer(200, "text/html", "<html>pay for the wifi</html>"),
        88..91 => answer(429, "application/json", r#"{"message":"slow down"}"#),
        91..94 => answer(
            401,
            "application/json",
            r#"{"code":"PGRST303","message":"JWT expired","details":null,"hint":null}"#,
        ),
        94..96 => Weather::Bad(Fault::Delay { ms: 20 }),
        _ => Weather::Slow,
    }
}

impl Simulation<'_> {
    /// A device sends one intent.
    pub(super) async fn send(&mut self, device: usize) -> anyhow::Result<()> {
        // Whatever was put off is due: waiting is not what is tested here.
        self.devices[device].wait();
        self.travel(device, Errand::Send).await
    }

    /// A device pulls a page.
    pub(super) async fn pull(&mut self, device: usize) -> anyhow::Result<()> {
        let limit = self.rng.random_range(1..20);
        self.travel(device, Errand::Pull(limit)).await
    }

    async fn travel(&mut self, device: usize, errand: Errand) -> anyhow::Result<()> {
        let faults = self.server.faults().clone();
        match weather(&mut self.rng) {
            Weather::Fair => attempt(self.devices[device].core(), errand).await,
            Weather::Bad(fault) => {
                self.report.faults += 1;
                faults.inject("*", "/rest/v1/rpc/", fault, 1);
                attempt(self.devices[device].core(), errand).await;
                faults.clear();
            }
            Weather::Slow => {
                self.report.faults += 1;
                self.slow(device, errand, &faults).await?;
            }
        }
        Ok(())
    }

    /// The server has carried the request out and its answer is under way when something else happens on
    /// the same device: the user acts, a page is pulled, or the program is killed.
    async fn slow(&mut self, device: usize, errand: Errand, faults: &Faults) -> anyhow::Result<()> {
        faults.inject("*", "/rest/v1/rpc/", Fault::Hold, 1);
        let core = self.devices[device].core().clone();
        let mut task = tokio::spawn(async move { attempt(&core, errand).await });
        let is_under_way = tokio::select! {
            () = faults.holds() => true,
            // Nothing was to be sent.
            _ = &mut task => false,
        };
        faults.clear();
        if !is_under_way {
            return Ok(());
        }
        match self.rng.random_range(0..4) {
            0 => self.act(device).await?,
            1 => attempt(self.devices[device].core(), Errand::Pull(50)).await,
            2 => {
                self.act(device).await?;
                attempt(self.devices[device].core(), Errand::Pull(5)).await;
            }
            _ => {
                task.abort();
                let _aborted = (&mut task).await;
                faults.release();
                self.report.kills += 1;
                return self.devices[device].kill_and_start().await;
            }
        }
        faults.release();
        let _done = tokio::time::timeout(Duration::from_secs(30), task).await?;
        Ok(())
    }
}

/// Errors are what this is about; only their consequences are judged.
pub(super) async fn attempt(core: &Core, errand: Errand) {
    let _outcome = core.run(errand).await;
}
