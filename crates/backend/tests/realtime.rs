//! Realtime over WebSocket against the running server, with the policies of the hosted schema and two
//! users.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "the helpers of a test fail like the test itself"
)]

mod wire;

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use wire::{Server, User};

const TOPIC: &str = "realtime:feed";
/// Longer than any reading of the stream takes; only what must not come waits so long.
const QUIET: Duration = Duration::from_millis(700);
const PATIENCE: Duration = Duration::from_secs(15);

/// A connection that speaks protocol 2.0.0.
struct Client {
    socket: WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>,
    references: u32,
}

fn address(server: &Server, query: &str) -> String {
    format!(
        "{}/realtime/v1/websocket?{query}",
        server.url.replacen("http", "ws", 1)
    )
}

impl Client {
    async fn connect(server: &Server) -> Self {
        let query = format!("apikey={}&vsn=2.0.0", server.anon_key);
        let (socket, _) = tokio_tungstenite::connect_async(address(server, &query))
            .await
            .unwrap();
        Self {
            socket,
            references: 0,
        }
    }

    async fn send(&mut self, topic: &str, event: &str, payload: Value) -> String {
        self.references += 1;
        let reference = self.references.to_string();
        let frame = json!(["1", reference, topic, event, payload]).to_string();
        self.socket.send(Message::text(frame)).await.unwrap();
        reference
    }

    /// The next frame as `(event, payload)`, nothing if none comes within `wait` or the socket ends.
    async fn next_within(&mut self, wait: Duration) -> Option<(String, Value)> {
        loop {
            let message = tokio::time::timeout(wait, self.socket.next())
                .await
                .ok()??
                .ok()?;
            if let Message::Text(text) = message {
                let mut frame: Value = serde_json::from_str(&text).unwrap();
                return Some((frame[3].as_str().unwrap().to_owned(), frame[4].take()));
            }
        }
    }

    /// The payload of the next frame, which must be this event.
    async fn next(&mut self, event: &str) -> Value {
        let (found, payload) = self.next_within(PATIENCE).await.expect("a frame");
        assert_eq!(found, event, "{payload}");
        payload
    }

    async fn stays_quiet(&mut self) {
        let came = self.next_within(QUIET).await;
        assert!(came.is_none(), "{came:?}");
    }

    async fn join(&mut self, token: Option<&str>, changes: Value) -> Value {
        let mut payload = json!({ "config": { "postgres_changes": changes } });
        if let Some(token) = token {
            payload["access_token"] = json!(token);
        }
        self.send(TOPIC, "phx_join", payload).await;
        self.next("phx_reply").await
    }

    /// Joins and waits until changes are being read.
    async fn listen(&mut self, token: &str, changes: Value) {
        let reply = self.join(Some(token), changes).await;
        assert_eq!(reply["status"], "ok", "{reply}");
        let live = self.next("system").await;
        assert_eq!(
            live,
            json!({
                "extension": "postgres_changes", "status": "ok",
                "message": "Subscribed to PostgreSQL", "channel": "feed",
            })
        );
    }
}

/// What the product listens to.
fn feed(user: &User) -> Value {
    let entry = |event: &str| {
        json!({
            "event": event, "schema": "public", "table": "sync_changes",
            "filter": format!("user_id=eq.{}", user.id),
        })
    };
    json!([entry("INSERT"), entry("UPDATE")])
}

async fn change(server: &Server, user: &User, row: &str) {
    sqlx::query("select private.sync_put($1::text::uuid, 'prompts', $2, 'upsert')")
        .bind(&user.id)
        .bind(row)
        .execute(&server.pool)
        .await
        .unwrap();
}

async fn sql(server: &Server, statements: &'static str) {
    sqlx::raw_sql(statements)
        .execute(&server.pool)
        .await
        .unwrap();
}

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

