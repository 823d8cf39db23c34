//! *Shown = overlay(base, lane)*, whatever happens in whatever order.

use std::collections::HashSet;
use std::path::Path;

use amethyst_model::{
    AccountSettings, CollectionSheet, GenerationStatus, Image, ImageMarks, Intent, IntentId,
    IntentState, Language, ParkReason, Pick, PreferenceKind, QueuedIntent, ServerChange, ServerRow,
    Theme, pair_id,
};
use amethyst_store::{Ack, Store, Tx};
use proptest::prelude::*;
use serde_json::{Map, Value};
use tempfile::tempdir;

use crate::shown::check;
use crate::support::*;

/// Something that may happen; indexes choose among few rows so that things meet.
#[derive(Clone, Debug)]
enum Step {
    Request(u128),
    Stop(u128),
    Mark(u128, bool),
    Wish(Intent),
    Theme(Theme),
    Language(Language),
    TellGeneration(u128, GenerationStatus),
    TellImage(u128, bool),
    TellProfile(Language, Theme),
    Tell(ServerChange),
    DeleteGeneration(u128),
    DeleteImage(u128),
    Send,
    Land,
    Acknowledge(usize),
    Defer(usize),
    Park(usize),
    Retry(usize),
    Discard(usize),
    BeginResync,
    FinishResync,
    Abandon(u128),
    Restart,
}

fn status() -> impl Strategy<Value = GenerationStatus> {
    prop_oneof![
        Just(GenerationStatus::Pending),
        Just(GenerationStatus::Processing),
        Just(GenerationStatus::Completed),
        Just(GenerationStatus::Cancelled),
    ]
}

fn any_theme() -> impl Strategy<Value = Theme> {
    prop_oneof![Just(Theme::Dark), Just(Theme::Light), Just(Theme::System)]
}

fn any_language() -> impl Strategy<Value = Language> {
    prop_oneof![Just(Language::Fr), Just(Language::En)]
}

/// Anything that a user can do about one of three pictures, two collections and a document.
fn wish() -> impl Strategy<Value = Intent> {
    let image = || (0..3_u128).prop_map(image_id);
    let collection = || (0..2_u128).prop_map(collection_id);
    let tag = || (0..2_usize).prop_map(|index| TAGS[index].to_owned());
    prop_oneof![
        (image(), any::<bool>()).prop_map(|(image, public)| Intent::SetPublic { image, public }),
        (image(), any::<bool>()).prop_map(|(image, trashed)| Intent::SetTrashed { image, trashed }),
        image().prop_map(|image| Intent::DeleteImage { image }),
        (image(), prop::option::of(1..6_u8))
            .prop_map(|(image, rating)| Intent::SetRating { image, rating }),
        (image(), prop::option::of(Just(Pick::Reject)))
            .prop_map(|(image, pick)| Intent::SetPick { image, pick }),
        (image(), tag(), any::<bool>()).prop_map(|(image, tag, on)| Intent::TagImage {
            image,
            tag,
            on
        }),
        (collection(), "[a-c]").prop_map(|(collection, name)| Intent::PutCollection {
            collection,
            sheet: Box::new(CollectionSheet::manual(&name)),
        }),
        (
            collection(),
            prop::collection::vec(image(), 1..3),
            any::<bool>()
        )
            .prop_map(|(collection, images, on)| Intent::CollectImages {
                collection,
                images,
                on
            }),
        collection().prop_map(|collection| Intent::DeleteCollection { collection }),
        (prop::option::of(0..3_i64), prop::option::of(0..3_i64)).prop_map(|(zoom, dense)| {
            Intent::MergePreferences {
                kind: PreferenceKind::Ui,
                base: Map::new(),
                patch: fields(zoom, dense),
            }
        }),
    ]
}

