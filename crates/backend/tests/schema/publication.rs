//! Publishing, taking back, keeping, copying and deleting at once: no deadlock, and nothing is left over.

use futures_util::future::join_all;
use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

use crate::support::{Own, become_user, sign_up};

const ROUNDS: usize = 60;

/// Calls a function as the user. Refusals are as good as answers; anything else is told.
async fn act(pool: &PgPool, user: Uuid, call: &'static str, image: Uuid) {
    let mut tx = pool.begin().await.unwrap();
    become_user(&mut tx, user).await;
    let outcome = sqlx::query(call)
        .bind(image)
        .bind(Uuid::now_v7())
        .execute(&mut *tx)
        .await;
    match outcome {
        Ok(_) => tx.commit().await.unwrap(),
        Err(error) => assert_refused(&error),
    }
}

fn assert_refused(error: &sqlx::Error) {
    let code = error
        .as_database_error()
        .and_then(|error| error.code().map(String::from));
    assert!(code.is_some_and(|code| code.starts_with("PT")), "{error}");
}

/// What a worker does with the jobs of images, as fast as it can.
async fn work(pool: &PgPool) {
    let jobs: Vec<Value> = sqlx::query_scalar(
        "select * from public.claim_analysis('w', array['publish', 'vision', 'style'], 5)",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    for job in jobs {
        let image: Uuid = job["image_id"].as_str().unwrap().parse().unwrap();
        let token: Uuid = job["lease_token"].as_str().unwrap().parse().unwrap();
        let outcome = if job["kind"] == "publish" {
            let name = job["public_name"]
                .as_str()
                .unwrap_or("00000000-0000-4000-8000-000000000000");
            sqlx::query("select public.complete_publication($1, $2, $3::uuid, $3 || '/original.webp', $3 || '/512.webp')")
                .bind(image)
                .bind(token)
                .bind(name)
                .execute(pool)
                .await
        } else {
            sqlx::query("select public.complete_analysis($1, $2, $3, 'v', '{\"labels\": [\"fox\"], \"tags\": [\"ink\"]}')")
                .bind(image)
                .bind(job["kind"].as_str().unwrap())
                .bind(token)
                .execute(pool)
                .await
        };
        if let Err(error) = outcome {
            assert_refused(&error);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_about_publishing_at_once_ends_consistent() {
    let own = Own::start().await;
    let pool = own.pool("publication", 30).await;
    let owner = sign_up(&pool, "owner@example.test").await;
    let fan = sign_up(&pool, "fan@example.test").await;
    let images: Vec<Uuid> = sqlx::query_scalar(
        "insert into public.generated_images (id, user_id, storage_path, public_url, thumbnail_url, width, height, format, size_bytes, nsfw_score)
         select i, $1, $1 || '/' || i || '/' || i || '.webp', '/u', '/t', 64, 64, 'webp', 1, 0.1
           from (select gen_random_uuid() as i from generate_series(1, 6)) as x
         returning id",
    )
    .bind(owner)
    .fetch_all(&pool)
    .await
    .unwrap();
    for round in 0..ROUNDS {
        let image = images[round % 5];
        let (publish, hide, keep, again) = (
            "select public.set_public($1, true, clock_timestamp(), $2)",
            "select public.set_public($1, false, clock_timestamp(), $2)",
            "select public.set_favorite($1, true, clock_timestamp(), $2)",
            "select public.analyze_image_with_vision($1), $2",
        );
        let queue = sqlx::query(again).bind(image).bind(owner).execute(&pool);
        tokio::join!(
            act(&pool, owner, publish, image),
            act(&pool, fan, keep, image),
            act(&pool, owner, hide, image),
            act(&pool, fan, keep, images[(round + 1) % 5]),
            join_all((0..3).map(|_| work(&pool))),
            async { queue.await.unwrap() },
        );
        if round == ROUNDS / 2 {
            let delete = sqlx::query("delete from public.generated_images where id = $1")
                .bind(images[5])
                .execute(&pool);
            let (deleted, ()) = tokio::join!(delete, work(&pool));
            deleted.unwrap();
        }
    }
    work(&pool).await;
    let wrong: Vec<String> = sqlx::query_scalar(
        "select 'kept though private ' || f.image_id from public.user_favorites f
           join public.generated_images g on g.id = f.image_id where g.user_id <> f.user_id and not g.is_public
         union all
         select 'address of a private image ' || g.id from public.generated_images g
          where not g.is_public and (g.public_url like '%public-images%' or g.public_name is not null)
         union all
         select 'published and not there ' || g.id from public.generated_images g
          where g.published_at is not null and g.public_url not like '%/public-images/' || g.public_name || '/%'
         union all
         select 'forgotten ' || g.id from public.generated_images g
          where g.is_public and g.published_at is null
            and not exists (select from private.jobs j where j.image_id = g.id and j.kind = 'publish' and j.state in ('queued', 'leased'))",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert_eq!(wrong, Vec::<String>::new());
    let drift: i64 = sqlx::query_scalar(
        "select count(*) from public.user_generation_stats s
          where s.total_images <> (select count(*) from public.generated_images g where g.user_id = s.user_id)
             or (s.user_id = $1 and s.common_subjects <> array(select distinct unnest(vision_labels) from public.generated_images))",
    )
    .bind(owner)
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(drift, 0);
    pool.close().await;
    own.stop().await;
}

/// The fan's act is under way and not committed when the owner takes the image back.
#[tokio::test(flavor = "multi_thread")]
async fn a_favorite_that_meets_an_unpublishing_does_not_outlive_it() {
    let own = Own::start().await;
    let pool = own.pool("meeting", 4).await;
    let owner = sign_up(&pool, "owner@example.test").await;
    let fan = sign_up(&pool, "fan@example.test").await;
    let image: Uuid = sqlx::query_scalar(
        "insert into public.generated_images (id, user_id, storage_path, public_url, width, height, format, size_bytes, nsfw_score, is_public)
         select i, $1, $1 || '/' || i || '/' || i || '.webp', '/u', 64, 64, 'webp', 1, 0.1, true from gen_random_uuid() as i
         returning id",
    )
    .bind(owner)
    .fetch_one(&pool)
    .await
    .unwrap();
    let mut keeping = pool.begin().await.unwrap();
    become_user(&mut keeping, fan).await;
    sqlx::query("select public.set_favorite($1, true, clock_timestamp(), $2)")
        .bind(image)
        .bind(Uuid::now_v7())
        .execute(&mut *keeping)
        .await
        .unwrap();
    let hiding = tokio::spawn({
        let pool = pool.clone();
        let patch = "update public.generated_images set is_public = false where id = $1 and $2::uuid is not null";
        async move { act(&pool, owner, patch, image).await }
    });
    // Long enough for the other to get as far as it can.
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    keeping.commit().await.unwrap();
    hiding.await.unwrap();
    let kept: i64 = sqlx::query_scalar("select count(*) from public.user_favorites")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(kept, 0);
    pool.close().await;
    own.stop().await;
}
