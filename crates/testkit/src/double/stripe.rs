//! Stripe's API as far as the product uses it, in the shapes of its reference (version 2025-09-30.clover): checkout
//! and portal sessions, subscriptions, charges, disputes, errors, and signed events.

mod answer;
mod form;
mod objects;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Json, Response};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use tokio::task::JoinHandle;

use form::pairs;

/// One request as it came.
#[derive(Clone, Debug)]
pub struct StripeAsked {
    /// `GET`, `POST` or `DELETE`.
    pub method: String,
    /// Below the version, such as `checkout/sessions`.
    pub path: String,
    /// The header `Idempotency-Key`.
    pub idempotency_key: Option<String>,
    /// The header `Stripe-Version`.
    pub version: Option<String>,
    /// Fields of the query or the form, in their order.
    pub fields: Vec<(String, String)>,
}

impl StripeAsked {
    /// A field's value, or an empty string.
    #[must_use]
    pub fn field(&self, name: &str) -> &str {
        let found = self.fields.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }
}

#[derive(Default)]
struct Store {
    asked: Vec<StripeAsked>,
    failures: VecDeque<u16>,
    /// By id: subscriptions, charges, disputes, customers, prices.
    objects: BTreeMap<String, Value>,
    /// First answers by key, with what was asked.
    answers: BTreeMap<String, (StripeAsked, u16, Value)>,
    made: u64,
}

/// A running double.
pub struct StripeDouble {
    base: String,
    store: Arc<Mutex<Store>>,
    server: JoinHandle<()>,
}

impl Drop for StripeDouble {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl StripeDouble {
    /// The only key that it accepts.
    pub const KEY: &str = "sk_test_double";

    /// What events are signed with.
    pub const WEBHOOK_SECRET: &str = "whsec_double";

    /// Starts one that knows no object.
    ///
    /// # Panics
    /// If no port can be had.
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/v1", listener.local_addr().unwrap());
        let store = Arc::new(Mutex::new(Store::default()));
        let router = Router::new().fallback(take).with_state(store.clone());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            base,
            store,
            server,
        }
    }

    /// Address of the API, with its version.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Makes an object, or what stands under its `id` anew. `object` says what it is.
    ///
    /// # Panics
    /// For an object without an id.
    pub fn put(&self, object: Value) {
        let id = object["id"].as_str().unwrap().to_owned();
        guard(&self.store).objects.insert(id, object);
    }

    /// Changes fields of an object that is there.
    ///
    /// # Panics
    /// If it is not.
    pub fn change(&self, id: &str, fields: &Value) {
        let mut store = guard(&self.store);
        let object = store.objects.get_mut(id).unwrap().as_object_mut().unwrap();
        object.extend(fields.as_object().unwrap().clone());
    }

    /// An object as it stands, or null.
    #[must_use]
    pub fn object(&self, id: &str) -> Value {
        let store = guard(&self.store);
        store.objects.get(id).cloned().unwrap_or(Value::Null)
    }

    /// Lets the next requests fail with these statuses, one each.
    pub fn fail(&self, statuses: &[u16]) {
        guard(&self.store).failures.extend(statuses);
    }

    /// The header `Stripe-Signature` for a body that is signed `at` seconds since 1970.
    #[must_use]
    pub fn signature(body: &[u8], at: i64) -> String {
        let secret = Self::WEBHOOK_SECRET.as_bytes();
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
        mac.update(format!("{at}.").as_bytes());
        mac.update(body);
        let hex = hex::encode(mac.finalize().into_bytes());
        // Test endpoints carry a `v0` too, which says nothing.
        format!("t={at},v1={hex},v0={}", "0".repeat(64))
    }

    /// Everything it was asked, in order.
    #[must_use]
    pub fn asked(&self) -> Vec<StripeAsked> {
        guard(&self.store).asked.clone()
    }

    /// The requests to a path.
    #[must_use]
    pub fn asked_for(&self, path: &str) -> Vec<StripeAsked> {
        let asked = self.asked().into_iter();
        asked.filter(|asked| asked.path == path).collect()
    }
}

async fn take(
    State(store): State<Arc<Mutex<Store>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let text = |name: &str| Some(headers.get(name)?.to_str().ok()?.to_owned());
    let path = uri.path().trim_start_matches("/v1/").to_owned();
    let mut fields = pairs(uri.query().unwrap_or_default().as_bytes());
    fields.extend(pairs(&body));
    let asked = StripeAsked {
        method: method.to_string(),
        path,
        idempotency_key: text("idempotency-key"),
        version: text("stripe-version"),
        fields,
    };
    let mut store = guard(&store);
    store.asked.push(asked.clone());
    let key = text("authorization");
    let (status, answer) = answer::answer(&mut store, key.as_deref(), &asked);
    let status = StatusCode::from_u16(status).unwrap();
    (status, Json(answer)).into_response()
}

fn guard(store: &Mutex<Store>) -> MutexGuard<'_, Store> {
    store.lock().unwrap_or_else(PoisonError::into_inner)
}
