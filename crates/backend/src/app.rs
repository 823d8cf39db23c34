//! What all parts of the server share.

use std::sync::Arc;

use amethyst_model::Clock;
use sqlx::{PgPool, Postgres, Transaction};
use tokio_util::sync::CancellationToken;

use crate::claims::Caller;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::faults::Faults;
use crate::keys::Keys;

/// The shared state. Cheap to clone.
#[derive(Clone)]
pub(crate) struct App(Arc<Inner>);

struct Inner {
    pool: PgPool,
    keys: Keys,
    config: Config,
    clock: SystemClock,
    stopping: CancellationToken,
    faults: Faults,
    url: String,
}

impl App {
    pub(crate) fn new(pool: PgPool, keys: Keys, config: Config, url: String) -> Self {
        Self(Arc::new(Inner {
            pool,
            keys,
            config,
            clock: SystemClock,
            stopping: CancellationToken::new(),
            faults: Faults::default(),
            url,
        }))
    }

    /// Connections as the database's superuser.
    #[must_use]
    pub(crate) fn pool(&self) -> &PgPool {
        &self.0.pool
    }

    /// The project's keys.
    #[must_use]
    pub(crate) fn keys(&self) -> &Keys {
        &self.0.keys
    }

    /// The settings of this run.
    #[must_use]
    pub(crate) fn config(&self) -> &Config {
        &self.0.config
    }

    /// Time.
    #[must_use]
    pub(crate) fn clock(&self) -> &dyn Clock {
        &self.0.clock
    }

    /// Cancelled when the server stops.
    #[must_use]
    pub(crate) fn stopping(&self) -> &CancellationToken {
        &self.0.stopping
    }

    /// The misbehavior that tests asked for.
    #[must_use]
    pub(crate) fn faults(&self) -> &Faults {
        &self.0.faults
    }

    /// Base URL.
    #[must_use]
    pub(crate) fn url(&self) -> &str {
        &self.0.url
    }

    /// Opens a transaction as `caller`.
    ///
    /// # Errors
    /// The database's.
    pub(crate) async fn begin_as(
        &self,
        caller: &Caller,
    ) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
        caller.begin(self.pool()).await
    }
}
