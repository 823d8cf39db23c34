//! The WebSocket handshake.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Error as WsError;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use crate::project::Project;
use crate::{Error, Mismatch, failure};

/// Until the connection stands. The server takes two seconds to refuse one.
const CONNECT: Duration = Duration::from_secs(10);
/// Largest message; the server sends at most 5 MB.
const MAX_MESSAGE: usize = 8 * 1024 * 1024;

/// An open connection.
pub(super) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

pub(super) async fn connect(project: &Project) -> Result<Socket, Error> {
    let mut url = project.url(&["realtime", "v1", "websocket"]);
    let scheme = if url.scheme() == "https" { "wss" } else { "ws" };
    // Both pairs of schemes are of one kind for the URL standard, so this cannot be refused.
    let _changed = url.set_scheme(scheme);
    url.query_pairs_mut()
        .append_pair("apikey", project.key())
        .append_pair("vsn", "2.0.0");
    let config = WebSocketConfig::default()
        .max_message_size(Some(MAX_MESSAGE))
        .max_frame_size(Some(MAX_MESSAGE));
    let connecting = connect_async_with_config(url.as_str(), Some(config), true);
    // On the heap: the handshake's state is large, and it is part of every caller's future.
    match tokio::time::timeout(CONNECT, Box::pin(connecting)).await {
        Ok(Ok((socket, _response))) => Ok(socket),
        Ok(Err(error)) => Err(refused(error)),
        Err(elapsed) => Err(Error::Network(Box::new(elapsed))),
    }
}

/// A failed handshake in our terms. The URL, which holds the key, is in none of these texts.
fn refused(error: WsError) -> Error {
    match error {
        WsError::Http(response) => {
            let (head, body) = response.into_parts();
            let status = StatusCode::from_u16(head.status.as_u16());
            let headers: HeaderMap = head.headers;
            match status {
                // A success without an upgrade: something answers, but it is no Realtime.
                Ok(status) if !status.is_client_error() && !status.is_server_error() => {
                    failure::not_supabase(status.as_u16(), &headers, Mismatch::Answer)
                }
                Ok(status) => failure::read(status, &headers, &body.unwrap_or_default()),
                Err(_) => Error::Decode("the realtime handshake"),
            }
        }
        WsError::Protocol(_) | WsError::HttpFormat(_) | WsError::Utf8(_) => Error::NotSupabase {
            status: None,
            content_type: None,
            mismatch: Mismatch::Answer,
        },
        other => Error::Network(Box::new(other)),
    }
}
