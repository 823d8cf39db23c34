//! A circuit breaker for each model: after repeated failures that are not the user's, the model's jobs stay in the
//! queue for a while, then one of them is let through to see.
//!
//! Each worker has its own: they learn the same within seconds, and need no common word for it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::outside::Class;

/// Failures in a row that open a circuit.
const THRESHOLD: u32 = 3;

/// First and longest time that a circuit stays open.
const PAUSES: (Duration, Duration) = (Duration::from_secs(20), Duration::from_secs(600));

/// What a circuit lets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Circuit {
    /// Everything.
    Closed,
    /// One job, to see.
    HalfOpen,
    /// Nothing.
    Open,
}

#[derive(Default)]
struct Record {
    failures: u32,
    /// Until when nothing is let through.
    open_until: Option<Instant>,
    /// When the one that is let through was.
    probe: Option<Instant>,
    openings: u32,
}

impl Record {
    fn circuit(&self, now: Instant) -> Circuit {
        match self.open_until {
            None => Circuit::Closed,
            Some(until) if now < until => Circuit::Open,
            // A probe that was never heard of again is not waited for for ever.
            Some(_) if self.probe.is_some_and(|since| now < since + PAUSES.1) => Circuit::Open,
            Some(_) => Circuit::HalfOpen,
        }
    }
}

/// The circuits of one worker, by model. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Breaker(Arc<Mutex<HashMap<String, Record>>>);

impl Breaker {
    /// Models whose jobs are not to be claimed.
    pub(crate) fn shut(&self, now: Instant) -> Vec<String> {
        let records = self.lock();
        let shut = records
            .iter()
            .filter(|(_, record)| record.circuit(now) == Circuit::Open);
        shut.map(|(model, _)| model.clone()).collect()
    }

    /// Whether a claimed job may be done. The first one at a half-open circuit is its probe.
    pub(crate) fn admit(&self, model: &str, now: Instant) -> bool {
        let mut records = self.lock();
        let Some(record) = records.get_mut(model) else {
            return true;
        };
        match record.circuit(now) {
            Circuit::Closed => true,
            Circuit::Open => false,
            Circuit::HalfOpen => {
                record.probe = Some(now);
                true
            }
        }
    }

    /// A job ended well, or badly by its own fault: the provider works.
    pub(crate) fn succeeded(&self, model: &str) {
        self.lock().remove(model);
    }

    /// A job came to no end that says anything; a probe is let go.
    pub(crate) fn undecided(&self, model: &str) {
        if let Some(record) = self.lock().get_mut(model) {
            record.probe = None;
        }
    }

    /// A job failed. Only what speaks against the provider or our account counts.
    pub(crate) fn failed(&self, model: &str, class: Class, now: Instant, random: f64) {
        let at_once = matches!(class, Class::Auth | Class::Quota);
        match class {
            Class::UserContent | Class::UserInput => return self.succeeded(model),
            Class::Rate | Class::Transient => return self.undecided(model),
            Class::Auth | Class::Quota | Class::Outage | Class::Unknown => {}
        }
        let mut records = self.lock();
        let record = records.entry(model.to_owned()).or_default();
        record.failures += 1;
        let was_probe = record.probe.take().is_some();
        if at_once || was_probe || record.failures >= THRESHOLD {
            let pause = PAUSES
                .0
                .saturating_mul(2_u32.saturating_pow(record.openings.min(16)));
            // Up to a quarter longer, so that workers do not probe together.
            let pause = pause
                .min(PAUSES.1)
                .mul_f64(1.0 + random.clamp(0.0, 1.0) / 4.0);
            record.open_until = Some(now + pause);
            record.openings += 1;
            tracing::warn!(model, ?class, seconds = pause.as_secs(), "circuit open");
        }
    }

    /// How a model's circuit is, for the metrics.
    pub(crate) fn circuit(&self, model: &str, now: Instant) -> Circuit {
        let records = self.lock();
        records
            .get(model)
            .map_or(Circuit::Closed, |record| record.circuit(now))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Record>> {
        // Nothing panics while it is held; and a record is whole at any time.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fail(breaker: &Breaker, times: u32, now: Instant) {
        for _ in 0..times {
            breaker.failed("m", Class::Outage, now, 0.0);
        }
    }

    #[test]
    fn opens_after_repeated_outages_and_lets_one_through() {
        let breaker = Breaker::default();
        let now = Instant::now();
        fail(&breaker, 2, now);
        assert!(breaker.admit("m", now) && breaker.shut(now).is_empty());
        fail(&breaker, 1, now);
        assert_eq!(breaker.shut(now), ["m"]);
        assert!(!breaker.admit("m", now) && breaker.admit("other", now));
        let later = now + PAUSES.0;
        assert!(breaker.shut(later).is_empty());
        assert!(breaker.admit("m", later), "the probe");
        assert!(!breaker.admit("m", later), "and nobody beside it");
        assert_eq!(breaker.shut(later), ["m"]);
        breaker.succeeded("m");
        assert!(breaker.admit("m", later) && breaker.admit("m", later));
    }

    #[test]
    fn a_failed_probe_opens_it_for_twice_as_long() {
        let breaker = Breaker::default();
        let now = Instant::now();
        fail(&breaker, 3, now);
        let probe = now + PAUSES.0;
        assert!(breaker.admit("m", probe));
        fail(&breaker, 1, probe);
        assert!(!breaker.admit("m", probe + PAUSES.0));
        let second = probe + 2 * PAUSES.0;
        assert!(breaker.admit("m", second));
        breaker.undecided("m");
        assert!(
            breaker.admit("m", second),
            "a probe that says nothing is followed by another"
        );
        assert!(
            breaker.admit("m", second + PAUSES.1),
            "and so is one that is never heard of"
        );
    }

    #[test]
    fn a_wrong_key_opens_it_at_once_and_a_users_fault_never() {
        let breaker = Breaker::default();
        let now = Instant::now();
        for _ in 0..10 {
            breaker.failed("m", Class::UserContent, now, 0.0);
            breaker.failed("m", Class::Transient, now, 0.0);
        }
        assert!(breaker.admit("m", now));
        breaker.failed("m", Class::Auth, now, 0.0);
        assert!(!breaker.admit("m", now));
    }
}
