//! What the user sees: the server's last word with the outbox's lane on top.
//!
//! Invariant of the library: effective columns = overlay(base, lane). A pull may move the base at any
//! time; it can never undo on screen what has not been sent yet.

use crate::{GenerationStatus, Intent, IntentState, Language, QueuedIntent, Theme};

/// Favorite mark of one image: the latest wish in its lane, else the server's.
#[must_use]
pub fn overlay_favorite(base: bool, lane: &[QueuedIntent]) -> bool {
    lane.iter()
        .rev()
        .find_map(|queued| match &queued.intent {
            Some(Intent::SetFavorite { favorite, .. }) => Some(*favorite),
            _ => None,
        })
        .unwrap_or(base)
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

/// Language and theme of the profile with the waiting changes on top.
#[must_use]
pub fn overlay_settings(base: (Language, Theme), lane: &[QueuedIntent]) -> (Language, Theme) {
    lane.iter()
        .fold(base, |(language, theme), queued| match &queued.intent {
            Some(Intent::SetAccountSettings { settings }) => (
                settings.language.unwrap_or(language),
                settings.theme.unwrap_or(theme),
            ),
            _ => (language, theme),
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AccountSettings, ImageId, IntentId, ParkReason};
    use chrono::DateTime;
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

    fn waiting(intent: Intent) -> QueuedIntent {
        queued(intent, IntentState::Waiting { not_before: None })
    }

    #[test]
    fn the_latest_wish_wins_over_the_server() {
        let image = ImageId(Uuid::nil());
        let on = waiting(Intent::SetFavorite {
            image,
            favorite: true,
        });
        let off = waiting(Intent::SetFavorite {
            image,
            favorite: false,
        });
        assert!(overlay_favorite(false, std::slice::from_ref(&on)));
        assert!(!overlay_favorite(true, &[on, off]));
        assert!(overlay_favorite(true, &[]));
    }

    #[test]
    fn an_unsent_generation_waits_and_a_refused_one_is_parked() {
        let create = Intent::CreateGeneration {
            generation: crate::GenerationId(Uuid::nil()),
            draft: Box::default(),
            max_cost: 1,
        };
        let parked = IntentState::Parked {
            reason: ParkReason::PriceChanged,
            detail: None,
        };
        assert_eq!(
            overlay_generation_status(None, &[waiting(create.clone())]),
            GenerationStatus::ToSend
        );
        assert_eq!(
            overlay_generation_status(None, &[queued(create.clone(), parked)]),
            GenerationStatus::Parked
        );
        // The acknowledgment was lost but the row arrived by the feed.
        assert_eq!(
            overlay_generation_status(Some(GenerationStatus::Pending), &[waiting(create)]),
            GenerationStatus::Pending
        );
    }

    #[test]
    fn settings_overlay_only_what_was_changed() {
        let change = AccountSettings {
            language: None,
            theme: Some(Theme::Light),
        };
        let lane = [waiting(Intent::SetAccountSettings { settings: change })];
        assert_eq!(
            overlay_settings((Language::En, Theme::Dark), &lane),
            (Language::En, Theme::Light)
        );
    }
}
