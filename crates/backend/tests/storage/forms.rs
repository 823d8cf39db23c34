//! What is taken, what is listed, what is refused.

use crate::wire::Server;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::ask::*;

#[tokio::test]
async fn forms_are_taken_as_the_official_client_sends_them() {
    let server = Server::start().await;
    let ana = server.user("ana").await;
    let form = reqwest::multipart::Form::new()
        .text("cacheControl", "3600")
        .text("metadata", r#"{"note":"é"}"#)
        .part(
            "",
            reqwest::multipart::Part::bytes(b"pixels".to_vec())
                .file_name("blob")
                .mime_str(PNG)
                .unwrap(),
        );
    let path = format!("/object/sources/{}/form.png", ana.id);
    let stored = ask(&server, Method::POST, &path, &ana.token)
        .multipart(form)
        .send()
        .await
        .unwrap();
    assert_eq!(
        stored.status(),
        StatusCode::OK,
        "{}",
        stored.text().await.unwrap()
    );
    let got = get(&server, &path, &ana.token).await;
    assert_eq!(header(&got, "content-type"), PNG);
    assert_eq!(header(&got, "cache-control"), "max-age=3600");
    assert_eq!(got.text().await.unwrap(), "pixels");
    let info = get(
        &server,
        &path.replace("/object/", "/object/info/"),
        &ana.token,
    )
    .await;
    let info: Value = info.json().await.unwrap();
    assert_eq!(
        (&info["size"], &info["metadata"]),
        (&json!(6), &json!({"note": "é"}))
    );

    let empty = reqwest::multipart::Form::new().text("cacheControl", "1");
    let empty = ask(&server, Method::PUT, &path, &ana.token)
        .multipart(empty)
        .send()
        .await
        .unwrap();
    assert_eq!(refusal(empty).await, refused("400", "InvalidRequest"));
    let sneaky = reqwest::multipart::Form::new()
        .text("contentType", "image/png\r\nx: y")
        .part(
            "",
            reqwest::multipart::Part::bytes(b"pixels".to_vec())
                .file_name("blob")
                .mime_str(PNG)
                .unwrap(),
        );
    let sneaky = ask(&server, Method::PUT, &path, &ana.token)
        .multipart(sneaky)
        .send()
        .await
        .unwrap();
    assert_eq!(refusal(sneaky).await, refused("400", "InvalidRequest"));
    server.stop().await;
}

#[tokio::test]
async fn size_type_and_name_are_checked() {
    let server = Server::start().await;
    let ana = server.user("ana").await;
    let large = vec![0_u8; 20_971_521];
    let refused_large = put(&server, &ana, "large.png", &large).await;
    assert_eq!(
        refusal(refused_large).await,
        refused("413", "EntityTooLarge")
    );
    // The same without a length told beforehand.
    let pieces = futures_util::stream::iter(
        large
            .chunks(65_536)
            .map(|piece| Ok::<_, std::io::Error>(piece.to_vec()))
            .collect::<Vec<_>>(),
    );
    let streamed = ask(
        &server,
        Method::POST,
        &format!("/object/sources/{}/l.png", ana.id),
        &ana.token,
    )
    .header("content-type", PNG)
    .body(reqwest::Body::wrap_stream(pieces));
    assert_eq!(
        refusal(streamed.send().await.unwrap()).await,
        refused("413", "EntityTooLarge")
    );
    let form = reqwest::multipart::Form::new().part(
        "",
        reqwest::multipart::Part::bytes(large.clone())
            .file_name("blob")
            .mime_str(PNG)
            .unwrap(),
    );
    let form = ask(
        &server,
        Method::POST,
        &format!("/object/sources/{}/l.png", ana.id),
        &ana.token,
    )
    .multipart(form);
    assert_eq!(
        refusal(form.send().await.unwrap()).await,
        refused("413", "EntityTooLarge")
    );
    let exact = put(&server, &ana, "exact.png", &large[1..]).await;
    assert_eq!(exact.status(), StatusCode::OK);

    let typed = ask(
        &server,
        Method::POST,
        &format!("/object/sources/{}/a.txt", ana.id),
        &ana.token,
    )
    .header("content-type", "text/plain")
    .body("x");
    assert_eq!(
        refusal(typed.send().await.unwrap()).await,
        refused("415", "InvalidMimeType")
    );
    let homeless = ask(&server, Method::POST, "/object/nowhere/a.png", &ana.token).body("x");
    assert_eq!(
        refusal(homeless.send().await.unwrap()).await,
        refused("404", "NoSuchBucket")
    );
    for key in [
        "a%2F..%2Fb.png",
        "a%00.png",
        "%C3%A9.png",
        "a%5Cb.png",
        "a%0D%0Ax.png",
    ] {
        let odd = put(&server, &ana, key, b"x").await;
        assert_eq!(refusal(odd).await, refused("400", "InvalidKey"), "{key}");
    }
    let no_text = put(&server, &ana, "a%ff.png", b"x").await;
    assert_eq!(refusal(no_text).await, refused("400", "InvalidKey"));
    let zero = ask(&server, Method::POST, "/object/list/sources", &ana.token)
        .json(&json!({ "prefix": "a\u{0}b" }));
    assert_eq!(
        refusal(zero.send().await.unwrap()).await,
        refused("400", "InvalidRequest")
    );
    assert_eq!(server.files(), 1);
    server.stop().await;
}

#[tokio::test]
async fn lists_show_folders_and_own_files() {
    let server = Server::start().await;
    let (ana, bo) = (server.user("ana").await, server.user("bo").await);
    for key in ["one.png", "two.png", "deep/a.png", "deep/er/b.png"] {
        put(&server, &ana, key, key.as_bytes()).await;
    }
    put(&server, &bo, "secret.png", b"bo").await;
    let list = async |body: Value| -> Vec<Value> {
        let asked = ask(&server, Method::POST, "/object/list/sources", &ana.token).json(&body);
        asked.send().await.unwrap().json().await.unwrap()
    };
    let names = |entries: &[Value]| -> Vec<String> {
        entries
            .iter()
            .map(|entry| entry["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let root = list(json!({ "prefix": "" })).await;
    assert_eq!(names(&root), [ana.id.as_str()]);
    assert_eq!(root[0]["id"], Value::Null);
    let home = list(json!({ "prefix": ana.id })).await;
    assert_eq!(names(&home), ["deep", "one.png", "two.png"]);
    assert_eq!(home[1]["metadata"]["size"], json!(7));
    let page = json!({ "prefix": ana.id, "limit": 1, "offset": 1, "sortBy": {"column": "name", "order": "desc"} });
    assert_eq!(names(&list(page).await), ["one.png"]);
    assert_eq!(
        names(&list(json!({ "prefix": ana.id, "search": "tw" })).await),
        ["two.png"]
    );
    assert_eq!(
        names(&list(json!({ "prefix": format!("{}/deep/", ana.id) })).await),
        ["a.png", "er"]
    );
    assert_eq!(list(json!({ "prefix": bo.id })).await, Vec::<Value>::new());
    let odd = ask(&server, Method::POST, "/object/list/sources", &ana.token)
        .json(&json!({ "prefix": "", "sortBy": {"column": "name; drop table x"} }));
    assert_eq!(
        refusal(odd.send().await.unwrap()).await,
        refused("400", "InvalidRequest")
    );
    server.stop().await;
}

#[tokio::test]
async fn what_is_not_served_says_so() {
    let server = Server::start().await;
    let ana = server.user("ana").await;
    for path in [
        "/object/move",
        "/object/copy",
        "/upload/resumable",
        "/render/image/public/a/b.png",
    ] {
        let asked = ask(&server, Method::POST, path, &ana.token)
            .json(&json!({}))
            .send()
            .await
            .unwrap();
        assert_eq!(asked.status(), StatusCode::NOT_IMPLEMENTED, "{path}");
    }
    server.stop().await;
}
