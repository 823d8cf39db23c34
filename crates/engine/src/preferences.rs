//! Preferences, merged field by field over what the user had seen.

use amethyst_model::{
    AccountSettings, Intent, ModelPreferenceChange, ModelPreferences, PreferenceKind, base_of,
};
use serde_json::{Map, Value};

use crate::Error;
use crate::library::Library;
use crate::organize::act;

/// Largest document, in bytes of its JSON; the server's own limit.
const LARGEST: usize = 64 * 1024;

/// Changes fields of a document; null removes one.
pub(crate) async fn change(
    library: &Library,
    kind: PreferenceKind,
    patch: Map<String, Value>,
) -> Result<Map<String, Value>, Error> {
    let present = library.writable()?.preferences(kind).await?;
    check_size(&present, &patch)?;
    let intent = Intent::MergePreferences {
        kind,
        base: base_of(&present, &patch),
        patch,
    };
    act(library, &[intent]).await?;
    Ok(library.store.preferences(kind).await?)
}

/// Changes what the user thinks of a model.
pub(crate) async fn change_model(
    library: &Library,
    model: &str,
    patch: ModelPreferenceChange,
) -> Result<ModelPreferences, Error> {
    let store = library.writable()?;
    if store.model(model).await?.is_none() {
        return Err(Error::NotFound("model"));
    }
    let present = of_model(library, model).await?;
    check_size(&present.default_settings, &patch.default_settings)?;
    let base = ModelPreferenceChange {
        is_favorite: patch.is_favorite.map(|_| present.is_favorite),
        default_settings: base_of(&present.default_settings, &patch.default_settings),
    };
    let intent = Intent::MergeModelPreferences {
        model: model.to_owned(),
        base,
        patch,
    };
    act(library, &[intent]).await?;
    of_model(library, model).await
}

async fn of_model(library: &Library, model: &str) -> Result<ModelPreferences, Error> {
    let all = library.store.model_preferences().await?;
    let found = all.into_iter().find(|known| known.model == model);
    Ok(found.unwrap_or_else(|| ModelPreferences {
        model: model.to_owned(),
        ..ModelPreferences::default()
    }))
}

/// Changes fields of the profile: effective at once, sent by the sender.
pub(crate) async fn change_profile(
    library: &Library,
    settings: AccountSettings,
) -> Result<(), Error> {
    let too_long = |text: &Option<String>, most: usize| {
        text.as_ref()
            .is_some_and(|text| text.chars().count() > most)
    };
    if too_long(&settings.full_name, 200) {
        return Err(Error::Invalid("full_name", "at most 200 characters"));
    }
    if too_long(&settings.avatar_url, 2000) {
        return Err(Error::Invalid("avatar_url", "at most 2000 characters"));
    }
    act(library, &[Intent::SetAccountSettings { settings }]).await
}

/// Ends a conflict. With `take_theirs` the other device's value is taken, as a change of its own.
pub(crate) async fn settle_conflict(
    library: &Library,
    id: i64,
    take_theirs: bool,
) -> Result<(), Error> {
    let conflicts = library.store.conflicts().await?;
    let conflict = conflicts.into_iter().find(|conflict| conflict.id == id);
    let Some(conflict) = conflict.ok_or(Error::NotFound("conflict")).ok() else {
        // Settled already, in another window.
        return Ok(());
    };
    if take_theirs {
        let patch = Map::from_iter([(conflict.field.field, conflict.field.theirs)]);
        match conflict.lane.0.split_once(':') {
            Some(("preferences", kind)) => {
                if let Some(kind) = PreferenceKind::parse(kind) {
                    change(library, kind, patch).await?;
                }
            }
            Some(("model", model)) => {
                let patch = ModelPreferenceChange {
                    is_favorite: None,
                    default_settings: patch,
                };
                change_model(library, model, patch).await?;
            }
            _ => {}
        }
    }
    let mut tx = library.writable()?.begin().await?;
    tx.settle_conflict(id).await?;
    tx.commit().await?;
    Ok(())
}

fn check_size(present: &Map<String, Value>, patch: &Map<String, Value>) -> Result<(), Error> {
    let size =
        |fields: &Map<String, Value>| serde_json::to_string(fields).map_or(0, |text| text.len());
    if size(present) + size(patch) > LARGEST {
        return Err(Error::Invalid("preferences", "at most 64 KiB"));
    }
    Ok(())
}
