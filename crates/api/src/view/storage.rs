//! What this device keeps.

use amethyst_model::{Originals, StoragePolicy, StorageUse};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which originals are kept without being opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum OriginalsView {
    /// None.
    None,
    /// Those of favorites.
    Favorites,
    /// Those of the last 30 days.
    Recent,
    /// All.
    All,
}

/// The choice; see [`StoragePolicy`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StoragePolicyView {
    /// Which originals.
    pub originals: OriginalsView,
    /// Bytes of originals at most.
    pub cap_bytes: Option<i64>,
    /// Whether a metered connection fetches only what is opened.
    pub pause_on_metered: bool,
}

/// The choice, and bytes: what is here, and what each choice would take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StorageView {
    /// The choice.
    pub policy: StoragePolicyView,
    /// Thumbnails here.
    pub thumbnails: i64,
    /// Originals here.
    pub originals: i64,
    /// Originals of favorites.
    pub favorites: i64,
    /// Originals of the last 30 days.
    pub recent: i64,
    /// All originals.
    pub all: i64,
}

impl StorageView {
    /// The view of both.
    #[must_use]
    pub fn new(policy: StoragePolicy, room: StorageUse) -> Self {
        let bytes = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        Self {
            policy: StoragePolicyView {
                originals: match policy.originals {
                    Originals::None => OriginalsView::None,
                    Originals::Favorites => OriginalsView::Favorites,
                    Originals::Recent => OriginalsView::Recent,
                    Originals::All => OriginalsView::All,
                },
                cap_bytes: policy.cap_bytes.map(bytes),
                pause_on_metered: policy.pause_on_metered,
            },
            thumbnails: bytes(room.thumbnails),
            originals: bytes(room.originals),
            favorites: bytes(room.favorites),
            recent: bytes(room.recent),
            all: bytes(room.all),
        }
    }
}

impl From<StoragePolicyView> for StoragePolicy {
    fn from(view: StoragePolicyView) -> Self {
        Self {
            originals: match view.originals {
                OriginalsView::None => Originals::None,
                OriginalsView::Favorites => Originals::Favorites,
                OriginalsView::Recent => Originals::Recent,
                OriginalsView::All => Originals::All,
            },
            // Less than nothing is nothing.
            cap_bytes: view.cap_bytes.map(|cap| u64::try_from(cap).unwrap_or(0)),
            pause_on_metered: view.pause_on_metered,
        }
    }
}
