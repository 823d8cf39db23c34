//! A page of the change feed.

use amethyst_model::{ChangePage, ServerChange, ServerRow, UserId};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::image::ImageWire;
use super::ledger::LedgerEntryWire;
use super::model::ModelWire;
use super::organization::{
    CollectionWire, MarksWire, MemberWire, ModelPreferencesWire, PreferencesWire, TagWire,
};
use super::profile::ProfileWire;
use super::prompt::PromptWire;
use super::suggestion::SuggestionWire;

/// Answer of `pull_changes`.
#[derive(Deserialize)]
pub(crate) struct ChangePageWire {
    changes: Vec<Value>,
    has_more: bool,
    cursor: Option<String>,
    resync_required: bool,
    /// Absent on servers from before it was added.
    #[serde(default)]
    behind: bool,
}

/// One entry.
#[derive(Deserialize)]
struct ChangeWire {
    table: String,
    id: String,
    op: String,
    #[serde(default)]
    row: Value,
}

impl ChangePageWire {
    /// The page in the model's terms, as read by `reader`. `None` when it says neither where to go on
    /// nor to start over: following it would ask for the same page for ever.
    pub(crate) fn into_page(self, reader: Option<UserId>) -> Option<ChangePage> {
        if self.cursor.is_none() != self.resync_required {
            return None;
        }
        Some(ChangePage {
            changes: self
                .changes
                .into_iter()
                .map(|change| read(change, reader))
                .collect(),
            has_more: self.has_more,
            cursor: self.cursor,
            resync_required: self.resync_required,
            behind: self.behind,
            server_time: None,
        })
    }
}

fn read(change: Value, reader: Option<UserId>) -> ServerChange {
    let Ok(change) = serde_json::from_value::<ChangeWire>(change) else {
        tracing::warn!("an entry of the change feed has no known form");
        return ServerChange::Ignored;
    };
    let row = match change.table.as_str() {
        "profiles" => row::<ProfileWire>(&change, |wire| Some(ServerRow::Profile(wire.into()))),
        "models" => row::<ModelWire>(&change, |wire| Some(ServerRow::Model(wire.into()))),
        "prompts" => row::<PromptWire>(&change, |wire| Some(ServerRow::Generation(wire.into()))),
        "generated_images" => {
            row::<ImageWire>(&change, |wire| Some(ServerRow::Image(wire.read_by(reader))))
        }
        "credit_transactions" => row::<LedgerEntryWire>(&change, |wire| {
            Some(ServerRow::LedgerEntry(Box::new(wire.into_entry()?)))
        }),
        "image_marks" => row::<MarksWire>(&change, |wire| Some(wire.into())),
        "image_tags" => row::<TagWire>(&change, |wire| Some(wire.into())),
        "collections" => row::<CollectionWire>(&change, |wire| Some(wire.into())),
        "collection_images" => row::<MemberWire>(&change, |wire| Some(wire.into())),
        "user_preferences" => row::<PreferencesWire>(&change, |wire| Some(wire.into())),
        "user_model_preferences" => row::<ModelPreferencesWire>(&change, |wire| Some(wire.into())),
        "prompt_suggestions" => row::<SuggestionWire>(&change, |wire| {
            Some(ServerRow::Suggestion(Box::new(wire.into_suggestion()?)))
        }),
        // Kept on the server only, for now; not worth a warning.
        _ => return ServerChange::Ignored,
    };
    match (change.op.as_str(), row) {
        ("delete", _) => ServerChange::Delete {
            table: change.table,
            id: change.id,
        },
        ("upsert", Some(row)) => ServerChange::Upsert(row),
        _ => {
            // No content: a row may hold a prompt or an address.
            tracing::warn!(
                table = change.table,
                "a row of the change feed is not understood"
            );
            ServerChange::Ignored
        }
    }
}

