//! Notices: which rows a committed transaction changed.
//!
//! They carry names and no content, so that a slow listener reads the present state and never an old
//! one.

use std::collections::{BTreeMap, BTreeSet};

/// Kinds of rows that somebody may show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Entity {
    /// Requests for images.
    Generation,
    /// Pictures.
    Image,
    /// Lines of the ledger.
    Ledger,
    /// The profile, and with it the balance.
    Account,
    /// Models of the catalog.
    Model,
    /// What waits to be sent.
    Outbox,
    /// Collections and what is in them.
    Collection,
    /// Documents of preferences; the ids are their kinds.
    Preference,
    /// Fields that were changed on two devices.
    Conflict,
    /// Files of pictures on this machine; the ids are those of the pictures.
    Media,
    /// Better wordings for prompts.
    Suggestion,
}

impl Entity {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Generation,
        Self::Image,
        Self::Ledger,
        Self::Account,
        Self::Model,
        Self::Outbox,
        Self::Collection,
        Self::Preference,
        Self::Conflict,
        Self::Media,
        Self::Suggestion,
    ];
}

/// Rows of one kind have changed, appeared or gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which kind.
    pub entity: Entity,
    /// Their ids as text; `None` when they are too many to name.
    pub ids: Option<Vec<String>>,
}

/// More ids than this are not worth naming: the listener reads everything anew.
const MOST_NAMED: usize = 4096;

/// Gathers what one transaction changes, each row once.
#[derive(Debug, Default)]
pub(crate) struct Notes(BTreeMap<Entity, BTreeSet<String>>);

impl Notes {
    pub(crate) fn add(&mut self, entity: Entity, id: &impl ToString) {
        self.0.entry(entity).or_default().insert(id.to_string());
    }

    pub(crate) fn into_changes(self) -> impl Iterator<Item = Change> {
        self.0.into_iter().map(|(entity, ids)| Change {
            entity,
            ids: (ids.len() <= MOST_NAMED).then(|| ids.into_iter().collect()),
        })
    }
}
