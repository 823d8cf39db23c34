//! Providers: whatever turns an order into pictures.
//!
//! A provider knows nothing of leases, uploads or credits. It hands finished pictures to its [`Desk`], tells how far
//! it is, and says in the end what became of the pictures that it did not hand over. What it cannot do, clamps or
//! converts is decided before, in `amethyst_model::adapt`, and stands in the order.

mod desk;
mod failure;
mod openai;
mod order;
mod outcome;
mod replicate;
mod sketch;
mod stability;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::config::Config;

pub(crate) use desk::Progress;
pub use desk::{Desk, Output};
pub use failure::Failure;
pub use openai::OpenAiImages;
pub use order::{Order, Source};
pub use outcome::{Content, Cost, Finished, Missing, MissingResult, Picture, State};
pub use replicate::Replicate;
pub(crate) use replicate::router as replicate_webhooks;
pub use stability::Stability;

/// An engine that makes pictures.
///
/// Calls may be dropped at any await: whatever must not be lost then has to be at the provider, found again by
/// [`Provider::find`].
pub trait Provider: Send + Sync + 'static {
    /// Name under which models refer to it.
    fn name(&self) -> &'static str;

    /// Whether the work goes on elsewhere when this process ends. Then `submit` answers [`State::Running`] with an
    /// id, and another worker goes on with `poll`.
    fn is_remote(&self) -> bool {
        false
    }

    /// Whether what is asked for has to be looked at by a moderator before it is paid for.
    fn is_moderated(&self) -> bool {
        true
    }

    /// Starts an order, or makes it from beginning to end. Only the pictures in `order.wanted` have to be handed
    /// over. The same order gives the same pictures where the engine allows it.
    fn submit<'a>(
        &'a self,
        order: &'a Order,
        desk: &'a Desk,
    ) -> BoxFuture<'a, Result<State, Failure>>;

    /// Asks how far the remote work is, and hands over its pictures once it has ended.
    fn poll<'a>(
        &'a self,
        _id: &'a str,
        _order: &'a Order,
        _desk: &'a Desk,
    ) -> BoxFuture<'a, Result<State, Failure>> {
        std::future::ready(Err(Failure::unknown("not_remote"))).boxed()
    }

    /// Wait between two polls.
    fn pause(&self) -> Duration {
        Duration::from_secs(2)
    }

    /// How long remote work may take, from its submission.
    fn deadline(&self) -> Duration {
        Duration::from_secs(600)
    }

    /// Looks for remote work of this order, submitted since, whose id was lost with the worker that submitted it.
    fn find<'a>(
        &'a self,
        _order: &'a Order,
        _since: DateTime<Utc>,
    ) -> BoxFuture<'a, Result<Option<String>, Failure>> {
        std::future::ready(Ok(None)).boxed()
    }

    /// Ends remote work; without effect on what has ended.
    fn cancel<'a>(&'a self, _id: &'a str) -> BoxFuture<'a, Result<(), Failure>> {
        std::future::ready(Ok(())).boxed()
    }
}

/// The providers of one worker, by name.
#[derive(Clone, Default)]
pub struct Providers(BTreeMap<&'static str, Arc<dyn Provider>>);

impl Providers {
    /// The built-in ones, which need no key.
    #[must_use]
    pub fn builtin() -> Self {
        Self::default().with(sketch::SketchProvider)
    }

    /// The built-in ones and all that the settings have a key for.
    ///
    /// # Errors
    /// If the system's certificates are unreadable.
    pub fn of(config: &Config) -> Result<Self, reqwest::Error> {
        let mut all = Self::builtin();
        if let Some(replicate) = &config.replicate {
            all = all.with(Replicate::new(replicate, config.public_url.as_ref())?);
        }
        if let Some(stability) = &config.stability {
            all = all.with(Stability::new(stability)?);
        }
        if let Some(openai) = &config.openai {
            all = all.with(OpenAiImages::new(openai)?);
        }
        Ok(all)
    }

    /// Adds one, replacing another of the same name.
    #[must_use]
    pub fn with(mut self, provider: impl Provider) -> Self {
        self.0.insert(provider.name(), Arc::new(provider));
        self
    }

    /// Their names.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.0.keys().copied().collect()
    }

    pub(crate) fn get(&self, name: &str) -> Option<Arc<dyn Provider>> {
        self.0.get(name).cloned()
    }
}
