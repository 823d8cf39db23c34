//! Which originals a device keeps. Thumbnails are always kept.

use serde::{Deserialize, Serialize};

/// Days that count as recent.
pub const RECENT_DAYS: i64 = 30;

/// Which originals are fetched without being asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Originals {
    /// None: each is fetched when it is opened.
    None,
    /// Those of favorites.
    Favorites,
    /// Those made in the last [`RECENT_DAYS`] days.
    Recent,
    /// All of them.
    #[default]
    All,
}

/// What this device keeps of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StoragePolicy {
    /// Which originals.
    pub originals: Originals,
    /// Bytes of originals at most; beyond that the ones not used for longest go, if the server has them.
    pub cap_bytes: Option<u64>,
    /// Whether a metered connection fetches only what the user opens.
    pub pause_on_metered: bool,
}

impl Default for StoragePolicy {
    fn default() -> Self {
        Self {
            originals: Originals::All,
            cap_bytes: None,
            pause_on_metered: true,
        }
    }
}

impl StoragePolicy {
    /// Whether every original is wanted, so that nothing has to be chosen.
    #[must_use]
    pub fn keeps_everything(&self) -> bool {
        self.originals == Originals::All && self.cap_bytes.is_none()
    }
}

/// What each choice of [`Originals`] would take on this device, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StorageUse {
    /// Thumbnails here.
    pub thumbnails: u64,
    /// Originals here.
    pub originals: u64,
    /// Originals of favorites, here or not.
    pub favorites: u64,
    /// Originals of the last [`RECENT_DAYS`] days.
    pub recent: u64,
    /// All originals.
    pub all: u64,
}
