//! The five documents of preferences, what is thought of each model, and fields changed on two devices.

use amethyst_engine::Core;
use amethyst_model::ModelPreferenceChange;

use crate::ApiError;
use crate::view::{
    ConflictChoice, ConflictView, ModelPreferencesPatch, ModelPreferencesView, PreferencesPatch,
    PreferencesRef, PreferencesView,
};

pub(crate) async fn preferences_get(
    core: &Core,
    request: PreferencesRef,
) -> Result<PreferencesView, ApiError> {
    Ok(PreferencesView {
        kind: request.kind,
        document: core.preferences(request.kind.into()).await?,
    })
}

pub(crate) async fn preferences_change(
    core: &Core,
    request: PreferencesPatch,
) -> Result<PreferencesView, ApiError> {
    let kind = request.kind;
    let document = core.change_preferences(kind.into(), request.patch).await?;
    Ok(PreferencesView { kind, document })
}

pub(crate) async fn model_preferences_list(
    core: &Core,
    (): (),
) -> Result<Vec<ModelPreferencesView>, ApiError> {
    let all = core.model_preferences().await?;
    Ok(all.into_iter().map(Into::into).collect())
}

pub(crate) async fn model_preferences_change(
    core: &Core,
    request: ModelPreferencesPatch,
) -> Result<ModelPreferencesView, ApiError> {
    let patch = ModelPreferenceChange {
        is_favorite: request.is_favorite,
        default_settings: request.default_settings,
    };
    let now = core
        .change_model_preferences(&request.model_id, patch)
        .await?;
    Ok(now.into())
}

pub(crate) async fn conflict_list(core: &Core, (): ()) -> Result<Vec<ConflictView>, ApiError> {
    let conflicts = core.conflicts().await?;
    Ok(conflicts.into_iter().map(Into::into).collect())
}

pub(crate) async fn conflict_settle(core: &Core, choice: ConflictChoice) -> Result<(), ApiError> {
    Ok(core.settle_conflict(choice.id, choice.take_theirs).await?)
}
