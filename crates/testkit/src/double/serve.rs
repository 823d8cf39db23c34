//! A router on a port of its own, ended with the test.

use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use tokio::task::JoinHandle;

/// A served router.
pub struct Served {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Served {
    /// Serves on a free loopback port.
    pub async fn new(router: Router) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, task }
    }

    /// `http://127.0.0.1:<port>`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// An answer that is none of the good ones.
#[derive(Clone, Debug)]
pub enum Wrong {
    /// A status with a JSON body and headers.
    Status(u16, serde_json::Value, Vec<(&'static str, String)>),
    /// A status with a body of HTML, as proxies give it.
    Html(u16),
    /// Success, and a body that breaks off.
    BrokenBody,
    /// Success, and no JSON.
    Nonsense,
    /// No answer at all within the patience of any client.
    Silence,
}

impl Wrong {
    /// A status and a JSON body.
    #[must_use]
    pub fn status(status: u16, body: serde_json::Value) -> Self {
        Self::Status(status, body, Vec::new())
    }

    /// As the service would answer.
    pub async fn answer(self) -> Response {
        match self {
            Self::Status(status, body, headers) => {
                let status = StatusCode::from_u16(status).unwrap();
                let mut answer = (status, axum::Json(body)).into_response();
                for (name, value) in headers {
                    answer.headers_mut().insert(name, value.parse().unwrap());
                }
                answer
            }
            Self::Html(status) => {
                let status = StatusCode::from_u16(status).unwrap();
                (status, axum::response::Html("<html>away</html>")).into_response()
            }
            Self::BrokenBody => {
                let parts = [
                    Ok::<_, std::io::Error>(axum::body::Bytes::from_static(b"{\"id\": \"x")),
                    Err(std::io::Error::other("broken")),
                ];
                Body::from_stream(futures_util::stream::iter(parts)).into_response()
            }
            Self::Nonsense => "<<<".into_response(),
            Self::Silence => {
                tokio::time::sleep(std::time::Duration::from_secs(3600)).await;
                StatusCode::OK.into_response()
            }
        }
    }
}

/// Whether a request carries this bearer token.
#[must_use]
pub fn has_bearer(headers: &HeaderMap, token: &str) -> bool {
    headers
        .get("authorization")
        .is_some_and(|value| value.as_bytes() == format!("Bearer {token}").as_bytes())
}
