//! One way to send a request and to read its answer: timeouts, size limits, and whether it is JSON at
//! all.

use std::sync::Once;
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::DATE;
use reqwest::{Client, RequestBuilder, Response, redirect};
use serde::de::DeserializeOwned;

use crate::{Error, Mismatch, failure};

/// Until a connection stands.
const CONNECT: Duration = Duration::from_secs(5);
/// A whole JSON call.
pub(crate) const CALL: Duration = Duration::from_secs(20);
/// Between two chunks of a download.
pub(crate) const IDLE: Duration = Duration::from_secs(20);
/// Largest JSON answer. A page of the feed is a few megabytes at most.
const MAX_JSON: usize = 16 * 1024 * 1024;

/// The clients that open sockets. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Http {
    proxied: Client,
    direct: Client,
}

impl Http {
    /// # Errors
    /// [`Error::Network`] when TLS cannot be set up.
    pub(crate) fn new() -> Result<Self, Error> {
        install_tls();
        let build = |direct: bool| {
            let builder = Client::builder()
                .user_agent(concat!("amethyst/", env!("CARGO_PKG_VERSION")))
                .connect_timeout(CONNECT)
                .read_timeout(IDLE)
                // A connection that slept with the laptop is dead without knowing it.
                .pool_idle_timeout(Duration::from_secs(30))
                .tcp_keepalive(Duration::from_secs(30))
                // Supabase never redirects an API call; following would carry the token elsewhere.
                .redirect(redirect::Policy::none());
            let builder = if direct { builder.no_proxy() } else { builder };
            builder.build().map_err(Error::network)
        };
        Ok(Self {
            proxied: build(false)?,
            direct: build(true)?,
        })
    }

    /// The client for a server: never through a proxy when it runs on this machine.
    pub(crate) fn client(&self, loopback: bool) -> &Client {
        if loopback {
            &self.direct
        } else {
            &self.proxied
        }
    }
}

/// rustls needs a provider of cryptography chosen once per process.
pub(crate) fn install_tls() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Somebody else in the process may have chosen already; any choice will do.
        let _already = rustls::crypto::ring::default_provider().install_default();
    });
}

/// Sends and reads JSON. `what` names the call in errors.
pub(crate) async fn json<T: DeserializeOwned>(
    request: RequestBuilder,
    what: &'static str,
) -> Result<T, Error> {
    let (head, body) = exchange(request).await?;
    parsed(&head, &body, what)
}

fn parsed<T: DeserializeOwned>(head: &Head, body: &[u8], what: &'static str) -> Result<T, Error> {
    match serde_json::from_slice(body) {
        Ok(value) => Ok(value),
        // JSON of another form is our server's; anything else is somebody else's.
        Err(_) if serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok() => {
            Err(Error::Decode(what))
        }
        Err(_) => Err(failure::not_supabase(head.0, &head.1, Mismatch::Answer)),
    }
}

/// Sends and reads JSON, and when the server sent it, by the header `Date`.
pub(crate) async fn dated_json<T: DeserializeOwned>(
    request: RequestBuilder,
    what: &'static str,
) -> Result<(T, Option<DateTime<Utc>>), Error> {
    let (head, body) = exchange(request).await?;
    let date = head.1.get(DATE).and_then(|value| value.to_str().ok());
    let date = date.and_then(|text| DateTime::parse_from_rfc2822(text).ok());
    Ok((parsed(&head, &body, what)?, date.map(Into::into)))
}

/// Sends a request whose answer matters only in that it is a success.
pub(crate) async fn done(request: RequestBuilder) -> Result<(), Error> {
    let ((status, headers), body) = exchange(request).await?;
    // A portal that wants a login answers 200 with a page to whatever is asked.
    if body.is_empty() || serde_json::from_slice::<serde::de::IgnoredAny>(&body).is_ok() {
        Ok(())
    } else {
        Err(failure::not_supabase(status, &headers, Mismatch::Answer))
    }
}

type Head = (u16, reqwest::header::HeaderMap);

async fn exchange(request: RequestBuilder) -> Result<(Head, Vec<u8>), Error> {
    let mut response = request.timeout(CALL).send().await.map_err(Error::network)?;
    let body = body(&mut response).await?;
    if response.status().is_success() {
        Ok((
            (response.status().as_u16(), response.headers().clone()),
            body,
        ))
    } else {
        Err(failure::read(response.status(), response.headers(), &body))
    }
}

/// Reads a whole body.
///
/// # Errors
/// [`Error::Decode`] when it is larger than any JSON of ours can be.
pub(crate) async fn body(response: &mut Response) -> Result<Vec<u8>, Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(Error::network)? {
        if body.len() + chunk.len() > MAX_JSON {
            return Err(Error::Decode("anything: it is too large"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
