//! Which changes reach whom, in what order and form.

use crate::wire::Server;
use serde_json::{Value, json};

use crate::client::*;

#[tokio::test]
async fn own_changes_arrive_and_those_of_others_do_not() {
    let server = Server::start().await;
    let (ana, bo) = (server.user("ana").await, server.user("bo").await);
    let mut hers = Client::connect(&server).await;
    let mut his = Client::connect(&server).await;
    let reply = hers.join(Some(&ana.token), feed(&ana)).await;
    let echoed = reply["response"]["postgres_changes"].as_array().unwrap();
    for (asked, echoed) in feed(&ana).as_array().unwrap().iter().zip(echoed) {
        assert!(echoed["id"].is_u64());
        let mut rest = echoed.clone();
        rest.as_object_mut().unwrap().remove("id");
        assert_eq!(&rest, asked);
    }
    assert_eq!(hers.next("system").await["status"], "ok");
    // No filter of his own: only the policies keep her changes from him.
    his.listen(
        &bo.token,
        json!([{"event": "*", "schema": "public", "table": "sync_changes"}]),
    )
    .await;

    change(&server, &ana, "row-1").await;
    let told = hers.next("postgres_changes").await;
    assert_eq!(told["ids"], json!([echoed[0]["id"]]));
    let data = &told["data"];
    assert_eq!(
        (&data["schema"], &data["table"]),
        (&json!("public"), &json!("sync_changes"))
    );
    assert_eq!(
        (&data["type"], &data["errors"]),
        (&json!("INSERT"), &Value::Null)
    );
    assert_eq!(data["record"]["user_id"], json!(ana.id));
    assert_eq!(data["record"]["row_id"], "row-1");
    assert!(data["record"]["seq"].is_i64());
    assert!(
        data["columns"]
            .as_array()
            .unwrap()
            .contains(&json!({"name": "user_id", "type": "uuid"}))
    );
    let at = data["commit_timestamp"].as_str().unwrap();
    assert!(at.len() == 24 && at.ends_with('Z'), "{at}");

    // The same row again is an update of its entry, under a new key.
    change(&server, &ana, "row-1").await;
    let told = hers.next("postgres_changes").await;
    assert_eq!(told["ids"], json!([echoed[1]["id"]]));
    assert_eq!(told["data"]["type"], "UPDATE");
    his.stays_quiet().await;
    change(&server, &bo, "row-2").await;
    assert_eq!(
        his.next("postgres_changes").await["data"]["record"]["row_id"],
        "row-2"
    );
    hers.stays_quiet().await;
    server.stop().await;
}

#[tokio::test]
async fn changes_come_in_order_of_commit_and_only_when_committed() {
    let server = Server::start().await;
    let ana = server.user("ana").await;
    let mut client = Client::connect(&server).await;
    client.listen(&ana.token, feed(&ana)).await;
    let put = |row: &'static str| {
        sqlx::query("select private.sync_put($1::text::uuid, 'prompts', $2, 'upsert')")
            .bind(&ana.id)
            .bind(row)
    };
    let mut early = server.pool.begin().await.unwrap();
    put("began first").execute(&mut *early).await.unwrap();
    let mut undone = server.pool.begin().await.unwrap();
    put("rolled back").execute(&mut *undone).await.unwrap();
    undone.rollback().await.unwrap();
    change(&server, &ana, "committed first").await;
    assert_eq!(
        client.next("postgres_changes").await["data"]["record"]["row_id"],
        "committed first"
    );
    client.stays_quiet().await;
    early.commit().await.unwrap();
    assert_eq!(
        client.next("postgres_changes").await["data"]["record"]["row_id"],
        "began first"
    );

    let many: Vec<String> = (0..1200).map(|n| format!("bulk-{n}")).collect();
    sqlx::query(
        "select private.sync_put($1::text::uuid, 'prompts', r, 'upsert') from unnest($2) r",
    )
    .bind(&ana.id)
    .bind(&many)
    .execute(&server.pool)
    .await
    .unwrap();
    for row in &many {
        assert_eq!(
            &client.next("postgres_changes").await["data"]["record"]["row_id"],
            row
        );
    }
    server.stop().await;
}

