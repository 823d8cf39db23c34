//! What a model makes of a request, decided before anything is sent. The client shows the adjustments beside the
//! price, the worker sends the adapted request and records the same adjustments: one rule for both.
//!
//! Limits are data of the catalog (`models.metadata`). A value that nobody chose is not missed: what stands at its
//! default is adapted without a word.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{GenerationDraft, GenerationModel, OutputFormat};

/// How what is made differs from what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AdjustmentKind {
    /// The nearest value that the model takes is used.
    Clamped,
    /// The model has no such parameter; it has no effect.
    Dropped,
    /// The provider decides, whatever is asked.
    Decided,
    /// The provider makes another one, which is converted before it is kept.
    Converted,
}

/// One difference between what is asked and what is made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Adjustment {
    /// Name of the field, as in the draft's JSON; `size` for width and height together.
    pub field: String,
    /// How.
    pub kind: AdjustmentKind,
    /// The value asked for.
    pub asked: Value,
    /// The value used, where there is one.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub used: Value,
}

/// A request as a model takes it: `None` where it has no such parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Adapted {
    /// What the images must not show.
    pub negative_prompt: Option<String>,
    /// Sampling steps.
    pub steps: Option<i64>,
    /// How strictly to follow the prompt.
    pub guidance: Option<f64>,
    /// How far to leave the source image; `None` also without one.
    pub strength: Option<f64>,
    /// Whether a source image is used.
    pub has_source: bool,
    /// Whether the model takes a seed at all.
    pub takes_seed: bool,
    /// Width and height in pixels; `None`: the provider derives them from ratio or source.
    pub size: Option<(i64, i64)>,
    /// Format that the provider makes.
    pub format: OutputFormat,
    /// LoRAs and scales.
    pub loras: Vec<(String, f64)>,
    /// Whether the provider's own checker runs.
    pub safety_checker: bool,
    /// What differs, in the order of the form.
    pub adjustments: Vec<Adjustment>,
}

/// Adapts a request to a model. Total: whatever is asked, something is answered.
#[must_use]
pub fn adapt(draft: &GenerationDraft, model: &GenerationModel, has_source: bool) -> Adapted {
    let mut rules = Rules {
        model,
        supports: model.supports(),
        found: Vec::new(),
    };
    let negative_prompt = rules.negative_prompt(draft);
    let steps = rules.steps(draft);
    let guidance = rules.guidance(draft);
    let takes_seed = rules.seed(draft);
    let has_source = rules.source(has_source);
    let strength = rules.strength(draft, has_source);
    let size = rules.size(draft, has_source);
    let format = rules.format(draft);
    let loras = rules.loras(draft);
    let safety_checker = rules.safety(draft);
    Adapted {
        negative_prompt,
        steps,
        guidance,
        strength,
        has_source,
        takes_seed,
        size,
        format,
        loras,
        safety_checker,
        adjustments: rules.found,
    }
}

struct Rules<'a> {
    model: &'a GenerationModel,
    supports: Option<Vec<String>>,
    found: Vec<Adjustment>,
}

