//! What becomes of a waiting intent when a newer one joins its lane.

use super::{Intent, MOST_IMAGES};

impl Intent {
    /// What remains of a *waiting* `self` when `newer` joins its lane: one that stands for both (`Some`),
    /// or both stay (`None`).
    #[must_use]
    pub fn superseded_by(&self, newer: &Self) -> Option<Self> {
        match (self, newer) {
            (Self::SetFavorite { image, .. }, Self::SetFavorite { image: same, .. })
            | (Self::SetPublic { image, .. }, Self::SetPublic { image: same, .. })
            | (Self::SetTrashed { image, .. }, Self::SetTrashed { image: same, .. })
            | (Self::SetRating { image, .. }, Self::SetRating { image: same, .. })
            | (Self::SetPick { image, .. }, Self::SetPick { image: same, .. })
            | (Self::DeleteImage { image }, Self::DeleteImage { image: same })
                if image == same =>
            {
                Some(newer.clone())
            }
            // Restored before it was deleted: the deletion is off.
            (
                Self::DeleteImage { image },
                Self::SetTrashed {
                    image: same,
                    trashed: false,
                },
            ) if image == same => Some(newer.clone()),
            (
                Self::TagImage { image, tag, .. },
                Self::TagImage {
                    image: same,
                    tag: same_tag,
                    ..
                },
            ) if image == same && tag == same_tag => Some(newer.clone()),
            (
                Self::PutCollection { collection, .. },
                Self::PutCollection {
                    collection: same, ..
                },
            )
            | (
                Self::DeleteCollection { collection },
                Self::DeleteCollection { collection: same },
            ) if collection == same => Some(newer.clone()),
            (Self::CollectImages { .. }, Self::CollectImages { .. }) => self.collected_with(newer),
            (
                Self::MergePreferences { kind, base, patch },
                Self::MergePreferences {
                    kind: same,
                    base: newer_base,
                    patch: newer_patch,
                },
            ) if kind == same => {
                // What the newer one saw of a field that the older changes is the older's own doing.
                let mut base = base.clone();
                for (field, value) in newer_base {
                    base.entry(field).or_insert_with(|| value.clone());
                }
                let mut patch = patch.clone();
                patch.extend(newer_patch.clone());
                Some(Self::MergePreferences {
                    kind: *kind,
                    base,
                    patch,
                })
            }
            (
                Self::MergeModelPreferences { model, base, patch },
                Self::MergeModelPreferences {
                    model: same,
                    base: newer_base,
                    patch: newer_patch,
                },
            ) if model == same => Some(Self::MergeModelPreferences {
                model: model.clone(),
                base: newer_base.clone().then(base.clone()),
                patch: patch.clone().then(newer_patch.clone()),
            }),
            (
                Self::SetAccountSettings { settings },
                Self::SetAccountSettings { settings: later },
            ) => Some(Self::SetAccountSettings {
                settings: settings.clone().then(later.clone()),
            }),
            _ => None,
        }
    }

    /// Two acts in the same direction about one collection, as one; `None` when that would be too much for
    /// one call.
    fn collected_with(&self, newer: &Self) -> Option<Self> {
        let (
            Self::CollectImages {
                collection,
                images,
                on,
            },
            Self::CollectImages {
                collection: same,
                images: more,
                on: same_way,
            },
        ) = (self, newer)
        else {
            return None;
        };
        if collection != same || on != same_way {
            return None;
        }
        let mut images = images.clone();
        images.extend(
            more.iter()
                .filter(|image| !images.contains(image))
                .copied()
                .collect::<Vec<_>>(),
        );
        (images.len() <= MOST_IMAGES).then_some(Self::CollectImages {
            collection: *collection,
            images,
            on: *on,
        })
    }

    /// Whether a newer intent of its kind may take the place of any waiting one in the lane, or of the last
    /// only: putting into a collection and taking out do not commute.
    #[must_use]
    pub fn replaces_only_the_last(&self) -> bool {
        matches!(self, Self::CollectImages { .. })
    }

