//! What comes of an order.

use amethyst_imaging::Bitmap;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A picture's content: pixels to be encoded, or a file to be kept as it is where it can be.
#[derive(Clone, Debug)]
pub enum Content {
    /// Pixels.
    Pixels(Bitmap),
    /// A file of a provider: hostile until decoded.
    File(Bytes),
}

/// One picture.
#[derive(Clone, Debug)]
pub struct Picture {
    /// What it looks like.
    pub content: Content,
    /// The seed it was made with, as the provider says.
    pub seed: Option<u64>,
    /// What the provider reports about it.
    pub report: Map<String, Value>,
}

/// What a provider charges us, in its own unit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cost {
    /// How much.
    pub amount: f64,
    /// Of what: `seconds`, `credits`, `tokens`.
    pub unit: &'static str,
}

/// Why a picture was not handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissingResult {
    /// The provider's safety checker took it, or blurred it.
    Filtered,
    /// It was made and could not be had.
    Lost,
}

/// A picture that was not handed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// Its index.
    pub index: u32,
    /// What became of it.
    pub result: MissingResult,
    /// Short word for it, such as `content_filtered`, `expired`.
    pub reason: String,
}

/// The end of an order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Finished {
    /// Pictures that were not handed over.
    pub missing: Vec<Missing>,
    /// What it costs us.
    pub cost: Option<Cost>,
    /// Seconds that the provider worked.
    pub seconds: Option<f64>,
    /// What else goes into the request's metadata.
    pub report: Map<String, Value>,
}

/// How far an order is.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// The provider works on it under this id.
    Running(String),
    /// All that there is was handed over.
    Finished(Finished),
    /// The result cannot be trusted, for the reason given: to be submitted again.
    Again(&'static str),
}
