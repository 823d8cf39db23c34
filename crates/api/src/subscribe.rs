//! The subscription: present state first, then every notice in order.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use amethyst_engine::{Change, Core, Entity, Event};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

use crate::command::{session_view, settings_view, sync_view};
use crate::notice::EntityView;
use crate::{ApiError, Notice};

/// Notices are gathered for about one frame, so that a page of 500 rows repaints once.
const FRAME: Duration = Duration::from_millis(16);

/// A running subscription. Dropping it ends it.
pub struct Subscription {
    core: Core,
    events: Receiver<Event>,
    queued: std::collections::VecDeque<Notice>,
    greeted: bool,
}

/// Begins a subscription; what changes from now on is not missed.
#[must_use]
pub fn subscribe(core: &Core) -> Subscription {
    Subscription {
        events: core.events(),
        core: core.clone(),
        queued: std::collections::VecDeque::new(),
        greeted: false,
    }
}

/// What a batch of events amounts to.
#[derive(Default)]
struct Batch {
    session: bool,
    settings: bool,
    sync: bool,
    /// `None`: any row of that kind may have changed.
    changed: BTreeMap<u8, (EntityView, Option<HashSet<String>>)>,
    rebuilt: Vec<Notice>,
}

impl Subscription {
    /// The next notice; `None` when the core is gone. Cancel-safe.
    pub async fn next(&mut self) -> Option<Notice> {
        if !self.greeted {
            let everything = Batch {
                session: true,
                settings: true,
                sync: true,
                ..Batch::default()
            };
            self.queue(everything).await;
            self.greeted = true;
        }
        while self.queued.is_empty() {
            let mut batch = Batch::default();
            match self.events.recv().await {
                Ok(event) => batch.add(event),
                Err(RecvError::Lagged(_)) => batch.everything(),
                Err(RecvError::Closed) => return None,
            }
            tokio::time::sleep(FRAME).await;
            loop {
                match self.events.try_recv() {
                    Ok(event) => batch.add(event),
                    Err(TryRecvError::Lagged(_)) => batch.everything(),
                    Err(TryRecvError::Empty | TryRecvError::Closed) => break,
                }
            }
            self.queue(batch).await;
        }
        self.queued.pop_front()
    }

    async fn queue(&mut self, batch: Batch) {
        if batch.session {
            let session = session_view(self.core.session().await);
            self.queued.push_back(Notice::Session { session });
        }
        if batch.settings || batch.session {
            match self.core.settings().await {
                Ok(settings) => {
                    let settings = settings_view(&self.core, settings);
                    self.queued.push_back(Notice::Settings { settings });
                }
                Err(error) => log(&error.into()),
            }
        }
        self.queued.extend(batch.rebuilt);
        for (entity, ids) in batch.changed.into_values() {
            let ids = ids.map(|ids| ids.into_iter().collect());
            self.queued.push_back(Notice::Changed { entity, ids });
        }
        if batch.sync {
            match self.core.sync().await {
                Ok(info) => self.queued.push_back(Notice::Sync {
                    sync: sync_view(info),
                }),
                Err(error) => log(&error.into()),
            }
        }
    }
}

fn log(error: &ApiError) {
    tracing::warn!(code = ?error.code, message = error.message, "a notice could not be made");
}

impl Batch {
    fn add(&mut self, event: Event) {
        match event {
            Event::Session => self.session = true,
            Event::Settings => self.settings = true,
            Event::Sync => self.sync = true,
            Event::Changed(change) => self.add_change(change),
            Event::LibraryRebuilt(salvage) => self.rebuilt.push(Notice::LibraryRebuilt {
                moved_to: salvage.moved_to.display().to_string(),
                intents_saved: i64::try_from(salvage.intents_saved).unwrap_or(i64::MAX),
            }),
        }
    }

    fn add_change(&mut self, change: Change) {
        let entity = match change.entity {
            Entity::Generation => EntityView::Generation,
            Entity::Image | Entity::Media => EntityView::Image,
            Entity::Ledger => EntityView::Ledger,
            Entity::Account => EntityView::Account,
            Entity::Model => EntityView::Model,
            Entity::Outbox | Entity::Conflict => EntityView::Outbox,
            Entity::Collection => EntityView::Collection,
            Entity::Preference => EntityView::Preference,
            Entity::Suggestion => EntityView::Suggestion,
        };
        if entity == EntityView::Account {
            // Language and theme are the profile's.
            self.settings = true;
        }
        let entry = self
            .changed
            .entry(entity as u8)
            .or_insert((entity, Some(HashSet::new())));
        match (&mut entry.1, change.ids) {
            (Some(known), Some(ids)) => known.extend(ids),
            (all, None) => *all = None,
            (None, Some(_)) => {}
        }
    }

    fn everything(&mut self) {
        (self.session, self.settings, self.sync) = (true, true, true);
        for entity in Entity::ALL {
            self.add_change(Change { entity, ids: None });
        }
    }
}
