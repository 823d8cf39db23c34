//! Storage over HTTP against the running server, with the policies of the hosted schema and two users.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of a test fail like the test itself"
)]

mod wire;

use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use wire::{Server, User};

const PNG: &str = "image/png";

/// A request to Storage as this token.
fn ask(server: &Server, method: Method, path: &str, token: &str) -> RequestBuilder {
    server
        .http
        .request(method, format!("{}/storage/v1{path}", server.url))
        .header("apikey", &server.anon_key)
        .bearer_auth(token)
}

async fn put(server: &Server, user: &User, key: &str, bytes: &[u8]) -> Response {
    ask(
        server,
        Method::POST,
        &format!("/object/sources/{}/{key}", user.id),
        &user.token,
    )
    .header("content-type", PNG)
    .body(bytes.to_vec())
    .send()
    .await
    .unwrap()
}

async fn get(server: &Server, path: &str, token: &str) -> Response {
    ask(server, Method::GET, path, token).send().await.unwrap()
}

/// Status line, `statusCode` and `code` of a refusal.
async fn refusal(response: Response) -> (u16, String, String) {
    let status = response.status().as_u16();
    let body: Value = response.json().await.unwrap();
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    (status, text("statusCode"), text("code"))
}

fn refused(status: &str, code: &str) -> (u16, String, String) {
    (400, status.to_owned(), code.to_owned())
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn an_object_comes_back_as_it_went_in() {
    let server = Server::start().await;
    let ana = server.user("ana").await;
    let bytes: Vec<u8> = (0..200_000_u32).map(|n| n.to_le_bytes()[0]).collect();
    let stored = put(&server, &ana, "a b/fox.png", &bytes).await;
    assert_eq!(stored.status(), StatusCode::OK);
    let answer: Value = stored.json().await.unwrap();
    assert_eq!(
        answer["Key"],
        json!(format!("sources/{}/a b/fox.png", ana.id))
    );

    let path = format!("/object/authenticated/sources/{}/a%20b/fox.png", ana.id);
    let got = get(&server, &path, &ana.token).await;
    assert_eq!(got.status(), StatusCode::OK);
    assert_eq!(header(&got, "content-type"), PNG);
    assert_eq!(header(&got, "content-length"), "200000");
    assert_eq!(header(&got, "accept-ranges"), "bytes");
    assert_eq!(header(&got, "cache-control"), "no-cache");
    assert!(header(&got, "last-modified").ends_with(" GMT"));
    let etag = header(&got, "etag").to_owned();
    assert!(etag.starts_with('"') && etag.ends_with('"') && etag.len() > 10);
    assert_eq!(got.bytes().await.unwrap(), bytes);

    let same = ask(&server, Method::GET, &path, &ana.token).header("if-none-match", &etag);
    let same = same.send().await.unwrap();
    assert_eq!(same.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(header(&same, "etag"), etag);
    let other = ask(&server, Method::GET, &path, &ana.token).header("if-none-match", "\"x\"");
    assert_eq!(other.send().await.unwrap().status(), StatusCode::OK);

    for (range, status, content_range, expected) in [
        ("bytes=10-19", 206, "bytes 10-19/200000", &bytes[10..20]),
        (
            "bytes=199990-",
            206,
            "bytes 199990-199999/200000",
            &bytes[199_990..],
        ),
        (
            "bytes=-5",
            206,
            "bytes 199995-199999/200000",
            &bytes[199_995..],
        ),
        ("bytes=0-1,3-4", 200, "", &bytes[..]),
    ] {
        let part = ask(&server, Method::GET, &path, &ana.token).header("range", range);
        let part = part.send().await.unwrap();
        assert_eq!(part.status().as_u16(), status, "{range}");
        assert_eq!(header(&part, "content-range"), content_range, "{range}");
        assert_eq!(part.bytes().await.unwrap(), expected, "{range}");
    }
    let behind = ask(&server, Method::GET, &path, &ana.token).header("range", "bytes=200000-");
    let told = refusal(behind.send().await.unwrap()).await;
    assert_eq!(told, (416, "416".to_owned(), "InvalidRange".to_owned()));

    let head = ask(&server, Method::HEAD, &path, &ana.token)
        .send()
        .await
        .unwrap();
    assert_eq!(
        (head.status().as_u16(), header(&head, "content-length")),
        (200, "200000")
    );
    let saved = get(
        &server,
        &format!("{path}?download=renard%20%22.png"),
        &ana.token,
    )
    .await;
    assert_eq!(
        header(&saved, "content-disposition"),
        "attachment; filename=\"renard%20%22.png\"; filename*=UTF-8''renard%20%22.png"
    );
    server.stop().await;
}

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
async fn replacing_needs_upsert_and_leaves_one_file() {
    let server = Server::start().await;
    let ana = server.user("ana").await;
    let path = format!("/object/sources/{}/a.png", ana.id);
    let first: Value = put(&server, &ana, "a.png", b"one")
        .await
        .json()
        .await
        .unwrap();
    let again = put(&server, &ana, "a.png", b"two").await;
    assert_eq!(refusal(again).await, refused("409", "KeyAlreadyExists"));
    assert_eq!(
        get(&server, &path, &ana.token).await.text().await.unwrap(),
        "one"
    );

    let replaced = ask(&server, Method::POST, &path, &ana.token)
        .header("x-upsert", "true")
        .header("content-type", PNG)
        .body("three");
    let replaced: Value = replaced.send().await.unwrap().json().await.unwrap();
    assert_eq!(replaced["Id"], first["Id"]);
    let put = ask(&server, Method::PUT, &path, &ana.token)
        .header("content-type", PNG)
        .body("four");
    assert_eq!(put.send().await.unwrap().status(), StatusCode::OK);
    assert_eq!(
        get(&server, &path, &ana.token).await.text().await.unwrap(),
        "four"
    );
    assert_eq!(server.files(), 1);

    let removed = ask(&server, Method::DELETE, "/object/sources", &ana.token)
        .json(&json!({ "prefixes": [format!("{}/a.png", ana.id), "absent"] }));
    let removed: Value = removed.send().await.unwrap().json().await.unwrap();
    assert_eq!(removed.as_array().unwrap().len(), 1);
    assert_eq!(removed[0]["name"], json!(format!("{}/a.png", ana.id)));
    let gone = get(&server, &path, &ana.token).await;
    assert_eq!(refusal(gone).await, refused("404", "NoSuchKey"));
    assert_eq!(server.files(), 0);
    server.stop().await;
}

#[tokio::test]
async fn many_uploads_of_one_name_leave_one_whole_object() {
    let server = Server::start().await;
    let ana = server.user("ana").await;
    let path = format!("/object/sources/{}/a.png", ana.id);
    let bodies: Vec<Vec<u8>> = (0..8_u8).map(|n| vec![n; 100_000]).collect();
    let uploads = bodies.iter().map(|body| {
        ask(&server, Method::PUT, &path, &ana.token)
            .header("content-type", PNG)
            .body(body.clone())
            .send()
    });
    let reads = (0..8).map(|_| get(&server, &path, &ana.token));
    let (uploaded, read) = tokio::join!(
        futures_util::future::join_all(uploads),
        futures_util::future::join_all(reads)
    );
    for upload in uploaded {
        assert_eq!(upload.unwrap().status(), StatusCode::OK);
    }
    for read in read {
        if read.status() == StatusCode::OK {
            let bytes = read.bytes().await.unwrap();
            assert!(
                bodies.iter().any(|body| *body == bytes),
                "a torn object was read"
            );
        }
    }
    assert_eq!(server.files(), 1);
    server.stop().await;
}

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
    wire::eventually("the link ends", async || {
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

#[tokio::test]
async fn an_upload_broken_off_leaves_nothing() {
    let server = Server::start().await;
    let ana = server.user("ana").await;
    let path = format!("/object/sources/{}/half.png", ana.id);
    let broken = futures_util::stream::iter([
        Ok(vec![1_u8; 100_000]),
        Err(std::io::Error::other("the cable was pulled")),
    ]);
    let sent = ask(&server, Method::POST, &path, &ana.token)
        .header("content-type", PNG)
        .body(reqwest::Body::wrap_stream(broken))
        .send()
        .await;
    assert!(sent.is_err());
    wire::eventually("the half file goes", async || server.files() == 0).await;
    let gone = get(&server, &path, &ana.token).await;
    assert_eq!(refusal(gone).await, refused("404", "NoSuchKey"));
    server.stop().await;
}

#[tokio::test]
async fn files_without_a_row_are_swept_at_the_start() {
    let server = Server::start().await;
    let ana = server.user("ana").await;
    put(&server, &ana, "kept.png", b"kept").await;
    let kept = server.object_files().pop().unwrap();
    let orphan = kept.with_file_name(format!("{}.{}", uuid::Uuid::new_v4(), uuid::Uuid::new_v4()));
    fs_err::write(&orphan, b"left by a crash").unwrap();
    let name = kept.file_name().unwrap().to_str().unwrap();
    let former = name.split('.').next().unwrap();
    fs_err::write(
        kept.with_file_name(format!("{former}.{}", uuid::Uuid::new_v4())),
        b"old",
    )
    .unwrap();
    fs_err::write(kept.with_file_name("README"), b"not ours").unwrap();

    let server = server.restart().await;
    let path = format!("/object/sources/{}/kept.png", ana.id);
    assert_eq!(
        get(&server, &path, &ana.token).await.text().await.unwrap(),
        "kept"
    );
    let mut left: Vec<String> = server
        .object_files()
        .iter()
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    left.sort();
    assert_eq!(left.len(), 2);
    assert!(left.contains(&name.to_owned()) && left.contains(&"README".to_owned()));
    server.stop().await;
}
