//! Objects: in, out, replaced, whole.

use crate::wire::Server;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::ask::*;

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
    crate::wire::eventually("the half file goes", async || server.files() == 0).await;
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
