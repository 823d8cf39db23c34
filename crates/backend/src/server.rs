//! Starting everything in order and stopping it in reverse.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::Context;
use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use serde::Deserialize;
use sqlx::PgPool;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tower_http::cors::{AllowHeaders, AllowMethods, Any, CorsLayer};

use crate::app::App;
use crate::config::{Config, PortChoice, WorkerChoice};
use crate::faults::{Fault, Faults, misbehave};
use crate::inbox::Mail;
use crate::keys::Keys;
use crate::postgres::{self, Cluster};
use crate::rest::Rest;
use crate::{auth, connection, gateway, inbox, platform, realtime, rest, storage, worker_child};

/// A running backend. [`Backend::shutdown`] ends it in order; dropping it ends PostgreSQL too, but in
/// haste.
pub struct Backend {
    app: App,
    cluster: Option<Cluster>,
    tasks: Vec<JoinHandle<()>>,
    connection_file: Option<PathBuf>,
    database_url: String,
    _owned: fs_err::File,
}

/// Starts a backend; it answers when this returns.
///
/// # Errors
/// What cannot be started, in words for the operator.
pub async fn start(config: Config) -> anyhow::Result<Backend> {
    fs_err::create_dir_all(&config.data_dir)?;
    let owned = own(&config.data_dir)?;
    let (cluster, database_url) = open_database(&config).await?;
    let pool = postgres::connect(&database_url)
        .await
        .context("the database does not answer")?;
    if cluster.is_none() || config.durable {
        platform::lay(&pool)
            .await
            .context("the schema could not be laid")?;
    }
    inbox::lay(&pool).await?;
    let authenticator_url = open_authenticator(&pool, &database_url).await?;
    let keys = Keys::load(&config.data_dir, config.jwt_algorithm)?;
    let listener = listen(&config).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let app = App::new(pool, keys, config, url);
    let rest = Rest::build(app.clone(), authenticator_url)
        .await
        .context("REST cannot start")?;
    let mut tasks = vec![serve(listener, router(&app, rest), app.clone())];
    if let WorkerChoice::Child(program) = &app.config().worker {
        tasks.push(tokio::spawn(worker_child::keep(
            app.clone(),
            program.clone(),
        )));
    }
    let connection_file = app.config().connection_file.clone();
    if let Some(file) = &connection_file {
        connection::write(&app, file)?;
    }
    Ok(Backend {
        app,
        cluster,
        tasks,
        connection_file,
        database_url,
        _owned: owned,
    })
}

impl Backend {
    /// Base URL.
    #[must_use]
    pub fn url(&self) -> &str {
        self.app.url()
    }

    /// The public API key.
    #[must_use]
    pub fn anon_key(&self) -> &str {
        self.app.keys().anon_key()
    }

    /// The key for workers.
    #[must_use]
    pub fn service_role_key(&self) -> &str {
        self.app.keys().service_role_key()
    }

    /// The superuser's URL of the database.
    #[must_use]
    pub fn database_url(&self) -> &str {
        &self.database_url
    }

    /// Connections as the superuser.
    #[must_use]
    pub fn pool(&self) -> &PgPool {
        self.app.pool()
    }

    /// Misbehavior on demand.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        self.app.faults()
    }

    /// The inbox, newest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn inbox(&self) -> Result<Vec<Mail>, sqlx::Error> {
        inbox::all(self.pool()).await
    }

    /// Stops the worker, the server and PostgreSQL, in this order.
    pub async fn shutdown(mut self) {
        self.app.stopping().cancel();
        if let Some(file) = &self.connection_file {
            remove_own(file, self.app.url());
        }
        for task in self.tasks.drain(..) {
            if tokio::time::timeout(std::time::Duration::from_secs(10), task)
                .await
                .is_err()
            {
                tracing::warn!("a part of the server did not end in time");
            }
        }
        // What still holds a connection is cut off with PostgreSQL.
        let _held =
            tokio::time::timeout(std::time::Duration::from_secs(2), self.app.pool().close()).await;
        if let Some(cluster) = self.cluster.take() {
            let stopped = tokio::task::spawn_blocking(move || cluster.stop()).await;
            if let Err(error) = stopped {
                tracing::warn!(%error, "stopping PostgreSQL failed");
            }
        }
    }
}

/// Another backend may have started since and written its own.
fn remove_own(file: &Path, url: &str) {
    if fs_err::read_to_string(file).is_ok_and(|text| text.contains(url)) {
        let _gone = fs_err::remove_file(file);
    }
}

