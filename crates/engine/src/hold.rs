//! Requests for images rest while too many of the user's are under way.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

/// Asked again at least this often, should the end of a request not be told.
const AT_MOST: TimeDelta = TimeDelta::seconds(60);
/// Likewise, while the feed has not told yet what is under way.
const UNKNOWN: TimeDelta = TimeDelta::seconds(5);

#[derive(Clone, Copy, Debug)]
struct Held {
    /// Requests that were under way when the server said that they are too many.
    under_way: u64,
    until: DateTime<Utc>,
}

/// Whether new requests may be sent. Nothing else waits for it.
#[derive(Debug, Default)]
pub(crate) struct Hold(Mutex<Option<Held>>);

impl Hold {
    /// The server said that too many are under way: until one of `under_way` ends.
    pub(crate) fn begin(&self, under_way: u64, now: DateTime<Utc>) {
        let wait = if under_way == 0 { UNKNOWN } else { AT_MOST };
        self.set(Some(Held {
            under_way,
            until: now + wait,
        }));
    }

    /// Whether requests rest, given how many are under way now.
    pub(crate) fn is_on(&self, under_way: u64, now: DateTime<Utc>) -> bool {
        let on = self.get().is_some_and(|held| {
            // A clock that was put back must not hold for ever.
            let soon = held.until - now <= AT_MOST;
            under_way >= held.under_way && now < held.until && soon
        });
        if !on {
            self.set(None);
        }
        on
    }

    /// When to ask again whatever happens.
    pub(crate) fn until(&self) -> Option<DateTime<Utc>> {
        self.get().map(|held| held.until)
    }

    fn get(&self) -> Option<Held> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, held: Option<Held>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = held;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_until_one_ends_or_a_minute_has_passed() {
        let now = DateTime::UNIX_EPOCH;
        let hold = Hold::default();
        assert!(!hold.is_on(16, now));
        hold.begin(16, now);
        assert!(hold.is_on(16, now) && hold.is_on(17, now + TimeDelta::seconds(59)));
        assert!(!hold.is_on(15, now));
        assert_eq!(hold.until(), None, "it is over");
        hold.begin(16, now);
        assert!(!hold.is_on(16, now + TimeDelta::seconds(60)));
        hold.begin(0, now);
        assert!(!hold.is_on(0, now + TimeDelta::seconds(5)));
        hold.begin(16, now);
        assert!(
            !hold.is_on(16, now - TimeDelta::days(1)),
            "the clock was put back"
        );
    }
}
