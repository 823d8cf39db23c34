//! The command table over HTTP and WebSocket on loopback, for browser tests and UI work. Never shipped.

mod calls;
mod media;
mod server;
mod token;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use amethyst_engine::{Config, Core, Drive, ServerSource, SystemClock};
use amethyst_secret::KeychainSecretStore;
use clap::Parser;

/// What the bridge is told.
#[derive(Parser)]
#[command(about, version)]
struct Options {
    /// Folder of the installation: device settings, session, libraries.
    #[arg(long, env = "AMETHYST_DATA_DIR")]
    data_dir: PathBuf,
    /// Connection file of the local backend.
    #[arg(long, env = "AMETHYST_BACKEND_FILE")]
    backend_file: PathBuf,
    /// Folder with the built UI.
    #[arg(long, default_value = "ui/dist")]
    ui: PathBuf,
    /// Port on loopback; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    let options = Options::parse();
    let secrets = KeychainSecretStore::new(&options.data_dir, "amethyst-bridge");
    let core = Core::start(Config {
        data_dir: options.data_dir,
        server: ServerSource::File(options.backend_file),
        secrets: Arc::new(secrets),
        clock: Arc::new(SystemClock),
        drive: Drive::ByItself,
        version: env!("CARGO_PKG_VERSION").to_owned(),
    })
    .await?;
    let served = server::serve(core.clone(), options.ui, options.port).await;
    core.shutdown(Duration::from_secs(5)).await;
    served
}
