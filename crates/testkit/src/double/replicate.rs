//! Replicate: predictions, files, webhooks; warm workers, safety checkers and rate limits.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::picture::picture;
use super::serve::{Served, Wrong, has_bearer};

/// The token that is accepted.
pub const TOKEN: &str = "r8_test";

/// How a prediction ends.
#[derive(Clone, Debug)]
pub enum Ending {
    /// With all pictures.
    Succeeded,
    /// With this many caught by the safety checker.
    Filtered(usize),
    /// All caught.
    AllFiltered,
    /// By an error with this text.
    Failed(&'static str),
    /// By its deadline while it ran, or by somebody.
    Canceled,
    /// By its deadline before it ran.
    Aborted,
    /// Never.
    Endless,
    /// Well, on a warm worker that loaded no LoRAs.
    Warm,
    /// With this many files gone already.
    Expired(usize),
    /// With files that are no pictures.
    Garbage,
    /// With pictures at a host that is somebody else's.
    Elsewhere,
    /// With its data removed.
    Removed,
}

/// How creating a prediction goes wrong.
#[derive(Clone, Debug)]
pub enum Creation {
    /// Not at all, with an answer like this.
    Refused(Wrong),
    /// It is created, and the answer is lost.
    AnswerLost(Wrong),
}

struct Prediction {
    id: String,
    body: Value,
    created_at: chrono::DateTime<chrono::Utc>,
    ending: Ending,
    looks: u32,
    is_canceled: bool,
}

#[derive(Default)]
struct Inner {
    predictions: BTreeMap<String, Prediction>,
    endings: VecDeque<Ending>,
    creations: VecDeque<Creation>,
    looks: VecDeque<Wrong>,
    files: VecDeque<Wrong>,
    /// Looks before a prediction has ended.
    patience: u32,
    last_loras: Value,
}

/// The double. Cheap to clone.
#[derive(Clone)]
pub struct Replicate {
    inner: Arc<Mutex<Inner>>,
    served: Arc<Served>,
}

#[derive(Clone)]
struct Site(Arc<Mutex<Inner>>);

impl Replicate {
    /// Started.
    pub async fn start() -> Self {
        let inner = Arc::new(Mutex::new(Inner {
            patience: 1,
            ..Inner::default()
        }));
        let router = Router::new()
            .route("/v1/account", get(account))
            .route("/v1/predictions", post(create).get(list))
            .route("/v1/predictions/{id}", get(look))
            .route("/v1/predictions/{id}/cancel", post(cancel))
            .route("/files/{id}/{name}", get(file))
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

    /// The next predictions end like this, one after the other; those behind succeed.
    pub fn end(&self, ending: Ending) {
        self.inner.lock().unwrap().endings.push_back(ending);
    }

    /// The next creation goes wrong.
    pub fn create(&self, creation: Creation) {
        self.inner.lock().unwrap().creations.push_back(creation);
    }

    /// The next look at a prediction goes wrong.
    pub fn look(&self, wrong: Wrong) {
        self.inner.lock().unwrap().looks.push_back(wrong);
    }

    /// The next download goes wrong.
    pub fn file(&self, wrong: Wrong) {
        self.inner.lock().unwrap().files.push_back(wrong);
    }

    /// Predictions end after this many looks.
    pub fn set_patience(&self, looks: u32) {
        self.inner.lock().unwrap().patience = looks;
    }

    /// Bodies of all created predictions, in order.
    #[must_use]
    pub fn created(&self) -> Vec<Value> {
        let inner = self.inner.lock().unwrap();
        inner
            .predictions
            .values()
            .map(|made| made.body.clone())
            .collect()
    }

    /// How many were cancelled.
    #[must_use]
    pub fn canceled(&self) -> usize {
        let inner = self.inner.lock().unwrap();
        inner
            .predictions
            .values()
            .filter(|made| made.is_canceled)
            .count()
    }

    /// Ids of all created predictions, in order.
    #[must_use]
    pub fn ids(&self) -> Vec<String> {
        self.inner
            .lock()
            .unwrap()
            .predictions
            .keys()
            .cloned()
            .collect()
    }
}

fn unauthorized() -> Response {
    let body = json!({ "title": "Unauthenticated", "detail": "You did not pass a valid authentication token", "status": 401 });
    (StatusCode::UNAUTHORIZED, Json(body)).into_response()
}

async fn account(headers: HeaderMap) -> Response {
    if !has_bearer(&headers, TOKEN) {
        return unauthorized();
    }
    Json(json!({ "type": "organization", "username": "acme", "name": "Acme" })).into_response()
}

async fn create(State(site): State<Site>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    if !has_bearer(&headers, TOKEN) {
        return unauthorized();
    }
    let creation = site.0.lock().unwrap().creations.pop_front();
    if let Some(Creation::Refused(wrong)) = creation {
        return wrong.answer().await;
    }
    if let Some(problem) = invalid(&body["input"]) {
        let body = json!({ "title": "Input validation failed", "detail": problem, "status": 422 });
        return (StatusCode::UNPROCESSABLE_ENTITY, Json(body)).into_response();
    }
    let base = format!("http://{}", headers["host"].to_str().unwrap());
    let answer = {
        let mut inner = site.0.lock().unwrap();
        let id = format!("p{:08}", inner.predictions.len() + 1);
        let ending = inner.endings.pop_front().unwrap_or(Ending::Succeeded);
        let prediction = Prediction {
            id: id.clone(),
            body,
            created_at: chrono::Utc::now(),
            ending,
            looks: 0,
            is_canceled: false,
        };
        let answer = show(&prediction, &inner, &base);
        inner.last_loras = prediction.body["input"]["hf_loras"].clone();
        inner.predictions.insert(id, prediction);
        answer
    };
    match creation {
        Some(Creation::AnswerLost(wrong)) => wrong.answer().await,
        _ => (StatusCode::CREATED, Json(answer)).into_response(),
    }
}

/// What the models' own code refuses or silently gets wrong.
fn invalid(input: &Value) -> Option<String> {
    let over = |field: &str, most: f64| input[field].as_f64().filter(|value| *value > most);
    for (field, most) in [
        ("num_inference_steps", 50.0),
        ("guidance_scale", 10.0),
        ("guidance", 10.0),
        ("num_outputs", 4.0),
    ] {
        if over(field, most).is_some() {
            return Some(format!(
                "- input.{field}: Must be less than or equal to {most}\n"
            ));
        }
    }
    if input["seed"].as_i64() == Some(-1) {
        return Some("a seed of -1 would be used literally".to_owned());
    }
    if input["prompt"].as_str().is_none_or(str::is_empty) {
        return Some("- input: prompt is required\n".to_owned());
    }
    None
}

fn show(prediction: &Prediction, inner: &Inner, base: &str) -> Value {
    let input = &prediction.body["input"];
    let count = input["num_outputs"].as_u64().unwrap_or(1) as usize;
    let format = input["output_format"].as_str().unwrap_or("webp");
    let seed = input["seed"].as_u64().unwrap_or(4242);
    let mut told = json!({
        "id": prediction.id, "model": "lucataco/flux-dev-multi-lora", "version": "ad03143", "input": input,
        "logs": "", "output": null, "data_removed": false, "error": null, "source": "api", "status": "starting",
        "created_at": prediction.created_at,
        "urls": {
            "get": format!("{base}/v1/predictions/{}", prediction.id),
            "cancel": format!("{base}/v1/predictions/{}/cancel", prediction.id),
        },
    });
    if prediction.is_canceled {
        told["status"] = json!("canceled");
        return told;
    }
    if prediction.looks <= inner.patience || matches!(prediction.ending, Ending::Endless) {
        if prediction.looks > 0 {
            told["status"] = json!("processing");
            told["logs"] = json!(format!(
                "Using seed: {seed}\n 43%|████▎     | 12/28 [00:03<00:04,  3.61it/s]"
            ));
        }
        return told;
    }
    let files = |skip: usize| -> Vec<String> {
        (0..count - skip.min(count))
            .map(|index| format!("{base}/files/{}/out-{index}.{format}", prediction.id))
            .collect()
    };
    let loading = if input["hf_loras"]
        .as_array()
        .is_some_and(|list| !list.is_empty())
    {
        "Downloading LoRA weights\n"
    } else {
        ""
    };
    told["status"] = json!("succeeded");
    told["metrics"] = json!({ "predict_time": 6.25, "total_time": 7.5 });
    told["logs"] = json!(format!(
        "Using seed: {seed}\n{loading}100%|██████████| 28/28 [00:07<00:00]\n"
    ));
    told["output"] = json!(files(0));
    match &prediction.ending {
        Ending::Succeeded | Ending::Expired(_) | Ending::Garbage | Ending::Endless => {}
        Ending::Filtered(caught) => told["output"] = json!(files(*caught)),
        Ending::AllFiltered => {
            told["status"] = json!("failed");
            told["output"] = Value::Null;
            told["error"] =
                json!("NSFW content detected. Try running it again, or try a different prompt.");
        }
        Ending::Failed(error) => {
            told["status"] = json!("failed");
            told["output"] = Value::Null;
            told["error"] = json!(error);
        }
        Ending::Canceled => told["status"] = json!("canceled"),
        Ending::Aborted => told["status"] = json!("aborted"),
        Ending::Warm => told["logs"] = json!(format!("Using seed: {seed}\n")),
        Ending::Elsewhere => told["output"] = json!(["http://127.0.0.2:9/steal.webp"]),
        Ending::Removed => {
            told["data_removed"] = json!(true);
            told["output"] = Value::Null;
        }
    }
    told
}

async fn look(State(site): State<Site>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    if !has_bearer(&headers, TOKEN) {
        return unauthorized();
    }
    let wrong = site.0.lock().unwrap().looks.pop_front();
    if let Some(wrong) = wrong {
        return wrong.answer().await;
    }
    let base = format!("http://{}", headers["host"].to_str().unwrap());
    let mut inner = site.0.lock().unwrap();
    if let Some(prediction) = inner.predictions.get_mut(&id) {
        prediction.looks += 1;
    }
    match inner.predictions.get(&id) {
        Some(prediction) => Json(show(prediction, &inner, &base)).into_response(),
        None => {
            let body = json!({ "title": "Not found", "detail": "The requested resource does not exist.", "status": 404 });
            (StatusCode::NOT_FOUND, Json(body)).into_response()
        }
    }
}

async fn list(State(site): State<Site>, headers: HeaderMap) -> Response {
    if !has_bearer(&headers, TOKEN) {
        return unauthorized();
    }
    let base = format!("http://{}", headers["host"].to_str().unwrap());
    let inner = site.0.lock().unwrap();
    let all: Vec<Value> = inner
        .predictions
        .values()
        .rev()
        .take(100)
        .map(|made| show(made, &inner, &base))
        .collect();
    Json(json!({ "previous": null, "next": null, "results": all })).into_response()
}

async fn cancel(State(site): State<Site>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    if !has_bearer(&headers, TOKEN) {
        return unauthorized();
    }
    let base = format!("http://{}", headers["host"].to_str().unwrap());
    let mut inner = site.0.lock().unwrap();
    let Some(prediction) = inner.predictions.get_mut(&id) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    prediction.is_canceled = true;
    let prediction = &inner.predictions[&id];
    Json(show(prediction, &inner, &base)).into_response()
}

async fn file(
    State(site): State<Site>,
    Path((id, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    if !has_bearer(&headers, TOKEN) {
        return unauthorized();
    }
    let wrong = site.0.lock().unwrap().files.pop_front();
    if let Some(wrong) = wrong {
        return wrong.answer().await;
    }
    let inner = site.0.lock().unwrap();
    let prediction = &inner.predictions[&id];
    let (index, format) = name.strip_prefix("out-").unwrap().split_once('.').unwrap();
    let index: u64 = index.parse().unwrap();
    match prediction.ending {
        Ending::Expired(gone) if index < gone as u64 => StatusCode::NOT_FOUND.into_response(),
        Ending::Garbage => "this is no picture".into_response(),
        _ => {
            let input = &prediction.body["input"];
            let seed = input["seed"].as_u64().unwrap_or(4242) + index;
            let (width, height) = match input["aspect_ratio"].as_str() {
                Some("16:9") => (336, 192),
                _ => (256, 256),
            };
            picture(width, height, seed, format).into_response()
        }
    }
}
