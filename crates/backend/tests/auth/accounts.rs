//! Accounts: sign-up, sign-in, what a user may change.

use serde_json::{Value, json};

use crate::ask::PASSWORD;
use crate::wire::Server;

#[tokio::test(flavor = "multi_thread")]
async fn a_new_account_is_signed_in_at_once() {
    let server = Server::start().await;
    let data =
        json!({ "email": " Ada@Example.org ", "password": PASSWORD, "data": { "name": "Ada" } });
    let session = server.auth("POST /signup", None, data).await;
    assert_eq!(session.status, 200, "{session:?}");
    let now = jsonwebtoken::get_current_timestamp().cast_signed();
    assert_eq!(session.body["token_type"], "bearer");
    assert_eq!(session.body["expires_in"], 3600);
    assert!((session.body["expires_at"].as_i64().unwrap() - now - 3600).abs() < 10);
    let user = &session.body["user"];
    assert_eq!(user["email"], "ada@example.org");
    assert_eq!(user["phone"], "");
    assert_eq!(user["role"], "authenticated");
    assert_eq!(
        user["app_metadata"],
        json!({ "provider": "email", "providers": ["email"] })
    );
    assert_eq!(user["user_metadata"]["name"], "Ada");
    assert_eq!(user["is_anonymous"], false);
    assert_eq!(user["identities"][0]["provider"], "email");
    assert_eq!(user["identities"][0]["user_id"], user["id"]);
    assert!(user["email_confirmed_at"].is_string());
    assert!(user.get("banned_until").is_none());
    let shown = server.me(&session.text("/access_token")).await;
    assert_eq!((shown.status, &shown.body["id"]), (200, &user["id"]));
    let credits: i32 =
        sqlx::query_scalar("select credits_balance from public.profiles where id = $1::uuid")
            .bind(user["id"].as_str().unwrap())
            .fetch_one(&server.pool)
            .await
            .unwrap();
    assert_eq!(credits, 100);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_sign_ups_and_sign_ins_are_refused_by_name() {
    let server = Server::start().await;
    server.sign_up("ada@example.org").await;
    let again = server.sign_up("ADA@example.org").await;
    assert_eq!(again.refusal(), (422, "user_already_exists"));
    let weak = json!({ "email": "b@example.org", "password": "12345" });
    let weak = server.auth("POST /signup", None, weak).await;
    assert_eq!(weak.refusal(), (422, "weak_password"));
    assert_eq!(weak.body["weak_password"]["reasons"], json!(["length"]));
    let long = json!({ "email": "b@example.org", "password": "x".repeat(73) });
    assert_eq!(
        server.auth("POST /signup", None, long).await.refusal(),
        (400, "validation_failed")
    );
    for email in ["", "ada", "a b@example.org"] {
        let refusal = server.sign_up(email).await;
        assert!(matches!(refusal.status, 400 | 422), "{email}: {refusal:?}");
    }
    assert_eq!(
        server.auth("POST /signup", None, json!([])).await.refusal(),
        (400, "bad_json")
    );
    let huge = json!({ "email": "b@example.org", "password": "x".repeat(2 << 20) });
    assert_eq!(
        server.auth("POST /signup", None, huge).await.refusal(),
        (413, "request_entity_too_large")
    );

    assert_eq!(
        server.sign_in("ada@example.org", PASSWORD).await.status,
        200
    );
    let wrong = server.sign_in("ada@example.org", "wrong horse").await;
    assert_eq!(wrong.refusal(), (400, "invalid_credentials"));
    let unknown = server.sign_in("nobody@example.org", PASSWORD).await;
    assert_eq!((unknown.status, &unknown.body), (wrong.status, &wrong.body));
    let odd = server
        .auth("POST /token?grant_type=magic", None, json!({}))
        .await;
    assert_eq!(odd.refusal(), (400, "invalid_credentials"));
    sqlx::query("update auth.users set banned_until = now() + interval '1 hour'")
        .execute(&server.pool)
        .await
        .unwrap();
    assert_eq!(
        server.sign_in("ada@example.org", PASSWORD).await.refusal(),
        (400, "user_banned")
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn both_shapes_of_errors_are_spoken() {
    let server = Server::start().await;
    let url = format!("{}/auth/v1/token?grant_type=password", server.url);
    let ask = |version: Option<&'static str>| {
        let mut asked = server.http.post(&url).header("apikey", &server.anon_key);
        if let Some(version) = version {
            asked = asked.header("x-supabase-api-version", version);
        }
        asked
            .json(&json!({ "email": "a@example.org", "password": "x" }))
            .send()
    };
    let old = ask(None).await.unwrap();
    assert_eq!(old.headers()["x-sb-error-code"], "invalid_credentials");
    let body: Value = old.json().await.unwrap();
    assert_eq!(
        body,
        json!({ "code": 400, "error_code": "invalid_credentials", "msg": "Invalid login credentials" })
    );
    let new = ask(Some("2024-01-01")).await.unwrap();
    assert_eq!(new.headers()["x-supabase-api-version"], "2024-01-01");
    let body: Value = new.json().await.unwrap();
    assert_eq!(
        body,
        json!({ "code": "invalid_credentials", "message": "Invalid login credentials" })
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_changes_what_is_his() {
    let server = Server::start().await;
    let here = server.sign_up("ada@example.org").await;
    let there = server.sign_in("ada@example.org", PASSWORD).await;
    let token = here.text("/access_token");
    let change = |body: Value| server.auth("PUT /user", Some(&token), body);
    let changed = change(json!({ "data": { "name": "Ada", "deep": { "null": null } } })).await;
    assert_eq!(
        changed.body["user_metadata"]["deep"],
        json!({ "null": null })
    );
    let changed = change(json!({ "data": { "deep": null, "town": "London" } })).await;
    assert_eq!(changed.status, 200);
    assert_eq!(changed.body["user_metadata"]["name"], "Ada");
    assert_eq!(changed.body["user_metadata"]["town"], "London");
    assert!(changed.body["user_metadata"].get("deep").is_none());
    assert_eq!(
        change(json!({ "password": PASSWORD })).await.refusal(),
        (422, "same_password")
    );
    assert_eq!(
        change(json!({ "password": "short" })).await.refusal(),
        (422, "weak_password")
    );
    assert_eq!(
        change(json!({ "app_metadata": { "role": "admin" } }))
            .await
            .refusal(),
        (403, "not_admin")
    );
    assert_eq!(
        change(json!({ "email": "other@example.org" })).await.status,
        501
    );
    assert_eq!(
        change(json!({ "password": "another horse" })).await.status,
        200
    );
    // Whoever knew the old password is out; the session that changed it stays.
    assert_eq!(server.me(&token).await.status, 200);
    assert_eq!(
        server.me(&there.text("/access_token")).await.refusal(),
        (403, "session_not_found")
    );
    assert_eq!(
        server.refresh(&there.text("/refresh_token")).await.status,
        400
    );
    assert_eq!(
        server.refresh(&here.text("/refresh_token")).await.status,
        200
    );
    assert_eq!(
        server.sign_in("ada@example.org", PASSWORD).await.status,
        400
    );
    assert_eq!(
        server
            .sign_in("ada@example.org", "another horse")
            .await
            .status,
        200
    );
    server.stop().await;
}
