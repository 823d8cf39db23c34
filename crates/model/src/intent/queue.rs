//! An intent's place in the outbox: its lane, and whether it waits or needs the user.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Intent;
use crate::{CollectionId, GenerationId, ImageId, IntentId, PreferenceKind};

/// Name of a lane, such as `image:<uuid>`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Lane(pub String);

impl Lane {
    /// Lane of a request.
    #[must_use]
    pub fn generation(id: GenerationId) -> Self {
        Self(format!("generation:{id}"))
    }

    /// Lane of an image.
    #[must_use]
    pub fn image(id: ImageId) -> Self {
        Self(format!("image:{id}"))
    }

    /// Lane of a collection and what is in it.
    #[must_use]
    pub fn collection(id: CollectionId) -> Self {
        Self(format!("collection:{id}"))
    }

    /// Lane of a document of preferences.
    #[must_use]
    pub fn preferences(kind: PreferenceKind) -> Self {
        Self(format!("preferences:{}", kind.as_str()))
    }

    /// Lane of what the user thinks of a model.
    #[must_use]
    pub fn model(id: &str) -> Self {
        Self(format!("model:{id}"))
    }

    /// Lane of the profile.
    #[must_use]
    pub fn account() -> Self {
        Self("account".to_owned())
    }
}

/// Why an intent stopped and needs the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParkReason {
    /// The price went up; nothing was charged.
    PriceChanged,
    /// The balance does not suffice; nothing was charged.
    InsufficientCredits,
    /// The model is unknown or takes no new requests.
    ModelUnavailable,
    /// The account is suspended.
    AccountSuspended,
    /// What it refers to no longer exists.
    NotFound,
    /// The server does not allow it.
    Forbidden,
    /// The server finds the request invalid.
    Invalid,
    /// The id was used for something else.
    Conflict,
    /// The image is not fit to be shown to everybody.
    NotPublishable,
    /// Nobody has looked at the image yet, so that it cannot be shown to everybody.
    NotAnalyzed,
    /// The image lies in the trash, from where it cannot be shown to everybody.
    InTrash,
    /// A kind or version this program does not know.
    Unknown,
}

/// Whether an intent waits or needs the user.
#[derive(Clone, Debug, PartialEq)]
pub enum IntentState {
    /// Sent as soon as its lane and the network allow, not before the instant given.
    Waiting {
        /// Earliest instant of the next attempt.
        not_before: Option<DateTime<Utc>>,
    },
    /// Stopped; its lane stops with it until retried or discarded.
    Parked {
        /// Why.
        reason: ParkReason,
        /// The server's words, for the details fold.
        detail: Option<String>,
    },
}

/// An outbox entry.
#[derive(Clone, Debug, PartialEq)]
pub struct QueuedIntent {
    /// Local id, and the key by which the server knows a repetition.
    pub id: IntentId,
    /// Order within the library: lower first.
    pub sequence: i64,
    /// What to do; `None` when this program cannot read it (it is parked as [`ParkReason::Unknown`]).
    pub intent: Option<Intent>,
    /// Lane it waits in.
    pub lane: Lane,
    /// Waiting or parked.
    pub state: IntentState,
    /// Failed attempts so far.
    pub attempts: u32,
    /// When the user did it, by the server's clock as far as it is known. Of two acts about the same thing
    /// the later one stands; on one device a later act always has a later instant.
    pub created_at: DateTime<Utc>,
}

impl QueuedIntent {
    /// The intent, unless it is parked: what is parked is not going to happen by itself.
    #[must_use]
    pub fn waiting(&self) -> Option<&Intent> {
        match self.state {
            IntentState::Waiting { .. } => self.intent.as_ref(),
            IntentState::Parked { .. } => None,
        }
    }
}
