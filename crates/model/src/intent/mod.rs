//! What the user did and the server has not confirmed: the outbox's entries.
//!
//! Payloads are stored as JSON with [`INTENT_VERSION`]; an unknown kind or a newer version is parked,
//! never dropped.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{AccountSettings, GenerationDraft, GenerationId, ImageId, IntentId};

/// Version of the payloads below; raised when a stored payload could be misread.
pub const INTENT_VERSION: i64 = 1;

/// One thing to do on the server. Each can be sent twice with the effect of once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
// Tagged from outside: a tag within would make serde buffer the payload, which cannot carry numbers when
// some other crate of the program turns on serde_json's `arbitrary_precision`.
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// Ask for images. Repeating it with the same id is answered with the first answer.
    CreateGeneration {
        /// Client-made id.
        generation: GenerationId,
        /// What is asked for.
        draft: Box<GenerationDraft>,
        /// The price the user saw; the server refuses a higher one.
        max_cost: i64,
    },
    /// Stop a request that the server knows.
    CancelGeneration {
        /// The request.
        generation: GenerationId,
    },
    /// Put an image among the favorites or take it out.
    SetFavorite {
        /// The image.
        image: ImageId,
        /// Whether it shall be a favorite.
        favorite: bool,
    },
    /// Change language or theme of the profile.
    SetAccountSettings {
        /// The change.
        settings: AccountSettings,
    },
}

impl Intent {
    /// The lane it waits in: intents of one lane are sent in order, lanes are independent.
    #[must_use]
    pub fn lane(&self) -> Lane {
        match self {
            Self::CreateGeneration { generation, .. } | Self::CancelGeneration { generation } => {
                Lane(format!("generation:{generation}"))
            }
            Self::SetFavorite { image, .. } => Lane(format!("image:{image}")),
            Self::SetAccountSettings { .. } => Lane("account".to_owned()),
        }
    }

    /// Text form of the kind, as the payload's tag.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::CreateGeneration { .. } => "create_generation",
            Self::CancelGeneration { .. } => "cancel_generation",
            Self::SetFavorite { .. } => "set_favorite",
            Self::SetAccountSettings { .. } => "set_account_settings",
        }
    }

    /// What remains of a *waiting* `self` when `newer` joins its lane: the newer one replaces it
    /// (`Some`), or both stay (`None`).
    #[must_use]
    pub fn superseded_by(&self, newer: &Self) -> Option<Self> {
        match (self, newer) {
            (Self::SetFavorite { image, .. }, Self::SetFavorite { image: same, .. })
                if image == same =>
            {
                Some(newer.clone())
            }
            (
                Self::SetAccountSettings { settings },
                Self::SetAccountSettings { settings: later },
            ) => Some(Self::SetAccountSettings {
                settings: settings.then(*later),
            }),
            _ => None,
        }
    }
}

/// Name of a lane, such as `image:<uuid>`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Lane(pub String);

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
    /// Local id.
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
    /// When the user did it.
    pub created_at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Language, Theme};
    use serde_json::json;
    use uuid::Uuid;

    #[test]
    fn payloads_keep_their_form() {
        let image = ImageId(Uuid::nil());
        let value = serde_json::to_value(Intent::SetFavorite {
            image,
            favorite: true,
        })
        .unwrap();
        assert_eq!(
            value,
            json!({ "set_favorite": { "image": Uuid::nil(), "favorite": true } })
        );
        let create = Intent::CreateGeneration {
            generation: GenerationId(Uuid::nil()),
            draft: Box::default(),
            max_cost: 4,
        };
        let value = serde_json::to_value(&create).unwrap();
        assert_eq!(value["create_generation"]["draft"]["aspect_ratio"], "1:1");
        assert_eq!(serde_json::from_value::<Intent>(value).unwrap(), create);
    }

    #[test]
    fn a_newer_wish_for_the_same_field_replaces_a_waiting_one() {
        let image = ImageId(Uuid::from_u128(1));
        let on = Intent::SetFavorite {
            image,
            favorite: true,
        };
        let off = Intent::SetFavorite {
            image,
            favorite: false,
        };
        let other = Intent::SetFavorite {
            image: ImageId(Uuid::from_u128(2)),
            favorite: false,
        };
        assert_eq!(on.superseded_by(&off), Some(off.clone()));
        assert_eq!(on.superseded_by(&other), None);
    }

    #[test]
    fn settings_merge_field_by_field() {
        let language = AccountSettings {
            language: Some(Language::En),
            theme: None,
        };
        let theme = AccountSettings {
            language: None,
            theme: Some(Theme::Light),
        };
        let merged = Intent::SetAccountSettings { settings: language }
            .superseded_by(&Intent::SetAccountSettings { settings: theme });
        let both = AccountSettings {
            language: Some(Language::En),
            theme: Some(Theme::Light),
        };
        assert_eq!(merged, Some(Intent::SetAccountSettings { settings: both }));
    }
}