#[tokio::test]
async fn a_channel_ends_with_its_token_and_lives_on_with_a_fresh_one() {
    let server = Server::start().await;
    let ana = server.user("ana").await;
    let mut ending = Client::connect(&server).await;
    let mut renewed = Client::connect(&server).await;
    let short = server.token(&ana, 2);
    ending.listen(&short, feed(&ana)).await;
    renewed.listen(&short, feed(&ana)).await;
    renewed
        .send(TOPIC, "access_token", json!({ "access_token": ana.token }))
        .await;
    renewed
        .send(
            TOPIC,
            "access_token",
            json!({ "access_token": "sb_publishable_x" }),
        )
        .await;
    renewed
        .send(TOPIC, "access_token", json!({ "access_token": null }))
        .await;

    let told = ending.next("system").await;
    assert_eq!(
        (&told["extension"], &told["status"]),
        (&json!("system"), &json!("error"))
    );
    assert!(
        told["message"]
            .as_str()
            .unwrap()
            .starts_with("Token has expired "),
        "{told}"
    );
    ending.next("phx_close").await;
    change(&server, &ana, "after").await;
    assert_eq!(
        renewed.next("postgres_changes").await["data"]["record"]["row_id"],
        "after"
    );
    ending.stays_quiet().await;
    // The connection itself lives and can be joined with a fresh token.
    ending.listen(&ana.token, feed(&ana)).await;

    // A second join replaces the first, and is refused with a token of the past.
    let past = json!({ "config": {}, "access_token": server.token(&ana, -5) });
    renewed.send(TOPIC, "phx_join", past).await;
    renewed.next("phx_close").await;
    let reply = renewed.next("phx_reply").await;
    let reason = reply["response"]["reason"].as_str().unwrap();
    assert!(reason.starts_with("InvalidJWTToken: "), "{reason}");
    server.stop().await;
}

#[tokio::test]
async fn a_bad_fresh_token_closes_the_channel() {
    let server = Server::start().await;
    let ana = server.user("ana").await;
    let mut client = Client::connect(&server).await;
    client.listen(&ana.token, feed(&ana)).await;
    client
        .send(
            TOPIC,
            "access_token",
            json!({ "access_token": "not.a.token" }),
        )
        .await;
    assert_eq!(client.next("system").await["status"], "error");
    client.next("phx_close").await;
    change(&server, &ana, "unheard").await;
    client.stays_quiet().await;
    server.stop().await;
}

#[tokio::test]
async fn claims_of_a_fresh_token_decide_from_then_on() {
    let server = Server::start().await;
    let (ana, bo) = (server.user("ana").await, server.user("bo").await);
    let mut client = Client::connect(&server).await;
    client
        .listen(
            &ana.token,
            json!([{"event": "INSERT", "schema": "public", "table": "sync_changes"}]),
        )
        .await;
    client
        .send(TOPIC, "access_token", json!({ "access_token": bo.token }))
        .await;
    client.send("phoenix", "heartbeat", json!({})).await;
    client.next("phx_reply").await;
    change(&server, &ana, "hers").await;
    client.stays_quiet().await;
    change(&server, &bo, "his").await;
    assert_eq!(
        client.next("postgres_changes").await["data"]["record"]["row_id"],
        "his"
    );
    server.stop().await;
}

#[tokio::test]
async fn phoenix_manners() {
    let server = Server::start().await;
    let ana = server.user("ana").await;
    let mut client = Client::connect(&server).await;
    client.send("phoenix", "heartbeat", json!({})).await;
    assert_eq!(
        client.next("phx_reply").await,
        json!({"status": "ok", "response": {}})
    );
    client
        .send("realtime:unknown", "phx_leave", json!({}))
        .await;
    assert_eq!(
        client.next("phx_reply").await["response"]["reason"],
        "unmatched topic"
    );
    client.send("realtime:", "phx_join", json!({})).await;
    let refused = client.next("phx_reply").await;
    assert!(
        refused["response"]["reason"]
            .as_str()
            .unwrap()
            .starts_with("TopicNameRequired")
    );

    client.listen(&ana.token, feed(&ana)).await;
    client
        .send(
            TOPIC,
            "broadcast",
            json!({"type": "broadcast", "event": "x"}),
        )
        .await;
    assert_eq!(client.next("phx_reply").await["status"], "error");
    let mut binary = vec![3, 1, 1, 13, 1, 0, 1];
    binary.extend_from_slice(b"17realtime:feedx{}");
    client.socket.send(Message::binary(binary)).await.unwrap();
    assert_eq!(client.next("phx_reply").await["status"], "error");
    client.send(TOPIC, "phx_leave", json!({})).await;
    assert_eq!(client.next("phx_reply").await["status"], "ok");
    client.next("phx_close").await;
    change(&server, &ana, "unheard").await;
    client.stays_quiet().await;

    client.socket.send(Message::text("no frame")).await.unwrap();
    assert!(
        client.next_within(PATIENCE).await.is_none(),
        "the connection ends"
    );
    server.stop().await;
}

