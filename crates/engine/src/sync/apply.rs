//! Writing a page of changes with its cursor, and passing on what the store says has changed.

use std::sync::Arc;

use amethyst_model::ChangePage;
use amethyst_store::{Change, Entity};
use tokio::sync::broadcast::error::RecvError;

use crate::library::Library;
use crate::{Error, Event};

/// Applies a page and moves the cursor in one transaction: either both are on disk or neither.
pub(crate) async fn apply_page(library: &Library, page: &ChangePage) -> Result<(), Error> {
    let mut tx = library.store.begin().await?;
    for change in &page.changes {
        tx.apply(change).await?;
    }
    if let Some(cursor) = &page.cursor {
        tx.set_cursor(cursor).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Turns the store's notices into events. Ends with the store.
pub(crate) async fn forward_changes(library: Arc<Library>) {
    let mut changes = library.store.changes();
    loop {
        match changes.recv().await {
            Ok(change) => {
                if change.entity == Entity::Outbox {
                    // Applying a page can add an intent of its own: the cancel of a late creation.
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
