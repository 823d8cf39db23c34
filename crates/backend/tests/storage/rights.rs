//! Who may see and do what.

use crate::wire::Server;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::ask::*;

#[tokio::test]
async fn policies_decide_and_hidden_is_absent() {
    let server = Server::start().await;
    let (ana, bo) = (server.user("ana").await, server.user("bo").await);
    put(&server, &ana, "a.png", b"ana").await;
    let path = format!("sources/{}/a.png", ana.id);

    let foreign = get(&server, &format!("/object/authenticated/{path}"), &bo.token).await;
    assert_eq!(refusal(foreign).await, refused("404", "NoSuchKey"));
    let nobody = get(
        &server,
        &format!("/object/authenticated/{path}"),
        &server.anon_key,
    )
    .await;
    assert_eq!(refusal(nobody).await, refused("404", "NoSuchKey"));
    let public = get(&server, &format!("/object/public/{path}"), &ana.token).await;
    assert_eq!(refusal(public).await, refused("404", "NoSuchBucket"));
    let head = ask(&server, Method::HEAD, &format!("/object/{path}"), &bo.token)
        .send()
        .await
        .unwrap();
    assert_eq!(head.status(), StatusCode::NOT_FOUND);

    for method in [Method::POST, Method::PUT] {
        let intruding = ask(
            &server,
            method,
            &format!("/object/sources/{}/b.png", ana.id),
            &bo.token,
        )
        .header("content-type", PNG)
        .body("bo");
        assert_eq!(
            refusal(intruding.send().await.unwrap()).await,
            refused("403", "AccessDenied")
        );
    }
    let removing = ask(
        &server,
        Method::DELETE,
        &format!("/object/{path}"),
        &bo.token,
    );
    assert_eq!(
        refusal(removing.send().await.unwrap()).await,
        refused("404", "NoSuchKey")
    );
    let silently = ask(&server, Method::DELETE, "/object/sources", &bo.token)
        .json(&json!({ "prefixes": [format!("{}/a.png", ana.id)] }));
    assert_eq!(
        silently
            .send()
            .await
            .unwrap()
            .json::<Value>()
            .await
            .unwrap(),
        json!([])
    );
    let signing = ask(
        &server,
        Method::POST,
        &format!("/object/sign/{path}"),
        &bo.token,
    )
    .json(&json!({ "expiresIn": 60 }));
    assert_eq!(
        refusal(signing.send().await.unwrap()).await,
        refused("404", "NoSuchKey")
    );
    let own = get(&server, &format!("/object/{path}"), &ana.token).await;
    assert_eq!(own.text().await.unwrap(), "ana");
    server.stop().await;
}

#[tokio::test]
async fn a_bad_token_is_refused_in_the_words_of_storage() {
    let server = Server::start().await;
    let bad = get(
        &server,
        "/object/authenticated/sources/x/a.png",
        "not.a.token",
    )
    .await;
    assert_eq!(refusal(bad).await, refused("403", "AccessDenied"));
    server.stop().await;
}

