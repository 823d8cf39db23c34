//! The desktop shell: one window, two commands, one protocol for pictures. It decides nothing; the core
//! does.

mod client;
mod folders;
mod ipc;
mod log;
mod media_protocol;
mod network;
mod window;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use amethyst_engine::{Config, Drive, ServerSource, SystemClock};
use amethyst_secret::KeychainSecretStore;
use tauri::{Manager, RunEvent};

use crate::client::Client;

/// Runs the application until its window closes.
///
/// # Errors
/// When no data folder is known or the system offers no window.
pub fn run() -> anyhow::Result<()> {
    let data_dir = folders::data_dir()?;
    // Dropped last: what was logged on the way out is written then.
    let _log = log::start(&data_dir);
    let result = open(data_dir);
    if let Err(error) = &result {
        tracing::error!("{error:#}");
    }
    result
}

#[expect(clippy::exit, reason = "within what `generate_context!` expands to")]
fn open(data_dir: PathBuf) -> anyhow::Result<()> {
    let version = env!("CARGO_PKG_VERSION");
    tracing::info!(version, "Amethyst starts");
    let secrets = KeychainSecretStore::new(&data_dir, "amethyst");
    let config = Config {
        server: ServerSource::File(amethyst_engine::default_backend_file(&data_dir)),
        data_dir,
        secrets: Arc::new(secrets),
        clock: Arc::new(SystemClock),
        drive: Drive::ByItself,
        version: version.to_owned(),
    };
    let client = Client::new(config);
    // Before the window, so that its first question is answered at once. What keeps it from starting is
    // told in the window.
    let _told_later = tauri::async_runtime::block_on(client.core());
    let application = tauri::Builder::default()
        .manage(client)
        .manage(ipc::Subscribed::default())
        .register_asynchronous_uri_scheme_protocol("media", media_protocol::serve)
        .invoke_handler(tauri::generate_handler![ipc::call, ipc::subscribe])
        .setup(|app| {
            network::watch(app.handle());
            Ok(window::open(app.handle())?)
        })
        .build(tauri::generate_context!())?;
    // Not `run`, which ends the process by itself and would cut off the log.
    let code = application.run_return(|app, event| {
        if matches!(event, RunEvent::Exit) {
            let client = app.state::<Client>();
            tauri::async_runtime::block_on(client.shutdown(Duration::from_secs(5)));
        }
    });
    tracing::info!(code, "Amethyst ends");
    Ok(())
}
