//! Replicate: whose token it is, and whether the webhook secret is that account's.

use serde_json::Value;

use super::Finding;
use super::ask::Asker;
use crate::config::ReplicateConfig;

const PART: &str = "replicate";
const KEY: &str = "REPLICATE_API_TOKEN";

pub(super) async fn check(asker: &Asker, config: &ReplicateConfig) -> Vec<Finding> {
    let ask = |path| asker.get(&config.base, path, &config.token);
    let account = match ask("account").await {
        Ok(account) => account,
        Err(trouble) => return vec![Finding::trouble(PART, KEY, &trouble)],
    };
    let Some(name) = account.get("username").and_then(Value::as_str) else {
        return vec![Finding::nonsense(PART)];
    };
    let name: String = name.chars().filter(|c| !c.is_control()).take(60).collect();
    let mut found = vec![Finding::ok(
        PART,
        format!("the token is accepted, of the account `{name}`"),
    )];
    if let Some(secret) = &config.webhook_secret {
        found.push(match ask("webhooks/default/secret").await {
            Err(trouble) => Finding::trouble(PART, KEY, &trouble),
            Ok(answer) => match answer.get("key").and_then(Value::as_str) {
                Some(key) if key == secret.reveal() => {
                    Finding::ok(PART, "the webhook secret is this account's")
                }
                Some(_) => Finding::error(
                    PART,
                    "the webhook secret is not this account's: set REPLICATE_WEBHOOK_SECRET to the `key` of GET /webhooks/default/secret",
                ),
                None => Finding::nonsense(PART),
            },
        });
    }
    found
}
