//! Calls that may never return, bounded by a deadline.
//!
//! A locked Secret Service waits for a prompt that nobody may ever see. Such a call cannot be stopped;
//! it is left behind on its own thread, and while it hangs no further one is started.

use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// Runs one call at a time.
#[derive(Debug)]
pub(crate) struct Patience {
    deadline: Duration,
    /// Signals the end of the call that was left behind, if one was.
    left_behind: Mutex<Option<Receiver<()>>>,
}

impl Patience {
    pub(crate) fn new(deadline: Duration) -> Self {
        Self {
            deadline,
            left_behind: Mutex::new(None),
        }
    }

    /// What `call` gives, or `None` when it does not return in time. While a call that was left behind
    /// hangs, this waits for its end instead, as long.
    pub(crate) fn run<T: Send + 'static>(
        &self,
        call: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let mut left_behind = self
            .left_behind
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(ended) = left_behind.as_ref()
            && ended.recv_timeout(self.deadline) == Err(RecvTimeoutError::Timeout)
        {
            return None;
        }
        *left_behind = None;
        let (give, take) = channel();
        let (end, ended) = channel();
        let started = thread::Builder::new()
            .name("keychain".to_owned())
            .spawn(move || {
                // Nobody may be waiting any more; that is what deadlines are for.
                let _received = give.send(call());
                drop(end);
            });
        if let Err(error) = started {
            tracing::warn!(%error, "no thread for the keychain");
            return None;
        }
        match take.recv_timeout(self.deadline) {
            Ok(value) => Some(value),
            Err(RecvTimeoutError::Timeout) => {
                *left_behind = Some(ended);
                None
            }
            // The call panicked.
            Err(RecvTimeoutError::Disconnected) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[test]
    fn a_call_that_never_returns_holds_nobody_up() {
        let patience = Patience::new(Duration::from_millis(50));
        let calls = Arc::new(AtomicU32::new(0));
        let (release, wait) = channel::<()>();
        let counted = Arc::clone(&calls);
        let answer = patience.run(move || {
            counted.fetch_add(1, Ordering::SeqCst);
            wait.recv()
        });
        assert!(answer.is_none());
        let counted = Arc::clone(&calls);
        let second = patience.run(move || counted.fetch_add(1, Ordering::SeqCst));
        assert_eq!(second, None);
        assert_eq!(
            calls.load(Ordering::SeqCst),
            1,
            "no second thread while one hangs"
        );
        drop(release);
        assert_eq!(
            patience.run(|| 7),
            Some(7),
            "works again once the prompt was answered"
        );
    }

    #[test]
    fn a_panic_is_no_answer() {
        let patience = Patience::new(Duration::from_secs(5));
        assert_eq!(patience.run(|| -> u8 { panic!("in the store") }), None);
        assert_eq!(patience.run(|| 1), Some(1));
    }
}
