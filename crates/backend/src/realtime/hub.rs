//! Who listens to which changes.
//!
//! Channels put their subscriptions in and take them out; the feed reads who is there, and tells all
//! of them when it goes live or breaks. Both sides meet only here, under one short lock.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::json;
use tokio::sync::Notify;

use super::join::Binding;
use super::outlet::Outlet;
use crate::claims::Caller;

/// A channel's interest in changes.
#[derive(Debug, Clone)]
pub(crate) struct Subscription {
    /// Where its frames go.
    pub(crate) outlet: Outlet,
    /// The channel's topic, with its prefix.
    pub(crate) topic: String,
    /// The join that its frames belong to.
    pub(crate) join_ref: Option<String>,
    /// The kinds of changes asked for.
    pub(crate) bindings: Arc<[Binding]>,
    /// Under whose claims policies decide.
    pub(crate) caller: SharedCaller,
}

/// The claims of a channel, shared with its subscription: a fresh token replaces them for both.
#[derive(Debug, Clone)]
pub(crate) struct SharedCaller(Arc<Mutex<Arc<Caller>>>);

impl SharedCaller {
    /// Shares these claims.
    pub(crate) fn new(caller: Caller) -> Self {
        Self(Arc::new(Mutex::new(Arc::new(caller))))
    }

    /// The claims as of now.
    pub(crate) fn get(&self) -> Arc<Caller> {
        Arc::clone(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Replaces the claims.
    pub(crate) fn set(&self, caller: Caller) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(caller);
    }
}

impl Subscription {
    /// Sends a `system` event about changes.
    pub(crate) fn tell(&self, status: &str, message: &str) {
        let payload = system_payload("postgres_changes", status, message, &self.topic);
        self.outlet.send(
            self.join_ref.as_deref(),
            None,
            &self.topic,
            "system",
            &payload,
        );
    }
}

/// The payload of a `system` event. Its channel is the topic without the prefix.
pub(crate) fn system_payload(extension: &str, status: &str, message: &str, topic: &str) -> String {
    let channel = topic.strip_prefix("realtime:").unwrap_or(topic);
    json!({ "extension": extension, "status": status, "message": message, "channel": channel })
        .to_string()
}

/// All subscriptions of this server.
#[derive(Debug, Default)]
pub(crate) struct Hub {
    state: Mutex<State>,
    next_id: AtomicU64,
    arrived: Notify,
}

#[derive(Debug, Default)]
struct State {
    live: bool,
    subscriptions: HashMap<u64, Subscription>,
}

const LIVE: &str = "Subscribed to PostgreSQL";

impl Hub {
    /// Takes a subscription in, until the answer is dropped. It is told `ok` at once if the feed is
    /// live, else when it will be.
    pub(crate) fn insert(self: &Arc<Self>, subscription: Subscription) -> Listening {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let mut state = self.lock();
        if state.live {
            subscription.tell("ok", LIVE);
        }
        state.subscriptions.insert(id, subscription);
        drop(state);
        self.arrived.notify_one();
        Listening {
            hub: Arc::clone(self),
            id,
        }
    }

    /// Those who listen now, in no order.
    pub(crate) fn listeners(&self) -> Vec<Subscription> {
        self.lock().subscriptions.values().cloned().collect()
    }

    /// Completes when somebody listens.
    pub(crate) async fn somebody(&self) {
        while self.lock().subscriptions.is_empty() {
            self.arrived.notified().await;
        }
    }

    /// The feed reads the stream from now on: everybody is told so.
    pub(crate) fn go_live(&self) {
        let mut state = self.lock();
        state.live = true;
        state
            .subscriptions
            .values()
            .for_each(|subscription| subscription.tell("ok", LIVE));
    }

    /// The feed broke: everybody is told so, and that it will come back.
    pub(crate) fn break_off(&self, message: &str) {
        let mut state = self.lock();
        state.live = false;
        state
            .subscriptions
            .values()
            .for_each(|subscription| subscription.tell("error", message));
    }

    /// Ends being live if nobody listens any more. Whoever comes after this waits for the next
    /// [`Hub::go_live`].
    pub(crate) fn rest_if_deserted(&self) -> bool {
        let mut state = self.lock();
        let deserted = state.subscriptions.is_empty();
        if deserted {
            state.live = false;
        }
        deserted
    }

    /// A panic while holding the lock cannot leave the map half-changed, so poison does not matter.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps a subscription in the hub.
#[derive(Debug)]
#[must_use]
pub(crate) struct Listening {
    hub: Arc<Hub>,
    id: u64,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.hub.lock().subscriptions.remove(&self.id);
    }
}
