//! The desktop shell: one window, two commands, one protocol for pictures. It decides nothing; the core
//! does.

mod folders;
mod ipc;
mod log;
mod media_protocol;
mod window;

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
#[expect(clippy::exit, reason = "within what `generate_context!` expands to")]
pub fn run() -> anyhow::Result<()> {
    let data_dir = folders::data_dir()?;
    let _log = log::start(&data_dir)?;
    let secrets = KeychainSecretStore::new(&data_dir, "amethyst");
    let config = Config {
        server: ServerSource::File(amethyst_engine::default_backend_file(&data_dir)),
        data_dir,
        secrets: Arc::new(secrets),
        clock: Arc::new(SystemClock),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let core =
        tauri::async_runtime::block_on(Core::start(config)).context("Amethyst cannot start")?;
    let application = tauri::Builder::default()
        .manage(core)
        .register_asynchronous_uri_scheme_protocol("media", media_protocol::serve)
        .invoke_handler(tauri::generate_handler![ipc::call, ipc::subscribe])
        .setup(|app| Ok(window::open(app.handle())?))
        .build(tauri::generate_context!())?;
    application.run(|app, event| {
        if matches!(event, RunEvent::Exit) {
            let core = app.state::<Core>().inner().clone();
            tauri::async_runtime::block_on(core.shutdown(Duration::from_secs(5)));
        }
    });
    Ok(())
}
