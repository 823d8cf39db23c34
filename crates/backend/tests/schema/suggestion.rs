//! The numbers by which suggestions are ordered: the same here as in the client, by one table for both.

use serde_json::Value;
use sqlx::{Connection, PgConnection};

use crate::support::{Own, folder};

fn table() -> Value {
    let path = folder().join("../../tests/fixtures/suggestion/ranking.json");
    serde_json::from_str(&fs_err::read_to_string(path).unwrap()).unwrap()
}

fn number(case: &Value, field: &str) -> f64 {
    case[field].as_f64().unwrap()
}

async fn rank(db: &mut PgConnection, case: &Value) -> f64 {
    sqlx::query_scalar("select private.suggestion_rank($1, $2, $3)")
        .bind(number(case, "confidence"))
        .bind(i32::try_from(case["used_count"].as_i64().unwrap()).unwrap())
        .bind(number(case, "success_rate"))
        .fetch_one(db)
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn suggestions_are_ordered_by_the_shared_table() {
    let own = Own::start().await;
    let url = own.server.copy("suggestion").await.unwrap();
    let mut db = PgConnection::connect(&url).await.unwrap();
    let table = table();
    for case in table["bounds"].as_array().unwrap() {
        let bound: f64 = sqlx::query_scalar("select private.wilson_lower_bound($1, $2)")
            .bind(number(case, "successes"))
            .bind(number(case, "trials"))
            .fetch_one(&mut db)
            .await
            .unwrap();
        assert!(
            (bound - number(case, "bound")).abs() < 1e-9,
            "{case}: {bound}"
        );
    }
    for case in table["ranks"].as_array().unwrap() {
        let found = rank(&mut db, case).await;
        assert!(
            (found - number(case, "rank")).abs() < 1e-9,
            "{case}: {found}"
        );
    }
    for case in table["before"].as_array().unwrap() {
        let first = rank(&mut db, &case["first"]).await;
        let second = rank(&mut db, &case["second"]).await;
        assert!(first > second, "{case}: {first} and {second}");
    }
    db.close().await.unwrap();
    own.stop().await;
}
