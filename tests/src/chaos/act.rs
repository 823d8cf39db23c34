//! What the user does, on one device: anything the program lets him do.

use std::collections::HashSet;

use amethyst_engine::{Core, Error, ImageChange, Shelf};
use amethyst_model::{
    AccountSettings, CollectionId, CollectionSheet, ImageId, ModelPreferenceChange, Pick,
    PreferenceKind, SafetyLevel, Theme,
};
use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::{Map, Value, json};

use super::Simulation;
use crate::quick_draft;

const TAGS: [&str; 2] = ["brume", "forêt"];
const FIELDS: [&str; 3] = ["zoom", "dense", "sort"];

impl Simulation<'_> {
    /// One act, written into the diary with the intents that stand for it.
    pub(super) async fn act(&mut self, device: usize) -> anyhow::Result<()> {
        let core = self.devices[device].core().clone();
        let before: HashSet<_> = core.outbox().await?.into_iter().map(|q| q.id).collect();
        let done = act(&core, &mut self.rng, self.server.price()).await;
        match done {
            Ok(()) => {}
            // What is refused at once was never promised: too few credits, nothing there to change.
            Err(
                Error::InsufficientCredits { .. }
                | Error::NotFound(_)
                | Error::PriceChanged { .. }
                | Error::InvalidDraft(_),
            ) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
        self.report.acts += 1;
        for queued in core.outbox().await? {
            if !before.contains(&queued.id) {
                self.diary.did(device, &queued);
            }
        }
        Ok(())
    }
}

fn pick<T: Copy>(rng: &mut StdRng, from: &[T]) -> Option<T> {
    (!from.is_empty()).then(|| from[rng.random_range(0..from.len())])
}

async fn some_image(core: &Core, rng: &mut StdRng, shelf: Shelf) -> Result<ImageId, Error> {
    let mut ids: Vec<ImageId> = core.gallery(shelf).await?.iter().map(|e| e.id).collect();
    ids.sort();
    // Few, so that devices meet.
    ids.truncate(4);
    pick(rng, &ids).ok_or(Error::NotFound("image"))
}

async fn some_collection(core: &Core, rng: &mut StdRng) -> Result<CollectionId, Error> {
    let mut ids: Vec<CollectionId> = core.collections().await?.iter().map(|c| c.id).collect();
    ids.sort();
    pick(rng, &ids).ok_or(Error::NotFound("collection"))
}

async fn act(core: &Core, rng: &mut StdRng, price: i64) -> Result<(), Error> {
    let on = rng.random_bool(0.6);
    let number = rng.random_range(0..4_i64);
    let change = match rng.random_range(0..100) {
        0..14 => return request(core, rng, price).await,
        14..20 => return cancel(core, rng).await,
        20..34 => ImageChange::Favorite(on),
        34..40 => ImageChange::Public(on),
        40..46 => ImageChange::Trashed(true),
        46..50 => {
            let image = some_image(core, rng, Shelf::Trash).await?;
            let restored = ImageChange::Trashed(false);
            return core.change_images(&[image], restored).await;
        }
        50..53 => {
            let image = some_image(core, rng, Shelf::Trash).await?;
            return core.change_images(&[image], ImageChange::Deleted).await;
        }
        53..60 => ImageChange::Rating(u8::try_from(number).ok().filter(|stars| *stars > 0)),
        60..64 => ImageChange::Pick(on.then_some(Pick::Reject)),
        64..72 => ImageChange::Tag {
            tag: TAGS[rng.random_range(0..TAGS.len())].to_owned(),
            on,
        },
        72..82 => return organize(core, rng, on, number).await,
        _ => return prefer(core, rng, on, number).await,
    };
    let image = some_image(core, rng, Shelf::Gallery).await?;
    core.change_images(&[image], change).await
}

async fn request(core: &Core, rng: &mut StdRng, price: i64) -> Result<(), Error> {
    let mut draft = quick_draft(&format!("un renard {}", rng.random_range(0..1000)));
    draft.num_outputs = rng.random_range(1..3);
    // Sometimes the catalog here is older than the price there.
    let most = price.max(1) * draft.num_outputs * rng.random_range(1..3);
    core.request_generation(&draft, most).await.map(drop)
}

async fn cancel(core: &Core, rng: &mut StdRng) -> Result<(), Error> {
    let active = core.generations(true, 10).await?;
    let ids: Vec<_> = active.iter().map(|generation| generation.id).collect();
    let id = pick(rng, &ids).ok_or(Error::NotFound("generation"))?;
    core.cancel_generation(id).await.map(drop)
}

async fn organize(core: &Core, rng: &mut StdRng, on: bool, number: i64) -> Result<(), Error> {
    match rng.random_range(0..10) {
        0..3 => {
            let sheet = CollectionSheet::manual(&format!("Forêts {number}"));
            core.make_collection(sheet).await.map(drop)
        }
        3..5 => {
            let id = some_collection(core, rng).await?;
            let sheet = CollectionSheet::manual(&format!("Brumes {number}"));
            core.change_collection(id, sheet).await
        }
        5..9 => {
            let id = some_collection(core, rng).await?;
            let image = some_image(core, rng, Shelf::Gallery).await?;
            core.collect(id, &[image], on).await
        }
        _ => {
            let id = some_collection(core, rng).await?;
            core.delete_collection(id).await
        }
    }
}

async fn prefer(core: &Core, rng: &mut StdRng, on: bool, number: i64) -> Result<(), Error> {
    let value = if on { json!(number) } else { Value::Null };
    let field = FIELDS[rng.random_range(0..FIELDS.len())];
    let patch = Map::from_iter([(field.to_owned(), value)]);
    match rng.random_range(0..10) {
        0..4 => core
            .change_preferences(PreferenceKind::Ui, patch)
            .await
            .map(drop),
        4..6 => {
            let change = ModelPreferenceChange {
                is_favorite: Some(on),
                default_settings: patch,
            };
            core.change_model_preferences("sketch", change)
                .await
                .map(drop)
        }
        kind => {
            let mut change = AccountSettings::default();
            match kind {
                6 => change.theme = Some(if on { Theme::Light } else { Theme::System }),
                7 => change.full_name = Some(format!("Léa {number}")),
                8 => change.ads_enabled = Some(on),
                _ => change.ai_safety_level = Some(SafetyLevel::Strict),
            }
            core.change_settings(change).await.map(drop)
        }
    }
}
