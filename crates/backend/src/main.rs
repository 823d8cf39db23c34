//! The local Supabase as a program.

use std::io::{Read, Write};
use std::path::PathBuf;

use amethyst_backend::{Config, JwtAlgorithm, PortChoice, WorkerChoice};
use anyhow::Context;
use clap::Parser;

/// A local Supabase for Amethyst on a real PostgreSQL.
#[derive(Parser)]
#[command(about, version)]
struct Options {
    /// Folder for everything of this backend.
    #[arg(long)]
    data_dir: Option<PathBuf>,
    /// Superuser URL of a PostgreSQL with pgvector, instead of the embedded one.
    #[arg(long, env = "AMETHYST_DATABASE_URL")]
    database_url: Option<String>,
    /// Port on loopback [default: the last one, else a free one].
    #[arg(long)]
    port: Option<u16>,
    /// New accounts wait for the code in their mail.
    #[arg(long)]
    no_autoconfirm: bool,
    /// Sign access tokens with the shared secret instead of ES256.
    #[arg(long)]
    hs256: bool,
    /// Start no worker.
    #[arg(long)]
    no_worker: bool,
    /// The worker's executable [default: beside this one].
    #[arg(long)]
    worker: Option<PathBuf>,
    /// File to write URL and keys to.
    #[arg(long)]
    connection_file: Option<PathBuf>,
    /// A throw-away backend in a temporary folder, on a free port.
    #[arg(long, conflicts_with = "data_dir")]
    ephemeral: bool,
    /// Serve `/_/faults`, for tests.
    #[arg(long)]
    test_controls: bool,
    /// Fetch and unpack PostgreSQL, then stop.
    #[arg(long)]
    prepare: bool,
    /// Stop when standard input closes, so that whoever started us never leaves us behind.
    #[arg(long)]
    stop_with_stdin: bool,
}

/// What is logged unless `RUST_LOG` says otherwise. The REST crate calls every refusal of the database an
/// error, and a notice of PostgreSQL is mostly that something exists already.
const QUIET: &str = "info,postrust_server=error,postrust_engine=off,postrust_core=warn,\
                     sqlx::postgres::notice=warn,sqlx_core::pool=warn";

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let filter =
        tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| QUIET.into());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let options = Options::parse();
    if options.prepare {
        let cache = amethyst_backend::cache_dir()?;
        let bin = tokio::task::spawn_blocking(move || amethyst_backend::prepare(&cache)).await??;
        return Ok(writeln!(
            std::io::stdout(),
            "PostgreSQL: {}",
            bin.display()
        )?);
    }
    let temporary = match options.ephemeral {
        true => Some(tempfile::tempdir()?),
        false => None,
    };
    let backend = amethyst_backend::start(config(&options, temporary.as_ref())?).await?;
    announce(&backend)?;
    told_to_end(options.stop_with_stdin).await;
    backend.shutdown().await;
    Ok(())
}

fn config(options: &Options, temporary: Option<&tempfile::TempDir>) -> anyhow::Result<Config> {
    let data_dir = match (temporary, &options.data_dir) {
        (Some(folder), _) => folder.path().to_owned(),
        (None, Some(folder)) => folder.clone(),
        (None, None) => amethyst_backend::default_data_dir()?,
    };
    let connection_file = match (&options.connection_file, temporary) {
        (Some(file), _) => Some(file.clone()),
        // A throw-away backend does not take the place of the user's own.
        (None, Some(_)) => None,
        (None, None) => Some(amethyst_backend::default_connection_file()?),
    };
    Ok(Config {
        database_url: options.database_url.clone(),
        port: match (options.port, temporary) {
            (Some(port), _) => PortChoice::Exact(port),
            (None, Some(_)) => PortChoice::Any,
            (None, None) => PortChoice::Remembered,
        },
        autoconfirm: !options.no_autoconfirm,
        jwt_algorithm: if options.hs256 {
            JwtAlgorithm::Hs256
        } else {
            JwtAlgorithm::Es256
        },
        worker: worker(options)?,
        durable: temporary.is_none(),
        connection_file,
        test_controls: options.test_controls,
        ..Config::new(data_dir)
    })
}

fn worker(options: &Options) -> anyhow::Result<WorkerChoice> {
    if options.no_worker {
        return Ok(WorkerChoice::None);
    }
    let program = match &options.worker {
        Some(program) => program.clone(),
        None => {
            let name = format!("amethyst-worker{}", std::env::consts::EXE_SUFFIX);
            std::env::current_exe()?.with_file_name(name)
        }
    };
    anyhow::ensure!(
        program.is_file(),
        "there is no worker at {}: build it, name it with --worker, or pass --no-worker",
        program.display()
    );
    Ok(WorkerChoice::Child(std::path::absolute(program)?))
}

fn announce(backend: &amethyst_backend::Backend) -> anyhow::Result<()> {
    let mut out = std::io::stdout();
    writeln!(out, "API URL:          {}", backend.url())?;
    writeln!(out, "anon key:         {}", backend.anon_key())?;
    writeln!(out, "service_role key: {}", backend.service_role_key())?;
    writeln!(out, "Inbox:            {}/_/inbox", backend.url())?;
    writeln!(out, "Database:         {}", backend.database_url())?;
    out.flush().context("standard output is closed")
}

async fn told_to_end(with_stdin: bool) {
    let closed = async {
        if !with_stdin {
            std::future::pending::<()>().await;
        }
        stdin_closed().await;
    };
    tokio::select! {
        () = closed => {}
        _ = tokio::signal::ctrl_c() => {}
        () = terminated() => {}
    }
}

/// Reads standard input on a thread of its own: a read of tokio's would hold up the end of the program
/// when something else ends it.
async fn stdin_closed() {
    let (tell, told) = tokio::sync::oneshot::channel::<()>();
    std::thread::spawn(move || {
        let mut buffer = [0_u8; 64];
        while std::io::stdin()
            .read(&mut buffer)
            .is_ok_and(|read| read > 0)
        {}
        drop(tell);
    });
    // The sender only ever goes away.
    let _closed = told.await;
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut stream) => {
            stream.recv().await;
        }
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending().await
}
