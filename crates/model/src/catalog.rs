//! The models a generation can ask for, from the cached catalog.

use serde_json::Value;

/// Row of `models`. Inactive ones are not in the feed; one that becomes inactive is deleted locally.
#[derive(Clone, Debug, PartialEq)]
pub struct GenerationModel {
    /// Key, such as `sketch`.
    pub id: String,
    /// Name for people; `metadata.label_fr` and `metadata.label_en` may refine it.
    pub name: String,
    /// One sentence about it.
    pub description: Option<String>,
    /// `local`, `replicate`, `stability` or `openai`.
    pub provider: String,
    /// Version stamped on prompts.
    pub version: String,
    /// Whether it takes new requests.
    pub is_active: bool,
    /// Credits for one image of up to 1024×1024 pixels.
    pub credits_cost: i64,
    /// What the model can do; see [`GenerationModel::max_loras`] and its siblings.
    pub metadata: Value,
}

impl GenerationModel {
    /// LoRAs it takes at most; 20 is the schema's limit for all.
    #[must_use]
    pub fn max_loras(&self) -> usize {
        let limit = self.metadata.get("max_loras").and_then(Value::as_u64);
        usize::try_from(limit.unwrap_or(4)).unwrap_or(20).min(20)
    }

    /// Steps it takes at most; 100 is the schema's limit for all.
    #[must_use]
    pub fn max_steps(&self) -> i64 {
        let limit = self.metadata.get("max_steps").and_then(Value::as_i64);
        limit.unwrap_or(100).clamp(1, 100)
    }

    /// Pixels (width × height) it paints at most.
    #[must_use]
    pub fn max_pixels(&self) -> i64 {
        let limit = self.metadata.get("max_pixels").and_then(Value::as_i64);
        limit.unwrap_or(2048 * 2048)
    }

    /// Known LoRA names, for completion.
    #[must_use]
    pub fn loras(&self) -> Vec<String> {
        self.metadata
            .get("loras")
            .and_then(Value::as_array)
            .map(|list| {
                list.iter()
                    .filter_map(Value::as_str)
                    .map(str::to_owned)
                    .collect()
            })
            .unwrap_or_default()
    }

    /// What parameters it honors (`negative_prompt`, `steps`, `guidance`, `seed`, `loras`, …); `None`
    /// when the catalog does not say, which means all.
    #[must_use]
    pub fn supports(&self) -> Option<Vec<String>> {
        let list = self.metadata.get("supports")?.as_array()?;
        Some(
            list.iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
        )
    }
}
