//! The queue's numbers as gauges. A queue that is empty has no row, so that what was there once must be set to 0.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::{Labeled, Number};
use crate::hosted::QueueStats;

#[derive(Default)]
pub(super) struct QueueGauges {
    jobs: Labeled<3, Gauge>,
    oldest: Labeled<2, Number>,
    /// Kinds and providers that were ever seen.
    seen: Mutex<BTreeSet<(String, String)>>,
}

impl QueueGauges {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "queue_jobs",
            "Open jobs by kind, provider and state; 10000 means that many or more",
            self.jobs.clone(),
        );
        registry.register(
            "queue_oldest_seconds",
            "How long the first in line has been ready to be handed out",
            self.oldest.clone(),
        );
    }

    pub(super) fn set(&self, rows: &[QueueStats]) {
        // A panic between two insertions leaves a set that is as good as any.
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.extend(
            rows.iter()
                .map(|row| (row.kind.clone(), row.provider.clone())),
        );
        for (kind, provider) in seen.iter() {
            let none = QueueStats::default();
            let row = rows
                .iter()
                .find(|row| row.kind == *kind && row.provider == *provider)
                .unwrap_or(&none);
            for (state, count) in [
                ("ready", row.ready),
                ("delayed", row.delayed),
                ("leased", row.leased),
                ("abandoned", row.abandoned),
            ] {
                let labels = [
                    ("kind", kind.clone()),
                    ("provider", provider.clone()),
                    ("state", state.to_owned()),
                ];
                self.jobs.get_or_create(&labels).set(count);
            }
            let labels = [("kind", kind.clone()), ("provider", provider.clone())];
            self.oldest.get_or_create(&labels).set(row.oldest_seconds);
        }
    }
}