/// Anything that the server can tell about the same.
fn told() -> impl Strategy<Value = ServerChange> {
    let image = || (0..3_u128).prop_map(image_id);
    let collection = || (0..2_u128).prop_map(collection_id);
    let tag = || (0..2_usize).prop_map(|index| TAGS[index].to_owned());
    let upsert = ServerChange::Upsert;
    prop_oneof![
        (0..3_u128, any::<bool>(), any::<bool>()).prop_map(|(number, public, trashed)| {
            image_row(Image {
                is_public: public,
                is_trashed: trashed,
                ..server_image(number, false)
            })
        }),
        (image(), prop::option::of(1..6_u8)).prop_map(move |(image, rating)| upsert(
            ServerRow::Marks {
                image,
                marks: ImageMarks {
                    rating,
                    pick: Some(Pick::Pick)
                }
            }
        )),
        image().prop_map(|image| deletion("image_marks", image)),
        (image(), tag()).prop_map(move |(image, tag)| upsert(ServerRow::Tag {
            id: pair_id(image.0, &tag),
            image,
            tag
        })),
        (image(), tag()).prop_map(|(image, tag)| deletion("image_tags", pair_id(image.0, &tag))),
        (collection(), "[d-f]").prop_map(move |(id, name)| upsert(ServerRow::Collection {
            id,
            sheet: Box::new(CollectionSheet::manual(&name))
        })),
        collection().prop_map(|id| deletion("collections", id)),
        (collection(), image()).prop_map(move |(collection, image)| upsert(ServerRow::Member {
            id: pair_id(collection.0, &image.to_string()),
            collection,
            image,
            position: 1.0
        })),
        (collection(), image()).prop_map(|(collection, image)| deletion(
            "collection_images",
            pair_id(collection.0, &image.to_string())
        )),
        prop::option::of(0..3_i64).prop_map(move |zoom| upsert(ServerRow::Preferences {
            id: uuid::Uuid::from_u128(9),
            kind: PreferenceKind::Ui,
            document: fields(zoom, Some(1))
                .into_iter()
                .filter(|(_, value)| !value.is_null())
                .collect(),
        })),
    ]
}

fn fields(zoom: Option<i64>, dense: Option<i64>) -> Map<String, Value> {
    let fields = [("zoom", zoom), ("dense", dense)];
    fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect()
}

fn step() -> impl Strategy<Value = Step> {
    let row = 0..3_u128;
    let queued = 0..6_usize;
    prop_oneof![
        3 => row.clone().prop_map(Step::Request),
        3 => row.clone().prop_map(Step::Stop),
        4 => (row.clone(), any::<bool>()).prop_map(|(row, mark)| Step::Mark(row, mark)),
        8 => wish().prop_map(Step::Wish),
        8 => told().prop_map(Step::Tell),
        1 => any_theme().prop_map(Step::Theme),
        1 => any_language().prop_map(Step::Language),
        2 => (row.clone(), status()).prop_map(|(row, status)| Step::TellGeneration(row, status)),
        3 => (row.clone(), any::<bool>()).prop_map(|(row, mark)| Step::TellImage(row, mark)),
        1 => (any_language(), any_theme()).prop_map(|(l, t)| Step::TellProfile(l, t)),
        1 => row.clone().prop_map(Step::DeleteGeneration),
        1 => row.clone().prop_map(Step::DeleteImage),
        4 => Just(Step::Send),
        1 => Just(Step::Land),
        4 => queued.clone().prop_map(Step::Acknowledge),
        2 => queued.clone().prop_map(Step::Defer),
        2 => queued.clone().prop_map(Step::Park),
        2 => queued.clone().prop_map(Step::Retry),
        2 => queued.prop_map(Step::Discard),
        1 => Just(Step::BeginResync),
        1 => Just(Step::FinishResync),
        1 => row.prop_map(Step::Abandon),
        1 => Just(Step::Restart),
    ]
}

/// A library, and what the test knows beside it.
struct Run {
    store: Store,
    in_flight: HashSet<IntentId>,
    /// Numbers for new intents, never used twice.
    next: u128,
}

