//! The way out to one client: a queue that never makes the sender wait.
//!
//! Changes go to many sockets from one place. A client that reads too slowly must not hold back the
//! others, so what waits for it is limited in bytes, and the socket is cut when it falls behind. Its
//! client connects anew and catches up by asking, which it has to be able to anyway.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::frame::{self, Version};

/// How much may wait for one client.
const MAX_WAITING_BYTES: usize = 8 * 1024 * 1024;

/// The sending end. Clones lead to the same client.
#[derive(Debug, Clone)]
pub(crate) struct Outlet {
    version: Version,
    queue: mpsc::UnboundedSender<String>,
    waiting: Arc<AtomicUsize>,
    cut: CancellationToken,
}

/// The receiving end, for the one task that writes to the socket.
#[derive(Debug)]
pub(crate) struct Drain {
    queue: mpsc::UnboundedReceiver<String>,
    waiting: Arc<AtomicUsize>,
}

/// Makes a way out. `cut` is cancelled when the client falls behind.
pub(crate) fn open(version: Version, cut: CancellationToken) -> (Outlet, Drain) {
    let (sender, queue) = mpsc::unbounded_channel();
    let waiting = Arc::new(AtomicUsize::new(0));
    let drain = Drain {
        queue,
        waiting: Arc::clone(&waiting),
    };
    (
        Outlet {
            version,
            queue: sender,
            waiting,
            cut,
        },
        drain,
    )
}

impl Outlet {
    /// Sends a frame; `payload` is JSON text. Never waits. Sending to a client that is gone or being
    /// cut does nothing.
    pub(crate) fn send(
        &self,
        join_ref: Option<&str>,
        reference: Option<&str>,
        topic: &str,
        event: &str,
        payload: &str,
    ) {
        if self.cut.is_cancelled() {
            return;
        }
        let frame = frame::encode(self.version, join_ref, reference, topic, event, payload);
        let size = frame.len();
        if self.waiting.fetch_add(size, Ordering::Relaxed) + size > MAX_WAITING_BYTES {
            tracing::warn!("a realtime client reads too slowly and is cut off");
            self.cut.cancel();
        } else if self.queue.send(frame).is_err() {
            self.cut.cancel();
        }
    }

    /// Whether nobody will read what is sent any more.
    pub(crate) fn is_cut(&self) -> bool {
        self.cut.is_cancelled()
    }
}

impl Drain {
    /// The next frame to write; nothing when every sender is gone.
    pub(crate) async fn next(&mut self) -> Option<String> {
        let frame = self.queue.recv().await?;
        self.waiting.fetch_sub(frame.len(), Ordering::Relaxed);
        Some(frame)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn frames_come_out_in_order() {
        let (outlet, mut drain) = open(Version::V2, CancellationToken::new());
        outlet.send(None, Some("1"), "phoenix", "phx_reply", "{}");
        outlet.send(None, Some("2"), "phoenix", "phx_reply", "{}");
        assert_eq!(
            drain.next().await.unwrap(),
            r#"[null,"1","phoenix","phx_reply",{}]"#
        );
        assert_eq!(
            drain.next().await.unwrap(),
            r#"[null,"2","phoenix","phx_reply",{}]"#
        );
        drop(outlet);
        assert_eq!(drain.next().await, None);
    }

    #[tokio::test]
    async fn a_client_that_falls_behind_is_cut_and_one_that_reads_is_not() {
        let payload = format!("\"{}\"", "x".repeat(1024 * 1024));
        let (slow, _drain) = open(Version::V2, CancellationToken::new());
        let (quick, mut drain) = open(Version::V2, CancellationToken::new());
        for _ in 0..9 {
            slow.send(None, None, "t", "e", &payload);
            quick.send(None, None, "t", "e", &payload);
            drain.next().await.unwrap();
        }
        assert!(slow.is_cut());
        assert!(!quick.is_cut());
    }
}
