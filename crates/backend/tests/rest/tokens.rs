//! Keys and tokens as REST sees them.

use serde_json::{Value, json};

use crate::fixture::{As, Rest};

#[tokio::test(flavor = "multi_thread")]
async fn bad_tokens_are_told_apart() {
    let mut rest = Rest::start().await;
    let url = format!("{}/rest/v1/conf_items?select=id", rest.server.url);
    let expired = rest.server.token(&rest.ada, -31);
    let barely = rest.server.token(&rest.ada, -20);
    let mut forged = rest.ada.token.clone();
    forged.replace_range(forged.len() - 6.., "AAAAAA");
    let cases = [
        (barely.as_str(), 200, "", ""),
        (&expired, 401, "PGRST303", "JWT expired"),
        (
            &forged,
            401,
            "PGRST301",
            "JWT cryptographic operation failed",
        ),
        ("abc", 401, "PGRST301", "Expected 3 parts in JWT; got 1"),
        (
            "a.b.c",
            401,
            "PGRST301",
            "No suitable key or wrong key type",
        ),
    ];
    for (token, status, code, message) in cases {
        let asked = rest
            .server
            .http
            .get(&url)
            .header("apikey", &rest.server.anon_key)
            .bearer_auth(token);
        let answer = asked.send().await.unwrap();
        let challenged = answer.headers().contains_key("www-authenticate");
        assert_eq!(
            (answer.status().as_u16(), challenged),
            (status, status == 401),
            "{token}"
        );
        let body: Value = answer.json().await.unwrap();
        if status != 200 {
            assert_eq!(
                (&body["code"], &body["message"]),
                (&json!(code), &json!(message)),
                "{token}"
            );
        }
    }
    // The key itself is the gateway's matter.
    for key in [None, Some("nonsense")] {
        let mut asked = rest.server.http.get(&url);
        if let Some(key) = key {
            asked = asked.header("apikey", key);
        }
        let answer = asked.send().await.unwrap();
        assert_eq!(answer.status(), 401);
        assert!(answer.json::<Value>().await.unwrap()["message"].is_string());
    }
    rest.ask(As::Anon, "GET /rpc/conf_claims")
        .send()
        .await
        .field("/role", &json!("anon"));
    rest.end().await;
}
