//! From an order to the form of an endpoint. Everything goes as multipart, even where there is no file.

use reqwest::multipart::{Form, Part};

use crate::provider::Order;

/// Endpoint and form for the picture at `index`.
///
/// # Errors
/// Never for the formats that a source can have.
pub(super) fn form(order: &Order, index: u32) -> Result<(&'static str, Form), reqwest::Error> {
    let adapted = &order.adapted;
    let endpoint = match order.model_version.as_str() {
        "ultra" => "ultra",
        "core" => "core",
        _ => "sd3",
    };
    let mut form = Form::new()
        .text("prompt", order.prompt.clone())
        .text("seed", seed(order, index).to_string())
        // Lossless: the wanted quality is applied once, by us.
        .text("output_format", "png");
    if let Some(negative) = adapted
        .negative_prompt
        .as_ref()
        .filter(|text| !text.trim().is_empty())
    {
        form = form.text("negative_prompt", negative.clone());
    }
    let source = order.source.as_ref().filter(|_| adapted.has_source);
    if endpoint == "sd3" {
        form = form.text("model", order.model_version.clone());
        let mode = if source.is_some() {
            "image-to-image"
        } else {
            "text-to-image"
        };
        form = form.text("mode", mode);
        if let Some(guidance) = adapted.guidance {
            form = form.text("cfg_scale", guidance.to_string());
        }
    }
    match source {
        Some(source) => {
            let part = Part::stream(source.bytes.clone())
                .file_name(format!("source.{}", source.format.extension()))
                .mime_str(source.format.mime())?;
            let strength = adapted.strength.unwrap_or(0.8);
            form = form
                .part("image", part)
                .text("strength", strength.to_string());
            if endpoint != "sd3" {
                form = form.text("aspect_ratio", order.aspect_ratio.clone());
            }
        }
        // With a source, sd3 takes its shape and refuses another.
        None => form = form.text("aspect_ratio", order.aspect_ratio.clone()),
    }
    Ok((endpoint, form))
}

/// Seeds count up from picture to picture. 0 means a drawn one, which the answer tells.
pub(super) fn seed(order: &Order, index: u32) -> u64 {
    u64::from(order.seed) + u64::from(index)
}
