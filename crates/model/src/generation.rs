//! One request for images, from the moment the user asks to its end.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{GenerationDraft, GenerationId};

/// Where a request stands. The first two exist only on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GenerationStatus {
    /// Written to the outbox, not confirmed by the server: nothing has been charged.
    ToSend,
    /// The server refused it, or it needs the user: nothing has been charged.
    Parked,
    /// Paid and waiting for a worker.
    Pending,
    /// A worker is painting.
    Processing,
    /// Ended with images.
    Completed,
    /// Ended without images; the credits came back.
    Failed,
    /// Ended by the user; the credits came back.
    Cancelled,
}

impl GenerationStatus {
    /// The status of a `prompts` row; a cancelled one is stored as `failed` with the error `cancelled`.
    #[must_use]
    pub fn from_server(status: &str, error_message: Option<&str>) -> Self {
        match (status, error_message) {
            ("processing", _) => Self::Processing,
            ("completed", _) => Self::Completed,
            ("failed", Some("cancelled")) => Self::Cancelled,
            ("failed", _) => Self::Failed,
            _ => Self::Pending,
        }
    }

    /// Whether nothing more will happen to it.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }

    /// Stable text form for tables and wires.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ToSend => "to_send",
            Self::Parked => "parked",
            Self::Pending => "pending",
            Self::Processing => "processing",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The inverse of [`GenerationStatus::as_str`]; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [
            Self::ToSend,
            Self::Parked,
            Self::Pending,
            Self::Processing,
            Self::Completed,
            Self::Failed,
            Self::Cancelled,
        ]
        .into_iter()
        .find(|status| status.as_str() == text)
    }
}

/// How far a worker has come, as it reported itself; never guessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Steps done in the present image.
    pub step: i64,
    /// Steps in all for one image.
    pub steps: i64,
    /// Number of the present image, from 1.
    pub image: i64,
    /// Images in all.
    pub images: i64,
}

/// A request with its parameters and its state.
#[derive(Clone, Debug, PartialEq)]
pub struct Generation {
    /// Client-made id, the key on both sides.
    pub id: GenerationId,
    /// Everything the user asked for.
    pub draft: GenerationDraft,
    /// Version of the model, once the server stamped it.
    pub model_version: Option<String>,
    /// Effective state: the server's, or the outbox's while it waits there.
    pub status: GenerationStatus,
    /// What the provider or the server said when it failed; English, for the details fold.
    pub error_message: Option<String>,
    /// Credits it costs: the quoted price until the server confirmed one.
    pub credits_cost: i64,
    /// Latest progress, while a worker is at it.
    pub progress: Option<Progress>,
    /// Whether the user asked to stop it and the worker has not answered yet.
    pub cancel_requested: bool,
    /// When the user asked.
    pub created_at: DateTime<Utc>,
    /// When it ended.
    pub completed_at: Option<DateTime<Utc>>,
}
