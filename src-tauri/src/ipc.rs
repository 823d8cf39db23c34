//! The two commands; everything else is a name in the command table.

use std::sync::{Mutex, PoisonError};

use amethyst_api::{ApiError, Notice, dispatch};
use amethyst_engine::Core;
use serde_json::Value;
use tauri::State;
use tauri::async_runtime::JoinHandle;
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

/// The one window's subscription.
#[derive(Default)]
pub(crate) struct Subscribed(Mutex<Option<JoinHandle<()>>>);

/// Sends the present state and then every notice into the channel, until the window goes away or its page
/// subscribes anew: a page that is loaded again would otherwise leave its forerunner's behind, because a
/// channel into a living window never fails.
#[tauri::command]
pub(crate) async fn subscribe(
    core: State<'_, Core>,
    subscribed: State<'_, Subscribed>,
    channel: Channel<Notice>,
) -> Result<(), ApiError> {
    let mut subscription = amethyst_api::subscribe(&core);
    let task = tauri::async_runtime::spawn(async move {
        while let Some(notice) = subscription.next().await {
            if channel.send(notice).is_err() {
                return;
            }
        }
    });
    let mut slot = subscribed.0.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(former) = slot.replace(task) {
        former.abort();
    }
    Ok(())
}
