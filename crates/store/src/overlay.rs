//! Keeps the invariant *shown = overlay(base, lane)* after every step that moves one of the two.
//!
//! The decisions are the model's; here the inputs are read and the answer is written.

use amethyst_model::{
    GenerationId, GenerationStatus, ImageId, IntentState, Lane, QueuedIntent, overlay_favorite,
    overlay_generation_status, overlay_settings,
};

use crate::Tx;
use crate::error::Result;
use crate::table::outbox::row;
use crate::table::{generation, image, profile};

/// Shows again whatever a lane is about.
pub(crate) async fn show_lane(tx: &mut Tx, lane: &Lane) -> Result<()> {
    let intents = row::lane(tx.db(), lane).await?;
    match lane.0.split_once(':') {
        Some(("generation", id)) => match id.parse() {
            Ok(id) => show_generation(tx, id, &intents).await,
            Err(_) => Ok(()),
        },
        Some(("image", id)) => match id.parse() {
            Ok(id) => show_image(tx, id, &intents).await,
            Err(_) => Ok(()),
        },
        _ if lane.0 == "account" => show_account(tx, &intents).await,
        // A lane of a newer program: nothing of this one shows it.
        _ => Ok(()),
    }
}

async fn show_generation(tx: &mut Tx, id: GenerationId, lane: &[QueuedIntent]) -> Result<()> {
    let Some(base) = generation::base(tx.db(), id).await? else {
        return Ok(());
    };
    let (status, cancel_requested) = shown_generation(&base, lane);
    generation::show(tx, id, status, cancel_requested).await
}

/// What a request shows: its status and whether it is about to stop.
pub(crate) fn shown_generation(
    base: &generation::Base,
    lane: &[QueuedIntent],
) -> (GenerationStatus, bool) {
    let creation_queued = lane.iter().any(row::is_creation);
    let status = if base.status.is_none() && base.withdrawn_at.is_some() && !creation_queued {
        GenerationStatus::Cancelled
    } else {
        overlay_generation_status(base.status, lane)
    };
    let asked = lane.iter().any(|queued| {
        row::is_cancel(queued) && matches!(queued.state, IntentState::Waiting { .. })
    });
    (
        status,
        (base.cancel_requested || asked) && !status.is_final(),
    )
}

async fn show_image(tx: &mut Tx, id: ImageId, lane: &[QueuedIntent]) -> Result<()> {
    let Some((base, gone)) = image::base(tx.db(), id).await? else {
        return Ok(());
    };
    if gone && lane.is_empty() {
        return image::remove(tx, &[id]).await;
    }
    image::show(tx, id, overlay_favorite(base, lane)).await
}

async fn show_account(tx: &mut Tx, lane: &[QueuedIntent]) -> Result<()> {
    let Some((id, language, theme)) = profile::base(tx.db()).await? else {
        return Ok(());
    };
    let (language, theme) = overlay_settings((language, theme), lane);
    profile::show(tx, id, language, theme).await
}