#[tokio::test]
async fn buckets_are_for_the_service_role() {
    let server = Server::start().await;
    let ana = server.user("ana").await;
    let new = json!({ "id": "pages", "name": "pages", "public": true, "file_size_limit": "1kb" });
    let asked = ask(&server, Method::POST, "/bucket", &ana.token)
        .json(&new)
        .send()
        .await
        .unwrap();
    assert_eq!(refusal(asked).await, refused("403", "AccessDenied"));
    let service = &server.service_key;
    let made = ask(&server, Method::POST, "/bucket", service)
        .json(&new)
        .send()
        .await
        .unwrap();
    assert_eq!(
        made.json::<Value>().await.unwrap(),
        json!({ "name": "pages" })
    );
    let again = ask(&server, Method::POST, "/bucket", service)
        .json(&new)
        .send()
        .await
        .unwrap();
    assert_eq!(refusal(again).await, refused("409", "BucketAlreadyExists"));
    let told: Value = get(&server, "/bucket/pages", service)
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(
        (&told["file_size_limit"], &told["public"]),
        (&json!(1000), &json!(true))
    );

    let page = ask(&server, Method::POST, "/object/pages/x.html", service)
        .header("content-type", "text/html; charset=utf-8")
        .body("<script>alert(1)</script>");
    assert_eq!(page.send().await.unwrap().status(), StatusCode::OK);
    let url = format!("{}/storage/v1/object/public/pages/x.html", server.url);
    let got = server.http.get(url).send().await.unwrap();
    assert_eq!(header(&got, "content-type"), "text/plain; charset=utf-8");
    assert_eq!(header(&got, "x-content-type-options"), "nosniff");

    let full = ask(&server, Method::DELETE, "/bucket/pages", service)
        .send()
        .await
        .unwrap();
    assert_eq!(refusal(full).await, refused("409", "ResourceNotEmpty"));
    let emptied = ask(&server, Method::POST, "/bucket/pages/empty", service)
        .send()
        .await
        .unwrap();
    assert_eq!(emptied.status(), StatusCode::OK);
    assert_eq!(server.files(), 0);
    let deleted = ask(&server, Method::DELETE, "/bucket/pages", service)
        .send()
        .await
        .unwrap();
    assert_eq!(deleted.status(), StatusCode::OK);
    let gone = get(&server, "/bucket/pages", service).await;
    assert_eq!(refusal(gone).await, refused("404", "NoSuchBucket"));
    server.stop().await;
}

#[tokio::test]
async fn signed_links_work_for_their_object_until_their_end() {
    let server = Server::start().await;
    let ana = server.user("ana").await;
    put(&server, &ana, "a.png", b"ana").await;
    put(&server, &ana, "b.png", b"other").await;
    let path = format!("sources/{}/a.png", ana.id);
    let signed = ask(
        &server,
        Method::POST,
        &format!("/object/sign/{path}"),
        &ana.token,
    )
    .json(&json!({ "expiresIn": 1 }));
    let signed: Value = signed.send().await.unwrap().json().await.unwrap();
    let link = signed["signedURL"].as_str().unwrap().to_owned();
    assert!(
        link.starts_with(&format!("/object/sign/{path}?token=")),
        "{link}"
    );
    let open = |link: String| {
        let url = format!("{}/storage/v1{link}", server.url);
        let http = server.http.clone();
        async move { http.get(url).send().await.unwrap() }
    };
    let got = open(link.clone()).await;
    assert!(header(&got, "expires").ends_with(" GMT"));
    assert_eq!(got.text().await.unwrap(), "ana");
    let moved = open(link.replace("/a.png", "/b.png")).await;
    assert_eq!(refusal(moved).await, refused("400", "InvalidSignature"));
    let forged = open(format!("{link}x")).await;
    assert_eq!(refusal(forged).await, refused("400", "InvalidJWT"));
    let session = open(format!("/object/sign/{path}?token={}", ana.token)).await;
    assert_eq!(refusal(session).await, refused("400", "InvalidJWT"));
    let bare = open(format!("/object/sign/{path}")).await;
    assert_eq!(refusal(bare).await, refused("400", "InvalidRequest"));
    crate::wire::eventually("the link ends", async || {
        let got = open(link.clone()).await;
        got.status() != StatusCode::OK && refusal(got).await == refused("400", "InvalidJWT")
    })
    .await;

    let many = ask(&server, Method::POST, "/object/sign/sources", &ana.token)
        .json(&json!({ "expiresIn": 60, "paths": [format!("{}/b.png", ana.id), "absent.png"] }));
    let many: Value = many.send().await.unwrap().json().await.unwrap();
    assert_eq!(
        (&many[0]["error"], &many[1]["signedURL"]),
        (&Value::Null, &Value::Null)
    );
    let got = open(many[0]["signedURL"].as_str().unwrap().to_owned()).await;
    assert_eq!(got.text().await.unwrap(), "other");
    server.stop().await;
}
