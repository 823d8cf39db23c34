//! From an order to the body of a call.

use amethyst_model::OutputFormat;
use reqwest::multipart::{Form, Part};
use serde_json::{Map, Value, json};

use crate::provider::{Order, Source};

/// The options that both calls share, as text where a form wants it so.
fn options(order: &Order) -> Map<String, Value> {
    let (width, height) = order.size();
    let mut options = Map::new();
    let mut put = |key: &str, value: Value| {
        options.insert(key.to_owned(), value);
    };
    put("model", json!(order.model_version));
    put("prompt", json!(order.prompt));
    put("n", json!(order.wanted.len()));
    put("size", json!(format!("{width}x{height}")));
    put("output_format", json!(format(order.adapted.format)));
    if order.adapted.format != OutputFormat::Png {
        put("output_compression", json!(order.quality));
    }
    if let Some(quality) = order.setting("quality") {
        put("quality", json!(quality));
    }
    put("user", json!(order.user_tag));
    options
}

/// Body of `images/generations`.
pub(super) fn generation(order: &Order) -> Value {
    let mut body = options(order);
    let moderation = if order.adapted.safety_checker {
        "auto"
    } else {
        "low"
    };
    body.insert("moderation".to_owned(), json!(moderation));
    Value::Object(body)
}

/// Form of `images/edits`.
///
/// # Errors
/// Never for the formats that a source can have.
pub(super) fn edit(order: &Order, source: &Source) -> Result<Form, reqwest::Error> {
    let part = Part::stream(source.bytes.clone())
        .file_name(format!("source.{}", source.format.extension()))
        .mime_str(source.format.mime())?;
    let form = Form::new().part("image[]", part);
    Ok(options(order).into_iter().fold(form, |form, (key, value)| {
        let text = match value {
            Value::String(text) => text,
            other => other.to_string(),
        };
        form.text(key, text)
    }))
}

fn format(format: OutputFormat) -> &'static str {
    match format {
        OutputFormat::Webp => "webp",
        OutputFormat::Png => "png",
        OutputFormat::Jpg => "jpeg",
    }
}