impl Run {
    async fn take(&mut self, step: &Step, folder: &Path) {
        self.next += 1;
        let id = intent_id(self.next);
        let now = at(100);
        let queued = self.store.outbox().await.unwrap();
        let nth = |index: &usize| queued.get(*index).cloned();
        if let Step::Restart = step {
            self.store.close().await;
            self.store = open(folder).await;
            self.in_flight.clear();
            return;
        }
        if let Step::Send = step {
            for queued in self.store.sendable(at(1000)).await.unwrap() {
                self.store.mark_in_flight(queued.id);
                self.in_flight.insert(queued.id);
            }
            return;
        }
        if let Step::Land = step {
            for id in self.in_flight.drain() {
                self.store.clear_in_flight(id);
            }
            return;
        }
        let mut tx = self.store.begin().await.unwrap();
        match step {
            Step::Request(row) => {
                let id_of = generation_id(*row);
                // A user's request always has a new id; here it is new when the row is not there.
                if self.store.generation(id_of).await.unwrap().is_none() {
                    tx.request_generation(id, id_of, &draft(), 3, now)
                        .await
                        .unwrap();
                }
            }
            Step::Stop(row) => tx.enqueue(id, &cancel(*row), now).await.unwrap(),
            Step::Mark(row, mark) => tx.enqueue(id, &favorite(*row, *mark), now).await.unwrap(),
            Step::Wish(wish) => tx.enqueue(id, wish, now).await.unwrap(),
            Step::Tell(change) => tx.apply(change).await.unwrap(),
            Step::Theme(wish) => tx.enqueue(id, &theme(*wish), now).await.unwrap(),
            Step::Language(wish) => tx.enqueue(id, &language(*wish), now).await.unwrap(),
            Step::TellGeneration(row, status) => {
                tx.apply(&generation_row(server_generation(*row, *status)))
                    .await
                    .unwrap();
            }
            Step::TellImage(row, mark) => {
                tx.apply(&image_row(server_image(*row, *mark)))
                    .await
                    .unwrap();
            }
            Step::TellProfile(language, theme) => {
                tx.apply(&profile_row(server_profile(*language, *theme)))
                    .await
                    .unwrap();
            }
            Step::DeleteGeneration(row) => {
                tx.apply(&deletion("prompts", generation_id(*row)))
                    .await
                    .unwrap();
            }
            Step::DeleteImage(row) => {
                tx.apply(&deletion("generated_images", image_id(*row)))
                    .await
                    .unwrap();
            }
            Step::Acknowledge(index) => acknowledge(&mut tx, nth(index)).await,
            Step::Defer(index) => {
                if let Some(queued) = nth(index) {
                    tx.defer(queued.id, at(500)).await.unwrap();
                }
            }
            Step::Park(index) => {
                if let Some(queued) = nth(index) {
                    tx.park(queued.id, ParkReason::Invalid, Some("no"))
                        .await
                        .unwrap();
                }
            }
            Step::Retry(index) => {
                if let Some(queued) = nth(index) {
                    tx.retry(queued.id, Some(5), now).await.unwrap();
                }
            }
            Step::Discard(index) => {
                if let Some(queued) = nth(index) {
                    tx.discard(queued.id, now).await.unwrap();
                }
            }
            Step::BeginResync => tx.begin_resync().await.unwrap(),
            Step::FinishResync => tx.finish_resync().await.unwrap(),
            Step::Abandon(row) => {
                tx.enqueue(id, &favorite(*row, true), now).await.unwrap();
                tx.apply(&deletion("prompts", generation_id(*row)))
                    .await
                    .unwrap();
                drop(tx);
                return;
            }
            Step::Send | Step::Land | Step::Restart => unreachable!(),
        }
        tx.commit().await.unwrap();
        self.check_untouched(step, &queued).await;
    }

    /// What the user does and what is pulled never removes an intent in flight.
    async fn check_untouched(&self, step: &Step, before: &[QueuedIntent]) {
        let settles = matches!(
            step,
            Step::Acknowledge(_)
                | Step::Defer(_)
                | Step::Park(_)
                | Step::Retry(_)
                | Step::Discard(_)
        );
        if settles {
            return;
        }
        let after = self.store.outbox().await.unwrap();
        for queued in before {
            let waits = matches!(queued.state, IntentState::Waiting { .. });
            if !waits || !self.in_flight.contains(&queued.id) {
                continue;
            }
            assert!(after.contains(queued), "{queued:?} was in flight");
        }
    }
}

/// An answer of the server that took an intent as it was meant.
fn accepted(intent: Intent) -> Ack {
    match intent {
        Intent::CreateGeneration { .. } => Ack::Generation {
            status: GenerationStatus::Pending,
            cost: 3,
            balance: Some(90),
        },
        Intent::SetFavorite { favorite, .. } => Ack::State(favorite),
        Intent::SetPublic { public, .. } => Ack::State(public),
        Intent::SetTrashed { .. }
        | Intent::DeleteImage { .. }
        | Intent::SetRating { .. }
        | Intent::SetPick { .. }
        | Intent::TagImage { .. }
        | Intent::PutCollection { .. } => Ack::Applied(true),
        Intent::CollectImages { images, .. } => Ack::Collected(images),
        Intent::MergePreferences { patch, .. } => Ack::Preferences {
            document: patch
                .into_iter()
                .filter(|field| !field.1.is_null())
                .collect(),
            conflicts: Vec::new(),
        },
        Intent::SetAccountSettings { settings } => Ack::Settings(
            AccountSettings {
                language: Some(Language::Fr),
                theme: Some(Theme::Dark),
                ..AccountSettings::default()
            }
            .then(settings),
        ),
        _ => Ack::Done,
    }
}

async fn acknowledge(tx: &mut Tx, queued: Option<QueuedIntent>) {
    let Some(queued) = queued else { return };
    let ack = queued.intent.map_or(Ack::Done, accepted);
    tx.acknowledge(queued.id, &ack).await.unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, max_shrink_iters: 200, ..Default::default() })]

    #[test]
    fn shown_is_base_with_the_lane_on_top(steps in prop::collection::vec(step(), 1..60)) {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let folder = tempdir().unwrap();
            let store = open(folder.path()).await;
            let mut db = raw(folder.path()).await;
            let mut run = Run { store, in_flight: HashSet::new(), next: 0 };
            for step in &steps {
                run.take(step, folder.path()).await;
                check(&run.store, &mut db).await;
            }
        });
    }
}
