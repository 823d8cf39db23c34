//! Keeps the invariant *shown = overlay(base, lane)* after every step that moves one of the two.
//!
//! The decisions are the model's; here the inputs are read and the answer is written.

use amethyst_model::{
    CollectionId, GenerationId, GenerationStatus, ImageId, Intent, IntentState, Lane,
    PreferenceKind, QueuedIntent, overlay_collection, overlay_fields, overlay_generation_status,
    overlay_image, overlay_marks, overlay_member, overlay_model, overlay_settings, overlay_tag,
};

use crate::Tx;
use crate::error::Result;
use crate::table::outbox::row;
use crate::table::{
    collection, generation, image, mark, member, model_preference, preference, profile, tag,
};

/// Shows again whatever a lane is about.
pub(crate) async fn show_lane(tx: &mut Tx, lane: &Lane) -> Result<()> {
    let intents = row::lane(tx.db(), lane).await?;
    let Some((kind, id)) = lane.0.split_once(':') else {
        return match lane.0.as_str() {
            "account" => show_account(tx, &intents).await,
            // A lane of a newer program: nothing of this one shows it.
            _ => Ok(()),
        };
    };
    match kind {
        "generation" => match id.parse() {
            Ok(id) => show_generation(tx, id, &intents).await,
            Err(_) => Ok(()),
        },
        "image" => match id.parse() {
            Ok(id) => show_image(tx, id, &intents).await,
            Err(_) => Ok(()),
        },
        "collection" => match id.parse() {
            Ok(id) => show_collection(tx, id, &intents).await,
            Err(_) => Ok(()),
        },
        "preferences" => match PreferenceKind::parse(id) {
            Some(kind) => show_preferences(tx, kind, &intents).await,
            None => Ok(()),
        },
        "model" => show_model(tx, id, &intents).await,
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
    show_marks(tx, id, lane).await?;
    show_tags(tx, id, lane).await?;
    let Some(base) = image::base(tx.db(), id).await? else {
        return Ok(());
    };
    if base.gone && lane.is_empty() {
        return image::remove(tx, &[id]).await;
    }
    image::show(tx, id, overlay_image(base.state, lane), base.gone).await
}

/// Stars and culling mark of an image.
pub(crate) async fn show_marks(tx: &mut Tx, id: ImageId, lane: &[QueuedIntent]) -> Result<()> {
    let base = mark::base(tx.db(), id).await?;
    mark::show(tx, id, base, overlay_marks(base, lane)).await
}

async fn show_tags(tx: &mut Tx, id: ImageId, lane: &[QueuedIntent]) -> Result<()> {
    let mut tags = tag::base(tx.db(), id).await?;
    for queued in lane {
        if let Some(Intent::TagImage { tag, .. }) = &queued.intent {
            tags.entry(tag.clone()).or_insert(false);
        }
    }
    for (name, base) in tags {
        tag::show(tx, id, &name, base, overlay_tag(base, &name, lane)).await?;
    }
    Ok(())
}

async fn show_collection(tx: &mut Tx, id: CollectionId, lane: &[QueuedIntent]) -> Result<()> {
    let base = collection::base(tx.db(), id).await?;
    collection::show(tx, id, overlay_collection(base, lane)).await?;
    let mut members = member::unsettled(tx.db(), id).await?;
    for queued in lane {
        if let Some(Intent::CollectImages { images, .. }) = &queued.intent {
            for image in images {
                if !members.contains_key(image) {
                    let base = member::base(tx.db(), id, *image).await?;
                    members.insert(*image, base);
                }
            }
        }
    }
    for (image, base) in members {
        member::show(tx, id, image, base, overlay_member(base, image, lane)).await?;
    }
    Ok(())
}

async fn show_preferences(tx: &mut Tx, kind: PreferenceKind, lane: &[QueuedIntent]) -> Result<()> {
    let base = preference::base(tx.db(), kind).await?;
    preference::show(tx, kind, &overlay_fields(base, lane)).await
}

async fn show_model(tx: &mut Tx, id: &str, lane: &[QueuedIntent]) -> Result<()> {
    let base = model_preference::base(tx.db(), id).await?;
    model_preference::show(tx, id, &overlay_model(base, lane)).await
}

async fn show_account(tx: &mut Tx, lane: &[QueuedIntent]) -> Result<()> {
    let Some((id, base)) = profile::base(tx.db()).await? else {
        return Ok(());
    };
    profile::show(tx, id, &overlay_settings(base, lane)).await
}
