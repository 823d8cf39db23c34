//! What the API demands of a request; anything else it answers with 400.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

type Checked = Result<(), String>;

fn must(holds: bool, what: &str) -> Checked {
    if holds { Ok(()) } else { Err(what.to_owned()) }
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Value::as_str)
}

fn has_model(body: &Value) -> Checked {
    must(
        text(body, "model").is_some_and(|model| !model.is_empty()),
        "model is required",
    )
}

/// `POST /responses`: messages of text and picture parts, and an answer by a strict schema.
pub(super) fn responses(body: &Value) -> Checked {
    has_model(body)?;
    let input = body.get("input").ok_or("input is required")?;
    if let Some(messages) = input.as_array() {
        for message in messages {
            must(text(message, "role").is_some(), "a message has a role")?;
            let Some(parts) = message.get("content").and_then(Value::as_array) else {
                must(text(message, "content").is_some(), "a message has content")?;
                continue;
            };
            for part in parts {
                match text(part, "type") {
                    Some("input_text") => must(text(part, "text").is_some(), "text is required")?,
                    Some("input_image") => picture(text(part, "image_url"))?,
                    other => return Err(format!("invalid content type {other:?}")),
                }
            }
        }
    } else {
        must(input.is_string(), "input is text or messages")?;
    }
    let format = body.pointer("/text/format").unwrap_or(&Value::Null);
    must(
        text(format, "type") == Some("json_schema"),
        "text.format.type",
    )?;
    must(
        text(format, "name").is_some(),
        "text.format.name is required",
    )?;
    must(
        format.get("strict") == Some(&Value::Bool(true)),
        "text.format.strict",
    )?;
    strict(
        format
            .get("schema")
            .ok_or("text.format.schema is required")?,
    )
}

/// Structured outputs: every object closed, every property required.
fn strict(schema: &Value) -> Checked {
    match text(schema, "type") {
        Some("object") => {
            let closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
            must(
                closed,
                "'additionalProperties' is required to be supplied and to be false",
            )?;
            let properties = schema.get("properties").and_then(Value::as_object);
            let properties = properties.ok_or("an object has properties")?;
            let required = schema.get("required").and_then(Value::as_array);
            let required = required.ok_or("'required' is required to be supplied")?;
            for (name, property) in properties {
                must(
                    required.iter().any(|known| known == name),
                    "'required' must include every key",
                )?;
                strict(property)?;
            }
            must(
                required.len() == properties.len(),
                "'required' has unknown keys",
            )
        }
        Some("array") => strict(schema.get("items").ok_or("an array has items")?),
        Some("string" | "number" | "integer" | "boolean") => Ok(()),
        other => Err(format!("invalid schema type {other:?}")),
    }
}

/// Text, texts, or parts.
pub(super) fn moderations(body: &Value) -> Checked {
    has_model(body)?;
    let input = body.get("input").ok_or("input is required")?;
    let Some(parts) = input.as_array() else {
        return must(input.is_string(), "input is text or an array");
    };
    must(!parts.is_empty(), "input is empty")?;
    for part in parts {
        match text(part, "type") {
            _ if part.is_string() => {}
            Some("text") => must(text(part, "text").is_some(), "text is required")?,
            Some("image_url") => {
                let url = part.pointer("/image_url/url").and_then(Value::as_str);
                picture(url)?;
            }
            other => return Err(format!("invalid part {other:?}")),
        }
    }
    Ok(())
}

pub(super) fn embeddings(body: &Value) -> Checked {
    has_model(body)?;
    let input = body.get("input").ok_or("input is required")?;
    let texts: Vec<&Value> = input
        .as_array()
        .map_or_else(|| vec![input], |texts| texts.iter().collect());
    let is_text = |value: &&Value| value.as_str().is_some_and(|text| !text.is_empty());
    must(
        !texts.is_empty() && texts.iter().all(is_text),
        "'$.input' is invalid",
    )?;
    let size = body.get("dimensions").and_then(Value::as_u64);
    must(
        size.is_none_or(|size| (1..=1536).contains(&size)),
        "dimensions",
    )?;
    let format = text(body, "encoding_format").unwrap_or("float");
    must(format == "float", "this double knows floats only")
}

/// An address, or the picture itself: a WebP, PNG or JPEG file.
fn picture(url: Option<&str>) -> Checked {
    let url = url.ok_or("image_url is required")?;
    let Some(data) = url.strip_prefix("data:") else {
        return must(url.starts_with("https://"), "invalid_image_url");
    };
    let (kind, data) = data.split_once(";base64,").ok_or("invalid_image_url")?;
    let bytes = STANDARD.decode(data).map_err(|_| "invalid_base64_image")?;
    let is_picture = match kind {
        "image/webp" => bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP"),
        "image/png" => bytes.starts_with(b"\x89PNG"),
        "image/jpeg" => bytes.starts_with(b"\xFF\xD8\xFF"),
        _ => false,
    };
    must(is_picture, "invalid_image_format")
}
