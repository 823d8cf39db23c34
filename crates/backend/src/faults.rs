//! Misbehavior on demand, for tests: the network and servers as they are on bad days.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::app::App;

/// Larger bodies are not duplicated or truncated.
const LARGEST: usize = 64 * 1024 * 1024;

/// One way to misbehave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The request is not carried out and the connection breaks.
    DropRequest,
    /// The request is carried out and the connection breaks before the answer.
    DropAnswer,
    /// The answer comes this much later.
    Delay {
        /// Milliseconds.
        ms: u64,
    },
    /// The request is not carried out; this is the answer.
    Answer {
        /// HTTP status.
        status: u16,
        /// Its content type.
        content_type: String,
        /// Its body.
        body: String,
    },
    /// The request is carried out; half of the answer's body arrives.
    Truncate,
    /// The request is carried out twice; the second answer arrives.
    Duplicate,
    /// The connection breaks; the request is carried out later, at [`Faults::deliver_late`].
    Late,
    /// The request is carried out; the answer waits for [`Faults::release`].
    Hold,
}

struct Rule {
    method: String,
    path: String,
    fault: Fault,
    left: u32,
}

/// A request that the network keeps for itself; carried out when polled.
type Kept = Pin<Box<dyn Future<Output = Response> + Send>>;

/// The misbehavior in force. Cheap to clone; the clones are one.
#[derive(Clone, Default)]
pub struct Faults(Arc<Bad>);

#[derive(Default)]
struct Bad {
    rules: Mutex<Vec<Rule>>,
    late: Mutex<Vec<Kept>>,
    /// Answers that wait, and how often they were let go.
    held: watch::Sender<usize>,
    releases: watch::Sender<u64>,
}

impl Faults {
    /// The next `times` requests of `method` (or `*`) whose path starts with `path` meet `fault`.
    pub fn inject(&self, method: &str, path: &str, fault: Fault, times: u32) {
        let rule = Rule {
            method: method.to_owned(),
            path: path.to_owned(),
            fault,
            left: times,
        };
        self.rules().push(rule);
    }

    /// Everything behaves again.
    pub fn clear(&self) {
        self.rules().clear();
    }

    /// Carries out what came late, in the order it was sent; answers how many requests that were.
    pub async fn deliver_late(&self) -> usize {
        let late = std::mem::take(&mut *lock(&self.0.late));
        let number = late.len();
        for request in late {
            request.await;
        }
        number
    }

    /// Completes when an answer is held.
    pub async fn holds(&self) {
        let mut held = self.0.held.subscribe();
        // The sender lives as long as `self`.
        let _closed = held.wait_for(|held| *held > 0).await;
    }

    /// Lets all held answers go.
    pub fn release(&self) {
        self.0.releases.send_modify(|releases| *releases += 1);
    }

    async fn hold(&self) {
        let mut releases = self.0.releases.subscribe();
        self.0.held.send_modify(|held| *held += 1);
        let _held = Held(self);
        let _closed = releases.changed().await;
    }

    fn take(&self, method: &str, path: &str) -> Option<Fault> {
        let mut rules = self.rules();
        let rule = rules.iter_mut().find(|rule| {
            rule.left > 0
                && (rule.method == "*" || rule.method == method)
                && path.starts_with(&rule.path)
        })?;
        rule.left -= 1;
        Some(rule.fault.clone())
    }

    fn rules(&self) -> MutexGuard<'_, Vec<Rule>> {
        lock(&self.0.rules)
    }
}

/// Counts an answer as held until it is let go, or its client is.
struct Held<'a>(&'a Faults);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.0.held.send_modify(|held| *held -= 1);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Lets a request meet its fault, if one waits for it.
pub(crate) async fn misbehave(State(app): State<App>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let Some(fault) = app.faults().take(request.method().as_str(), path) else {
        return next.run(request).await;
    };
    match fault {
        Fault::DropRequest => broken(),
        Fault::DropAnswer => {
            next.run(request).await;
            broken()
        }
        Fault::Delay { ms } => {
            tokio::time::sleep(Duration::from_millis(ms)).await;
            next.run(request).await
        }
        Fault::Answer {
            status,
            content_type,
            body,
        } => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let kind = HeaderValue::from_str(&content_type)
                .unwrap_or(HeaderValue::from_static("text/plain"));
            (status, [(header::CONTENT_TYPE, kind)], body).into_response()
        }
        Fault::Truncate => truncated(next.run(request).await).await,
        Fault::Duplicate => duplicated(request, next).await,
        Fault::Late => late(app.faults(), request, next).await,
        Fault::Hold => {
            let answer = next.run(request).await;
            app.faults().hold().await;
            answer
        }
    }
}

/// An answer whose body fails at once: the client sees a broken connection.
fn broken() -> Response {
    half(axum::body::Bytes::new(), 1)
}

async fn truncated(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, LARGEST).await else {
        return broken();
    };
    let announced = bytes.len().max(1);
    let mut answer = half(bytes.slice(..bytes.len() / 2), announced);
    parts.headers.remove(header::TRANSFER_ENCODING);
    parts
        .headers
        .insert(header::CONTENT_LENGTH, HeaderValue::from(announced));
    *answer.headers_mut() = parts.headers;
    *answer.status_mut() = parts.status;
    answer
}

/// A body that announces more than it holds and then breaks.
fn half(bytes: axum::body::Bytes, announced: usize) -> Response {
    let pieces = [Ok(bytes), Err(std::io::Error::other("fault injected"))];
    // A moment between the two, or the first would never leave before the connection breaks.
    let pieces = futures_util::stream::iter(pieces).then(async |piece| {
        if piece.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        piece
    });
    let body = Body::from_stream(pieces);
    (
        [(header::CONTENT_LENGTH, HeaderValue::from(announced))],
        body,
    )
        .into_response()
}

/// Keeps the request for later. Its body is read now, while the client is still there.
async fn late(faults: &Faults, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    if let Ok(bytes) = to_bytes(body, LARGEST).await {
        let request = Request::from_parts(parts, Body::from(bytes));
        lock(&faults.0.late).push(Box::pin(next.run(request)));
    }
    broken()
}

async fn duplicated(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, LARGEST).await else {
        return broken();
    };
    let again = Request::from_parts(parts.clone(), Body::from(bytes.clone()));
    next.clone()
        .run(Request::from_parts(parts, Body::from(bytes)))
        .await;
    next.run(again).await
}
