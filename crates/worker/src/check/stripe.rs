//! Stripe: whether the key is accepted, and whether it is about real money.

use serde_json::Value;

use super::Finding;
use super::ask::Asker;
use crate::config::StripeConfig;

const PART: &str = "stripe";

pub(super) async fn check(asker: &Asker, config: &StripeConfig) -> Vec<Finding> {
    let answer = asker.get(&config.base, "balance", &config.secret_key).await;
    vec![match answer {
        // Restricted keys are known and may read only what they were made for.
        Err(trouble) if trouble.status == 403 => Finding::warning(
            PART,
            "the key is known, but may not read the balance, so that it could not be tried further: give it that right, too",
        ),
        Err(trouble) => Finding::trouble(PART, "STRIPE_SECRET_KEY", &trouble),
        Ok(answer) => match answer.get("livemode").and_then(Value::as_bool) {
            None => Finding::nonsense(PART),
            Some(true) => Finding::ok(PART, "the key is accepted, for real money"),
            Some(false) => {
                Finding::warning(PART, "the key is accepted, for tests: nobody is charged")
            }
        },
    }]
}
