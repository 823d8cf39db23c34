//! OpenAI's image endpoints.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::extract::{Multipart, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value, json};

use super::picture::picture;
use super::serve::{Served, Wrong, has_bearer};

/// The key that is accepted.
pub const KEY: &str = "sk-openai-test";

#[derive(Default)]
struct Inner {
    answers: VecDeque<Wrong>,
    /// Pictures left out of the next answer.
    short: u64,
    calls: Vec<Value>,
}

/// The double. Cheap to clone.
#[derive(Clone)]
pub struct OpenAiImages {
    inner: Arc<Mutex<Inner>>,
    served: Arc<Served>,
}

#[derive(Clone)]
struct Site(Arc<Mutex<Inner>>);

impl OpenAiImages {
    /// Started.
    pub async fn start() -> Self {
        let inner = Arc::new(Mutex::new(Inner::default()));
        let router = Router::new()
            .route("/v1/images/generations", post(generations))
            .route("/v1/images/edits", post(edits))
            .with_state(Site(Arc::clone(&inner)));
        Self {
            inner,
            served: Arc::new(Served::new(router).await),
        }
    }

    /// Address of the API.
    #[must_use]
    pub fn base(&self) -> String {
        format!("{}/v1", self.served.url())
    }

    /// The next calls answer this; those behind succeed.
    pub fn answer(&self, wrong: Wrong) {
        self.inner.lock().unwrap().answers.push_back(wrong);
    }

    /// The next answer has this many pictures too few.
    pub fn leave_out(&self, pictures: u64) {
        self.inner.lock().unwrap().short = pictures;
    }

    /// All bodies so far; an edit's has `edit: true`.
    #[must_use]
    pub fn calls(&self) -> Vec<Value> {
        self.inner.lock().unwrap().calls.clone()
    }
}

/// The body of an error.
#[must_use]
pub fn error(status: u16, kind: &str, code: &str, message: &str) -> Wrong {
    let body =
        json!({ "error": { "message": message, "type": kind, "param": null, "code": code } });
    Wrong::status(status, body)
}

async fn generations(
    State(site): State<Site>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    answer(&site, &headers, body).await
}

async fn edits(State(site): State<Site>, headers: HeaderMap, mut form: Multipart) -> Response {
    let mut body = Map::from_iter([("edit".to_owned(), json!(true))]);
    while let Some(field) = form.next_field().await.unwrap() {
        let name = field.name().unwrap().to_owned();
        let is_file = field.file_name().is_some();
        let bytes = field.bytes().await.unwrap();
        let value = if is_file {
            json!(bytes.len())
        } else {
            json!(String::from_utf8(bytes.to_vec()).unwrap())
        };
        body.insert(name, value);
    }
    answer(&site, &headers, Value::Object(body)).await
}

async fn answer(site: &Site, headers: &HeaderMap, body: Value) -> Response {
    if !has_bearer(headers, KEY) {
        return error(
            401,
            "invalid_request_error",
            "invalid_api_key",
            "Incorrect API key provided",
        )
        .answer()
        .await;
    }
    let (wrong, short) = {
        let mut inner = site.0.lock().unwrap();
        inner.calls.push(body.clone());
        (inner.answers.pop_front(), std::mem::take(&mut inner.short))
    };
    if let Some(wrong) = wrong {
        return wrong.answer().await;
    }
    for unknown in [
        "seed",
        "steps",
        "guidance",
        "negative_prompt",
        "response_format",
    ] {
        if body.get(unknown).is_some() {
            let message = format!("Unknown parameter: '{unknown}'.");
            return error(400, "invalid_request_error", "unknown_parameter", &message)
                .answer()
                .await;
        }
    }
    let number = |value: &Value| value.as_u64().or_else(|| value.as_str()?.parse().ok());
    let count = number(&body["n"]).unwrap_or(1);
    let format = body["output_format"].as_str().unwrap_or("png");
    let data: Vec<Value> = (0..count - short.min(count))
        .map(|index| json!({ "b64_json": BASE64_STANDARD.encode(picture(192, 128, 100 + index, format)) }))
        .collect();
    let told = json!({
        "created": 1_790_000_000, "background": "opaque", "output_format": format, "size": body["size"],
        "quality": "medium", "data": data,
        "usage": { "input_tokens": 20, "output_tokens": 1000, "total_tokens": 1020 },
    });
    (StatusCode::OK, Json(told)).into_response()
}
