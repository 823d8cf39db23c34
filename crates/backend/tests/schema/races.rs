//! Many sessions at once: nobody spends what he does not have, no job has two workers, no change is lost.

use futures_util::future::join_all;
use sqlx::{Connection, PgConnection, PgPool};
use uuid::Uuid;

use crate::support::{Own, assert_ledgers, become_user, sign_up};

/// Asks for one image; the answer, or the refusal's code.
async fn request(pool: &PgPool, user: Uuid, id: Uuid) -> Result<serde_json::Value, String> {
    let mut tx = pool.begin().await.unwrap();
    become_user(&mut tx, user).await;
    let answer = sqlx::query_scalar(
        "select public.request_generation($1, 'sketch', 'a race', p_hf_loras => '{}', p_lora_scales => '{}')",
    )
    .bind(id)
    .fetch_one(&mut *tx)
    .await;
    match answer {
        Ok(answer) => {
            tx.commit().await.unwrap();
            Ok(answer)
        }
        Err(error) => {
            let database = error.as_database_error().unwrap();
            Err(format!(
                "{} {}",
                database.code().unwrap(),
                database.message()
            ))
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_sessions_cannot_spend_more_than_there_is() {
    let own = Own::start().await;
    let pool = own.pool("spend", 50).await;
    let user = sign_up(&pool, "rich@example.test").await;
    sqlx::raw_sql(
        "update private.settings set value = '{\"free\": 1000}' where key = 'max_pending'",
    )
    .execute(&pool)
    .await
    .unwrap();
    // Two requests in each session: 128 for 100 credits.
    let sessions = (0..64).map(|_| async {
        let mut outcomes = Vec::new();
        for _ in 0..2 {
            outcomes.push(request(&pool, user, Uuid::now_v7()).await);
        }
        outcomes
    });
    let outcomes: Vec<_> = join_all(sessions).await.into_iter().flatten().collect();
    let granted = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    let refused = outcomes
        .iter()
        .filter(|outcome| {
            outcome
                .as_ref()
                .is_err_and(|code| code == "PT402 insufficient_credits")
        })
        .count();
    assert_eq!((granted, refused), (100, 28), "{outcomes:?}");
    let balance: i32 =
        sqlx::query_scalar("select credits_balance from public.profiles where id = $1")
            .bind(user)
            .fetch_one(&pool)
            .await
            .unwrap();
    assert_eq!(balance, 0);
    assert_ledgers(&pool).await;
    pool.close().await;
    own.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_id_asked_by_many_sessions_is_paid_once() {
    let own = Own::start().await;
    let pool = own.pool("repeat", 20).await;
    let user = sign_up(&pool, "eager@example.test").await;
    let id = Uuid::now_v7();
    let outcomes = join_all((0..16).map(|_| request(&pool, user, id))).await;
    let created = outcomes
        .iter()
        .filter(|outcome| {
            outcome
                .as_ref()
                .is_ok_and(|answer| answer["created"] == true)
        })
        .count();
    assert_eq!(created, 1, "{outcomes:?}");
    assert!(outcomes.iter().all(Result::is_ok));
    assert_ledgers(&pool).await;
    pool.close().await;
    own.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_at_once_share_the_queue_and_settle_each_job_once() {
    let own = Own::start().await;
    let pool = own.pool("queue", 24).await;
    sqlx::raw_sql(
        "update private.settings set value = '{\"free\": 1000}' where key = 'max_pending'",
    )
    .execute(&pool)
    .await
    .unwrap();
    for number in 0..8 {
        let user = sign_up(&pool, &format!("user{number}@example.test")).await;
        for _ in 0..8 {
            request(&pool, user, Uuid::now_v7()).await.unwrap();
        }
    }
    let workers = (0..8).map(|_| async {
        let mut taken = Vec::new();
        loop {
            let job: Option<serde_json::Value> =
                sqlx::query_scalar("select * from public.claim_generation('w')")
                    .fetch_optional(&pool)
                    .await
                    .unwrap();
            let Some(job) = job else { return taken };
            let id: Uuid = job["id"].as_str().unwrap().parse().unwrap();
            let token: Uuid = job["lease_token"].as_str().unwrap().parse().unwrap();
            // Told twice at once, as after a lost answer.
            let fail = || {
                sqlx::query("select public.fail_generation($1, $2, 'outage')")
                    .bind(id)
                    .bind(token)
                    .execute(&pool)
            };
            let (one, two) = tokio::join!(fail(), fail());
            one.unwrap();
            two.unwrap();
            taken.push(id);
        }
    });
    let mut taken: Vec<Uuid> = join_all(workers).await.into_iter().flatten().collect();
    taken.sort();
    let all = taken.len();
    taken.dedup();
    assert_eq!((all, taken.len()), (64, 64));
    let refunds: i64 =
        sqlx::query_scalar("select count(*) from public.credit_transactions where type = 'refund'")
            .fetch_one(&pool)
            .await
            .unwrap();
    assert_eq!(refunds, 64);
    assert_ledgers(&pool).await;
    pool.close().await;
    own.stop().await;
}

/// Two sessions: A begins first, B takes a number and commits while A is still open, then A takes a number and
/// commits. Whoever had read up to the highest number would never see the other's change.
#[tokio::test(flavor = "multi_thread")]
async fn the_feed_loses_nothing_that_commits_late() {
    let own = Own::start().await;
    let pool = own.pool("feed", 4).await;
    let user = sign_up(&pool, "reader@example.test").await;
    let pull = async |cursor: Option<String>| -> serde_json::Value {
        let mut tx = pool.begin().await.unwrap();
        become_user(&mut tx, user).await;
        let page = sqlx::query_scalar("select public.pull_changes($1)")
            .bind(cursor)
            .fetch_one(&mut *tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        page
    };
    let prefer = "insert into public.user_preferences (user_id, preference_type, preference_value) values ($1, $2, '{}')";
    let first = pull(None).await;
    assert_eq!(first["behind"], false);

    let mut late = PgConnection::connect(&own.server_url("feed"))
        .await
        .unwrap();
    let mut slow = late.begin().await.unwrap();
    // A has an identity and no number yet.
    sqlx::query("select pg_current_xact_id()")
        .execute(&mut *slow)
        .await
        .unwrap();
    sqlx::query(prefer)
        .bind(user)
        .bind("ui_preferences")
        .execute(&pool)
        .await
        .unwrap();
    let page = pull(first["cursor"].as_str().map(str::to_owned)).await;
    assert_eq!(
        page["changes"],
        serde_json::json!([]),
        "hidden while an older transaction runs"
    );
    assert_eq!(page["behind"], true);
    sqlx::query(prefer)
        .bind(user)
        .bind("safety_settings")
        .execute(&mut *slow)
        .await
        .unwrap();
    slow.commit().await.unwrap();

    let page = pull(page["cursor"].as_str().map(str::to_owned)).await;
    let kinds: Vec<&str> = page["changes"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|change| change["row"]["preference_type"].as_str())
        .collect();
    assert_eq!(kinds.len(), 2, "{page}");
    // What this is about: the one that committed last carries the higher number and the lower transaction.
    let (by_number, by_order): (Vec<String>, Vec<String>) = sqlx::query_as(
        "select array_agg(row_id order by seq), array_agg(row_id order by xid, seq)
           from public.sync_changes where table_name = 'user_preferences'",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_ne!(by_number, by_order);
    late.close().await.unwrap();
    pool.close().await;
    own.stop().await;
}

/// An index made as `docs/schema.md` tells operators to, in the same database: it waits for an old reader, and the
/// feed does not wait for it.
#[tokio::test(flavor = "multi_thread")]
async fn an_index_made_concurrently_does_not_hold_the_feed_back() {
    let own = Own::start().await;
    let pool = own.pool("indexed", 4).await;
    let user = sign_up(&pool, "reader@example.test").await;
    let url = own.server_url("indexed");
    // Reads only: it has a snapshot and no transaction id, so it does not hold the horizon itself.
    let mut reader = PgConnection::connect(&url).await.unwrap();
    sqlx::raw_sql("begin isolation level repeatable read read only; select count(*) from public.generated_images")
        .execute(&mut reader)
        .await
        .unwrap();
    let builder = tokio::spawn(async move {
        let mut connection = PgConnection::connect(&url).await.unwrap();
        sqlx::raw_sql("create index concurrently idx_test on public.generated_images (format)")
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
    });
    until(&pool, "select exists (select from pg_stat_progress_create_index where phase like 'waiting for old snapshots%')").await;

    sqlx::query("insert into public.user_preferences (user_id, preference_type, preference_value) values ($1, 'ui_preferences', '{}')")
        .bind(user)
        .execute(&pool)
        .await
        .unwrap();
    let mut tx = pool.begin().await.unwrap();
    become_user(&mut tx, user).await;
    let page: serde_json::Value = sqlx::query_scalar("select public.pull_changes()")
        .fetch_one(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(page["behind"], false, "{page}");
    let tables: Vec<&str> = page["changes"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|change| change["table"].as_str())
        .collect();
    assert!(tables.contains(&"user_preferences"), "{tables:?}");
    assert!(!builder.is_finished(), "the index was still being made");

    sqlx::raw_sql("commit").execute(&mut reader).await.unwrap();
    reader.close().await.unwrap();
    builder.await.unwrap();
    // The migration that follows finds it there.
    sqlx::raw_sql("create index if not exists idx_test on public.generated_images (format)")
        .execute(&pool)
        .await
        .unwrap();
    pool.close().await;
    own.stop().await;
}

async fn until(pool: &PgPool, question: &'static str) {
    for _ in 0..500 {
        if sqlx::query_scalar::<_, bool>(question)
            .fetch_one(pool)
            .await
            .unwrap()
        {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("{question} does not come true");
}
