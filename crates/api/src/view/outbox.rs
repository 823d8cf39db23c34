//! What waits to be sent and what needs the user.

use amethyst_model::{Intent, IntentState, ParkReason, QueuedIntent};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Why an intent stopped; see [`ParkReason`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ParkReasonView {
    /// The price went up.
    PriceChanged,
    /// The balance does not suffice.
    InsufficientCredits,
    /// The model is unknown or retired.
    ModelUnavailable,
    /// The account is suspended.
    AccountSuspended,
    /// What it refers to is gone.
    NotFound,
    /// Not allowed.
    Forbidden,
    /// Found invalid.
    Invalid,
    /// The id was used for something else.
    Conflict,
    /// The image is not fit to be shown to everybody.
    NotPublishable,
    /// Nobody has looked at the image yet, so that it cannot be shown to everybody.
    NotAnalyzed,
    /// The image lies in the trash.
    InTrash,
    /// Not readable by this version.
    Unknown,
}

/// Whether an intent waits or needs the user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum IntentStateView {
    /// Goes out by itself.
    Waiting {
        /// Earliest next attempt, if it is set back.
        not_before: Option<i64>,
    },
    /// Needs the user: retry or discard.
    Parked {
        /// Why.
        reason: ParkReasonView,
        /// The server's words; for a changed price, the new price.
        detail: Option<String>,
    },
}

/// An entry of the outbox.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct IntentView {
    /// Its id.
    pub id: String,
    /// The intent's kind, such as `create_generation` or `set_favorite`; `restore_image` for what takes out of
    /// the trash; or `unknown`.
    pub kind: String,
    /// The request it concerns.
    pub generation_id: Option<String>,
    /// The image it concerns.
    pub image_id: Option<String>,
    /// Name of what it concerns otherwise: a tag, a collection, a document of preferences, a model.
    pub subject: Option<String>,
    /// Prompt, for a request.
    pub prompt: Option<String>,
    /// Credits it may cost at most, for a request.
    pub max_cost: Option<i64>,
    /// Waiting or parked.
    pub state: IntentStateView,
    /// Failed attempts so far.
    pub attempts: u32,
    /// When the user did it.
    pub created_at: i64,
}

/// One entry of the outbox.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct IntentRef {
    /// Its id.
    pub id: String,
    /// A higher price to accept, when retrying a request whose price changed.
    pub max_cost: Option<i64>,
}

impl From<ParkReason> for ParkReasonView {
    fn from(reason: ParkReason) -> Self {
        match reason {
            ParkReason::PriceChanged => Self::PriceChanged,
            ParkReason::InsufficientCredits => Self::InsufficientCredits,
            ParkReason::ModelUnavailable => Self::ModelUnavailable,
            ParkReason::AccountSuspended => Self::AccountSuspended,
            ParkReason::NotFound => Self::NotFound,
            ParkReason::Forbidden => Self::Forbidden,
            ParkReason::Invalid => Self::Invalid,
            ParkReason::Conflict => Self::Conflict,
            ParkReason::NotPublishable => Self::NotPublishable,
            ParkReason::NotAnalyzed => Self::NotAnalyzed,
            ParkReason::InTrash => Self::InTrash,
            ParkReason::Unknown => Self::Unknown,
        }
    }
}

/// The kind, with one more word where the same act means two things to people.
fn kind_for_people(intent: &Intent) -> &'static str {
    match intent {
        Intent::SetTrashed { trashed: false, .. } => "restore_image",
        other => other.kind(),
    }
}

impl From<QueuedIntent> for IntentView {
    fn from(queued: QueuedIntent) -> Self {
        let state = match queued.state {
            IntentState::Waiting { not_before } => IntentStateView::Waiting {
                not_before: not_before.map(|at| at.timestamp_millis()),
            },
            IntentState::Parked { reason, detail } => IntentStateView::Parked {
                reason: reason.into(),
                detail,
            },
        };
        let mut view = Self {
            id: queued.id.to_string(),
            kind: queued
                .intent
                .as_ref()
                .map_or("unknown", kind_for_people)
                .to_owned(),
            generation_id: None,
            image_id: queued
                .intent
                .as_ref()
                .and_then(Intent::image)
                .map(|id| id.to_string()),
            subject: None,
            prompt: None,
            max_cost: None,
            state,
            attempts: queued.attempts,
            created_at: queued.created_at.timestamp_millis(),
        };
        match queued.intent {
            Some(Intent::CreateGeneration {
                generation,
                draft,
                max_cost,
            }) => {
                view.generation_id = Some(generation.to_string());
                view.prompt = Some(draft.prompt);
                view.max_cost = Some(max_cost);
            }
            Some(Intent::CancelGeneration { generation }) => {
                view.generation_id = Some(generation.to_string());
            }
            Some(Intent::TagImage { tag, .. }) => view.subject = Some(tag),
            Some(Intent::PutCollection { sheet, .. }) => view.subject = Some(sheet.name),
            Some(Intent::MergePreferences { kind, .. }) => {
                view.subject = Some(kind.as_str().to_owned());
            }
            Some(Intent::MergeModelPreferences { model, .. }) => view.subject = Some(model),
            _ => {}
        }
        view
    }
}
