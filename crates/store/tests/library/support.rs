//! Rows and shorthands the tests share.

use std::path::Path;

use amethyst_model::{
    AccountSettings, CollectionId, Generation, GenerationDraft, GenerationId, GenerationModel,
    GenerationStatus, Image, ImageId, Intent, IntentId, Language, LedgerEntry, LedgerEntryId,
    LedgerKind, MediaFile, MediaVariant, Profile, QueuedIntent, ServerChange, ServerRow, Theme,
    UserId,
};
use amethyst_store::{Store, Tx};
use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, SqliteConnection};
use uuid::Uuid;

/// An instant `seconds` after the tests' beginning, with the server's resolution.
pub(crate) fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(1_790_000_000_123_456 + seconds * 1_000_000).unwrap()
}

pub(crate) fn generation_id(number: u128) -> GenerationId {
    GenerationId(Uuid::from_u128(0x1000 + number))
}

pub(crate) fn image_id(number: u128) -> ImageId {
    ImageId(Uuid::from_u128(0x2000 + number))
}

pub(crate) fn collection_id(number: u128) -> CollectionId {
    CollectionId(Uuid::from_u128(0x5000 + number))
}

/// Tags that the tests use.
pub(crate) const TAGS: [&str; 2] = ["brume", "forêt"];

pub(crate) fn intent_id(number: u128) -> IntentId {
    IntentId(Uuid::from_u128(0x3000 + number))
}

pub(crate) fn draft() -> GenerationDraft {
    GenerationDraft {
        prompt: "un renard dans la brume".to_owned(),
        hf_loras: vec!["owner/fog".to_owned()],
        lora_scales: vec![0.7],
        ..GenerationDraft::default()
    }
}

pub(crate) fn server_generation(number: u128, status: GenerationStatus) -> Generation {
    Generation {
        id: generation_id(number),
        draft: draft(),
        model_version: Some("1".to_owned()),
        status,
        error_message: None,
        credits_cost: 3,
        progress: None,
        cancel_requested: false,
        created_at: at(10),
        completed_at: status.is_final().then(|| at(20)),
    }
}

/// A file whose content is `content`.
pub(crate) fn file(variant: MediaVariant, content: &[u8]) -> MediaFile {
    MediaFile {
        variant,
        path: format!("user/prompt/{}.webp", variant.as_str()),
        bytes: content.len() as u64,
        width: 8,
        height: 8,
        blake3: blake3::hash(content).to_hex().to_string(),
    }
}

/// The content of one file of picture `number`.
pub(crate) fn content(number: u128, variant: MediaVariant) -> Vec<u8> {
    format!("picture {number}, {}", variant.as_str())
        .repeat(50)
        .into_bytes()
}

pub(crate) fn server_image(number: u128, is_favorite: bool) -> Image {
    let files = MediaVariant::ALL
        .map(|variant| file(variant, &content(number, variant)))
        .to_vec();
    Image {
        id: image_id(number),
        generation_id: Some(generation_id(0)),
        width: 1024,
        height: 768,
        format: "webp".to_owned(),
        size_bytes: 1234,
        created_at: at(i64::try_from(number).unwrap()),
        is_favorite,
        is_public: false,
        is_trashed: false,
        trashed_at: None,
        vision_description: Some("a fox".to_owned()),
        dominant_color: Some("#a0b1c2".to_owned()),
        files,
        technical_metadata: json!({ "seed": 7, "index": 0 }),
        updated_at: at(30),
    }
}

pub(crate) fn server_profile(language: Language, theme: Theme) -> Profile {
    Profile {
        id: UserId(Uuid::from_u128(1)),
        email: "someone@example.org".to_owned(),
        credits_balance: 100,
        subscription_tier: "free".to_owned(),
        total_generations: 2,
        settings: AccountSettings {
            language: Some(language),
            theme: Some(theme),
            full_name: Some("Someone".to_owned()),
            ..AccountSettings::default()
        },
        updated_at: at(5),
    }
}

pub(crate) fn server_model(id: &str) -> GenerationModel {
    GenerationModel {
        id: id.to_owned(),
        name: id.to_uppercase(),
        description: None,
        provider: "local".to_owned(),
        version: "1".to_owned(),
        is_active: true,
        credits_cost: 1,
        metadata: json!({ "max_loras": 2 }),
    }
}

