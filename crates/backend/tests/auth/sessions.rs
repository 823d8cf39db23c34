//! Sessions: rotation of refresh tokens, their reuse, sign-out.

use serde_json::Value;

use crate::ask::PASSWORD;
use crate::wire::Server;

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_does_not_end_the_session() {
    let server = Server::start().await;
    let first = server
        .sign_up("ada@example.org")
        .await
        .text("/refresh_token");
    let second = server.refresh(&first).await;
    assert_eq!(second.status, 200);
    assert!(second.body["user"]["id"].is_string() && second.body["expires_at"].is_i64());
    let second = second.text("/refresh_token");
    assert_ne!(first, second);
    // However late, and as often as it is asked.
    sqlx::query("update auth.refresh_tokens set updated_at = now() - interval '1 day'")
        .execute(&server.pool)
        .await
        .unwrap();
    for _ in 0..2 {
        assert_eq!(server.refresh(&first).await.text("/refresh_token"), second);
    }
    let third = server.refresh(&second).await.text("/refresh_token");
    assert!(![&first, &second].contains(&&third));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_token_revokes_the_family() {
    let server = Server::start().await;
    let session = server.sign_up("ada@example.org").await;
    let other = server.sign_in("ada@example.org", PASSWORD).await;
    let first = session.text("/refresh_token");
    let second = server.refresh(&first).await.text("/refresh_token");
    let third = server.refresh(&second).await.text("/refresh_token");
    // Windows that race within the interval all get on.
    let raced = server.refresh(&first).await;
    assert_eq!(raced.status, 200, "{raced:?}");
    let fourth = raced.text("/refresh_token");
    assert_ne!(fourth, third);
    sqlx::query("update auth.refresh_tokens set updated_at = now() - interval '11 seconds'")
        .execute(&server.pool)
        .await
        .unwrap();
    assert_eq!(
        server.refresh(&first).await.refusal(),
        (400, "refresh_token_already_used")
    );
    assert_eq!(
        server.refresh(&fourth).await.refusal(),
        (400, "refresh_token_already_used")
    );
    assert_eq!(
        server.refresh(&other.text("/refresh_token")).await.status,
        200,
        "another session is not concerned"
    );
    assert_eq!(
        server.refresh("short").await.refusal(),
        (400, "validation_failed")
    );
    assert_eq!(
        server.refresh("aaaaaaaaaaaaaaaaaaaaaaaa").await.refusal(),
        (400, "refresh_token_not_found")
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refreshes_at_once_end_with_one_active_token() {
    let server = Server::start().await;
    let first = server
        .sign_up("ada@example.org")
        .await
        .text("/refresh_token");
    let all = futures_util::future::join_all((0..16).map(|_| server.refresh(&first))).await;
    let mut tokens: Vec<String> = all
        .iter()
        .map(|answer| answer.text("/refresh_token"))
        .collect();
    tokens.sort();
    tokens.dedup();
    assert_eq!(tokens.len(), 1, "{tokens:?}");
    let active: i64 =
        sqlx::query_scalar("select count(*) from auth.refresh_tokens where not revoked")
            .fetch_one(&server.pool)
            .await
            .unwrap();
    assert_eq!(active, 1);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_out_ends_what_its_scope_says() {
    let server = Server::start().await;
    let bob = server.sign_up("bob@example.org").await;
    server.sign_up("ada@example.org").await;
    let sign_in = async || {
        let session = server.sign_in("ada@example.org", PASSWORD).await;
        (
            session.text("/access_token"),
            session.text("/refresh_token"),
        )
    };
    let out = async |token: &str, scope: &str| {
        let answer = server
            .auth(&format!("POST /logout{scope}"), Some(token), Value::Null)
            .await;
        assert_eq!((answer.status, &answer.body), (204, &Value::Null));
    };
    let lives = async |token: &str| server.me(token).await.status == 200;
    let (a, b, c) = (sign_in().await, sign_in().await, sign_in().await);
    out(&a.0, "?scope=local").await;
    assert!(!lives(&a.0).await && lives(&b.0).await && lives(&c.0).await);
    assert_eq!(
        server.refresh(&a.1).await.refusal(),
        (400, "refresh_token_not_found")
    );
    out(&b.0, "?scope=others").await;
    assert!(lives(&b.0).await && !lives(&c.0).await);
    let d = sign_in().await;
    out(&d.0, "").await;
    assert!(!lives(&b.0).await && !lives(&d.0).await && lives(&bob.text("/access_token")).await);
    let odd = server
        .auth(
            "POST /logout?scope=all",
            Some(&bob.text("/access_token")),
            Value::Null,
        )
        .await;
    assert_eq!(odd.refusal(), (400, "validation_failed"));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_of_nobody_are_refused_as_gotrue_does() {
    let server = Server::start().await;
    let ada = server.user("ada").await;
    let expired = server.token(&ada, -40);
    assert_eq!(server.me(&expired).await.refusal(), (403, "bad_jwt"));
    assert_eq!(server.me("nonsense").await.refusal(), (403, "bad_jwt"));
    assert_eq!(
        server.me(&server.anon_key).await.refusal(),
        (403, "bad_jwt")
    );
    let url = format!("{}/auth/v1/user", server.url);
    let bare = server
        .http
        .get(url)
        .header("apikey", &server.anon_key)
        .send()
        .await
        .unwrap();
    assert_eq!(bare.status(), 401);
    sqlx::query("delete from auth.users")
        .execute(&server.pool)
        .await
        .unwrap();
    assert_eq!(
        server.me(&ada.token).await.refusal(),
        (403, "user_not_found")
    );
    server.stop().await;
}
