//! The embedded provider: the procedural painter, on a thread of its own.

use amethyst_imaging::Bitmap;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::json;

use super::{Content, Desk, Failure, Finished, Order, Picture, Provider, State};
use crate::sketch::{Painting, Sketch};

/// Paints without a network and without a model.
pub(super) struct SketchProvider;

impl Provider for SketchProvider {
    fn name(&self) -> &'static str {
        "sketch"
    }

    // Its vocabulary holds nothing that could offend.
    fn is_moderated(&self) -> bool {
        false
    }

    fn submit<'a>(
        &'a self,
        order: &'a Order,
        desk: &'a Desk,
    ) -> BoxFuture<'a, Result<State, Failure>> {
        let (order, desk) = (order.clone(), desk.clone());
        async move {
            tokio::task::spawn_blocking(move || paint_all(&order, &desk))
                .await
                .unwrap_or_else(|error| {
                    tracing::error!(%error, "the painter broke off");
                    Err(Failure::lasting("provider_failed"))
                })
        }
        .boxed()
    }
}

fn paint_all(order: &Order, desk: &Desk) -> Result<State, Failure> {
    for &index in &order.wanted {
        // Seeds stay within the 31 bits of the column.
        let seed = order.seed.wrapping_add(index) & 0x7FFF_FFFF;
        let painting = paint(order, index, seed, desk)?;
        desk.hand_over_blocking(index, picture(order, seed, painting)?)?;
    }
    Ok(State::Finished(Finished::default()))
}

fn paint(order: &Order, index: u32, seed: u32, desk: &Desk) -> Result<Painting, Failure> {
    let steps = order
        .adapted
        .steps
        .and_then(|steps| u32::try_from(steps).ok());
    let steps = steps.unwrap_or(28).max(1);
    let image = index + 1;
    desk.done(0, steps, image, order.count);
    let (width, height) = order.size();
    let sketch = Sketch {
        prompt: order.prompt.clone(),
        negative_prompt: order.adapted.negative_prompt.clone().unwrap_or_default(),
        width,
        height,
        steps,
        guidance: order.adapted.guidance.unwrap_or(7.5) as f32,
        seed,
        loras: order
            .adapted
            .loras
            .iter()
            .map(|(name, scale)| (name.clone(), *scale as f32))
            .collect(),
    };
    let painting = sketch
        .paint(&mut |share| {
            // A step counts when that share of the work is really done.
            let step = (share * steps as f32) as u32;
            desk.done(step.min(steps - 1), steps, image, order.count);
            !desk.stopped()
        })
        .ok_or_else(|| Failure::lasting("cancelled"))?;
    desk.done(steps, steps, image, order.count);
    Ok(painting)
}

fn picture(order: &Order, seed: u32, painting: Painting) -> Result<Picture, Failure> {
    let report = [
        ("label", json!("Amethyst sketch, procedural")),
        ("scene", json!(painting.scene)),
        ("unknown_loras", json!(painting.unknown_loras)),
    ]
    .map(|(name, value)| (name.to_owned(), value));
    let (width, height) = order.size();
    let bitmap = Bitmap::from_rgba(width, height, painting.rgba)
        .map_err(|_| Failure::lasting("invalid_size"))?;
    Ok(Picture {
        content: Content::Pixels(bitmap),
        seed: Some(seed.into()),
        report: report.into_iter().collect(),
    })
}
