//! What the user sees: the server's last word with the outbox's lane on top.
//!
//! Invariant of the library: effective columns = overlay(base, lane). A pull may move the base at any
//! time; it can never undo on screen what has not been sent yet. A parked intent is not shown as done: it
//! is not going to happen by itself.

use serde_json::{Map, Value};

use crate::{
    AccountSettings, CollectionSheet, GenerationStatus, ImageId, ImageMarks, Intent, IntentState,
    ModelPreferenceChange, QueuedIntent, merge_fields,
};

/// Where an image stands, as far as the user can change it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImageState {
    /// Among the favorites.
    pub favorite: bool,
    /// Shown to everybody.
    pub public: bool,
    /// In the trash.
    pub trashed: bool,
    /// On its way out of the trash, for good.
    pub deleted: bool,
}

/// An image's state with the waiting intents of its lane on top. In the trash an image is private.
#[must_use]
pub fn overlay_image(base: ImageState, lane: &[QueuedIntent]) -> ImageState {
    let mut state = base;
    for intent in waiting(lane) {
        match intent {
            Intent::SetFavorite { favorite, .. } => state.favorite = *favorite,
            Intent::SetPublic { public, .. } => state.public = *public,
            Intent::SetTrashed { trashed, .. } => {
                state.trashed = *trashed;
                state.public &= !trashed;
                state.deleted &= trashed;
            }
            Intent::DeleteImage { .. } => state.deleted = true,
            _ => {}
        }
    }
    state
}

/// Stars and culling mark with the waiting intents of the image's lane on top.
#[must_use]
pub fn overlay_marks(base: ImageMarks, lane: &[QueuedIntent]) -> ImageMarks {
    waiting(lane).fold(base, |marks, intent| match intent {
        Intent::SetRating { rating, .. } => ImageMarks {
            rating: *rating,
            ..marks
        },
        Intent::SetPick { pick, .. } => ImageMarks {
            pick: *pick,
            ..marks
        },
        _ => marks,
    })
}

/// Whether the image carries `tag`: the latest waiting wish in its lane, else the server's word.
#[must_use]
pub fn overlay_tag(base: bool, tag: &str, lane: &[QueuedIntent]) -> bool {
    let wish = waiting(lane).filter_map(|intent| match intent {
        Intent::TagImage { tag: same, on, .. } if same == tag => Some(*on),
        _ => None,
    });
    wish.last().unwrap_or(base)
}

/// A collection with the waiting intents of its lane on top; `None` when it is not, or no longer, there.
#[must_use]
pub fn overlay_collection(
    base: Option<CollectionSheet>,
    lane: &[QueuedIntent],
) -> Option<CollectionSheet> {
    waiting(lane).fold(base, |sheet, intent| match intent {
        Intent::PutCollection { sheet, .. } => Some((**sheet).clone()),
        Intent::DeleteCollection { .. } => None,
        _ => sheet,
    })
}

/// Whether `image` is in the collection: the latest waiting wish in its lane, else the server's word.
#[must_use]
pub fn overlay_member(base: bool, image: ImageId, lane: &[QueuedIntent]) -> bool {
    let wish = waiting(lane).filter_map(|intent| match intent {
        Intent::CollectImages { images, on, .. } if images.contains(&image) => Some(*on),
        _ => None,
    });
    wish.last().unwrap_or(base)
}

/// A document of preferences with the waiting changes of its lane on top.
#[must_use]
pub fn overlay_fields(mut base: Map<String, Value>, lane: &[QueuedIntent]) -> Map<String, Value> {
    for intent in waiting(lane) {
        if let Intent::MergePreferences { patch, .. } = intent {
            merge_fields(&mut base, patch);
        }
    }
    base
}

/// What the user thinks of a model with the waiting changes of its lane on top.
#[must_use]
pub fn overlay_model(base: ModelPreferenceChange, lane: &[QueuedIntent]) -> ModelPreferenceChange {
    waiting(lane).fold(base, |mut shown, intent| {
        if let Intent::MergeModelPreferences { patch, .. } = intent {
            shown.is_favorite = patch.is_favorite.or(shown.is_favorite);
            merge_fields(&mut shown.default_settings, &patch.default_settings);
        }
        shown
    })
}

/// The profile's editable fields with the waiting changes on top.
#[must_use]
pub fn overlay_settings(base: AccountSettings, lane: &[QueuedIntent]) -> AccountSettings {
    waiting(lane).fold(base, |shown, intent| match intent {
        Intent::SetAccountSettings { settings } => shown.then(settings.clone()),
        _ => shown,
    })
}

/// Status of one generation: while its creation waits in the lane it is to be sent or parked, whatever
/// an older page said; afterwards the server's status.
#[must_use]
pub fn overlay_generation_status(
    base: Option<GenerationStatus>,
    lane: &[QueuedIntent],
) -> GenerationStatus {
    // Known to the server: the creation arrived, even if its acknowledgment was lost.
    if let Some(status) = base {
        return status;
    }
    let parked = lane
        .iter()
        .any(|queued| matches!(queued.state, IntentState::Parked { .. }));
    if parked {
        GenerationStatus::Parked
    } else {
        GenerationStatus::ToSend
    }
}

