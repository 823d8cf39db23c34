//! What Replicate says of a prediction.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;

use crate::provider::Order;

/// The parts of the object that we use; lenient where a missing one does no harm.
#[derive(Debug, Deserialize)]
pub(super) struct Prediction {
    pub(super) id: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    pub(super) version: Option<String>,
    #[serde(default)]
    pub(super) input: Value,
    #[serde(default)]
    output: Value,
    #[serde(default, deserialize_with = "text")]
    pub(super) error: String,
    #[serde(default, deserialize_with = "text")]
    logs: String,
    #[serde(default)]
    pub(super) data_removed: bool,
    #[serde(default)]
    metrics: Value,
    #[serde(default)]
    pub(super) created_at: DateTime<Utc>,
}

fn text<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => text,
        Value::Null => String::new(),
        other => other.to_string(),
    })
}

/// Statuses by what they mean for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Running,
    Succeeded,
    Failed,
    /// By somebody, or by the deadline while it ran: charged.
    Canceled,
    /// By the deadline before it ran: not charged.
    Aborted,
}

impl Prediction {
    pub(super) fn status(&self) -> Status {
        match self.status.as_str() {
            "starting" | "processing" => Status::Running,
            "succeeded" => Status::Succeeded,
            "failed" => Status::Failed,
            "canceled" => Status::Canceled,
            "aborted" => Status::Aborted,
            other => {
                // One that does not exist yet; our own deadline ends it if nothing else does.
                let status: String = other.chars().take(40).collect();
                tracing::warn!(prediction = self.id, status, "an unknown status");
                Status::Running
            }
        }
    }

    /// Addresses of the pictures: one, or a list.
    pub(super) fn outputs(&self) -> Vec<&str> {
        match &self.output {
            Value::String(one) => vec![one],
            Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether the safety checker took everything: then the prediction fails.
    pub(super) fn is_filtered(&self) -> bool {
        self.error.contains("NSFW")
    }

    /// Whether the logs show that LoRAs were loaded, for models where that is not to be taken for granted:
    /// `models.metadata.lora_proof` is the line to be found.
    pub(super) fn proves_loras(&self, order: &Order) -> bool {
        let proof = order.setting("lora_proof");
        order.adapted.loras.is_empty() || proof.is_none_or(|proof| self.logs.contains(proof))
    }

    pub(super) fn seconds(&self) -> Option<f64> {
        let seconds = self.metrics.get("predict_time")?.as_f64()?;
        Some(seconds).filter(|seconds| seconds.is_finite() && *seconds >= 0.0)
    }

    /// “Using seed: 12345”.
    pub(super) fn seed(&self) -> Option<u64> {
        let rest = self.logs.rsplit("Using seed: ").next()?;
        let digits: String = rest
            .chars()
            .take_while(char::is_ascii_digit)
            .take(19)
            .collect();
        digits.parse().ok()
    }

    /// The last bar of the logs, ` 43%|████      | 12/28 [00:03<00:04,  3.61it/s]`: step of steps.
    pub(super) fn progress(&self) -> Option<(u32, u32)> {
        self.logs.rsplit(['\n', '\r']).take(50).find_map(|line| {
            let (_, bar) = line.split_once("%|")?;
            let (_, numbers) = bar.split_once('|')?;
            let (step, rest) = numbers.trim_start().split_once('/')?;
            let steps: String = rest.chars().take_while(char::is_ascii_digit).collect();
            let (step, steps) = (step.parse().ok()?, steps.parse().ok()?);
            (step <= steps && steps > 0).then_some((step, steps))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn prediction(more: &Value) -> Prediction {
        let mut all = json!({ "id": "p1", "status": "processing" });
        all.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        serde_json::from_value(all).unwrap()
    }

    #[test]
    fn every_status_is_known_and_a_new_one_goes_on() {
        for (name, status) in [
            ("starting", Status::Running),
            ("processing", Status::Running),
            ("succeeded", Status::Succeeded),
            ("failed", Status::Failed),
            ("canceled", Status::Canceled),
            ("aborted", Status::Aborted),
            ("dreaming", Status::Running),
        ] {
            assert_eq!(
                prediction(&json!({ "status": name })).status(),
                status,
                "{name}"
            );
        }
    }

    #[test]
    fn logs_tell_seed_and_progress() {
        let logs = "Using seed: 41337\nDownloading LoRA weights\n  4%|▎ | 1/28 [00:00]\r 43%|████ | 12/28 [00:03<00:04]\ndone";
        let told = prediction(&json!({ "logs": logs }));
        assert_eq!(told.seed(), Some(41337));
        assert_eq!(told.progress(), Some((12, 28)));
        let silent = prediction(&json!({ "logs": null, "error": null }));
        assert_eq!((silent.seed(), silent.progress()), (None, None));
        assert_eq!(prediction(&json!({ "logs": "12%|x|" })).progress(), None);
    }

    #[test]
    fn one_output_or_many() {
        assert_eq!(prediction(&json!({ "output": "u" })).outputs(), ["u"]);
        assert_eq!(
            prediction(&json!({ "output": ["a", "b"] })).outputs(),
            ["a", "b"]
        );
        assert!(prediction(&json!({ "output": null })).outputs().is_empty());
    }
}
