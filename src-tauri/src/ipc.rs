//! The two commands; everything else is a name in the command table.

use amethyst_api::{ApiError, Notice, dispatch};
use amethyst_engine::Core;
use serde_json::Value;
use tauri::State;
use tauri::ipc::Channel;

/// Runs one command of the table.
#[tauri::command]
pub(crate) async fn call(
    core: State<'_, Core>,
    name: String,
    args: Value,
) -> Result<Value, ApiError> {
    dispatch(&core, &name, args).await
}

/// Sends the present state and then every notice into the channel, until the window goes away.
#[tauri::command]
pub(crate) async fn subscribe(
    core: State<'_, Core>,
    channel: Channel<Notice>,
) -> Result<(), ApiError> {
    let mut subscription = amethyst_api::subscribe(&core);
    tauri::async_runtime::spawn(async move {
        while let Some(notice) = subscription.next().await {
            if channel.send(notice).is_err() {
                return;
            }
        }
    });
    Ok(())
}
