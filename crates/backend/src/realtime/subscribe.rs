//! Brings a channel's subscription to life: checks what it asks for, then puts it into the hub.

use std::sync::Arc;
use std::time::Duration;

use super::filter::Condition;
use super::hub::{Hub, Subscription};
use super::join::Binding;
use super::table::{self, Table};
use super::visibility;
use crate::app::App;

/// How long to wait before asking a database that did not answer again.
const RETRY: Duration = Duration::from_secs(5);

/// Keeps the subscription alive until the returned future is dropped. A request that can never be
/// served is told to the client once and not tried again.
pub(crate) async fn keep(app: App, hub: Arc<Hub>, subscription: Subscription) {
    loop {
        match check(&app, &subscription).await {
            Ok(Ok(())) => break,
            Ok(Err(refusal)) => {
                subscription.tell("error", &refusal);
                return;
            }
            Err(error) => {
                tracing::warn!(%error, "a realtime subscription could not be checked");
                subscription.tell(
                    "error",
                    "Unable to subscribe to changes: the database does not answer",
                );
                tokio::time::sleep(RETRY).await;
            }
        }
    }
    let _listening = hub.insert(subscription);
    std::future::pending::<()>().await;
}

async fn check(app: &App, subscription: &Subscription) -> Result<Result<(), String>, sqlx::Error> {
    let role = subscription.caller.get().role.clone();
    for binding in subscription.bindings.iter() {
        let (schema, table) = (binding.schema.as_deref(), binding.table.as_deref());
        let ids = table::published(app.pool(), schema, table).await?;
        if ids.is_empty() {
            return Ok(Err(refusal(binding, "no such table is published")));
        }
        if binding.conditions.is_empty() {
            continue;
        }
        if table.is_none() {
            return Ok(Err(refusal(binding, "a filter needs a table")));
        }
        for id in &ids {
            let Some(table) = Table::load(app.pool(), *id).await? else {
                return Ok(Err(refusal(binding, "no such table is published")));
            };
            let readable = table::readable(app.pool(), &role, *id).await?;
            for condition in &binding.conditions {
                // The same words for a column that is absent and one that may not be read.
                let column = table.column(&condition.column);
                let Some(column) = column.filter(|column| readable.contains(&column.name)) else {
                    let why = format!("invalid column for filter {}", condition.column);
                    return Ok(Err(refusal(binding, &why)));
                };
                if let Some(why) = misfit(app, column, condition).await? {
                    return Ok(Err(refusal(binding, &why)));
                }
            }
        }
    }
    Ok(Ok(()))
}

/// Why a condition cannot be asked of its column, if it cannot.
async fn misfit(
    app: &App,
    column: &table::Column,
    condition: &Condition,
) -> Result<Option<String>, sqlx::Error> {
    match visibility::matching(app.pool(), column, condition, &[None]).await {
        Ok(_) => Ok(None),
        Err(sqlx::Error::Database(error)) => Ok(Some(error.message().to_owned())),
        Err(error) => Err(error),
    }
}

fn refusal(binding: &Binding, why: &str) -> String {
    format!(
        "Unable to subscribe to changes with given parameters. Please check Realtime is enabled for \
         the given connect parameters: [schema: {}, table: {}]: {why}",
        binding.schema.as_deref().unwrap_or("*"),
        binding.table.as_deref().unwrap_or("*"),
    )
}
