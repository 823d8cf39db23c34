//! A double of every outside service on one local address, as their references describe them.

use std::time::Duration;

use amethyst_worker::{Config, Key, OpenAiConfig, ReplicateConfig, StabilityConfig, StripeConfig};
use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};
use url::Url;

/// The key that the double takes.
pub(crate) const KEY: &str = "hush-right";
pub(crate) const WEBHOOK_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// How the double behaves.
#[derive(Clone)]
pub(crate) enum Mood {
    /// Answers `body` to whoever has the key, and 401 to everybody else.
    Honest(Value),
    /// This status and body for everybody.
    Says(u16, &'static str),
}

/// Serves one path until the test ends; answers the address.
pub(crate) async fn serve(paths: Vec<(&'static str, Mood)>) -> Url {
    let mut router = Router::new();
    for (path, mood) in paths {
        let answer = move |headers: HeaderMap| {
            let mood = mood.clone();
            async move { answer(&mood, &headers) }
        };
        router = router.route(path, get(answer));
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    Url::parse(&format!("http://{address}")).unwrap()
}

fn answer(mood: &Mood, headers: &HeaderMap) -> Response {
    match mood {
        Mood::Says(status, body) => (StatusCode::from_u16(*status).unwrap(), *body).into_response(),
        Mood::Honest(body) => {
            let right = format!("Bearer {KEY}");
            match headers.get("authorization") {
                Some(said) if *said == right.as_str() => axum::Json(body.clone()).into_response(),
                _ => {
                    let refusal = json!({"error": {"code": "invalid_api_key", "message": "hush"}});
                    (StatusCode::UNAUTHORIZED, axum::Json(refusal)).into_response()
                }
            }
        }
    }
}

/// An address where nobody is: the port is a system's own, and never drawn for a test's server.
pub(crate) fn nowhere() -> Url {
    Url::parse("http://127.0.0.1:1").unwrap()
}

/// Points all four services of the settings at one address, with one key.
pub(crate) fn use_all(config: &mut Config, base: &Url, key: &str) {
    let deadline = Duration::from_secs(120);
    config.replicate = Some(ReplicateConfig {
        base: base.clone(),
        token: Key::new(key),
        webhook_secret: Some(Key::new(WEBHOOK_SECRET)),
        poll: Duration::from_secs(2),
        deadline,
    });
    config.stability = Some(StabilityConfig {
        base: base.clone(),
        key: Key::new(key),
        deadline,
    });
    config.openai = Some(OpenAiConfig {
        base: base.clone(),
        key: Key::new(key),
        deadline,
        moderation_model: Some("omni-moderation-latest".to_owned()),
        vision_model: Some("gpt-5-mini".to_owned()),
        embedding_model: Some("text-embedding-3-small".to_owned()),
    });
    config.stripe = Some(StripeConfig {
        base: base.clone(),
        secret_key: Key::new(key),
        webhook_secret: Some(Key::new("whsec_hush")),
        return_url: Url::parse("https://amethyst.example/paid").unwrap(),
    });
    config.public_url = Some(Url::parse("https://worker.amethyst.example").unwrap());
}
