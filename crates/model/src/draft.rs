//! What a user fills in before asking for images, and the rules it must meet.
//!
//! The same limits stand as CHECK constraints in the hosted schema; here they give each field its own
//! sentence before anything is sent.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{GenerationModel, SuggestionId};

/// Longest prompt and negative prompt, in characters (`valid_prompt_length` of the hosted schema).
pub(crate) const MAX_PROMPT_CHARS: usize = 4000;

/// Shape of the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum AspectRatio {
    /// 1:1.
    #[default]
    #[serde(rename = "1:1")]
    Square,
    /// 16:9.
    #[serde(rename = "16:9")]
    Wide,
}

impl AspectRatio {
    /// Width and height in pixels that the server takes when none are given.
    #[must_use]
    pub fn default_size(self) -> (i64, i64) {
        match self {
            Self::Square => (1024, 1024),
            Self::Wide => (1344, 768),
        }
    }

    fn quotient(self) -> f64 {
        match self {
            Self::Square => 1.0,
            Self::Wide => 16.0 / 9.0,
        }
    }
}

/// File format of the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OutputFormat {
    /// WebP, lossy.
    #[default]
    Webp,
    /// PNG, lossless; quality does not apply.
    Png,
    /// JPEG.
    Jpg,
}

/// A request for images, not yet sent. Absent JSON fields take the product's defaults.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GenerationDraft {
    /// Key of the model.
    pub model_id: String,
    /// What to paint.
    pub prompt: String,
    /// What to leave out.
    pub negative_prompt: String,
    /// Shape.
    pub aspect_ratio: AspectRatio,
    /// Images to make, 1 to 4.
    pub num_outputs: i64,
    /// Sampling steps, 1 to 100.
    pub steps: i64,
    /// How strictly to follow the prompt, 1 to 20.
    pub guidance_scale: f64,
    /// How far to leave the source image, 0.1 to 1; without effect when there is none.
    pub prompt_strength: f64,
    /// Seed, 0 to 2³¹−1, or −1 to draw one.
    pub seed: i64,
    /// File format.
    pub output_format: OutputFormat,
    /// Quality of lossy formats, 1 to 100.
    pub output_quality: i64,
    /// Whether the provider's safety checker runs.
    pub safety_checker: bool,
    /// LoRAs as `owner/name`.
    pub hf_loras: Vec<String>,
    /// One scale per LoRA, −4 to 4.
    pub lora_scales: Vec<f64>,
    /// Width in pixels, a multiple of 8; `None` takes the ratio's default.
    pub width: Option<i64>,
    /// Height in pixels, a multiple of 8; `None` takes the ratio's default.
    pub height: Option<i64>,
    /// The suggestion that the prompt was taken from, which is measured by what becomes of it. Only on the way to
    /// the server: a request read back names none, for who copies it does not use the suggestion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_suggestion_id: Option<SuggestionId>,
}

impl Default for GenerationDraft {
    fn default() -> Self {
        Self {
            model_id: "sketch".to_owned(),
            prompt: String::new(),
            negative_prompt: String::new(),
            aspect_ratio: AspectRatio::Square,
            num_outputs: 1,
            steps: 28,
            guidance_scale: 7.5,
            prompt_strength: 0.8,
            seed: -1,
            output_format: OutputFormat::Webp,
            output_quality: 90,
            safety_checker: true,
            hf_loras: Vec::new(),
            lora_scales: Vec::new(),
            width: None,
            height: None,
            prompt_suggestion_id: None,
        }
    }
}

/// What is wrong with one field; `field` is the field's name in the draft's JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldError {
    /// Name of the field, as in the draft's JSON.
    pub field: String,
    /// What is wrong with it.
    pub problem: FieldProblem,
    /// Smallest allowed value, where one applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// Largest allowed value, where one applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
}

/// The kinds of mistakes a field can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldProblem {
    /// Nothing but white space.
    Empty,
    /// More characters or entries than `max`.
    TooLong,
    /// Outside `min` to `max`.
    OutOfRange,
    /// Not of the expected form, such as a LoRA that is not `owner/name`.
    Malformed,
    /// The two lists of LoRAs and scales differ in length.
    LengthMismatch,
    /// No such model in the catalog.
    UnknownModel,
    /// The model takes no new requests.
    InactiveModel,
}

/// A draft that cannot be sent, with every field that is wrong.
#[derive(Clone, Debug, PartialEq, Error)]
#[error("the request has {} invalid field(s)", .0.len())]
pub struct InvalidDraft(pub Vec<FieldError>);