/// Takes a data folder for this process. A second backend would stop the first one's PostgreSQL as a
/// leftover.
fn own(data_dir: &Path) -> anyhow::Result<fs_err::File> {
    let file = fs_err::File::create(data_dir.join("lock"))?;
    match file.file().try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => anyhow::bail!(
            "another backend runs on {}; stop it, or choose another folder with --data-dir",
            data_dir.display()
        ),
        Err(std::fs::TryLockError::Error(error)) => Err(error.into()),
    }
}

async fn open_database(config: &Config) -> anyhow::Result<(Option<Cluster>, String)> {
    if let Some(url) = &config.database_url {
        return Ok((None, url.clone()));
    }
    let cache = postgres::cache_dir()?;
    let at = cache.clone();
    let bin = tokio::task::spawn_blocking(move || postgres::prepare(&at)).await??;
    let cluster = postgres::open(bin, &config.data_dir, &cache, config.durable).await?;
    let url = cluster.url().to_owned();
    Ok((Some(cluster), url))
}

/// Gives `authenticator`, the role that requests come in as, a password of this run.
async fn open_authenticator(pool: &PgPool, database_url: &str) -> anyhow::Result<String> {
    let password = crate::keys::random_text(24);
    // The text is ours and holds only URL-safe characters; ALTER ROLE takes no parameters.
    let statement = format!("alter role authenticator with login password '{password}'");
    sqlx::query(sqlx::AssertSqlSafe(statement))
        .execute(pool)
        .await?;
    let (_, address) = database_url
        .rsplit_once('@')
        .context("the database URL names no host")?;
    Ok(format!("postgres://authenticator:{password}@{address}"))
}

async fn listen(config: &Config) -> anyhow::Result<TcpListener> {
    let at = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let remembered = config.data_dir.join("port");
    let listener = match config.port {
        PortChoice::Any => TcpListener::bind(at(0)).await?,
        PortChoice::Exact(port) => TcpListener::bind(at(port))
            .await
            .with_context(|| format!("port {port} is taken; choose another with --port"))?,
        PortChoice::Remembered => {
            let last = fs_err::read_to_string(&remembered).ok();
            let last = last.and_then(|text| text.trim().parse().ok()).unwrap_or(0);
            match TcpListener::bind(at(last)).await {
                Ok(listener) => listener,
                Err(_) => TcpListener::bind(at(0)).await?,
            }
        }
    };
    fs_err::write(&remembered, listener.local_addr()?.port().to_string())?;
    Ok(listener)
}

fn router(app: &App, rest: Rest) -> Router {
    let cors = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods(AllowMethods::mirror_request())
        // A plain `*` does not cover `Authorization`.
        .allow_headers(AllowHeaders::mirror_request());
    let cors = cors
        .expose_headers(Any)
        .max_age(std::time::Duration::from_secs(3600));
    let parts = Router::new()
        .nest("/auth/v1", auth::router(app.clone()))
        .nest("/rest/v1", rest::router(rest))
        .nest("/storage/v1", storage::router(app.clone()))
        .nest("/realtime/v1", realtime::router(app.clone()))
        .layer(from_fn_with_state(app.clone(), gateway::admit))
        .layer(from_fn_with_state(app.clone(), misbehave))
        .layer(cors);
    // No foreign page may read the inbox: it holds codes.
    let mut own = Router::new()
        .route("/", get(hello))
        .merge(inbox::router(app.clone()));
    if app.config().test_controls {
        let controls = Router::new().route("/_/faults", post(inject).delete(clear));
        own = own.merge(controls.with_state(app.clone()));
    }
    parts.merge(own.layer(from_fn(gateway::loopback_by_name)))
}

async fn hello() -> &'static str {
    "Amethyst local backend\n"
}

/// A fault ordered by a test in another process.
#[derive(Deserialize)]
struct Order {
    method: String,
    path: String,
    fault: Fault,
    times: u32,
}

async fn inject(State(app): State<App>, Json(order): Json<Order>) -> StatusCode {
    app.faults()
        .inject(&order.method, &order.path, order.fault, order.times);
    StatusCode::NO_CONTENT
}

async fn clear(State(app): State<App>) -> StatusCode {
    app.faults().clear();
    StatusCode::NO_CONTENT
}

fn serve(listener: TcpListener, router: Router, app: App) -> JoinHandle<()> {
    tokio::spawn(async move {
        let stopping = app.stopping().clone();
        let graceful = axum::serve(listener, router)
            .with_graceful_shutdown(async move { stopping.cancelled().await });
        // Long-lived connections do not hold up the end.
        let late = async {
            app.stopping().cancelled().await;
            tokio::time::sleep(std::time::Duration::from_secs(2)).await;
        };
        tokio::select! {
            served = graceful => {
                if let Err(error) = served {
                    tracing::error!(%error, "the server ended");
                }
            }
            () = late => {}
        }
    })
}