fn row<W: DeserializeOwned>(
    change: &ChangeWire,
    into_row: impl FnOnce(W) -> Option<ServerRow>,
) -> Option<ServerRow> {
    into_row(W::deserialize(&change.row).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::fixture;
    use amethyst_model::{
        GenerationStatus, Language, LedgerKind, MediaVariant, Pick, PreferenceKind, Progress, Theme,
    };
    use serde_json::json;

    fn page(value: Value) -> Option<ChangePage> {
        let reader = "0193f0a0-0000-7000-8000-0000000000aa".parse().unwrap();
        serde_json::from_value::<ChangePageWire>(value)
            .unwrap()
            .into_page(Some(reader))
    }

    #[test]
    fn a_page_of_everything_is_read() {
        let page = page(fixture("rest_pull_changes")).unwrap();
        assert!(page.has_more && page.behind && !page.resync_required);
        let mut changes = page.changes.into_iter();
        let mut next = || changes.next().unwrap();

        let ServerChange::Upsert(ServerRow::Profile(profile)) = next() else {
            panic!()
        };
        assert_eq!(
            (profile.credits_balance, profile.total_generations),
            (99, 3)
        );
        assert_eq!(
            (profile.settings.language, profile.settings.theme),
            (Some(Language::En), Some(Theme::System))
        );

        let ServerChange::Upsert(ServerRow::Model(model)) = next() else {
            panic!()
        };
        assert_eq!(
            (model.id.as_str(), model.max_loras(), model.credits_cost),
            ("sketch", 4, 1)
        );

        let ServerChange::Upsert(ServerRow::Generation(generation)) = next() else {
            panic!()
        };
        assert_eq!(generation.status, GenerationStatus::Processing);
        let progress = Progress {
            step: 7,
            steps: 28,
            image: 1,
            images: 2,
        };
        assert_eq!(generation.progress, Some(progress));
        assert!(generation.cancel_requested);
        assert_eq!(generation.draft.hf_loras, ["AndyVampiro/fog"]);
        assert_eq!(generation.draft.size(), (1344, 768));
        assert_eq!(generation.model_version.as_deref(), Some("1"));

        let ServerChange::Upsert(ServerRow::Generation(cancelled)) = next() else {
            panic!()
        };
        assert_eq!(cancelled.status, GenerationStatus::Cancelled);
        assert!(cancelled.progress.is_none() && cancelled.completed_at.is_some());

        let ServerChange::Upsert(ServerRow::Image(image)) = next() else {
            panic!()
        };
        assert_eq!(image.dominant_color.as_deref(), Some("#31475a"));
        assert_eq!((image.seed(), image.files.len()), (Some(1234), 4));
        assert_eq!(image.file(MediaVariant::W512).unwrap().width, 512);
        assert!(image.technical_metadata.get("files").is_none());

        let ServerChange::Upsert(ServerRow::LedgerEntry(entry)) = next() else {
            panic!()
        };
        assert_eq!((entry.amount, entry.kind), (-1, LedgerKind::Usage));

        let ServerChange::Delete { table, id } = next() else {
            panic!()
        };
        assert_eq!((table.as_str(), id.as_str()), ("models", "sketch-classic"));
        let rows: Vec<ServerChange> = changes.collect();
        check_order_and_taste(&rows);
    }

    /// The rest of the page: preferences, marks, tags, collections, and a table that is not kept.
    fn check_order_and_taste(rows: &[ServerChange]) {
        let [
            ServerChange::Upsert(ServerRow::Preferences { kind, document, .. }),
            ServerChange::Upsert(ServerRow::Marks { marks, .. }),
            ServerChange::Upsert(ServerRow::Tag { tag, .. }),
            ServerChange::Upsert(ServerRow::Collection { id, sheet }),
            ServerChange::Upsert(ServerRow::Member {
                collection, image, ..
            }),
            ServerChange::Upsert(ServerRow::ModelPreferences(model)),
            ServerChange::Ignored,
        ] = rows
        else {
            panic!("{rows:?}")
        };
        assert_eq!((*kind, &document["zoom"]), (PreferenceKind::Ui, &json!(2)));
        assert_eq!((marks.rating, marks.pick), (Some(4), Some(Pick::Pick)));
        assert_eq!((tag.as_str(), sheet.name.as_str()), ("forêt", "Forêts"));
        assert_eq!((collection, sheet.cover), (id, Some(*image)));
        assert!(model.is_favorite && model.default_settings["steps"] == 20);
    }

    #[test]
    fn what_is_not_understood_never_fails_a_page() {
        let mut odd = fixture("rest_pull_changes");
        let rows = odd["changes"].as_array_mut().unwrap();
        let (mut ledger, mut prompt) = (rows[5].clone(), rows[2].clone());
        ledger["row"]["type"] = json!("barter");
        prompt["row"]["aspect_ratio"] = json!("21:9");
        let unknown_op = json!({ "table": "prompts", "id": "x", "op": "merge", "row": null });
        let no_row = json!({ "table": "prompts", "id": "x", "op": "upsert" });
        *rows = vec![
            ledger,
            prompt,
            unknown_op,
            no_row,
            json!(7),
            json!({ "table": 3 }),
        ];
        let page = page(odd).unwrap();
        assert_eq!(page.changes, vec![ServerChange::Ignored; 6]);
    }

    #[test]
    fn a_newer_language_does_not_hide_the_balance() {
        let mut newer = fixture("rest_pull_changes");
        let rows = newer["changes"].as_array_mut().unwrap();
        rows.truncate(1);
        rows[0]["row"]["language"] = json!("de");
        rows[0]["row"]["theme"] = json!("sepia");
        let page = page(newer).unwrap();
        let ServerChange::Upsert(ServerRow::Profile(profile)) = &page.changes[0] else {
            panic!()
        };
        assert_eq!(
            (profile.settings.language, profile.settings.theme),
            (Some(Language::Fr), Some(Theme::Dark))
        );
        assert_eq!(profile.credits_balance, 99);
    }

    #[test]
    fn somebody_elses_image_is_here_because_it_is_a_favorite() {
        let mut page_json = fixture("rest_pull_changes");
        let rows = page_json["changes"].as_array_mut().unwrap();
        let mut image = rows[4].clone();
        image["row"]["user_id"] = json!("0193f0a0-0000-7000-8000-0000000000bb");
        image["row"]["is_favorite"] = json!(false);
        *rows = vec![image];
        let page = page(page_json).unwrap();
        let ServerChange::Upsert(ServerRow::Image(image)) = &page.changes[0] else {
            panic!()
        };
        assert!(image.is_favorite && image.generation_id.is_none());
    }

    #[test]
    fn files_with_a_hash_that_is_none_are_left_out() {
        let mut page_json = fixture("rest_pull_changes");
        let rows = page_json["changes"].as_array_mut().unwrap();
        let mut image = rows[4].clone();
        let files = &mut image["row"]["technical_metadata"]["files"];
        files[0]["blake3"] = json!("../../../../etc/passwd");
        files[1]["variant"] = json!("4096");
        image["row"]["technical_metadata"]["dominant_color"] = json!("red;background:url(x)");
        *rows = vec![image];
        let page = page(page_json).unwrap();
        let ServerChange::Upsert(ServerRow::Image(image)) = &page.changes[0] else {
            panic!()
        };
        assert_eq!(image.files.len(), 2);
        assert_eq!(image.dominant_color, None);
    }

    #[test]
    fn a_page_must_say_where_to_go_on() {
        let resync = page(fixture("rest_pull_changes_resync")).unwrap();
        assert!(resync.resync_required && resync.cursor.is_none());
        let lost = json!({
            "changes": [], "has_more": true, "cursor": null, "resync_required": false,
        });
        assert!(page(lost).is_none());
    }
}