impl GenerationDraft {
    /// Width and height in pixels that this draft asks for.
    #[must_use]
    pub fn size(&self) -> (i64, i64) {
        let (width, height) = self.aspect_ratio.default_size();
        (self.width.unwrap_or(width), self.height.unwrap_or(height))
    }

    /// Checks every field. `model` is the catalog's row for `model_id`, `None` when there is none.
    ///
    /// # Errors
    /// [`InvalidDraft`] with all wrong fields, in the order of the form.
    pub fn validate(&self, model: Option<&GenerationModel>) -> Result<(), InvalidDraft> {
        let mut found = Vec::new();
        self.check_texts(&mut found);
        self.check_numbers(model, &mut found);
        self.check_loras(model, &mut found);
        self.check_size(model, &mut found);
        match model {
            None => found.push(problem("model_id", FieldProblem::UnknownModel)),
            Some(model) if !model.is_active => {
                found.push(problem("model_id", FieldProblem::InactiveModel));
            }
            Some(_) => {}
        }
        if found.is_empty() {
            Ok(())
        } else {
            Err(InvalidDraft(found))
        }
    }

    fn check_texts(&self, found: &mut Vec<FieldError>) {
        if self.prompt.trim().is_empty() {
            found.push(problem("prompt", FieldProblem::Empty));
        }
        for (field, text) in [
            ("prompt", &self.prompt),
            ("negative_prompt", &self.negative_prompt),
        ] {
            if text.chars().count() > MAX_PROMPT_CHARS {
                found.push(at_most(field, FieldProblem::TooLong, MAX_PROMPT_CHARS));
            } else if text.contains('\0') {
                // PostgreSQL cannot store NUL in text; it would fail there with a riddle.
                found.push(problem(field, FieldProblem::Malformed));
            }
        }
    }

    fn check_numbers(&self, model: Option<&GenerationModel>, found: &mut Vec<FieldError>) {
        let max_steps = model.map_or(100, GenerationModel::max_steps);
        within(found, "num_outputs", self.num_outputs, 1, 4);
        within(found, "steps", self.steps, 1, max_steps);
        within(found, "seed", self.seed, -1, i64::from(i32::MAX));
        within(found, "output_quality", self.output_quality, 1, 100);
        within_f64(found, "guidance_scale", self.guidance_scale, 1.0, 20.0);
        within_f64(found, "prompt_strength", self.prompt_strength, 0.1, 1.0);
    }

    fn check_loras(&self, model: Option<&GenerationModel>, found: &mut Vec<FieldError>) {
        let max_loras = model.map_or(20, GenerationModel::max_loras);
        if self.hf_loras.len() > max_loras {
            found.push(at_most("hf_loras", FieldProblem::TooLong, max_loras));
        }
        if self.hf_loras.len() != self.lora_scales.len() {
            found.push(problem("lora_scales", FieldProblem::LengthMismatch));
        }
        if self.hf_loras.iter().any(|name| !is_lora_name(name)) {
            found.push(problem("hf_loras", FieldProblem::Malformed));
        }
        for &scale in &self.lora_scales {
            let before = found.len();
            within_f64(found, "lora_scales", scale, -4.0, 4.0);
            if found.len() > before {
                break;
            }
        }
    }

    fn check_size(&self, model: Option<&GenerationModel>, found: &mut Vec<FieldError>) {
        let (width, height) = self.size();
        for (field, side) in [("width", width), ("height", height)] {
            if !(1..=16384).contains(&side) {
                within(found, field, side, 1, 16384);
                return;
            }
            if side % 8 != 0 {
                found.push(problem(field, FieldProblem::Malformed));
                return;
            }
        }
        let max_pixels = model.map_or(2048 * 2048, GenerationModel::max_pixels);
        if width * height > max_pixels {
            found.push(FieldError {
                max: Some(max_pixels as f64),
                ..problem("width", FieldProblem::OutOfRange)
            });
        }
        // The server allows 3 % so that sides can be multiples of 8.
        let quotient = width as f64 / height as f64 / self.aspect_ratio.quotient();
        if !(0.97..=1.03).contains(&quotient) {
            found.push(problem("aspect_ratio", FieldProblem::Malformed));
        }
    }
}

fn is_lora_name(name: &str) -> bool {
    let part = |text: &str| {
        !text.is_empty()
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
    };
    name.split_once('/')
        .is_some_and(|(owner, rest)| part(owner) && part(rest))
}

fn problem(field: &str, problem: FieldProblem) -> FieldError {
    FieldError {
        field: field.to_owned(),
        problem,
        min: None,
        max: None,
    }
}

fn at_most(field: &str, kind: FieldProblem, max: usize) -> FieldError {
    FieldError {
        max: Some(max as f64),
        ..problem(field, kind)
    }
}

