//! A damaged library: a fresh one is built beside it from what can be saved, then takes its place.
//!
//! The order makes a crash at any point harmless: the damaged file leaves its place only when its
//! successor lies ready on the disk.

use std::io;
use std::path::{Path, PathBuf};

use amethyst_model::Intent;

use super::connect::{Connections, connect};
use super::library::{DATABASE, media_folder};
use super::salvage::saved_intents;
use crate::Store;
use crate::error::Result;
use crate::overlay;
use crate::table::outbox::row::{self, OutboxRow};
use crate::table::{generation, sync_state};

const REBUILT: &str = "library.rebuilt.db";

/// What became of a damaged library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Salvage {
    /// Where the damaged file lies now.
    pub moved_to: PathBuf,
    /// Unsent intents carried over.
    pub intents_saved: u64,
}

/// Saves the intents, builds a fresh library with them and puts it in the damaged one's place.
pub(super) async fn rebuild(folder: &Path) -> Result<Salvage> {
    tracing::error!("the library is damaged; rebuilding it");
    let damaged = folder.join(DATABASE);
    let intents = saved_intents(&damaged).await;
    let intents_saved = intents.len() as u64;
    let rebuilt = folder.join(REBUILT);
    remove_database(&rebuilt)?;
    fill(&rebuilt, folder, intents).await?;
    let moved_to = move_aside(folder, &damaged)?;
    fs_err::rename(&rebuilt, &damaged)?;
    Ok(Salvage {
        moved_to,
        intents_saved,
    })
}

/// Ends a rebuilding that was interrupted.
pub(super) fn finish_interrupted(folder: &Path) -> Result<()> {
    let (database, rebuilt) = (folder.join(DATABASE), folder.join(REBUILT));
    if database.exists() {
        remove_database(&rebuilt)
    } else if rebuilt.exists() {
        Ok(fs_err::rename(&rebuilt, &database)?)
    } else {
        Ok(())
    }
}

async fn fill(path: &Path, folder: &Path, intents: Vec<OutboxRow>) -> Result<()> {
    let Connections { writer, readers } = connect(path).await?;
    let store = Store::new(Some(writer), readers, media_folder(folder), None);
    let filled = put_back(&store, intents).await;
    // Closing moves the log into the file, which then can be renamed alone.
    store.close().await;
    filled
}

/// Writes the saved intents, with what existed nowhere else: requests, and collections.
async fn put_back(store: &Store, intents: Vec<OutboxRow>) -> Result<()> {
    let mut tx = store.begin().await?;
    for saved in intents {
        row::put_back(tx.db(), &saved).await?;
        sync_state::acts_after(tx.db(), saved.created_at).await?;
        let queued = saved.into_queued()?;
        if let Some(Intent::CreateGeneration {
            generation: id,
            draft,
            max_cost,
        }) = &queued.intent
        {
            generation::add_local(&mut tx, *id, draft, *max_cost, queued.created_at).await?;
        }
        overlay::show_lane(&mut tx, &queued.lane).await?;
    }
    tx.commit().await
}

fn move_aside(folder: &Path, damaged: &Path) -> Result<PathBuf> {
    let free = (1_u32..)
        .map(|number| folder.join(format!("library.damaged-{number}.db")))
        .find(|path| !path.exists())
        .unwrap_or_else(|| folder.join("library.damaged.db"));
    // The log first: without its file it can do no harm, the file without its log could be taken for
    // sound.
    for suffix in ["-wal", ""] {
        match fs_err::rename(with_suffix(damaged, suffix), with_suffix(&free, suffix)) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    remove_if_there(&with_suffix(damaged, "-shm"))?;
    Ok(free)
}

fn remove_database(path: &Path) -> Result<()> {
    for suffix in ["", "-wal", "-shm"] {
        remove_if_there(&with_suffix(path, suffix))?;
    }
    Ok(())
}

fn remove_if_there(path: &Path) -> Result<()> {
    match fs_err::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
