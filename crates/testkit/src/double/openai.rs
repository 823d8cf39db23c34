//! OpenAI's `/responses`, `/moderations` and `/embeddings`, by the published description of the API.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

mod check;
mod give;

/// An answer that is given instead of the usual one.
#[derive(Clone, Debug)]
pub enum Reply {
    /// `{error: {message, type, param, code}}` with that status, and `Retry-After` in seconds if there is one.
    Error {
        /// HTTP status.
        status: u16,
        /// `error.code`.
        code: &'static str,
        /// Seconds.
        retry_after: Option<u64>,
    },
    /// A body of any kind with status 200.
    Body(String),
    /// The connection closes after a part of the body that was announced.
    BrokenOff,
    /// A model that declines: `refusal` where the text should be.
    Refusal,
    /// A model that ends in the middle of its JSON.
    Truncated,
    /// The usual answer, only after this many milliseconds.
    Slow(u64),
}

/// A server on a port of its own that ends with this value.
pub struct OpenAiDouble {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    /// Requests in their order: path and body.
    asked: Mutex<Vec<(String, Value)>>,
    replies: Mutex<HashMap<String, VecDeque<Reply>>>,
    /// Scores by words that a text contains; `picture` is every picture.
    scores: Mutex<Vec<(String, String, f64)>>,
}

/// The key that is accepted.
const KEY: &str = "sk-double";

impl OpenAiDouble {
    /// Starts one.
    pub async fn start() -> Self {
        let shared = Arc::new(Shared::default());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&shared));
        let task = tokio::spawn(async move {
            axum::serve(listener, router).await.unwrap();
        });
        Self {
            address,
            shared,
            task,
        }
    }

    /// Address of the API, with its version.
    #[must_use]
    pub fn base(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// The key that is accepted; any other is answered 401.
    #[must_use]
    pub fn key(&self) -> &'static str {
        KEY
    }

    /// Answers the next requests to a path such as `responses` in these ways, each once.
    pub fn reply(&self, path: &str, replies: impl IntoIterator<Item = Reply>) {
        let mut all = self.shared.replies.lock().unwrap();
        all.entry(path.to_owned()).or_default().extend(replies);
    }

    /// Scores texts that contain `word` in a category; the word `picture` means every picture.
    pub fn score(&self, word: &str, category: &str, score: f64) {
        let mut scores = self.shared.scores.lock().unwrap();
        scores.push((word.to_owned(), category.to_owned(), score));
    }

    /// The bodies that were sent to a path, in their order.
    #[must_use]
    pub fn asked(&self, path: &str) -> Vec<Value> {
        let asked = self.shared.asked.lock().unwrap();
        let of_path = asked.iter().filter(|(known, _)| known == path);
        of_path.map(|(_, body)| body.clone()).collect()
    }
}

impl Drop for OpenAiDouble {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let path = uri.path().trim_start_matches("/v1/").to_owned();
    let body: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    shared
        .asked
        .lock()
        .unwrap()
        .push((path.clone(), body.clone()));
    if headers
        .get("authorization")
        .is_none_or(|value| value != &format!("Bearer {KEY}"))
    {
        return error(401, "invalid_api_key", "Incorrect API key provided.", None);
    }
    let reply = shared
        .replies
        .lock()
        .unwrap()
        .get_mut(&path)
        .and_then(VecDeque::pop_front);
    match reply {
        Some(Reply::Error {
            status,
            code,
            retry_after,
        }) => {
            return error(status, code, "as the test wishes", retry_after);
        }
        Some(Reply::Body(body)) => return body.into_response(),
        Some(Reply::BrokenOff) => return broken_off(),
        Some(Reply::Refusal) => {
            let part = json!({ "type": "refusal", "refusal": "I cannot help with that." });
            return Json(give::message(&body, &part)).into_response();
        }
        Some(Reply::Truncated) => {
            let part =
                json!({ "type": "output_text", "text": "{\"description\": {\"fr\": \"Un re" });
            let mut message = give::message(&body, &part);
            message["status"] = json!("incomplete");
            message["incomplete_details"] = json!({ "reason": "max_output_tokens" });
            return Json(message).into_response();
        }
        Some(Reply::Slow(ms)) => tokio::time::sleep(std::time::Duration::from_millis(ms)).await,
        None => {}
    }
    let usual = match path.as_str() {
        "responses" => check::responses(&body).map(|()| give::responses(&body)),
        "moderations" => {
            let scores = shared.scores.lock().unwrap().clone();
            check::moderations(&body).map(|()| give::moderations(&body, &scores))
        }
        "embeddings" => check::embeddings(&body).map(|()| give::embeddings(&body)),
        _ => return error(404, "unknown_url", "Unknown request URL.", None),
    };
    match usual {
        Ok(body) => Json(body).into_response(),
        Err(wrong) => error(400, "invalid_value", &wrong, None),
    }
}

fn error(status: u16, code: &str, message: &str, retry_after: Option<u64>) -> Response {
    let kind = match status {
        401 => "authentication_error",
        429 => "rate_limit_error",
        500.. => "server_error",
        _ => "invalid_request_error",
    };
    let body =
        json!({ "error": { "message": message, "type": kind, "param": null, "code": code } });
    let mut response = (StatusCode::from_u16(status).unwrap(), Json(body)).into_response();
    if let Some(seconds) = retry_after {
        let seconds = seconds.to_string().parse().unwrap();
        response.headers_mut().insert("retry-after", seconds);
    }
    response
}

fn broken_off() -> Response {
    let parts = [
        Ok(Bytes::from_static(b"{\"id\": ")),
        Err(std::io::Error::other("as the test wishes")),
    ];
    let body = axum::body::Body::from_stream(futures_util::stream::iter(parts));
    body.into_response()
}
