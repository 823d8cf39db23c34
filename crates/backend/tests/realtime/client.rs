//! A WebSocket client that speaks protocol 2.0.0.

use crate::wire::{Server, User};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use std::time::Duration;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

pub(crate) const TOPIC: &str = "realtime:feed";
/// Longer than any reading of the stream takes; only what must not come waits so long.
pub(crate) const QUIET: Duration = Duration::from_millis(700);
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);

/// A connection that speaks protocol 2.0.0.
pub(crate) struct Client {
    pub(crate) socket: WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>,
    pub(crate) references: u32,
}

pub(crate) fn address(server: &Server, query: &str) -> String {
    format!(
        "{}/realtime/v1/websocket?{query}",
        server.url.replacen("http", "ws", 1)
    )
}

impl Client {
    pub(crate) async fn connect(server: &Server) -> Self {
        let query = format!("apikey={}&vsn=2.0.0", server.anon_key);
        let (socket, _) = tokio_tungstenite::connect_async(address(server, &query))
            .await
            .unwrap();
        Self {
            socket,
            references: 0,
        }
    }

    pub(crate) async fn send(&mut self, topic: &str, event: &str, payload: Value) -> String {
        self.references += 1;
        let reference = self.references.to_string();
        let frame = json!(["1", reference, topic, event, payload]).to_string();
        self.socket.send(Message::text(frame)).await.unwrap();
        reference
    }

    /// The next frame as `(event, payload)`, nothing if none comes within `wait` or the socket ends.
    pub(crate) async fn next_within(&mut self, wait: Duration) -> Option<(String, Value)> {
        loop {
            let message = tokio::time::timeout(wait, self.socket.next())
                .await
                .ok()??
                .ok()?;
            if let Message::Text(text) = message {
                let mut frame: Value = serde_json::from_str(&text).unwrap();
                return Some((frame[3].as_str().unwrap().to_owned(), frame[4].take()));
            }
        }
    }

    /// The payload of the next frame, which must be this event.
    pub(crate) async fn next(&mut self, event: &str) -> Value {
        let (found, payload) = self.next_within(PATIENCE).await.expect("a frame");
        assert_eq!(found, event, "{payload}");
        payload
    }

    pub(crate) async fn stays_quiet(&mut self) {
        let came = self.next_within(QUIET).await;
        assert!(came.is_none(), "{came:?}");
    }

    pub(crate) async fn join(&mut self, token: Option<&str>, changes: Value) -> Value {
        let mut payload = json!({ "config": { "postgres_changes": changes } });
        if let Some(token) = token {
            payload["access_token"] = json!(token);
        }
        self.send(TOPIC, "phx_join", payload).await;
        self.next("phx_reply").await
    }

    /// Joins and waits until changes are being read.
    pub(crate) async fn listen(&mut self, token: &str, changes: Value) {
        let reply = self.join(Some(token), changes).await;
        assert_eq!(reply["status"], "ok", "{reply}");
        let live = self.next("system").await;
        assert_eq!(
            live,
            json!({
                "extension": "postgres_changes", "status": "ok",
                "message": "Subscribed to PostgreSQL", "channel": "feed",
            })
        );
    }
}

/// What the product listens to.
pub(crate) fn feed(user: &User) -> Value {
    let entry = |event: &str| {
        json!({
            "event": event, "schema": "public", "table": "sync_changes",
            "filter": format!("user_id=eq.{}", user.id),
        })
    };
    json!([entry("INSERT"), entry("UPDATE")])
}

pub(crate) async fn change(server: &Server, user: &User, row: &str) {
    sqlx::query("select private.sync_put($1::text::uuid, 'prompts', $2, 'upsert')")
        .bind(&user.id)
        .bind(row)
        .execute(&server.pool)
        .await
        .unwrap();
}

pub(crate) async fn sql(server: &Server, statements: &'static str) {
    sqlx::raw_sql(statements)
        .execute(&server.pool)
        .await
        .unwrap();
}
