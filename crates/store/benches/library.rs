//! The library's small costs, by criterion: what happens for every page, every act and every look at the
//! outbox.

#![expect(
    clippy::unwrap_used,
    reason = "a measurement that cannot be set up has failed"
)]

use amethyst_model::{
    Image, ImageId, Intent, IntentId, MediaFile, MediaVariant, ServerChange, ServerRow,
};
use amethyst_store::{GalleryFilter, Store};
use chrono::DateTime;
use criterion::{Criterion, criterion_group, criterion_main};
use serde_json::json;
use tokio::runtime::Runtime;
use uuid::Uuid;

const PAGE: u128 = 1000;

fn image(number: u128, favorite: bool) -> ServerChange {
    let files = MediaVariant::ALL.map(|variant| MediaFile {
        variant,
        path: format!("user/prompt/{number}.{}.webp", variant.as_str()),
        bytes: 20_000,
        width: 512,
        height: 512,
        blake3: format!("{number:060x}{:04}", variant as u8),
    });
    ServerChange::Upsert(ServerRow::Image(Box::new(Image {
        id: ImageId(Uuid::from_u128(number)),
        generation_id: None,
        width: 1024,
        height: 1024,
        format: "webp".to_owned(),
        size_bytes: 60_000,
        created_at: DateTime::from_timestamp_micros(i64::try_from(number).unwrap()).unwrap(),
        is_favorite: favorite,
        is_public: false,
        is_trashed: false,
        trashed_at: None,
        vision_description: None,
        dominant_color: Some("#31475a".to_owned()),
        files: files.to_vec(),
        technical_metadata: json!({ "seed": 7, "index": 0 }),
        updated_at: DateTime::UNIX_EPOCH,
    })))
}

async fn apply(store: &Store, page: &[ServerChange]) {
    let mut tx = store.begin().await.unwrap();
    tx.apply_page(page).await.unwrap();
    tx.commit().await.unwrap();
}

fn library(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let store = runtime.block_on(Store::open(folder.path())).unwrap().store;
    let mut next = 0;
    criterion.bench_function("a page of 1000 new images", |bench| {
        bench.iter(|| {
            let page: Vec<ServerChange> = (next..next + PAGE).map(|n| image(n, false)).collect();
            next += PAGE;
            runtime.block_on(apply(&store, &page));
        });
    });
    let mut favorite = false;
    criterion.bench_function("a page of 1000 images that are there", |bench| {
        bench.iter(|| {
            favorite = !favorite;
            let page: Vec<ServerChange> = (0..PAGE).map(|n| image(n, favorite)).collect();
            runtime.block_on(apply(&store, &page));
        });
    });
    let mut intent = 0;
    criterion.bench_function("one favorite, written down and shown", |bench| {
        bench.iter(|| {
            intent += 1;
            let act = Intent::SetFavorite {
                image: ImageId(Uuid::from_u128(intent % PAGE)),
                favorite: intent % 2 == 0,
            };
            runtime.block_on(async {
                let mut tx = store.begin().await.unwrap();
                let id = IntentId(Uuid::from_u128(intent));
                tx.enqueue(id, &act, DateTime::UNIX_EPOCH).await.unwrap();
                tx.commit().await.unwrap();
            });
        });
    });
    criterion.bench_function("what may be sent, of 1000 waiting", |bench| {
        bench.iter(|| {
            runtime
                .block_on(store.sendable(DateTime::UNIX_EPOCH))
                .unwrap()
        });
    });
    criterion.bench_function("the numbers of the status line", |bench| {
        bench.iter(|| runtime.block_on(store.counts()).unwrap());
    });
    criterion.bench_function("the gallery's order", |bench| {
        bench.iter(|| {
            runtime
                .block_on(store.gallery(GalleryFilter::default()))
                .unwrap()
        });
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = library
}
criterion_main!(benches);
