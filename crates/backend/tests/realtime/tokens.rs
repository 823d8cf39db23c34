//! Channels live as long as their token.

use crate::wire::Server;
use serde_json::json;
use tokio_tungstenite::tungstenite::Error;

use crate::client::*;

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