#[tokio::test]
async fn values_have_their_json_types_and_filters_their_meaning() {
    let server = Server::start().await;
    let ana = server.user("ana").await;
    sql(
        &server,
        r#"create table public."Odd ""name" (
             id int8 primary key, flag bool, ratio float8, price numeric, doc jsonb, tags text[],
             at timestamptz, note text, "or" uuid, secret text);
           grant select (id, flag, ratio, price, doc, tags, at, note, "or") on public."Odd ""name" to authenticated;
           alter publication supabase_realtime add table public."Odd ""name";
           alter publication supabase_realtime set (publish = 'insert, update, delete')"#,
    )
    .await;
    let table = "Odd \"name";
    let binding =
        |filter: &str| json!({"event": "*", "schema": "public", "table": table, "filter": filter});
    let mut client = Client::connect(&server).await;
    let filters = [
        "id=gt.9",
        "id=lte.10",
        "note=in.(b,\"a,c\")",
        "flag=eq.true,id=neq.11",
        "note=not.eq.b",
    ];
    let all: Vec<Value> = filters.iter().map(|filter| binding(filter)).collect();
    client.listen(&ana.token, json!(all)).await;
    sql(
        &server,
        r#"insert into public."Odd ""name" values
             (9007199254740993, true, 1.5, 12.50, '{"a": [1, null]}', array['x', 'y z'],
              '2026-11-22 22:24:18.5+00', 'a,c', '2f9a0b0e-0000-4000-8000-000000000000', 'hidden'),
             (10, null, null, null, null, null, null, null, null, null),
             (9, false, 'NaN', 1, '1', '{}', null, 'b', null, null)"#,
    )
    .await;
    let told = client.next("postgres_changes").await;
    assert_eq!(
        told["data"]["record"],
        json!({
            "id": 9_007_199_254_740_993_i64, "flag": true, "ratio": 1.5, "price": 12.5,
            "doc": {"a": [1, null]}, "tags": ["x", "y z"], "at": "2026-11-22T22:24:18.5+00:00",
            "note": "a,c", "or": "2f9a0b0e-0000-4000-8000-000000000000",
        })
    );
    // Numbered one to five; null meets neither a condition nor its opposite.
    assert_eq!(told["ids"], json!([1, 3, 4, 5]));
    let nulls = client.next("postgres_changes").await;
    assert_eq!(
        (&nulls["ids"], &nulls["data"]["record"]["doc"]),
        (&json!([1, 2]), &Value::Null)
    );
    assert_eq!(client.next("postgres_changes").await["ids"], json!([2, 3]));

    // A deleted row tells its key; only filters on the key can be met.
    sql(&server, r#"delete from public."Odd ""name" where id = 9"#).await;
    let deleted = client.next("postgres_changes").await;
    assert_eq!(
        (&deleted["ids"], &deleted["data"]["type"]),
        (&json!([2]), &json!("DELETE"))
    );
    assert_eq!(deleted["data"]["old_record"], json!({"id": 9}));
    server.stop().await;
}

#[tokio::test]
async fn what_cannot_be_listened_to_is_said_once() {
    let server = Server::start().await;
    let ana = server.user("ana").await;
    let table = "sync_changes";
    for asked in [
        json!({"event": "*", "schema": "public", "table": "profiles"}),
        json!({"event": "*", "schema": "auth", "table": "users"}),
        json!({"event": "*", "schema": "public", "table": table, "filter": "absent=eq.1"}),
        json!({"event": "*", "schema": "public", "table": table, "filter": "user_id=eq.x' or true --"}),
        json!({"event": "*", "schema": "public", "table": table, "filter": "seq=eq.one"}),
    ] {
        let mut client = Client::connect(&server).await;
        let reply = client.join(Some(&ana.token), json!([asked])).await;
        assert_eq!(reply["status"], "ok");
        let told = client.next("system").await;
        assert_eq!(
            (&told["status"], &told["extension"]),
            (&json!("error"), &json!("postgres_changes"))
        );
        let message = told["message"].as_str().unwrap();
        assert!(
            message.starts_with("Unable to subscribe to changes with given parameters"),
            "{message}"
        );
    }
    let mut client = Client::connect(&server).await;
    for payload in [
        json!({"config": {"postgres_changes": [{"event": "*", "filter": "a=like.b"}]}}),
        json!({"config": {"private": true}}),
        json!({"config": {"presence": {"enabled": true}}}),
        json!({"access_token": "not.a.token"}),
    ] {
        client.send(TOPIC, "phx_join", payload).await;
        let reply = client.next("phx_reply").await;
        assert_eq!(reply["status"], "error");
        assert!(reply["response"]["reason"].is_string());
    }
    server.stop().await;
}
