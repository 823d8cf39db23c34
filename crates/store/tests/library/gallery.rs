//! The gallery's order, and that a large library needs no sorting.

use amethyst_store::{GalleryFilter, Shelf};
use sqlx::Row;
use tempfile::tempdir;

use crate::support::*;

#[tokio::test]
async fn newest_first_and_favorites_apart() {
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    let images = [(1, true), (2, false), (3, true)];
    apply(
        &store,
        &images.map(|(number, mark)| image_row(server_image(number, mark))),
    )
    .await;
    let ids = async |shelf| {
        let gallery = store.gallery(GalleryFilter { shelf }).await.unwrap();
        gallery
            .into_iter()
            .map(|entry| entry.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(Shelf::Gallery).await, [3, 2, 1].map(image_id));
    assert_eq!(ids(Shelf::Favorites).await, [3, 1].map(image_id));
    enqueue(&store, 1, &favorite(2, true)).await;
    enqueue(&store, 2, &favorite(3, false)).await;
    assert_eq!(
        ids(Shelf::Favorites).await,
        [2, 1].map(image_id),
        "what is unsent counts"
    );

    let entry = &store.gallery(GalleryFilter::default()).await.unwrap()[2];
    assert_eq!((entry.width, entry.height), (1024, 768));
    assert_eq!(entry.created_at_ms, at(1).timestamp_millis());
    assert_eq!(entry.dominant_color.as_deref(), Some("#a0b1c2"));
}

#[tokio::test]
async fn a_hundred_thousand_pictures_open_from_an_index() {
    const PICTURES: i64 = 100_000;
    let folder = tempdir().unwrap();
    let store = open(folder.path()).await;
    let mut db = raw(folder.path()).await;
    sqlx::query(
        "with recursive number (n) as (select 1 union all select n + 1 from number where n < ?)
         insert into image
           (id, width, height, format, size_bytes, created_at, is_favorite, base_favorite,
            is_public, vision_description, dominant_color, technical_metadata,
            server_updated_at, seen)
         select randomblob(16), 1024, 768, 'webp', 1, n * 1000, n % 10 = 0, n % 10 = 0, 0,
                hex(randomblob(100)), '#a0b1c2', '{}', 1, 0
           from number",
    )
    .bind(PICTURES)
    .execute(&mut db)
    .await
    .unwrap();

    let gallery = store.gallery(GalleryFilter::default()).await.unwrap();
    assert_eq!(gallery.len(), 100_000);
    assert!(gallery.is_sorted_by(|one, next| one.created_at_ms > next.created_at_ms));
    let favorites = store
        .gallery(GalleryFilter {
            shelf: Shelf::Favorites,
        })
        .await
        .unwrap();
    assert_eq!(favorites.len(), 10_000);

    assert_eq!(store.counts().await.unwrap().images, 100_000);
    for query in [
        "select id, width, height, created_at, dominant_color from image
          where place = 0 order by created_at desc, position, id",
        "select id, width, height, created_at, dominant_color from image
          where place = 0 and is_favorite = 1 order by created_at desc, position, id",
    ] {
        let plan = format!("explain query plan {query}");
        let steps = sqlx::query(sqlx::AssertSqlSafe(plan))
            .fetch_all(&mut db)
            .await
            .unwrap();
        assert_eq!(steps.len(), 1, "no separate sort");
        let step: String = steps[0].get("detail");
        assert!(step.contains("USING COVERING INDEX"), "{step}");
    }
}
