//! The desktop shell: one window, two commands, one protocol for pictures. It decides nothing; the core
//! does.

mod folders;
mod ipc;
mod log;
mod media_protocol;
mod window;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use amethyst_engine::{Config, Core, ServerSource, SystemClock};
use amethyst_secret::KeychainSecretStore;
use anyhow::Context;
use tauri::{Manager, RunEvent};

/// Runs the application until its window closes.
///
/// # Errors
/// When the data folder cannot be used or the system offers no window.
pub fn run() -> anyhow::Result<()> {
    let data_dir = folders::data_dir()?;
    // Dropped last: what was logged on the way out is written then.
    let _log = log::start(&data_dir)?;
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
        version: version.to_owned(),
    };
    let core =
        tauri::async_runtime::block_on(Core::start(config)).context("Amethyst cannot start")?;
    let application = tauri::Builder::default()
        .manage(core)
        .manage(ipc::Subscribed::default())
        .register_asynchronous_uri_scheme_protocol("media", media_protocol::serve)
        .invoke_handler(tauri::generate_handler![ipc::call, ipc::subscribe])
        .setup(|app| Ok(window::open(app.handle())?))
        .build(tauri::generate_context!())?;
    // Not `run`, which ends the process by itself and would cut off the log.
    let code = application.run_return(|app, event| {
        if matches!(event, RunEvent::Exit) {
            let core = app.state::<Core>().inner().clone();
            tauri::async_runtime::block_on(core.shutdown(Duration::from_secs(5)));
        }
    });
    tracing::info!(code, "Amethyst ends");
    Ok(())
}