#[tokio::test]
async fn without_a_key_nobody_enters() {
    let server = Server::start().await;
    for query in ["vsn=2.0.0", "apikey=wrong&vsn=2.0.0", "apikey="] {
        match tokio_tungstenite::connect_async(address(&server, query)).await {
            Err(Error::Http(response)) => assert_eq!(response.status().as_u16(), 401, "{query}"),
            other => panic!("{query}: {other:?}"),
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn the_older_protocol_is_spoken_too() {
    let server = Server::start().await;
    let query = format!("apikey={}", server.anon_key);
    let (mut socket, _) = tokio_tungstenite::connect_async(address(&server, &query))
        .await
        .unwrap();
    let frame = json!({"topic": "phoenix", "event": "heartbeat", "payload": {}, "ref": "7"});
    socket.send(Message::text(frame.to_string())).await.unwrap();
    let reply = socket.next().await.unwrap().unwrap().into_text().unwrap();
    assert_eq!(
        serde_json::from_str::<Value>(&reply).unwrap(),
        json!({"topic": "phoenix", "event": "phx_reply", "payload": {"status": "ok", "response": {}}, "ref": "7"})
    );
    server.stop().await;
}

#[tokio::test]
async fn a_broken_slot_is_made_anew_and_told() {
    let server = Server::start().await;
    let ana = server.user("ana").await;
    let mut client = Client::connect(&server).await;
    client.listen(&ana.token, feed(&ana)).await;
    sql(
        &server,
        "select pg_terminate_backend(active_pid) from pg_replication_slots
         where temporary and database = current_database()",
    )
    .await;
    assert_eq!(client.next("system").await["status"], "error");
    assert_eq!(client.next("system").await["status"], "ok");
    change(&server, &ana, "after").await;
    assert_eq!(
        client.next("postgres_changes").await["data"]["record"]["row_id"],
        "after"
    );
    server.stop().await;
}

#[tokio::test]
async fn the_slot_is_there_only_while_somebody_listens() {
    let server = Server::start().await;
    let ana = server.user("ana").await;
    let slots = async || -> i64 {
        sqlx::query_scalar(
            "select count(*) from pg_replication_slots where database = current_database()",
        )
        .fetch_one(&server.pool)
        .await
        .unwrap()
    };
    assert_eq!(slots().await, 0);
    let mut client = Client::connect(&server).await;
    client.listen(&ana.token, feed(&ana)).await;
    assert_eq!(slots().await, 1);
    drop(client);
    wire::eventually("the slot goes", async || slots().await == 0).await;
    server.stop().await;
}

#[tokio::test]
async fn a_client_that_does_not_read_holds_back_nobody() {
    let server = Server::start().await;
    let ana = server.user("ana").await;
    sql(
        &server,
        "create table public.wide (id int primary key, body text);
         grant select on public.wide to authenticated;
         alter publication supabase_realtime add table public.wide",
    )
    .await;
    let all = json!([{"event": "*", "schema": "public", "table": "wide"}]);
    let mut deaf = Client::connect(&server).await;
    deaf.listen(&ana.token, all.clone()).await;
    let mut quick = Client::connect(&server).await;
    quick.listen(&ana.token, all).await;
    for at in 0..60 {
        sqlx::query("insert into public.wide values ($1, repeat('x', 500000))")
            .bind(at)
            .execute(&server.pool)
            .await
            .unwrap();
        assert_eq!(
            quick.next("postgres_changes").await["data"]["record"]["id"],
            json!(at)
        );
    }
    // 30 MB waited for the other, which is more than anybody keeps for it: it was cut off.
    let mut read = 0;
    while deaf.next_within(PATIENCE).await.is_some() {
        read += 1;
    }
    assert!(
        read < 60,
        "everything was kept for a client that did not read"
    );
    server.stop().await;
}

#[tokio::test]
async fn stopping_ends_connections_at_once() {
    let server = Server::start().await;
    let ana = server.user("ana").await;
    let mut client = Client::connect(&server).await;
    client.listen(&ana.token, feed(&ana)).await;
    let (stopped, ended) = tokio::join!(
        tokio::time::timeout(PATIENCE, server.stop()),
        client.next_within(PATIENCE)
    );
    assert!(stopped.is_ok() && ended.is_none());
}
