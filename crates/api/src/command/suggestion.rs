//! Better wordings for a prompt.

use amethyst_engine::Core;

use super::parse_id;
use crate::ApiError;
use crate::view::{RewordRequest, RewordView, SuggestionQuery, SuggestionsView};

pub(crate) async fn suggestion_list(
    core: &Core,
    query: SuggestionQuery,
) -> Result<SuggestionsView, ApiError> {
    let suggested = core
        .suggestions(&query.prompt, query.limit.clamp(1, 20))
        .await?;
    Ok(SuggestionsView::of(&query.prompt, suggested))
}

pub(crate) async fn suggestion_ask(
    core: &Core,
    query: SuggestionQuery,
) -> Result<SuggestionsView, ApiError> {
    let suggested = core
        .suggest(&query.prompt, query.limit.clamp(1, 20))
        .await?;
    Ok(SuggestionsView::of(&query.prompt, suggested))
}

pub(crate) async fn suggestion_reword(
    core: &Core,
    request: RewordRequest,
) -> Result<RewordView, ApiError> {
    let worded = core.reword(parse_id(&request.id)?, &request.prompt).await?;
    Ok(RewordView::of(&request.prompt, worded))
}