    /// Whether the merged intent stays where the older one stood: what follows in the lane may need it.
    #[must_use]
    pub fn keeps_its_place(&self) -> bool {
        matches!(self, Self::PutCollection { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        AccountSettings, CollectionId, ImageId, Language, ModelPreferenceChange, PreferenceKind,
        Theme,
    };
    use serde_json::{Map, Value, json};
    use uuid::Uuid;

    fn image(number: u128) -> ImageId {
        ImageId(Uuid::from_u128(number))
    }

    fn favorite(number: u128, favorite: bool) -> Intent {
        Intent::SetFavorite {
            image: image(number),
            favorite,
        }
    }

    fn fields(pairs: &[(&str, Value)]) -> Map<String, Value> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect()
    }

    #[test]
    fn a_newer_wish_for_the_same_field_replaces_a_waiting_one() {
        let (on, off) = (favorite(1, true), favorite(1, false));
        assert_eq!(on.superseded_by(&off), Some(off.clone()));
        assert_eq!(on.superseded_by(&favorite(2, false)), None);
        let rating = Intent::SetRating {
            image: image(1),
            rating: Some(3),
        };
        assert_eq!(on.superseded_by(&rating), None, "another field");
    }

    #[test]
    fn restoring_takes_a_deletion_back() {
        let delete = Intent::DeleteImage { image: image(1) };
        let restore = Intent::SetTrashed {
            image: image(1),
            trashed: false,
        };
        assert_eq!(delete.superseded_by(&restore), Some(restore.clone()));
        assert_eq!(restore.superseded_by(&delete), None);
    }

    #[test]
    fn images_gather_in_one_direction_and_up_to_the_servers_limit() {
        let collection = CollectionId(Uuid::nil());
        let collect = |from: u128, to: u128, on| Intent::CollectImages {
            collection,
            images: (from..to).map(image).collect(),
            on,
        };
        assert_eq!(
            collect(0, 2, true).superseded_by(&collect(1, 4, true)),
            Some(collect(0, 4, true))
        );
        assert_eq!(
            collect(0, 2, true).superseded_by(&collect(0, 2, false)),
            None
        );
        assert_eq!(
            collect(0, 600, true).superseded_by(&collect(600, 1200, true)),
            None
        );
    }

    #[test]
    fn preferences_keep_the_oldest_base_and_the_newest_wish() {
        let change = |base: &[(&str, Value)], patch: &[(&str, Value)]| Intent::MergePreferences {
            kind: PreferenceKind::Ui,
            base: fields(base),
            patch: fields(patch),
        };
        let older = change(&[("zoom", json!(1))], &[("zoom", json!(2))]);
        let newer = change(
            &[("zoom", json!(2)), ("dense", Value::Null)],
            &[("zoom", json!(3)), ("dense", json!(true))],
        );
        let both = change(
            &[("zoom", json!(1)), ("dense", Value::Null)],
            &[("zoom", json!(3)), ("dense", json!(true))],
        );
        assert_eq!(older.superseded_by(&newer), Some(both));
    }

    #[test]
    fn what_is_thought_of_a_model_merges_likewise() {
        let change =
            |base: Option<bool>, patch: Option<bool>, steps: i64| Intent::MergeModelPreferences {
                model: "sketch".to_owned(),
                base: ModelPreferenceChange {
                    is_favorite: base,
                    default_settings: fields(&[("steps", json!(steps))]),
                },
                patch: ModelPreferenceChange {
                    is_favorite: patch,
                    default_settings: fields(&[("steps", json!(steps + 1))]),
                },
            };
        let merged = change(Some(false), Some(true), 10).superseded_by(&change(None, None, 11));
        let Some(Intent::MergeModelPreferences { base, patch, .. }) = merged else {
            panic!("not merged");
        };
        assert_eq!(
            (base.is_favorite, patch.is_favorite),
            (Some(false), Some(true))
        );
        assert_eq!(base.default_settings["steps"], 10);
        assert_eq!(patch.default_settings["steps"], 12);
    }

    #[test]
    fn settings_merge_field_by_field() {
        let language = AccountSettings {
            language: Some(Language::En),
            ..AccountSettings::default()
        };
        let theme = AccountSettings {
            theme: Some(Theme::Light),
            ..AccountSettings::default()
        };
        let merged = Intent::SetAccountSettings { settings: language }
            .superseded_by(&Intent::SetAccountSettings { settings: theme });
        let both = AccountSettings {
            language: Some(Language::En),
            theme: Some(Theme::Light),
            ..AccountSettings::default()
        };
        assert_eq!(merged, Some(Intent::SetAccountSettings { settings: both }));
    }
}
