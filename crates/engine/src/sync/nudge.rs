//! The realtime connection: it only says "pull now". Without it the puller's timer does the same,
//! later.

use std::sync::Arc;
use std::time::Duration;

use amethyst_remote::RealtimeEvent;

use crate::Error;
use crate::library::Library;

/// Pauses before connecting again, as realtime-js.
const PAUSES: [Duration; 4] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(10),
];
/// The server reports "subscribed" before it is listening: pull again this much later.
const SECOND_LOOK: Duration = Duration::from_secs(3);

/// Keeps one realtime channel open while the server answers.
pub(crate) async fn nudge_loop(library: Arc<Library>) {
    let mut failures = 0_usize;
    loop {
        library.reach.wait_until_not_offline().await;
        match listen(&library, &mut failures).await {
            Ok(()) => {}
            Err(error) => tracing::debug!(%error, "realtime is not available"),
        }
        let pause = PAUSES[failures.min(PAUSES.len() - 1)];
        failures += 1;
        library.clock.sleep(pause).await;
    }
}

async fn listen(library: &Library, failures: &mut usize) -> Result<(), Error> {
    let token = library.session.access_token().await?;
    let mut token_changes = library.session.token_changes();
    token_changes.mark_unchanged();
    let mut channel = library.remote.realtime(&token).connect().await?;
    let second_look = library.clock.sleep(Duration::MAX);
    tokio::pin!(second_look);
    loop {
        tokio::select! {
            event = channel.next() => match event {
                RealtimeEvent::Joined => {}
                RealtimeEvent::Live => {
                    *failures = 0;
                    library.reach.pull.notify_one();
                    second_look.set(library.clock.sleep(SECOND_LOOK));
                }
                RealtimeEvent::Changed => library.reach.pull.notify_one(),
                RealtimeEvent::Closed { reason } => {
                    tracing::debug!(reason, "realtime closed");
                    // Usually the token's end: have a fresh one for the next channel.
                    library.session.access_token().await?;
                    return Ok(());
                }
            },
            () = &mut second_look => {
                library.reach.pull.notify_one();
                second_look.set(library.clock.sleep(Duration::MAX));
            }
            changed = token_changes.changed() => {
                if changed.is_err() {
                    return Ok(());
                }
                let token = library.session.access_token().await?;
                channel.set_token(&token).await?;
            }
        }
    }
}