impl Rules<'_> {
    fn takes(&self, parameter: &str) -> bool {
        self.supports
            .as_ref()
            .is_none_or(|list| list.iter().any(|known| known == parameter))
    }

    fn number(&self, key: &str) -> Option<f64> {
        self.model.metadata.get(key).and_then(Value::as_f64)
    }

    fn is_set(&self, key: &str) -> bool {
        self.model.metadata.get(key).and_then(Value::as_bool) == Some(true)
    }

    fn note(&mut self, field: &str, kind: AdjustmentKind, asked: Value, used: Value) {
        self.found.push(Adjustment {
            field: field.to_owned(),
            kind,
            asked,
            used,
        });
    }

    fn dropped(&mut self, field: &str, asked: Value) {
        self.note(field, AdjustmentKind::Dropped, asked, Value::Null);
    }

    fn negative_prompt(&mut self, draft: &GenerationDraft) -> Option<String> {
        if self.takes("negative_prompt") {
            return Some(draft.negative_prompt.clone());
        }
        if !draft.negative_prompt.trim().is_empty() {
            // Not the text itself: adjustments go into rows and logs that say nothing of prompts.
            self.dropped("negative_prompt", Value::Bool(true));
        }
        None
    }

    fn steps(&mut self, draft: &GenerationDraft) -> Option<i64> {
        if !self.takes("steps") {
            if draft.steps != GenerationDraft::default().steps {
                self.dropped("steps", json!(draft.steps));
            }
            return None;
        }
        let used = draft.steps.clamp(1, self.model.max_steps());
        if used != draft.steps {
            self.note(
                "steps",
                AdjustmentKind::Clamped,
                json!(draft.steps),
                json!(used),
            );
        }
        Some(used)
    }

    fn guidance(&mut self, draft: &GenerationDraft) -> Option<f64> {
        if !self.takes("guidance") {
            if draft.guidance_scale != GenerationDraft::default().guidance_scale {
                self.dropped("guidance_scale", json!(draft.guidance_scale));
            }
            return None;
        }
        let least = self.number("min_guidance").unwrap_or(1.0);
        let most = self.number("max_guidance").unwrap_or(20.0).max(least);
        let used = draft.guidance_scale.clamp(least, most);
        if used != draft.guidance_scale {
            let asked = json!(draft.guidance_scale);
            self.note(
                "guidance_scale",
                AdjustmentKind::Clamped,
                asked,
                json!(used),
            );
        }
        Some(used)
    }

    fn seed(&mut self, draft: &GenerationDraft) -> bool {
        let takes = self.takes("seed");
        if !takes && draft.seed >= 0 {
            self.dropped("seed", json!(draft.seed));
        } else if draft.seed == 0 && self.is_set("seed_zero_is_random") {
            self.note("seed", AdjustmentKind::Decided, json!(0), Value::Null);
        }
        takes
    }

    fn source(&mut self, has_source: bool) -> bool {
        let used = has_source && self.takes("source");
        if has_source && !used {
            self.dropped("source_path", Value::Bool(true));
        }
        used
    }

    fn strength(&mut self, draft: &GenerationDraft, has_source: bool) -> Option<f64> {
        if !has_source {
            return None;
        }
        if self.takes("strength") {
            return Some(draft.prompt_strength);
        }
        if draft.prompt_strength != GenerationDraft::default().prompt_strength {
            self.dropped("prompt_strength", json!(draft.prompt_strength));
        }
        None
    }

    /// `metadata.sizes`: `{"1:1": [w, h], …}` for models of fixed sizes, `"ratio"` for those that choose by ratio.
    fn size(&mut self, draft: &GenerationDraft, has_source: bool) -> Option<(i64, i64)> {
        let asked = draft.size();
        if has_source && self.is_set("source_sets_size") {
            self.note(
                "size",
                AdjustmentKind::Decided,
                json!([asked.0, asked.1]),
                Value::Null,
            );
            return None;
        }
        let used = match self.model.metadata.get("sizes") {
            Some(Value::Object(sizes)) => {
                let ratio = serde_json::to_value(draft.aspect_ratio).unwrap_or_default();
                let side = |index: usize| {
                    let fixed = sizes.get(ratio.as_str().unwrap_or_default())?;
                    fixed.get(index)?.as_i64()
                };
                side(0).zip(side(1))
            }
            Some(Value::String(_)) => None,
            _ => {
                let multiple = self
                    .number("size_multiple")
                    .map_or(1, |of| of as i64)
                    .max(1);
                let rounded = |side: i64| ((side + multiple / 2) / multiple).max(1) * multiple;
                Some((rounded(asked.0), rounded(asked.1)))
            }
        };
        match used {
            Some(used) if used != asked => {
                let (asked, made) = (json!([asked.0, asked.1]), json!([used.0, used.1]));
                self.note("size", AdjustmentKind::Clamped, asked, made);
            }
            None if asked != draft.aspect_ratio.default_size() => {
                self.note(
                    "size",
                    AdjustmentKind::Decided,
                    json!([asked.0, asked.1]),
                    Value::Null,
                );
            }
            _ => {}
        }
        used
    }

    fn format(&mut self, draft: &GenerationDraft) -> OutputFormat {
        let formats = self.model.metadata.get("formats").and_then(Value::as_array);
        let asked = serde_json::to_value(draft.output_format).unwrap_or_default();
        if formats.is_none_or(|list| list.contains(&asked)) {
            return draft.output_format;
        }
        // Lossless, so that the conversion takes nothing away.
        self.note(
            "output_format",
            AdjustmentKind::Converted,
            asked,
            json!("png"),
        );
        OutputFormat::Png
    }

    fn loras(&mut self, draft: &GenerationDraft) -> Vec<(String, f64)> {
        let most = if self.takes("loras") {
            self.model.max_loras()
        } else {
            0
        };
        let least_scale = self.number("min_lora_scale").unwrap_or(f64::MIN);
        let most_scale = self
            .number("max_lora_scale")
            .unwrap_or(f64::MAX)
            .max(least_scale);
        let plain = self.is_set("plain_lora_names");
        let mut used: Vec<(String, f64)> = Vec::new();
        for (name, &scale) in draft.hf_loras.iter().zip(&draft.lora_scales) {
            if used.len() >= most || plain && name.contains('.') {
                self.dropped("hf_loras", json!(name));
                continue;
            }
            let within = scale.clamp(least_scale, most_scale);
            if within != scale {
                self.note(
                    "lora_scales",
                    AdjustmentKind::Clamped,
                    json!(scale),
                    json!(within),
                );
            }
            used.push((name.clone(), within));
        }
        used
    }

    fn safety(&mut self, draft: &GenerationDraft) -> bool {
        if draft.safety_checker || self.takes("safety_off") {
            return draft.safety_checker;
        }
        self.note(
            "safety_checker",
            AdjustmentKind::Clamped,
            json!(false),
            json!(true),
        );
        true
    }
}

#[cfg(test)]
mod tests;
