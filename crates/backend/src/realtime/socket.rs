//! One WebSocket connection, from its first frame to its last.
//!
//! One task reads and answers, another writes, so that a client that stops reading never keeps its own
//! heartbeats from being seen, nor any other client waiting.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::frame::{self, Version};
use super::outlet::Drain;
use super::session::Session;

/// A client that says nothing for so long is gone; heartbeats come every 25 seconds.
const IDLE: Duration = Duration::from_secs(60);
/// A client that takes nothing for so long is gone.
const STUCK: Duration = Duration::from_secs(20);
/// Tokens are looked at this often at least, in case the clock jumps.
const EXPIRY_CHECK: Duration = Duration::from_secs(30);

/// Serves a connection until either side ends it, `cut` is cancelled, or the server stops.
pub(crate) async fn serve(
    socket: WebSocket,
    version: Version,
    mut session: Session,
    drain: Drain,
    cut: CancellationToken,
    stopping: CancellationToken,
) {
    let (sink, mut stream) = socket.split();
    let writer = AbortOnDropHandle::new(tokio::spawn(write(sink, drain, cut.clone())));
    let reading = read(&mut stream, version, &mut session);
    tokio::select! {
        () = reading => {}
        () = cut.cancelled() => {}
        () = stopping.cancelled() => {}
    }
    // With the session go all channels and the last sender, which ends the writer once it has written
    // what still waits.
    drop(session);
    let writer_ended = async { writer.await.is_ok() };
    tokio::time::timeout(Duration::from_secs(2), writer_ended)
        .await
        .unwrap_or_default();
}

async fn read(stream: &mut SplitStream<WebSocket>, version: Version, session: &mut Session) {
    let mut quiet_until = tokio::time::Instant::now() + IDLE;
    loop {
        let until_expiry = session
            .until_expiry()
            .map_or(EXPIRY_CHECK, |left| left.min(EXPIRY_CHECK));
        let received = tokio::select! {
            received = stream.next() => received,
            () = tokio::time::sleep(until_expiry) => {
                session.expire();
                continue;
            }
            () = tokio::time::sleep_until(quiet_until) => return,
        };
        let message = match received {
            Some(Ok(Message::Text(text))) => frame::decode_text(&text, version),
            Some(Ok(Message::Binary(bytes))) => frame::decode_binary(&bytes),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
            Some(Ok(Message::Close(_)) | Err(_)) | None => return,
        };
        // What is no frame ends the connection, as it does on the hosted server.
        let Some(message) = message else {
            return;
        };
        quiet_until = tokio::time::Instant::now() + IDLE;
        session.handle(&message);
    }
}

async fn write(mut sink: SplitSink<WebSocket, Message>, mut drain: Drain, cut: CancellationToken) {
    while let Some(frame) = drain.next().await {
        let sent = sink.send(Message::Text(frame.into()));
        if !matches!(tokio::time::timeout(STUCK, sent).await, Ok(Ok(()))) {
            cut.cancel();
            return;
        }
    }
    let goodbye = CloseFrame {
        code: close_code::AWAY,
        reason: Utf8Bytes::from_static(""),
    };
    let closing = sink.send(Message::Close(Some(goodbye)));
    // Whoever is not there to hear it has closed already.
    tokio::time::timeout(STUCK, closing).await.ok();
}
