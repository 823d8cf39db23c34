//! The embedded provider: the procedural painter, on a thread of its own.

use amethyst_imaging::Bitmap;
use futures_util::future::BoxFuture;
use serde_json::json;

use super::{Failure, Order, Picture, Provider, Reporter};
use crate::sketch::{Painting, Sketch};

/// Paints without a network and without a model.
pub(super) struct SketchProvider;

impl Provider for SketchProvider {
    fn name(&self) -> &'static str {
        "sketch"
    }

    fn generate(
        &self,
        order: Order,
        reporter: Reporter,
    ) -> BoxFuture<'static, Result<Vec<Picture>, Failure>> {
        Box::pin(async move {
            tokio::task::spawn_blocking(move || paint_all(&order, &reporter))
                .await
                .unwrap_or_else(|error| {
                    tracing::error!(%error, "the painter broke off");
                    Err(Failure::lasting("provider_failed"))
                })
        })
    }
}

fn paint_all(order: &Order, reporter: &Reporter) -> Result<Vec<Picture>, Failure> {
    (0..order.count)
        .map(|index| {
            // Seeds stay within the 31 bits of the column.
            let seed = order.seed.wrapping_add(index) & 0x7FFF_FFFF;
            let steps = order.steps.max(1);
            let image = index + 1;
            reporter.done(0, steps, image, order.count);
            let sketch = Sketch {
                prompt: order.prompt.clone(),
                negative_prompt: order.negative_prompt.clone(),
                width: order.width,
                height: order.height,
                steps,
                guidance: order.guidance as f32,
                seed,
                loras: order
                    .loras
                    .iter()
                    .map(|(name, scale)| (name.clone(), *scale as f32))
                    .collect(),
            };
            let painting = sketch
                .paint(&mut |share| {
                    // A step counts when that share of the work is really done.
                    let step = (share * steps as f32) as u32;
                    reporter.done(step.min(steps - 1), steps, image, order.count);
                    !reporter.stopped()
                })
                .ok_or_else(|| Failure::lasting("cancelled"))?;
            reporter.done(steps, steps, image, order.count);
            picture(order, seed, painting)
        })
        .collect()
}

fn picture(order: &Order, seed: u32, painting: Painting) -> Result<Picture, Failure> {
    let mut ignored = vec![];
    if order.source_path.is_none() {
        ignored.push("prompt_strength");
    } else {
        // The painter starts from nothing but words.
        ignored.extend(["source_path", "prompt_strength"]);
    }
    let report = [
        ("provider", json!("sketch")),
        ("label", json!("Amethyst sketch, procedural")),
        ("scene", json!(painting.scene)),
        ("ignored", json!(ignored)),
        ("unknown_loras", json!(painting.unknown_loras)),
    ]
    .map(|(name, value)| (name.to_owned(), value));
    let bitmap = Bitmap::from_rgba(order.width, order.height, painting.rgba)
        .map_err(|_| Failure::lasting("invalid_size"))?;
    Ok(Picture {
        bitmap,
        seed,
        report: report.into_iter().collect(),
    })
}
