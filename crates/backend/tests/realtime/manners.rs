//! The protocol, and what happens when a side misbehaves.

use crate::wire::Server;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::client::*;

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
    crate::wire::eventually("the slot goes", async || slots().await == 0).await;
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
