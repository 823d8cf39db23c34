//! The two commands; everything else is a name in the command table.

use std::sync::{Mutex, PoisonError};

use amethyst_api::{ApiError, Notice, dispatch};
use serde_json::Value;
use tauri::State;
use tauri::async_runtime::JoinHandle;
use tauri::ipc::Channel;

use crate::client::Client;

/// Runs one command of the table.
#[tauri::command]
pub(crate) async fn call(
    client: State<'_, Client>,
    name: String,
    args: Value,
) -> Result<Value, ApiError> {
    dispatch(&client.core().await?, &name, args).await
}

/// The one window's subscription.
#[derive(Default)]
pub(crate) struct Subscribed(Mutex<Option<JoinHandle<()>>>);

/// Sends the present state and then every notice into the channel, until the window goes away or its page
/// subscribes anew: a page that is loaded again would otherwise leave its forerunner's behind, because a
/// channel into a living window never fails. Refused as long as the core cannot start.
#[tauri::command]
pub(crate) async fn subscribe(
    client: State<'_, Client>,
    subscribed: State<'_, Subscribed>,
    channel: Channel<Notice>,
) -> Result<(), ApiError> {
    let mut subscription = amethyst_api::subscribe(&client.core().await?);
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