pub(crate) fn ledger_entry(number: u128, amount: i64, created_at: DateTime<Utc>) -> LedgerEntry {
    LedgerEntry {
        id: LedgerEntryId(Uuid::from_u128(0x4000 + number)),
        amount,
        kind: if amount < 0 {
            LedgerKind::Usage
        } else {
            LedgerKind::Refund
        },
        description: Some("generation".to_owned()),
        reference_id: Some(generation_id(0).0),
        created_at,
    }
}

pub(crate) fn generation_row(generation: Generation) -> ServerChange {
    ServerChange::Upsert(ServerRow::Generation(Box::new(generation)))
}

pub(crate) fn image_row(image: Image) -> ServerChange {
    ServerChange::Upsert(ServerRow::Image(Box::new(image)))
}

pub(crate) fn profile_row(profile: Profile) -> ServerChange {
    ServerChange::Upsert(ServerRow::Profile(Box::new(profile)))
}

pub(crate) fn model_row(id: &str) -> ServerChange {
    ServerChange::Upsert(ServerRow::Model(Box::new(server_model(id))))
}

pub(crate) fn ledger_row(entry: LedgerEntry) -> ServerChange {
    ServerChange::Upsert(ServerRow::LedgerEntry(Box::new(entry)))
}

pub(crate) fn deletion(table: &str, id: impl std::fmt::Display) -> ServerChange {
    ServerChange::Delete {
        table: table.to_owned(),
        id: id.to_string(),
    }
}

pub(crate) fn favorite(number: u128, favorite: bool) -> Intent {
    Intent::SetFavorite {
        image: image_id(number),
        favorite,
    }
}

pub(crate) fn cancel(number: u128) -> Intent {
    Intent::CancelGeneration {
        generation: generation_id(number),
    }
}

pub(crate) fn theme(theme: Theme) -> Intent {
    Intent::SetAccountSettings {
        settings: AccountSettings {
            theme: Some(theme),
            ..AccountSettings::default()
        },
    }
}

pub(crate) fn language(language: Language) -> Intent {
    Intent::SetAccountSettings {
        settings: AccountSettings {
            language: Some(language),
            ..AccountSettings::default()
        },
    }
}

pub(crate) async fn open(folder: &Path) -> Store {
    let opened = Store::open(folder).await.unwrap();
    assert_eq!(opened.salvage, None);
    opened.store
}

/// One transaction around `work`.
pub(crate) async fn write(store: &Store, work: impl AsyncFnOnce(&mut Tx)) {
    let mut tx = store.begin().await.unwrap();
    work(&mut tx).await;
    tx.commit().await.unwrap();
}

pub(crate) async fn apply(store: &Store, changes: &[ServerChange]) {
    write(store, async |tx| {
        for change in changes {
            tx.apply(change).await.unwrap();
        }
    })
    .await;
}

pub(crate) async fn enqueue(store: &Store, id: u128, intent: &Intent) {
    write(store, async |tx| {
        tx.enqueue(intent_id(id), intent, at(100)).await.unwrap()
    })
    .await;
}

/// Asks for images: generation `number` by intent `id`, for 3 credits.
pub(crate) async fn request(store: &Store, id: u128, number: u128) {
    write(store, async |tx| {
        tx.request_generation(intent_id(id), generation_id(number), &draft(), 3, at(100))
            .await
            .unwrap();
    })
    .await;
}

pub(crate) async fn status_of(store: &Store, number: u128) -> Option<GenerationStatus> {
    let generation = store.generation(generation_id(number)).await.unwrap();
    generation.map(|generation| generation.status)
}

pub(crate) async fn is_favorite(store: &Store, number: u128) -> bool {
    store
        .image(image_id(number))
        .await
        .unwrap()
        .unwrap()
        .is_favorite
}

/// What the outbox asks for, in order.
pub(crate) async fn queued(store: &Store) -> Vec<Intent> {
    store
        .outbox()
        .await
        .unwrap()
        .into_iter()
        .map(|queued| queued.intent.unwrap())
        .collect()
}

pub(crate) fn ids(queued: &[QueuedIntent]) -> Vec<IntentId> {
    queued.iter().map(|queued| queued.id).collect()
}

/// The database behind the library's back, as a tool of the test.
pub(crate) async fn raw(folder: &Path) -> SqliteConnection {
    SqliteConnectOptions::new()
        .filename(folder.join("library.db"))
        .connect()
        .await
        .unwrap()
}

/// Language and theme that are shown.
pub(crate) fn shown(profile: &Profile) -> (Language, Theme) {
    let settings = &profile.settings;
    (settings.language.unwrap(), settings.theme.unwrap())
}
