//! Requests to Storage and what it answers.

use crate::wire::{Server, User};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::Value;

pub(crate) const PNG: &str = "image/png";

/// A request to Storage as this token.
pub(crate) fn ask(server: &Server, method: Method, path: &str, token: &str) -> RequestBuilder {
    server
        .http
        .request(method, format!("{}/storage/v1{path}", server.url))
        .header("apikey", &server.anon_key)
        .bearer_auth(token)
}

pub(crate) async fn put(server: &Server, user: &User, key: &str, bytes: &[u8]) -> Response {
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

pub(crate) async fn get(server: &Server, path: &str, token: &str) -> Response {
    ask(server, Method::GET, path, token).send().await.unwrap()
}

/// Status line, `statusCode` and `code` of a refusal.
pub(crate) async fn refusal(response: Response) -> (u16, String, String) {
    let status = response.status().as_u16();
    let body: Value = response.json().await.unwrap();
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    (status, text("statusCode"), text("code"))
}

pub(crate) fn refused(status: &str, code: &str) -> (u16, String, String) {
    (400, status.to_owned(), code.to_owned())
}

pub(crate) fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}
