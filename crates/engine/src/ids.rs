//! Ids made by this device. Time-ordered (`UUIDv7`), so that rows lie in the order they were made.

use amethyst_model::{Clock, CollectionId, GenerationId, IntentId};
use chrono::{DateTime, Utc};
use uuid::{NoContext, Timestamp, Uuid};

fn at(now: DateTime<Utc>) -> Uuid {
    let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
    Uuid::new_v7(Timestamp::from_unix(
        NoContext,
        seconds,
        now.timestamp_subsec_nanos(),
    ))
}

pub(crate) fn generation_id(clock: &dyn Clock) -> GenerationId {
    GenerationId(at(clock.now()))
}

pub(crate) fn collection_id(clock: &dyn Clock) -> CollectionId {
    CollectionId(at(clock.now()))
}

pub(crate) fn intent_id(clock: &dyn Clock) -> IntentId {
    IntentId(at(clock.now()))
}

/// A random id that ties an error on the screen to a line of the log.
#[must_use]
pub fn new_report_id() -> Uuid {
    Uuid::new_v4()
}
