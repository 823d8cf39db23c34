//! Stability AI: whether the key is accepted, and how much it may still spend.

use serde_json::Value;

use super::Finding;
use super::ask::Asker;
use crate::config::StabilityConfig;

const PART: &str = "stability";

/// Fewer credits than this are gone in an hour: six of the dearest images are 48.
const FEW: f64 = 50.0;

pub(super) async fn check(asker: &Asker, config: &StabilityConfig) -> Vec<Finding> {
    let answer = asker
        .get(&config.base, "v1/user/balance", &config.key)
        .await;
    vec![match answer {
        Err(trouble) => Finding::trouble(PART, "STABILITY_API_KEY", &trouble),
        Ok(answer) => match answer.get("credits").and_then(Value::as_f64) {
            None => Finding::nonsense(PART),
            Some(credits) if credits < 1.0 => Finding::error(
                PART,
                format!("the key is accepted, but {credits:.1} credits make no image: buy credits"),
            ),
            Some(credits) if credits < FEW => Finding::warning(
                PART,
                format!("the key is accepted, with only {credits:.1} credits left: buy some"),
            ),
            Some(credits) => Finding::ok(
                PART,
                format!("the key is accepted, with {credits:.1} credits left"),
            ),
        },
    }]
}
