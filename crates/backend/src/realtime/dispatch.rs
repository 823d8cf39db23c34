//! Hands the changes of one reading to those who may have them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::change::Change;
use super::hub::Hub;
use super::judge::{Listener, Numbered, Verdict};
use super::{expiry, payload};
use crate::app::App;

/// Sends each change, in order of commit, to every subscription that wants and may see it.
///
/// # Errors
/// When the database does not answer; nothing was sent then, and the changes are gone for good.
pub(crate) async fn dispatch(app: &App, hub: &Hub, changes: &[Change]) -> Result<(), sqlx::Error> {
    let now = app.clock().now().timestamp();
    let listeners: Vec<Listener> = hub
        .listeners()
        .into_iter()
        .filter(|subscription| !subscription.outlet.is_cut())
        .map(|subscription| Listener {
            caller: subscription.caller.get(),
            subscription,
        })
        .filter(|listener| !expiry::has_expired(&listener.caller, now))
        .collect();
    let mut by_table: BTreeMap<u32, Vec<Numbered<'_>>> = BTreeMap::new();
    for numbered in changes.iter().enumerate() {
        by_table
            .entry(numbered.1.relation.id)
            .or_default()
            .push(numbered);
    }
    let mut verdicts = HashMap::new();
    for (table, changes) in by_table {
        let verdict = Verdict::reach(app, &listeners, &changes).await?;
        verdicts.extend(verdict.map(|verdict| (table, verdict)));
    }
    for (at, change) in changes.iter().enumerate() {
        if let Some(verdict) = verdicts.get(&change.relation.id) {
            deliver(verdict, &listeners, at, change);
        }
    }
    Ok(())
}

fn deliver(verdict: &Verdict, listeners: &[Listener], at: usize, change: &Change) {
    // What a change looks like depends on the role alone, so it is written once per role.
    let mut written: HashMap<&str, Arc<str>> = HashMap::new();
    for listener in listeners {
        let ids = verdict.ids(listener, at, change);
        let role = listener.caller.role.as_str();
        let Some(readable) = verdict.readable(role).filter(|_| !ids.is_empty()) else {
            continue;
        };
        let data = written
            .entry(role)
            .or_insert_with(|| payload::data(change, &verdict.table, readable).into());
        let to = &listener.subscription;
        let body = format!(r#"{{"ids":{},"data":{data}}}"#, serde_json::json!(ids));
        to.outlet.send(
            to.join_ref.as_deref(),
            None,
            &to.topic,
            "postgres_changes",
            &body,
        );
    }
}
