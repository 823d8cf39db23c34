//! From an order to the input of a model, whose fields are called differently from model to model.

use amethyst_model::OutputFormat;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value, json};

use crate::provider::Order;

/// How a model calls its fields; `models.metadata.dialect`, or by the name of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dialect {
    /// `lucataco/flux-dev-multi-lora`: `guidance_scale`, lists of LoRAs and scales.
    MultiLora,
    /// `black-forest-labs/flux-dev-lora`: `guidance`, a first and a second LoRA.
    TwoLoras,
}

impl Dialect {
    fn of(order: &Order) -> Self {
        match order.setting("dialect") {
            Some("two_loras") => Self::TwoLoras,
            Some("multi_lora") => Self::MultiLora,
            _ if order.model_version.starts_with("black-forest-labs/") => Self::TwoLoras,
            _ => Self::MultiLora,
        }
    }
}

/// The input. Never a seed of −1, never an empty list that the model would take for one LoRA.
pub(super) fn input(order: &Order) -> Value {
    let adapted = &order.adapted;
    let mut input = Map::new();
    let mut put = |key: &str, value: Value| {
        input.insert(key.to_owned(), value);
    };
    put("prompt", json!(order.prompt));
    put("aspect_ratio", json!(order.aspect_ratio));
    put("num_outputs", json!(order.count));
    put("output_format", json!(format(adapted.format)));
    if adapted.format != OutputFormat::Png {
        put("output_quality", json!(order.quality));
    }
    put("disable_safety_checker", json!(!adapted.safety_checker));
    if adapted.takes_seed {
        put("seed", json!(order.seed));
    }
    if let Some(steps) = adapted.steps {
        put("num_inference_steps", json!(steps));
    }
    if let Some(source) = &order.source {
        let address = source.url.clone().unwrap_or_else(|| {
            let body = BASE64_STANDARD.encode(&source.bytes);
            format!("data:{};base64,{body}", source.format.mime())
        });
        put("image", json!(address));
        if let Some(strength) = adapted.strength {
            put("prompt_strength", json!(strength));
        }
    }
    let dialect = Dialect::of(order);
    if let Some(guidance) = adapted.guidance {
        let name = match dialect {
            Dialect::MultiLora => "guidance_scale",
            Dialect::TwoLoras => "guidance",
        };
        put(name, json!(guidance));
    }
    let loras = loras(order);
    match dialect {
        Dialect::MultiLora if !loras.is_empty() => {
            let (names, scales): (Vec<_>, Vec<_>) = loras.into_iter().unzip();
            put("hf_loras", json!(names));
            // As many as LoRAs: with fewer, but more than one, none is loaded, without a word.
            put("lora_scales", json!(scales));
        }
        Dialect::MultiLora => {}
        Dialect::TwoLoras => {
            for ((name, scale), (name_field, scale_field)) in loras.into_iter().zip([
                ("lora_weights", "lora_scale"),
                ("extra_lora", "extra_lora_scale"),
            ]) {
                put(name_field, json!(name));
                put(scale_field, json!(scale));
            }
        }
    }
    if let Some(Value::Object(fixed)) = order.model.get("input") {
        input.extend(fixed.clone());
    }
    Value::Object(input)
}

/// In the other order the second time: a warm worker takes a list it has seen for loaded, whatever it has done since.
fn loras(order: &Order) -> Vec<(String, f64)> {
    let mut loras = order.adapted.loras.clone();
    if order.round % 2 == 1 {
        loras.reverse();
    }
    loras
}

/// What stands with the picture for a later re-run.
pub(super) fn report(order: &Order) -> Map<String, Value> {
    let mut report = Map::new();
    if let Some(fixed) = order.model.get("input") {
        report.insert("provider_input".to_owned(), fixed.clone());
    }
    report
}

fn format(format: OutputFormat) -> &'static str {
    match format {
        OutputFormat::Webp => "webp",
        OutputFormat::Png => "png",
        OutputFormat::Jpg => "jpg",
    }
}