fn waiting(lane: &[QueuedIntent]) -> impl Iterator<Item = &Intent> {
    lane.iter().filter_map(QueuedIntent::waiting)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{IntentId, Language, ParkReason, Theme};
    use chrono::DateTime;
    use serde_json::json;
    use uuid::Uuid;

    fn queued(intent: Intent, state: IntentState) -> QueuedIntent {
        QueuedIntent {
            id: IntentId(Uuid::nil()),
            sequence: 1,
            lane: intent.lane(),
            intent: Some(intent),
            state,
            attempts: 0,
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    fn wish(intent: Intent) -> QueuedIntent {
        queued(intent, IntentState::Waiting { not_before: None })
    }

    fn parked(intent: Intent) -> QueuedIntent {
        let state = IntentState::Parked {
            reason: ParkReason::Invalid,
            detail: None,
        };
        queued(intent, state)
    }

    const IMAGE: ImageId = ImageId(Uuid::nil());

    fn favorite(favorite: bool) -> Intent {
        Intent::SetFavorite {
            image: IMAGE,
            favorite,
        }
    }

    fn trash(trashed: bool) -> Intent {
        Intent::SetTrashed {
            image: IMAGE,
            trashed,
        }
    }

    #[test]
    fn the_latest_wish_wins_over_the_server() {
        let none = ImageState::default();
        let marked = ImageState {
            favorite: true,
            ..none
        };
        assert_eq!(overlay_image(none, &[wish(favorite(true))]), marked);
        assert_eq!(
            overlay_image(marked, &[wish(favorite(true)), wish(favorite(false))]),
            none
        );
        assert_eq!(overlay_image(marked, &[]), marked);
    }

    #[test]
    fn what_is_parked_does_not_show_as_done() {
        let public = Intent::SetPublic {
            image: IMAGE,
            public: true,
        };
        let none = ImageState::default();
        assert_eq!(overlay_image(none, &[parked(public)]), none);
    }

    #[test]
    fn the_trash_makes_private_and_restoring_undeletes() {
        let public = ImageState {
            public: true,
            ..ImageState::default()
        };
        let delete = Intent::DeleteImage { image: IMAGE };
        let gone = overlay_image(public, &[wish(trash(true)), wish(delete.clone())]);
        assert!(gone.trashed && gone.deleted && !gone.public);
        let back = overlay_image(public, &[wish(delete), wish(trash(false))]);
        assert!(!back.trashed && !back.deleted);
    }

    #[test]
    fn tags_and_members_go_by_the_latest_wish_about_them() {
        let tag = |tag: &str, on| {
            wish(Intent::TagImage {
                image: IMAGE,
                tag: tag.to_owned(),
                on,
            })
        };
        let lane = [tag("a", true), tag("b", true), tag("a", false)];
        assert!(!overlay_tag(true, "a", &lane) && overlay_tag(false, "b", &lane));
        assert!(overlay_tag(true, "c", &lane));
        let collect = |on| {
            wish(Intent::CollectImages {
                collection: crate::CollectionId(Uuid::nil()),
                images: vec![IMAGE],
                on,
            })
        };
        assert!(!overlay_member(
            true,
            IMAGE,
            &[collect(true), collect(false)]
        ));
        assert!(overlay_member(
            true,
            ImageId(Uuid::max()),
            &[collect(false)]
        ));
    }

    #[test]
    fn documents_merge_field_by_field() {
        let patch = |patch: Value| {
            let Value::Object(patch) = patch else {
                panic!()
            };
            wish(Intent::MergePreferences {
                kind: crate::PreferenceKind::Ui,
                base: Map::new(),
                patch,
            })
        };
        let Value::Object(base) = json!({ "zoom": 1, "dense": true }) else {
            panic!()
        };
        let lane = [patch(json!({ "zoom": 2 })), patch(json!({ "dense": null }))];
        assert_eq!(
            Value::Object(overlay_fields(base, &lane)),
            json!({ "zoom": 2 })
        );
    }

    #[test]
    fn an_unsent_generation_waits_and_a_refused_one_is_parked() {
        let create = Intent::CreateGeneration {
            generation: crate::GenerationId(Uuid::nil()),
            draft: Box::default(),
            max_cost: 1,
        };
        assert_eq!(
            overlay_generation_status(None, &[wish(create.clone())]),
            GenerationStatus::ToSend
        );
        assert_eq!(
            overlay_generation_status(None, &[parked(create.clone())]),
            GenerationStatus::Parked
        );
        // The acknowledgment was lost but the row arrived by the feed.
        assert_eq!(
            overlay_generation_status(Some(GenerationStatus::Pending), &[wish(create)]),
            GenerationStatus::Pending
        );
    }

    #[test]
    fn settings_overlay_only_what_was_changed() {
        let base = AccountSettings {
            language: Some(Language::En),
            theme: Some(Theme::Dark),
            ..AccountSettings::default()
        };
        let change = AccountSettings {
            theme: Some(Theme::Light),
            ..AccountSettings::default()
        };
        let lane = [wish(Intent::SetAccountSettings { settings: change })];
        let shown = overlay_settings(base, &lane);
        assert_eq!(
            (shown.language, shown.theme),
            (Some(Language::En), Some(Theme::Light))
        );
    }
}
