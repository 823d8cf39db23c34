//! When to try again: the class of a failure and the wait between attempts.

use std::time::Duration;

/// What a failure means for the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryClass {
    /// No answer, or none from the server we mean: the network's or the server's absence.
    Offline,
    /// The server is there but cannot now; wait at least this long if it said so.
    Transient(Option<Duration>),
    /// The access token is not accepted: refresh, or sign in again.
    Auth,
    /// The precondition no longer holds: pull, then decide.
    Conflict,
    /// Asking again unchanged gives the same answer.
    Permanent,
}

/// Exponential backoff with full jitter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// Upper bound of the first wait.
    pub base: Duration,
    /// Upper bound of every wait.
    pub cap: Duration,
}

impl Backoff {
    /// Wait before attempt number `attempts + 1`, given a random fraction in `0.0..1.0` and what the
    /// server asked for. Never shorter than the server's word; never longer than the cap otherwise.
    #[must_use]
    pub fn wait(&self, attempts: u32, random: f64, retry_after: Option<Duration>) -> Duration {
        let bound = self
            .base
            .saturating_mul(2_u32.saturating_pow(attempts.min(20)))
            .min(self.cap);
        let jittered = bound.mul_f64(random.clamp(0.0, 1.0));
        retry_after.map_or(jittered, |least| least.max(jittered))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACKOFF: Backoff = Backoff {
        base: Duration::from_secs(1),
        cap: Duration::from_secs(300),
    };

    #[test]
    fn grows_to_the_cap() {
        assert_eq!(BACKOFF.wait(0, 1.0, None), Duration::from_secs(1));
        assert_eq!(BACKOFF.wait(3, 1.0, None), Duration::from_secs(8));
        assert_eq!(BACKOFF.wait(60, 1.0, None), Duration::from_secs(300));
        assert_eq!(BACKOFF.wait(3, 0.0, None), Duration::ZERO);
    }

    #[test]
    fn honors_the_servers_word() {
        let asked = Some(Duration::from_secs(30));
        assert_eq!(BACKOFF.wait(0, 0.5, asked), Duration::from_secs(30));
    }
}
