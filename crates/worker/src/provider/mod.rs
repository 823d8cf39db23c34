//! Providers: whatever turns an order into pictures.
//!
//! A provider knows nothing of leases, uploads or credits. It answers pictures or one [`Failure`], tells how
//! far it is, and stops soon after it was asked to.

mod sketch;

use std::collections::BTreeMap;
use std::sync::Arc;

use amethyst_imaging::Bitmap;
use futures_util::future::BoxFuture;
use serde::Serialize;
use serde_json::{Map, Value};
use thiserror::Error;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// What is to be made.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// What the pictures show.
    pub prompt: String,
    /// What they must not show.
    pub negative_prompt: String,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// How many pictures.
    pub count: u32,
    /// Steps of each.
    pub steps: u32,
    /// How strictly to follow the prompt.
    pub guidance: f64,
    /// How far to leave the source image; without effect when there is none.
    pub prompt_strength: f64,
    /// Seed of the first picture, below 2³¹; the others count up from it.
    pub seed: u32,
    /// LoRA names and scales.
    pub loras: Vec<(String, f64)>,
    /// Object in the bucket `sources` to start from.
    pub source_path: Option<String>,
    /// Key of the model.
    pub model_id: String,
}

/// One picture.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Its pixels.
    pub bitmap: Bitmap,
    /// The seed it was made with.
    pub seed: u32,
    /// What the provider reports about it.
    pub report: Map<String, Value>,
}

/// Why there are no pictures. `code` is shown to the user by way of a translation.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{code}")]
pub struct Failure {
    /// Short word, such as `content_rejected`.
    pub code: String,
    /// Whether another attempt may succeed.
    pub retryable: bool,
}

impl Failure {
    /// A failure that another attempt would only repeat.
    #[must_use]
    pub fn lasting(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            retryable: false,
        }
    }
}

/// How far an order is: step of steps, in image of images.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Progress {
    pub(crate) step: u32,
    pub(crate) steps: u32,
    pub(crate) image: u32,
    pub(crate) images: u32,
}

/// What a provider reports to, and asks whether to go on.
#[derive(Clone)]
pub struct Reporter {
    progress: Arc<watch::Sender<Progress>>,
    stop: CancellationToken,
}

impl Reporter {
    pub(crate) fn new(stop: CancellationToken) -> (Self, watch::Receiver<Progress>) {
        let (sender, receiver) = watch::channel(Progress::default());
        let reporter = Self {
            progress: Arc::new(sender),
            stop,
        };
        (reporter, receiver)
    }

    /// Says that `step` of `steps` is done in the `image`-th (from 1) of `images`.
    pub fn done(&self, step: u32, steps: u32, image: u32, images: u32) {
        let progress = Progress {
            step,
            steps,
            image,
            images,
        };
        self.progress.send_if_modified(|old| {
            let changed = *old != progress;
            *old = progress;
            changed
        });
    }

    /// Whether the work is wanted no more; a provider then returns soon, with any answer.
    #[must_use]
    pub fn stopped(&self) -> bool {
        self.stop.is_cancelled()
    }
}

/// An engine that makes pictures.
pub trait Provider: Send + Sync + 'static {
    /// Name under which models refer to it.
    fn name(&self) -> &'static str;

    /// Makes all pictures of an order, at least one and at most `order.count`, or says why not. The same
    /// order gives the same pictures where the engine allows it.
    fn generate(
        &self,
        order: Order,
        reporter: Reporter,
    ) -> BoxFuture<'static, Result<Vec<Picture>, Failure>>;
}

/// The providers of one worker, by name.
#[derive(Clone, Default)]
pub struct Providers(BTreeMap<&'static str, Arc<dyn Provider>>);

impl Providers {
    /// The built-in ones.
    #[must_use]
    pub fn builtin() -> Self {
        Self::default().with(sketch::SketchProvider)
    }

    /// Adds one, replacing another of the same name.
    #[must_use]
    pub fn with(mut self, provider: impl Provider) -> Self {
        self.0.insert(provider.name(), Arc::new(provider));
        self
    }

    pub(crate) fn get(&self, name: &str) -> Option<Arc<dyn Provider>> {
        self.0.get(name).cloned()
    }
}
