//! The parameters of a picture as JSON, short enough for the one segment that JPEG has for XMP.

use serde::Serialize;
use serde_json::Value;

use super::escape::escaped;

/// Longest JSON, escaped, in bytes: of JPEG's 65 502 for the packet, with room for the rest of it.
const MAX_JSON: usize = 44 << 10;

/// What a picture was made of. What a provider has no word for is `None`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Recipe {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) prompt: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) negative_prompt: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) seed: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) steps: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) guidance_scale: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) prompt_strength: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) height: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) loras: Vec<Lora>,
    /// Place among the images of one request, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) index: Option<u32>,
    /// Whether something above had to be cut.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) shortened: bool,
}

/// A LoRA and how strongly it counts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Lora {
    pub(crate) name: String,
    pub(crate) scale: f64,
}

impl Recipe {
    /// The LoRAs of a request, by name and scale.
    pub(crate) fn with_loras<'a>(
        mut self,
        loras: impl IntoIterator<Item = (&'a str, f64)>,
    ) -> Self {
        let loras = loras.into_iter().map(|(name, scale)| Lora {
            name: name.to_owned(),
            scale,
        });
        self.loras = loras.collect();
        self
    }

    /// JSON that fits; `None` if there is nothing to say.
    pub(super) fn json(&self) -> Option<String> {
        let mut recipe = self.clone();
        // Each round halves the longest part, so that a few are enough for any length.
        loop {
            let value = serde_json::to_value(&recipe).ok()?;
            if value.as_object().is_none_or(serde_json::Map::is_empty) {
                return None;
            }
            let json = value.to_string();
            if escaped(&json).len() <= MAX_JSON {
                return Some(json);
            }
            recipe.shorten();
        }
    }

    fn shorten(&mut self) {
        self.shortened = true;
        let loras: usize = self.loras.iter().map(|lora| lora.name.len() + 32).sum();
        let (prompt, negative) = (self.prompt.len(), self.negative_prompt.len());
        if loras >= prompt && loras >= negative {
            // Names of thousands of letters are none; of many short ones, half.
            self.loras.retain(|lora| lora.name.len() <= 512);
            self.loras.truncate(self.loras.len() / 2);
        } else if prompt >= negative {
            halve(&mut self.prompt);
        } else {
            halve(&mut self.negative_prompt);
        }
    }

    /// From what a page about a public image tells, see `public_recipe` in the schema. `None` if it tells no prompt.
    pub(super) fn of_public(recipe: &Value) -> Option<Self> {
        let text = |key: &str| super::packet::text_of(recipe, key);
        let whole = |key: &str| recipe.get(key).and_then(Value::as_i64);
        let count = |key: &str| whole(key).and_then(|number| u32::try_from(number).ok());
        let list = |key: &str| recipe.get(key).and_then(Value::as_array);
        let prompt = text("prompt");
        if prompt.is_empty() {
            return None;
        }
        let names = list("hf_loras").into_iter().flatten();
        let names = names.filter_map(Value::as_str);
        let scales = list("lora_scales").into_iter().flatten();
        let scales = scales.map(|scale| scale.as_f64().unwrap_or(1.0));
        let recipe = Self {
            prompt,
            negative_prompt: text("negative_prompt"),
            seed: whole("seed").and_then(|seed| u64::try_from(seed).ok()),
            steps: count("steps"),
            guidance_scale: recipe.get("guidance_scale").and_then(Value::as_f64),
            width: count("width"),
            height: count("height"),
            ..Self::default()
        };
        Some(recipe.with_loras(names.zip(scales)))
    }
}

/// Keeps the first half, and says that there was more.
fn halve(text: &mut String) {
    let mut half = text.len() / 2;
    while !text.is_char_boundary(half) {
        half -= 1;
    }
    text.truncate(half);
    if half > 0 {
        text.push('…');
    }
}
