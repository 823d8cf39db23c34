//! What goes by mail: confirmation, recovery, and the links and codes in them.

use serde_json::json;

use crate::ask::PASSWORD;
use crate::wire::Server;

async fn confirming() -> Server {
    Server::with(|config| config.autoconfirm = false).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_confirmed_by_the_code_in_its_mail() {
    let server = confirming().await;
    let user = server.sign_up("ada@example.org").await;
    assert_eq!(user.status, 200);
    assert!(
        user.body.get("access_token").is_none(),
        "a bare user: {user:?}"
    );
    assert_eq!(user.body["email"], "ada@example.org");
    assert!(user.body.get("email_confirmed_at").is_none());
    assert!(user.body["confirmation_sent_at"].is_string());
    let early = server.sign_in("ada@example.org", PASSWORD).await;
    assert_eq!(early.refusal(), (400, "email_not_confirmed"));
    let wrong = server.sign_in("ada@example.org", "wrong horse").await;
    assert_eq!(
        wrong.refusal(),
        (400, "invalid_credentials"),
        "only the owner is told"
    );

    let mail = server.mails().await.remove(0);
    assert_eq!(
        (mail.recipient.as_str(), mail.kind.as_str(), mail.code.len()),
        ("ada@example.org", "confirmation", 6)
    );
    let verify = async |code: &str| {
        let body = json!({ "type": "signup", "email": "ada@example.org", "token": code });
        server.auth("POST /verify", None, body).await
    };
    let other = if mail.code == "000000" {
        "000001"
    } else {
        "000000"
    };
    assert_eq!(verify(other).await.refusal(), (403, "otp_expired"));
    let session = verify(&mail.code).await;
    assert_eq!(session.status, 200, "{session:?}");
    assert!(session.body["user"]["email_confirmed_at"].is_string());
    assert_eq!(
        verify(&mail.code).await.refusal(),
        (403, "otp_expired"),
        "once"
    );
    assert_eq!(
        server.sign_in("ada@example.org", PASSWORD).await.status,
        200
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_address_is_not_told_and_not_taken_over() {
    let server = confirming().await;
    let first = server.sign_up("ada@example.org").await;
    // A stranger signs up with the same, still unconfirmed address.
    let stranger = json!({ "email": "ada@example.org", "password": "stranger's horse" });
    let again = server.auth("POST /signup", None, stranger).await;
    assert_eq!((again.status, &again.body["id"]), (200, &first.body["id"]));
    let mails = server.mails().await;
    assert_eq!(mails.len(), 2, "sent again");
    let body = json!({ "type": "email", "email": "ada@example.org", "token": mails[1].code });
    let old = server.auth("POST /verify", None, body).await;
    assert_eq!(
        old.refusal(),
        (403, "otp_expired"),
        "the newer code replaced it"
    );
    let body = json!({ "type": "email", "email": "ada@example.org", "token": mails[0].code });
    assert_eq!(server.auth("POST /verify", None, body).await.status, 200);
    assert_eq!(
        server.sign_in("ada@example.org", PASSWORD).await.status,
        200
    );
    assert_eq!(
        server
            .sign_in("ada@example.org", "stranger's horse")
            .await
            .status,
        400
    );
    // Once confirmed, a sign-up looks like any other.
    let look_alike = server.sign_up("ada@example.org").await;
    assert_eq!(
        (look_alike.status, &look_alike.body["identities"]),
        (200, &json!([]))
    );
    assert_ne!(look_alike.body["id"], first.body["id"]);
    assert_eq!(server.mails().await.len(), 2);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_leads_back_to_loopback_only() {
    let server = confirming().await;
    let follow = async |link: &str| {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let answer = client.get(link).send().await.unwrap();
        assert_eq!(answer.status(), 303);
        answer.headers()["location"].to_str().unwrap().to_owned()
    };
    let sign_up = async |email: &str, target: &str| {
        let body = json!({ "email": email, "password": PASSWORD });
        let answer = server
            .auth(&format!("POST /signup?redirect_to={target}"), None, body)
            .await;
        assert_eq!(answer.status, 200);
        server.mails().await.remove(0).link
    };
    let link = sign_up("ada@example.org", "http%3A%2F%2F127.0.0.1%3A9%2Fback").await;
    let location = follow(&link).await;
    let (target, fragment) = location.split_once('#').unwrap();
    assert_eq!(target, "http://127.0.0.1:9/back");
    let pairs: std::collections::HashMap<_, _> = fragment
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .collect();
    assert_eq!((pairs["type"], pairs["token_type"]), ("signup", "bearer"));
    assert_eq!(server.me(pairs["access_token"]).await.status, 200);
    assert_eq!(server.refresh(pairs["refresh_token"]).await.status, 200);
    let again = follow(&link).await;
    assert!(
        again.contains("#error=access_denied&error_code=otp_expired"),
        "{again}"
    );
    let link = sign_up("eve@example.org", "https%3A%2F%2Fevil.example%2F").await;
    assert!(
        follow(&link)
            .await
            .starts_with(&format!("{}/_/inbox#access_token=", server.url))
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_password_is_replaced() {
    let server = Server::start().await;
    server.sign_up("ada@example.org").await;
    let recover = async |email: &str| {
        let answer = server
            .auth("POST /recover", None, json!({ "email": email }))
            .await;
        assert_eq!((answer.status, answer.body), (200, json!({})));
    };
    recover("nobody@example.org").await;
    assert!(server.mails().await.is_empty());
    recover("Ada@example.org").await;
    let mail = server.mails().await.remove(0);
    assert_eq!(mail.kind, "recovery");
    let body = json!({ "type": "signup", "email": "ada@example.org", "token": mail.code });
    assert_eq!(
        server.auth("POST /verify", None, body).await.status,
        403,
        "a code is for one purpose"
    );
    let body = json!({ "type": "recovery", "email": "ada@example.org", "token": mail.code });
    let session = server.auth("POST /verify", None, body).await;
    let token = session.text("/access_token");
    let changed = server
        .auth(
            "PUT /user",
            Some(&token),
            json!({ "password": "another horse" }),
        )
        .await;
    assert_eq!(changed.status, 200);
    assert_eq!(
        server
            .sign_in("ada@example.org", "another horse")
            .await
            .status,
        200
    );
    // An hour later a code is worth nothing.
    recover("ada@example.org").await;
    sqlx::query("update auth.one_time_tokens set created_at = created_at - interval '61 minutes'")
        .execute(&server.pool)
        .await
        .unwrap();
    let code = server.mails().await.remove(0).code;
    let body = json!({ "type": "recovery", "email": "ada@example.org", "token": code });
    assert_eq!(
        server.auth("POST /verify", None, body).await.refusal(),
        (403, "otp_expired")
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_confirmation_is_sent_again() {
    let server = confirming().await;
    server.sign_up("ada@example.org").await;
    let resend = async |kind: &str, email: &str| {
        server
            .auth(
                "POST /resend",
                None,
                json!({ "type": kind, "email": email }),
            )
            .await
    };
    assert_eq!(resend("signup", "ada@example.org").await.body, json!({}));
    assert_eq!(resend("signup", "nobody@example.org").await.body, json!({}));
    assert_eq!(server.mails().await.len(), 2);
    assert_eq!(
        resend("odd", "ada@example.org").await.refusal(),
        (400, "validation_failed")
    );
    let page = server
        .http
        .get(format!("{}/_/inbox", server.url))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(page.contains("ada@example.org") && page.contains(&server.mails().await[0].code));
    let rebound = server
        .http
        .get(format!("{}/_/inbox.json", server.url))
        .header("host", "evil.example");
    assert_eq!(rebound.send().await.unwrap().status(), 401);
    let listed = server
        .http
        .get(format!("{}/_/inbox.json", server.url))
        .send()
        .await
        .unwrap();
    assert!(
        !listed.headers().contains_key("access-control-allow-origin"),
        "no foreign page reads mail"
    );
    assert_eq!(
        listed
            .json::<serde_json::Value>()
            .await
            .unwrap()
            .as_array()
            .unwrap()
            .len(),
        2
    );
    server.stop().await;
}
