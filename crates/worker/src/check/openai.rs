//! OpenAI: whether the key is accepted, and whether the models in use are there and stay.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;

use super::Finding;
use super::ask::Asker;
use crate::config::OpenAiConfig;

const PART: &str = "openai";

/// Days before a model's last day in which it is warned of. Notices come three months before.
const NOTICE_DAYS: i64 = 60;

/// `painting` are the catalogue's active models, by the provider's own names.
pub(super) async fn check(
    asker: &Asker,
    config: &OpenAiConfig,
    painting: &[String],
    now: DateTime<Utc>,
) -> Vec<Finding> {
    let answer = match asker.get(&config.base, "models", &config.key).await {
        Ok(answer) => answer,
        Err(trouble) => return vec![Finding::trouble(PART, "OPENAI_API_KEY", &trouble)],
    };
    let Some(models) = answer.get("data").and_then(Value::as_array) else {
        return vec![Finding::nonsense(PART)];
    };
    let mut found = vec![Finding::ok(PART, "the key is accepted")];
    let settings = [
        ("OPENAI_MODERATION_MODEL", &config.moderation_model),
        ("OPENAI_VISION_MODEL", &config.vision_model),
        ("OPENAI_EMBEDDING_MODEL", &config.embedding_model),
    ];
    for (setting, model) in settings {
        found.push(match model {
            None => Finding::warning(PART, format!("{setting} is off: what it does is left out")),
            Some(id) => model_finding(models, id, &format!("change {setting}"), now),
        });
    }
    for id in painting {
        let instead = "switch it off in the catalogue, or give it another version";
        found.push(model_finding(models, id, instead, now));
    }
    found
}

fn model_finding(models: &[Value], id: &str, instead: &str, now: DateTime<Utc>) -> Finding {
    let model = models
        .iter()
        .find(|model| model.get("id").and_then(Value::as_str) == Some(id));
    let Some(model) = model else {
        return Finding::error(
            PART,
            format!("the model `{id}` is not there for this key: {instead}"),
        );
    };
    let Some(last) = model.get("shutdown_date").and_then(day) else {
        return Finding::ok(PART, format!("the model `{id}` is there"));
    };
    let days = (last - now.date_naive()).num_days();
    if days <= 0 {
        Finding::error(PART, format!("the model `{id}` ended on {last}: {instead}"))
    } else if days <= NOTICE_DAYS {
        Finding::warning(
            PART,
            format!("the model `{id}` ends on {last}, in {days} days: {instead}"),
        )
    } else {
        Finding::ok(PART, format!("the model `{id}` is there until {last}"))
    }
}

/// A day as a date, an instant, or seconds since 1970.
fn day(value: &Value) -> Option<NaiveDate> {
    if let Some(seconds) = value.as_i64() {
        return Some(DateTime::from_timestamp(seconds, 0)?.date_naive());
    }
    value.as_str()?.get(..10)?.parse().ok()
}
