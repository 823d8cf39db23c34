//! What is to be made.

use amethyst_imaging::Format;
use amethyst_model::Adapted;
use bytes::Bytes;
use serde_json::Value;
use uuid::Uuid;

/// A picture to start from.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// The file.
    pub bytes: Bytes,
    /// Its format, by its bytes.
    pub format: Format,
    /// Where providers can fetch it for the next hour, if the project can be reached from outside.
    pub url: Option<String>,
}

/// One request as its model takes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// The request; also the name that webhooks come back with.
    pub id: Uuid,
    /// Says who asks, to providers that want to know, and nothing about who that is.
    pub user_tag: String,
    /// What the pictures show.
    pub prompt: String,
    /// Everything else, adapted to the model.
    pub adapted: Adapted,
    /// Width and height asked for, in pixels.
    pub asked_size: (u32, u32),
    /// `1:1` or `16:9`.
    pub aspect_ratio: String,
    /// How many pictures the request has.
    pub count: u32,
    /// Indexes (from 0) of those that are still to be handed over.
    pub wanted: Vec<u32>,
    /// Quality of lossy formats, 1 to 100.
    pub quality: u8,
    /// Seed of the first picture, below 2³¹. Drawn by the worker where the user left it open, so that a second
    /// attempt makes the same pictures.
    pub seed: u32,
    /// The picture to start from.
    pub source: Option<Source>,
    /// Key of the model.
    pub model_id: String,
    /// What the model is called at the provider, as it was when the request was made.
    pub model_version: String,
    /// `models.metadata`.
    pub model: Value,
    /// How often this order was submitted before because its result could not be trusted.
    pub round: u32,
}

impl Order {
    /// Width and height to be made, in pixels.
    #[must_use]
    pub fn size(&self) -> (u32, u32) {
        let adapted = self.adapted.size.and_then(|(width, height)| {
            Some((u32::try_from(width).ok()?, u32::try_from(height).ok()?))
        });
        adapted.unwrap_or(self.asked_size)
    }

    /// A text of `models.metadata`.
    pub(crate) fn setting(&self, key: &str) -> Option<&str> {
        self.model.get(key).and_then(Value::as_str)
    }
}
