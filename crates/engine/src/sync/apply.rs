//! Writing a page of changes with its cursor, and passing on what the store says has changed.

use std::sync::Arc;

use amethyst_model::{ChangePage, ServerChange, ServerRow};
use amethyst_store::{Change, Entity};
use chrono::TimeDelta;
use tokio::sync::broadcast::error::RecvError;

use crate::library::Library;
use crate::{Error, Event};

/// Applies a page and moves the cursor in one transaction: either both are on disk or neither.
pub(crate) async fn apply_page(library: &Library, page: &ChangePage) -> Result<(), Error> {
    let mut tx = library.store.begin().await?;
    tx.apply_page(&page.changes).await?;
    if let Some(cursor) = &page.cursor {
        tx.set_cursor(cursor, page.changes.len()).await?;
    }
    tx.commit().await?;
    let brings_pictures = page
        .changes
        .iter()
        .any(|change| matches!(change, ServerChange::Upsert(ServerRow::Image(_))));
    if brings_pictures {
        library.plan_originals();
    }
    Ok(())
}

/// Notes by how much this machine's clock differs from the server's, by which acts are ordered. Seconds do
/// not matter: that much an answer takes on a bad line.
pub(crate) async fn note_clock(library: &Library, page: &ChangePage) -> Result<(), Error> {
    let Some(server_time) = page.server_time else {
        return Ok(());
    };
    // The header has no fractions of a second.
    let offset = server_time + TimeDelta::milliseconds(500) - library.clock.now();
    let offset = if offset.abs() < NO_MATTER {
        TimeDelta::zero()
    } else {
        offset
    };
    let known = library.store.clock_offset().await?;
    if (offset - known).abs() >= NO_MATTER || (offset.is_zero() && !known.is_zero()) {
        tracing::info!(
            seconds = offset.num_seconds(),
            "this machine's clock differs from the server's"
        );
        let mut tx = library.store.begin().await?;
        tx.set_clock_offset(offset).await?;
        tx.commit().await?;
    }
    Ok(())
}

const NO_MATTER: TimeDelta = TimeDelta::seconds(5);

/// Turns the store's notices into events. Ends with the store.
pub(crate) async fn forward_changes(library: Arc<Library>) {
    let mut changes = library.store.changes();
    loop {
        match changes.recv().await {
            Ok(change) => {
                let may_go_on = match change.entity {
                    // Applying a page can add an intent of its own: the cancel of a late creation.
                    Entity::Outbox => true,
                    // One that ended may let another begin.
                    Entity::Generation => library.hold.until().is_some(),
                    _ => false,
                };
                if may_go_on {
                    library.reach.send.notify_one();
                }
                library.tell(Event::Sync);
                library.tell(Event::Changed(change));
            }
            Err(RecvError::Lagged(_)) => {
                // Too many to name: everything may have changed.
                for entity in Entity::ALL {
                    library.tell(Event::Changed(Change { entity, ids: None }));
                }
            }
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}
