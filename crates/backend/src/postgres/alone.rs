//! PostgreSQL with the schema laid and nothing else of the backend, for tests and measurements of the
//! schema itself.

use std::path::{Path, PathBuf};

use sqlx::{Connection, PgConnection};

use super::Cluster;
use super::cluster::{Place, passable};

/// Such a server. Its database `postgres` holds the schema and serves as template: it may have no
/// connection while a copy is made.
pub struct SchemaServer(Cluster);

impl SchemaServer {
    /// Starts one whose data lies in `data_dir`, which is empty. Not durable: a crash of the machine may
    /// damage it.
    ///
    /// # Errors
    /// When PostgreSQL cannot be fetched or started.
    pub async fn start(data_dir: &Path) -> anyhow::Result<Self> {
        let cache = super::cache_dir()?;
        let at = cache.clone();
        let bin = tokio::task::spawn_blocking(move || super::prepare(&at)).await??;
        Ok(Self(super::open(bin, data_dir, &cache, false).await?))
    }

    /// Starts another PostgreSQL, whose programs lie in `bin`, with nothing laid.
    ///
    /// # Errors
    /// When it cannot be started.
    pub async fn start_bare(bin: PathBuf, data_dir: &Path) -> anyhow::Result<Self> {
        passable(data_dir)?;
        let place = Place::new(bin, data_dir.to_owned())?;
        place.make()?;
        Ok(Self(place.start(false).await?))
    }

    /// Copies the schema into a database of this name and answers the superuser's URL of it.
    ///
    /// # Errors
    /// The server's refusal.
    pub async fn copy(&self, name: &str) -> anyhow::Result<String> {
        self.create(&format!("create database {name} template postgres"))
            .await?;
        Ok(self.url(name))
    }

    /// Makes a database without anything in it and answers the superuser's URL of it.
    ///
    /// # Errors
    /// The server's refusal.
    pub async fn empty(&self, name: &str) -> anyhow::Result<String> {
        self.create(&format!("create database {name} template template0"))
            .await?;
        Ok(self.url(name))
    }

    /// Stops it and waits for it.
    ///
    /// # Errors
    /// If the waiting itself fails.
    pub async fn stop(self) -> anyhow::Result<()> {
        Ok(tokio::task::spawn_blocking(move || drop(self.0)).await?)
    }

    /// The superuser's URL of a database on it.
    #[must_use]
    pub fn url(&self, name: &str) -> String {
        let url = self.0.url();
        let base = url.rsplit_once('/').map_or(url, |(base, _)| base);
        format!("{base}/{name}")
    }

    async fn create(&self, statement: &str) -> anyhow::Result<()> {
        // From a database that is nobody's template here.
        let mut connection = PgConnection::connect(&self.url("template1")).await?;
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement.to_owned()))
            .execute(&mut connection)
            .await?;
        connection.close().await?;
        Ok(())
    }
}
