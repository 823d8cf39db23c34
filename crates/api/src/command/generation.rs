//! Drafts, prices and requests.

use std::collections::HashMap;

use amethyst_engine::Core;
use amethyst_model::{Generation, GenerationDraft, GenerationStatus, Intent};

use super::image::image_views;
use super::parse_id;
use crate::ApiError;
use crate::view::{
    DraftView, GenerationListQuery, GenerationRef, GenerationRequest, GenerationView, ModelView,
    QuoteView,
};

pub(crate) async fn model_list(core: &Core, (): ()) -> Result<Vec<ModelView>, ApiError> {
    Ok(core
        .models()
        .await?
        .into_iter()
        .map(ModelView::from)
        .collect())
}

pub(crate) async fn generation_quote(core: &Core, draft: DraftView) -> Result<QuoteView, ApiError> {
    let draft = GenerationDraft::from(draft);
    let quote = core.quote(&draft).await?;
    Ok(QuoteView {
        cost: quote.cost,
        balance_after: quote.balance_after,
        missing: quote.balance_after.map_or(0, |after| (-after).max(0)),
        fields: quote.fields.iter().map(Into::into).collect(),
        adjustments: quote.adjustments.into_iter().map(Into::into).collect(),
        size: draft.size(),
    })
}

pub(crate) async fn generation_request(
    core: &Core,
    request: GenerationRequest,
) -> Result<GenerationView, ApiError> {
    let draft = request.draft.into();
    let generation = core.request_generation(&draft, request.max_cost).await?;
    generation_view(core, generation).await
}

pub(crate) async fn generation_cancel(
    core: &Core,
    request: GenerationRef,
) -> Result<GenerationView, ApiError> {
    let generation = core.cancel_generation(parse_id(&request.id)?).await?;
    generation_view(core, generation).await
}

pub(crate) async fn generation_get(
    core: &Core,
    request: GenerationRef,
) -> Result<GenerationView, ApiError> {
    let generation = core.generation(parse_id(&request.id)?).await?;
    generation_view(core, generation).await
}

pub(crate) async fn generation_list(
    core: &Core,
    query: GenerationListQuery,
) -> Result<Vec<GenerationView>, ApiError> {
    let generations = core
        .generations(query.active_only, query.limit.min(500))
        .await?;
    let mut views = Vec::with_capacity(generations.len());
    let parked = parked_creations(core).await?;
    for generation in generations {
        views.push(complete(core, generation, &parked).await?);
    }
    Ok(views)
}

/// The view of one request with its images and money.
pub(crate) async fn generation_view(
    core: &Core,
    generation: Generation,
) -> Result<GenerationView, ApiError> {
    let parked = parked_creations(core).await?;
    complete(core, generation, &parked).await
}

async fn complete(
    core: &Core,
    generation: Generation,
    parked: &HashMap<String, String>,
) -> Result<GenerationView, ApiError> {
    let (id, status) = (generation.id, generation.status);
    let mut view = GenerationView::from(generation);
    if status.is_final() {
        view.credits_refunded = core.refunded(id).await?;
    }
    if status == GenerationStatus::Completed {
        view.images = image_views(core, core.images_of(id).await?).await?;
    }
    view.parked_intent = parked.get(&view.id).cloned();
    Ok(view)
}

/// Outbox entries that need the user, by the request they concern.
async fn parked_creations(core: &Core) -> Result<HashMap<String, String>, ApiError> {
    let outbox = core.outbox().await?;
    let parked = outbox
        .into_iter()
        .filter_map(|queued| match (queued.state, queued.intent) {
            (
                amethyst_model::IntentState::Parked { .. },
                Some(Intent::CreateGeneration { generation, .. }),
            ) => Some((generation.to_string(), queued.id.to_string())),
            _ => None,
        });
    Ok(parked.collect())
}
