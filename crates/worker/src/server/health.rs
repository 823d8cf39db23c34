//! Whether this worker does its work: its loops live, and the database answered a moment ago.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

/// A database that has been silent for this long is away.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the parts of a worker say about themselves. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Health(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// By name: how many were started, and how many of them live.
    parts: BTreeMap<&'static str, (usize, usize)>,
    database_answered: Option<Instant>,
}

/// What `/healthz` answers.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Report {
    /// Whether everything is well.
    pub(crate) healthy: bool,
    /// `ok`, or what is wrong, by part.
    pub(crate) parts: BTreeMap<&'static str, String>,
}

impl Health {
    /// Runs a part; it is alive until its future ends, panics or is dropped.
    pub(crate) fn watch<F: Future>(
        &self,
        part: &'static str,
        future: F,
    ) -> impl Future<Output = F::Output> + use<F> {
        let alive = self.begin(part);
        async move {
            let _alive = alive;
            future.await
        }
    }

    fn begin(&self, part: &'static str) -> Alive {
        let mut state = self.lock();
        let (started, living) = state.parts.entry(part).or_default();
        *started += 1;
        *living += 1;
        Alive {
            health: self.clone(),
            part,
        }
    }

    /// The database answered just now.
    pub(crate) fn database_answered(&self) {
        self.lock().database_answered = Some(Instant::now());
    }

    pub(crate) fn report(&self) -> Report {
        self.report_at(Instant::now())
    }

    fn report_at(&self, now: Instant) -> Report {
        let state = self.lock();
        let mut parts: BTreeMap<_, _> = state
            .parts
            .iter()
            .map(|(part, (started, living))| {
                let word = match started - living {
                    0 => "ok".to_owned(),
                    ended => format!("{ended} of {started} ended"),
                };
                (*part, word)
            })
            .collect();
        let database = match state.database_answered.map(|at| now.duration_since(at)) {
            Some(ago) if ago <= PATIENCE => "ok".to_owned(),
            Some(ago) => format!("no answer for {} seconds", ago.as_secs()),
            None => "no answer yet".to_owned(),
        };
        parts.insert("database", database);
        Report {
            healthy: parts.values().all(|word| word == "ok"),
            parts,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing in here can panic half way.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Alive {
    health: Health,
    part: &'static str,
}

impl Drop for Alive {
    fn drop(&mut self) {
        if let Some((_, living)) = self.health.lock().parts.get_mut(self.part) {
            *living = living.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_is_well_while_its_parts_live_and_the_database_answers() {
        let health = Health::default();
        let forever = health.watch("claims", std::future::pending::<()>());
        let one_more = health.watch("claims", std::future::ready(()));
        assert_eq!(health.report().parts["database"], "no answer yet");
        health.database_answered();
        assert!(health.report().healthy);

        let later = Instant::now() + PATIENCE + Duration::from_secs(10);
        let report = health.report_at(later);
        assert!(!report.healthy);
        let word = &report.parts["database"];
        assert!(
            word.starts_with("no answer for ") && word != "no answer yet",
            "{word}"
        );

        one_more.await;
        assert_eq!(health.report().parts["claims"], "1 of 2 ended");
        drop(forever);
        let report = health.report();
        assert!(!report.healthy);
        assert_eq!(report.parts["claims"], "2 of 2 ended");
    }

    #[tokio::test]
    async fn a_part_that_panics_is_noticed() {
        let health = Health::default();
        health.database_answered();
        let part = health.watch("sweep", async { panic!("as a test") });
        assert!(health.report().healthy);
        assert!(tokio::spawn(part).await.is_err());
        assert_eq!(health.report().parts["sweep"], "1 of 1 ended");
    }
}
