//! Servers that are not what they should be: silent, garbled, HTML, cut off. Each speaks raw bytes over
//! a real socket, and every answer must end in the right class, in time.
#![expect(
    clippy::unwrap_used,
    reason = "the helpers of a test fail like the test itself"
)]

mod server;

use std::time::Duration;

use amethyst_model::{GenerationDraft, GenerationId, ImageId, IntentId, RetryClass};
use amethyst_remote::{Act, Endpoint, Error, Mismatch, RealtimeEvent, Remote, SignOutScope};
use server::{Server, reply};
use uuid::Uuid;

fn remote(server: &Server) -> Remote {
    let endpoint = Endpoint {
        url: server.url(),
        anon_key: "anon".to_owned(),
    };
    Remote::new(Some(endpoint)).unwrap()
}

async fn pull(server: &Server) -> Result<amethyst_model::ChangePage, Error> {
    remote(server).rest("token").pull_changes(None, 10).await
}

fn mismatch(error: &Error) -> Mismatch {
    match error {
        Error::NotSupabase { mismatch, .. } => *mismatch,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_login_page_is_not_our_server() {
    for status in [
        "200 OK",
        "302 Found\r\nlocation: http://login.invalid/",
        "404 Not Found",
    ] {
        let page = reply(
            status,
            "text/html",
            "<html>Please sign in to the Wi-Fi</html>",
        );
        let server = Server::answering(page).await;
        let remote = remote(&server);
        let error = pull(&server).await.unwrap_err();
        assert_eq!(
            (mismatch(&error), error.retry()),
            (Mismatch::Answer, RetryClass::Offline)
        );
        // Calls whose answer is empty must not take a page for a success.
        let error = remote
            .rest("t")
            .set_favorite(
                ImageId(Uuid::nil()),
                true,
                Act {
                    at: chrono::DateTime::UNIX_EPOCH,
                    intent: IntentId(Uuid::nil()),
                },
            )
            .await;
        assert_eq!(mismatch(&error.unwrap_err()), Mismatch::Answer, "{status}");
        let error = remote
            .auth()
            .sign_out("t", SignOutScope::Local)
            .await
            .unwrap_err();
        assert_eq!(mismatch(&error), Mismatch::Answer, "{status}");
        let error = remote
            .storage("t")
            .download("a/b/c.webp", 0)
            .await
            .unwrap_err();
        assert_eq!(mismatch(&error), Mismatch::Answer, "{status}");
        let error = remote.realtime("t").connect().await.unwrap_err();
        assert_eq!(mismatch(&error), Mismatch::Answer, "{status}");
        let error = remote.probe(&remote.endpoint().unwrap()).await.unwrap_err();
        assert_eq!(mismatch(&error), Mismatch::Answer, "{status}");
    }
}

#[tokio::test]
async fn a_gateways_error_page_is_the_servers_trouble() {
    for status in [
        "500 Internal Server Error",
        "502 Bad Gateway",
        "522 Timed out",
    ] {
        let server = Server::answering(reply(status, "text/html", "<html>oops</html>")).await;
        let error = pull(&server).await.unwrap_err();
        assert_eq!(error.retry(), RetryClass::Transient(None), "{status}");
        let error = remote(&server).realtime("t").connect().await.unwrap_err();
        assert_eq!(error.retry(), RetryClass::Transient(None), "{status}");
        let error = remote(&server).auth().refresh("r").await.unwrap_err();
        assert!(
            error.code().is_none() && error.status().unwrap() >= 500,
            "{status}"
        );
    }
}

#[tokio::test]
async fn garbage_is_not_our_server_and_other_json_is_not_understood() {
    for body in [
        "\u{0}\u{1}garbage",
        "",
        "{\"changes\":[",
        "SSH-2.0-OpenSSH_9.2",
    ] {
        let server = Server::answering(reply("200 OK", "application/json", body)).await;
        assert_eq!(
            mismatch(&pull(&server).await.unwrap_err()),
            Mismatch::Answer,
            "{body:?}"
        );
    }
    for body in ["[]", "{}", "null", "{\"changes\":7}", "\"text\""] {
        let server = Server::answering(reply("200 OK", "application/json", body)).await;
        let error = pull(&server).await.unwrap_err();
        assert!(
            matches!(error, Error::Decode("pull_changes")),
            "{body}: {error:?}"
        );
        assert_eq!(error.retry(), RetryClass::Permanent);
    }
    // Not even HTTP.
    let server = Server::answering("SSH-2.0-OpenSSH_9.2\r\n".to_owned()).await;
    assert_eq!(
        pull(&server).await.unwrap_err().retry(),
        RetryClass::Offline
    );
}

#[tokio::test]
async fn a_broken_connection_is_the_networks_absence() {
    let nobody = Server::answering(String::new()).await;
    let url = nobody.url();
    assert_eq!(
        pull(&nobody).await.unwrap_err().retry(),
        RetryClass::Offline,
        "closed at once"
    );
    drop(nobody);
    let gone = Remote::new(Some(Endpoint {
        url,
        anon_key: "anon".into(),
    }))
    .unwrap();
    let error = gone.rest("t").pull_changes(None, 1).await.unwrap_err();
    assert!(matches!(error, Error::Network(_)), "{error:?}");
    assert!(
        !format!("{error} {error:?}").contains("rest/v1"),
        "no URL: {error:?}"
    );

    let cut =
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{\"chan";
    let server = Server::answering(cut.to_owned()).await;
    assert!(
        matches!(pull(&server).await, Err(Error::Network(_))),
        "cut off in the answer"
    );
}

#[tokio::test]
async fn an_answer_without_end_is_not_swallowed() {
    let server = Server::flooding().await;
    let error = pull(&server).await.unwrap_err();
    assert!(matches!(error, Error::Decode(_)), "{error:?}");
}

/// One test for all that wait: their deadlines run side by side.
#[tokio::test]
async fn silence_ends() {
    let server = Server::silent().await;
    let remote = remote(&server);
    let (rest, storage) = (remote.rest("t"), remote.storage("t"));
    let start = tokio::time::Instant::now();
    let draft = GenerationDraft::default();
    let (request, file, socket) = tokio::join!(
        rest.request_generation(GenerationId(Uuid::nil()), &draft, 1),
        storage.download("a/b", 0),
        async { remote.realtime("t").connect().await.map(|_| ()) },
    );
    assert_eq!(request.unwrap_err().retry(), RetryClass::Offline);
    assert_eq!(file.unwrap_err().retry(), RetryClass::Offline);
    assert_eq!(socket.unwrap_err().retry(), RetryClass::Offline);
    assert!(
        start.elapsed() < Duration::from_secs(25),
        "{:?}",
        start.elapsed()
    );
}

#[tokio::test]
async fn a_download_starts_over_when_the_part_at_hand_is_too_long() {
    let server = Server::with(|request| {
        if request.contains("\r\nrange: bytes=9-\r\n") {
            reply(
                "416 Range Not Satisfiable",
                "application/json",
                "{\"code\":\"InvalidRange\"}",
            )
        } else {
            reply("200 OK", "image/webp", "12345")
        }
    })
    .await;
    let mut download = remote(&server)
        .storage("t")
        .download("u/g/i.webp", 9)
        .await
        .unwrap();
    assert!(!download.resumed);
    assert_eq!(download.total, Some(5));
    assert_eq!(download.next_chunk().await.unwrap().unwrap(), "12345");
    assert!(download.next_chunk().await.unwrap().is_none());
}

#[tokio::test]
async fn a_download_that_breaks_off_says_so() {
    let cut = "HTTP/1.1 206 Partial Content\r\ncontent-range: bytes 2-9/10\r\ncontent-length: 8\r\n\r\n345";
    let server = Server::answering(cut.to_owned()).await;
    let mut download = remote(&server)
        .storage("t")
        .download("u/g/i.webp", 2)
        .await
        .unwrap();
    assert!(download.resumed);
    assert_eq!(download.total, Some(10));
    assert_eq!(download.next_chunk().await.unwrap().unwrap(), "345");
    assert!(matches!(
        download.next_chunk().await,
        Err(Error::Network(_))
    ));
}

#[tokio::test]
async fn a_range_that_was_not_asked_for_is_refused() {
    let other = "HTTP/1.1 206 Partial Content\r\ncontent-range: bytes 0-9/10\r\ncontent-length: 10\r\n\r\n0123456789";
    let server = Server::answering(other.to_owned()).await;
    let error = remote(&server)
        .storage("t")
        .download("u/g/i.webp", 2)
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Decode(_)), "{error:?}");
}

#[tokio::test]
async fn a_socket_that_is_cut_is_closed_and_stays_so() {
    let server = Server::upgrading_then_cut().await;
    let mut channel = remote(&server).realtime("t").connect().await.unwrap();
    let closed = channel.next().await;
    assert!(matches!(closed, RealtimeEvent::Closed { .. }), "{closed:?}");
    assert_eq!(channel.next().await, closed);
}

#[tokio::test]
async fn the_user_is_never_replaced_by_the_public_key() {
    let server = Server::answering(reply("200 OK", "application/json", "[]")).await;
    let _answer = pull(&server).await;
    let request = server.last_request();
    assert!(
        request.contains("\r\nauthorization: Bearer token\r\n"),
        "{request}"
    );
    assert!(request.contains("\r\napikey: anon\r\n"), "{request}");
    assert!(
        request.starts_with("POST /rest/v1/rpc/pull_changes HTTP/1.1\r\n"),
        "{request}"
    );
}

#[tokio::test]
async fn without_an_address_there_is_nobody_to_ask() {
    let remote = Remote::new(None).unwrap();
    let error = remote.auth().health().await.unwrap_err();
    assert!(matches!(error, Error::NoEndpoint));
    remote.set_endpoint(Some(Endpoint {
        url: "not a url".into(),
        anon_key: String::new(),
    }));
    let error = remote.auth().health().await.unwrap_err();
    assert_eq!(
        (mismatch(&error), error.retry()),
        (Mismatch::Address, RetryClass::Offline)
    );
}

#[tokio::test]
async fn a_changed_address_is_used_from_the_next_call_on() {
    let first = Server::answering(reply("200 OK", "application/json", "{\"name\":\"a\"}")).await;
    let second = Server::answering(reply("200 OK", "application/json", "{\"name\":\"b\"}")).await;
    let remote = remote(&first);
    assert_eq!(remote.auth().health().await.unwrap().name, "a");
    let auth = remote.auth();
    remote.set_endpoint(Some(Endpoint {
        url: second.url(),
        anon_key: "anon".into(),
    }));
    assert_eq!(auth.health().await.unwrap().name, "b");
}
