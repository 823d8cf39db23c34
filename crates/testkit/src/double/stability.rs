//! Stability AI, v2beta: forms in, files out.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Multipart, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};

use super::picture::picture;
use super::serve::{Served, Wrong, has_bearer};

/// The key that is accepted.
pub const KEY: &str = "sk-stability-test";

/// What a call answers.
#[derive(Clone, Debug)]
pub enum Answer {
    /// A blurred picture.
    Blurred,
    /// 403, before anything is made.
    Denied,
    /// Anything else.
    Wrong(Wrong),
}

/// A call that was received: endpoint and fields; files by their length.
pub type Call = (String, BTreeMap<String, String>);

#[derive(Default)]
struct Inner {
    answers: VecDeque<Answer>,
    by_seed: BTreeMap<u64, Answer>,
    calls: Vec<Call>,
}

/// The double. Cheap to clone.
#[derive(Clone)]
pub struct Stability {
    inner: Arc<Mutex<Inner>>,
    served: Arc<Served>,
}

#[derive(Clone)]
struct Site(Arc<Mutex<Inner>>);

impl Stability {
    /// Started.
    pub async fn start() -> Self {
        let inner = Arc::new(Mutex::new(Inner::default()));
        let router = Router::new()
            .route("/v1/user/balance", get(balance))
            .route("/v2beta/stable-image/generate/{endpoint}", post(generate))
            .layer(axum::extract::DefaultBodyLimit::max(10 << 20))
            .with_state(Site(Arc::clone(&inner)));
        Self {
            inner,
            served: Arc::new(Served::new(router).await),
        }
    }

    /// Address of the API.
    #[must_use]
    pub fn base(&self) -> String {
        self.served.url()
    }

    /// The next calls answer this, one after the other; those behind succeed.
    pub fn answer(&self, answer: Answer) {
        self.inner.lock().unwrap().answers.push_back(answer);
    }

    /// Every call with this seed answers this.
    pub fn answer_seed(&self, seed: u64, answer: Answer) {
        self.inner.lock().unwrap().by_seed.insert(seed, answer);
    }

    /// All calls so far.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.inner.lock().unwrap().calls.clone()
    }
}

fn error(status: u16, name: &str, error: &str) -> Response {
    let body = json!({ "id": "ff54b236", "name": name, "errors": [error] });
    (StatusCode::from_u16(status).unwrap(), axum::Json(body)).into_response()
}

async fn balance(headers: HeaderMap) -> Response {
    if !has_bearer(&headers, KEY) {
        return error(401, "unauthorized", "missing authorization header");
    }
    axum::Json(json!({ "credits": 123.5 })).into_response()
}

async fn generate(
    State(site): State<Site>,
    Path(endpoint): Path<String>,
    headers: HeaderMap,
    mut form: Multipart,
) -> Response {
    if !has_bearer(&headers, KEY) {
        return error(401, "unauthorized", "missing authorization header");
    }
    let mut fields = BTreeMap::new();
    while let Some(field) = form.next_field().await.unwrap() {
        let name = field.name().unwrap().to_owned();
        let is_file = field.file_name().is_some();
        let bytes = field.bytes().await.unwrap();
        let text = if is_file {
            format!("{} bytes", bytes.len())
        } else {
            String::from_utf8(bytes.to_vec()).unwrap()
        };
        fields.insert(name, text);
    }
    if let Some(problem) = invalid(&endpoint, &fields) {
        return error(400, "bad_request", &problem);
    }
    let seed: u64 = fields
        .get("seed")
        .and_then(|seed| seed.parse().ok())
        .unwrap_or(0);
    let format = fields.get("output_format").cloned().unwrap_or("png".into());
    let wide = fields
        .get("aspect_ratio")
        .is_some_and(|ratio| ratio == "16:9");
    let answer = {
        let mut inner = site.0.lock().unwrap();
        inner.calls.push((endpoint, fields));
        inner
            .by_seed
            .get(&seed)
            .cloned()
            .or_else(|| inner.answers.pop_front())
    };
    let reason = match answer {
        Some(Answer::Wrong(wrong)) => return wrong.answer().await,
        Some(Answer::Denied) => {
            return error(
                403,
                "content_moderation",
                "Your request was flagged by our content moderation system",
            );
        }
        Some(Answer::Blurred) => "CONTENT_FILTERED",
        None => "SUCCESS",
    };
    let resolved = if seed == 0 { 3_100_000_007 } else { seed };
    let (width, height) = if wide { (336, 192) } else { (256, 256) };
    let mut response = picture(width, height, resolved, &format).into_response();
    let told = response.headers_mut();
    told.insert("content-type", format!("image/{format}").parse().unwrap());
    told.insert("finish-reason", reason.parse().unwrap());
    told.insert("seed", resolved.to_string().parse().unwrap());
    told.insert("x-request-id", "req-1".parse().unwrap());
    response
}

fn invalid(endpoint: &str, fields: &BTreeMap<String, String>) -> Option<String> {
    let has = |name: &str| fields.contains_key(name);
    if !has("prompt") {
        return Some("prompt: required".into());
    }
    if fields
        .get("seed")
        .is_some_and(|seed| seed.parse::<u32>().is_err())
    {
        return Some("seed: must be between 0 and 4294967294".into());
    }
    let formats: &[&str] = if endpoint == "sd3" {
        &["png", "jpeg"]
    } else {
        &["png", "jpeg", "webp"]
    };
    if fields
        .get("output_format")
        .is_some_and(|format| !formats.contains(&format.as_str()))
    {
        return Some("output_format: not one of the allowed".into());
    }
    match endpoint {
        "sd3" => {
            let turbo = fields
                .get("model")
                .is_some_and(|model| model.ends_with("turbo"));
            if turbo && has("negative_prompt") {
                return Some("negative_prompt: not with this model".into());
            }
            let to_image = fields
                .get("mode")
                .is_some_and(|mode| mode == "image-to-image");
            if to_image && (has("aspect_ratio") || !has("strength")) {
                return Some("aspect_ratio: only with text-to-image".into());
            }
            (to_image != has("image")).then(|| "image: does not go with the mode".into())
        }
        "core" if has("image") => Some("image: not here".into()),
        "ultra" | "core" => (has("steps") || has("cfg_scale")).then(|| "unknown field".into()),
        _ => Some("no such endpoint".into()),
    }
}

/// The body of a rate limit.
#[must_use]
pub fn rate_limited() -> Wrong {
    let body: Value = json!({
        "id": "r", "name": "rate_limit_exceeded",
        "errors": ["You have exceeded the rate limit of 150 requests within a 10 second period"],
    });
    Wrong::Status(429, body, vec![("retry-after", "1".to_owned())])
}
