//! What the core tells without being asked.

use amethyst_store::{Change, Salvage};

/// A change that some face may want to show. Carries names, not content: whoever cares asks.
#[derive(Clone, Debug)]
pub enum Event {
    /// The session's state changed.
    Session,
    /// Language, theme or server changed.
    Settings,
    /// Synchronization moved on.
    Sync,
    /// Rows of the library changed.
    Changed(Change),
    /// The library was damaged and has been rebuilt.
    LibraryRebuilt(Salvage),
}