fn within(found: &mut Vec<FieldError>, field: &str, value: i64, min: i64, max: i64) {
    within_f64(found, field, value as f64, min as f64, max as f64);
}

fn within_f64(found: &mut Vec<FieldError>, field: &str, value: f64, min: f64, max: f64) {
    // `contains` is false for NaN, which must be refused too.
    if !(min..=max).contains(&value) {
        let range = FieldError {
            min: Some(min),
            max: Some(max),
            ..problem(field, FieldProblem::OutOfRange)
        };
        found.push(range);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn sketch() -> GenerationModel {
        GenerationModel {
            id: "sketch".into(),
            name: "Sketch".into(),
            description: None,
            provider: "local".into(),
            version: "1".into(),
            is_active: true,
            credits_cost: 1,
            metadata: json!({ "max_loras": 2, "max_steps": 50 }),
        }
    }

    fn draft() -> GenerationDraft {
        GenerationDraft {
            prompt: "un renard".into(),
            ..GenerationDraft::default()
        }
    }

    fn problems(
        draft: &GenerationDraft,
        model: Option<&GenerationModel>,
    ) -> Vec<(String, FieldProblem)> {
        match draft.validate(model) {
            Ok(()) => Vec::new(),
            Err(InvalidDraft(list)) => list.into_iter().map(|e| (e.field, e.problem)).collect(),
        }
    }

    #[test]
    fn defaults_with_a_prompt_are_valid() {
        assert_eq!(draft().validate(Some(&sketch())), Ok(()));
    }

    #[test]
    fn each_bad_field_is_named() {
        use FieldProblem::*;
        let model = sketch();
        let cases: Vec<(GenerationDraft, &str, FieldProblem)> = vec![
            (
                GenerationDraft {
                    prompt: " \n".into(),
                    ..draft()
                },
                "prompt",
                Empty,
            ),
            (
                GenerationDraft {
                    prompt: "x".repeat(10_000),
                    ..draft()
                },
                "prompt",
                TooLong,
            ),
            (
                GenerationDraft {
                    prompt: "a\0b".into(),
                    ..draft()
                },
                "prompt",
                Malformed,
            ),
            (
                GenerationDraft {
                    steps: 0,
                    ..draft()
                },
                "steps",
                OutOfRange,
            ),
            (
                GenerationDraft {
                    steps: 101,
                    ..draft()
                },
                "steps",
                OutOfRange,
            ),
            (
                GenerationDraft {
                    steps: 51,
                    ..draft()
                },
                "steps",
                OutOfRange,
            ),
            (
                GenerationDraft {
                    num_outputs: 5,
                    ..draft()
                },
                "num_outputs",
                OutOfRange,
            ),
            (
                GenerationDraft {
                    guidance_scale: f64::NAN,
                    ..draft()
                },
                "guidance_scale",
                OutOfRange,
            ),
            (
                GenerationDraft {
                    seed: -2,
                    ..draft()
                },
                "seed",
                OutOfRange,
            ),
            (
                GenerationDraft {
                    hf_loras: vec!["a/b".into(), "c/d".into()],
                    lora_scales: vec![1.0],
                    ..draft()
                },
                "lora_scales",
                LengthMismatch,
            ),
            (
                GenerationDraft {
                    hf_loras: vec!["fog".into()],
                    lora_scales: vec![1.0],
                    ..draft()
                },
                "hf_loras",
                Malformed,
            ),
            (
                GenerationDraft {
                    hf_loras: vec!["a/b".into(), "c/d".into(), "e/f".into()],
                    lora_scales: vec![1.0; 3],
                    ..draft()
                },
                "hf_loras",
                TooLong,
            ),
            (
                GenerationDraft {
                    width: Some(1020),
                    ..draft()
                },
                "width",
                Malformed,
            ),
            (
                GenerationDraft {
                    width: Some(1344),
                    ..draft()
                },
                "aspect_ratio",
                Malformed,
            ),
        ];
        for (draft, field, kind) in cases {
            assert_eq!(
                problems(&draft, Some(&model)),
                [(field.to_owned(), kind)],
                "{draft:?}"
            );
        }
    }

    #[test]
    fn unknown_and_inactive_models_are_told_apart() {
        let retired = GenerationModel {
            is_active: false,
            ..sketch()
        };
        assert_eq!(
            problems(&draft(), None),
            [("model_id".to_owned(), FieldProblem::UnknownModel)]
        );
        assert_eq!(
            problems(&draft(), Some(&retired)),
            [("model_id".to_owned(), FieldProblem::InactiveModel)]
        );
    }
}
