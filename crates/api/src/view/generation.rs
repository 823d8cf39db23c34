//! Requests for images and how they fare.

use amethyst_model::{Generation, GenerationStatus};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{DraftView, ImageView};

/// Where a request stands; see [`GenerationStatus`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum GenerationStatusView {
    /// Written here, not yet at the server; nothing charged.
    ToSend,
    /// Needs the user; nothing charged.
    Parked,
    /// Paid, waiting for a worker.
    Pending,
    /// Being painted.
    Processing,
    /// Ended with images.
    Completed,
    /// Ended without; credits returned.
    Failed,
    /// Ended by the user; credits returned.
    Cancelled,
}

/// How far a worker has come, as it reported itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ProgressView {
    /// Steps done in the present image.
    pub step: i64,
    /// Steps of one image.
    pub steps: i64,
    /// Number of the present image, from 1.
    pub image: i64,
    /// Images in all.
    pub images: i64,
}

/// A request with its parameters, state and images.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct GenerationView {
    /// Its id.
    pub id: String,
    /// Everything asked for.
    pub draft: DraftView,
    /// State.
    pub status: GenerationStatusView,
    /// Progress while a worker is at it.
    pub progress: Option<ProgressView>,
    /// Whether stopping it was asked for and not yet answered.
    pub cancel_requested: bool,
    /// Credits: the quoted price until the server confirmed one.
    pub credits_cost: i64,
    /// Credits given back.
    pub credits_refunded: i64,
    /// The provider's or server's words if it failed; English, for the details fold.
    pub error_message: Option<String>,
    /// The outbox entry that needs the user, if it is parked.
    pub parked_intent: Option<String>,
    /// Its images, in order; empty until it ended.
    pub images: Vec<ImageView>,
    /// When the user asked.
    pub created_at: i64,
    /// When it ended.
    pub completed_at: Option<i64>,
}

/// Asking for images.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct GenerationRequest {
    /// What to make.
    pub draft: DraftView,
    /// The price that stood on the button; a higher one is never paid.
    pub max_cost: i64,
}

/// One request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct GenerationRef {
    /// Its id.
    pub id: String,
}

/// Which requests to list, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct GenerationListQuery {
    /// Only those that have not ended.
    pub active_only: bool,
    /// At most so many.
    pub limit: u32,
}

impl From<GenerationStatus> for GenerationStatusView {
    fn from(status: GenerationStatus) -> Self {
        match status {
            GenerationStatus::ToSend => Self::ToSend,
            GenerationStatus::Parked => Self::Parked,
            GenerationStatus::Pending => Self::Pending,
            GenerationStatus::Processing => Self::Processing,
            GenerationStatus::Completed => Self::Completed,
            GenerationStatus::Failed => Self::Failed,
            GenerationStatus::Cancelled => Self::Cancelled,
        }
    }
}

impl From<Generation> for GenerationView {
    fn from(generation: Generation) -> Self {
        let progress = generation.progress.map(|progress| ProgressView {
            step: progress.step,
            steps: progress.steps,
            image: progress.image,
            images: progress.images,
        });
        Self {
            id: generation.id.to_string(),
            draft: generation.draft.into(),
            status: generation.status.into(),
            progress,
            cancel_requested: generation.cancel_requested,
            credits_cost: generation.credits_cost,
            credits_refunded: 0,
            error_message: generation.error_message,
            parked_intent: None,
            images: Vec::new(),
            created_at: generation.created_at.timestamp_millis(),
            completed_at: generation.completed_at.map(|at| at.timestamp_millis()),
        }
    }
}
