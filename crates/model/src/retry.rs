//! When to try again: the class of a failure and the wait between attempts.

use std::time::Duration;

use chrono::{DateTime, Utc};

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

/// No wait is longer, whatever a server asks: asking again costs little. So an instant that lies further
/// ahead was made by a clock that has been put back since, and has come.
pub const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);

/// Whether the instant before which something was not to be tried again has come.
#[must_use]
pub fn has_come(not_before: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    let left = (not_before - now).to_std();
    left.is_ok_and(|left| left > LONGEST_WAIT) || not_before <= now
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
    /// server asked for. Never shorter than the server's word, up to [`LONGEST_WAIT`]; never longer than the
    /// cap otherwise.
    #[must_use]
    pub fn wait(&self, attempts: u32, random: f64, retry_after: Option<Duration>) -> Duration {
        let bound = self
            .base
            .saturating_mul(2_u32.saturating_pow(attempts.min(20)))
            .min(self.cap);
        let jittered = bound.mul_f64(random.clamp(0.0, 1.0));
        retry_after.map_or(jittered, |least| least.min(LONGEST_WAIT).max(jittered))
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

    #[test]
    fn a_clock_that_was_put_back_does_not_make_wait_for_days() {
        let now = DateTime::UNIX_EPOCH;
        let minutes = chrono::TimeDelta::minutes;
        assert!(has_come(now, now) && has_come(now - minutes(1), now));
        assert!(!has_come(now + minutes(1), now) && !has_come(now + minutes(15), now));
        assert!(has_come(now + minutes(16), now));
        let day = Duration::from_secs(86_400);
        assert_eq!(BACKOFF.wait(0, 1.0, Some(day)), LONGEST_WAIT);
    }
}
