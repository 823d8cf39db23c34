//! Waiting for the core, with a limit.

use std::time::Duration;

use amethyst_engine::{Core, Error, Problem};
use anyhow::bail;

/// Asks `check` now and after every event, until it has an answer or `limit` is over.
pub(crate) async fn until<T>(
    core: &Core,
    limit: Duration,
    what: &str,
    mut check: impl AsyncFnMut() -> Result<Option<T>, Error>,
) -> anyhow::Result<T> {
    let mut events = core.events();
    let deadline = tokio::time::Instant::now() + limit;
    loop {
        if let Some(answer) = check().await? {
            return Ok(answer);
        }
        if core.sync().await?.problem == Some(Problem::DiskFull) {
            bail!(
                "the disk is full; free some space and run `amethyst-cli sync`: nothing that was asked for is lost"
            );
        }
        tokio::select! {
            // A lag means that something changed, which is all that matters here.
            _ = events.recv() => {}
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
            () = tokio::time::sleep_until(deadline) => {
                bail!("gave up after {} s waiting for {what}", limit.as_secs());
            }
        }
    }
}
