//! The inbox as a page and as JSON.

use std::fmt::Write;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};

use super::store::{Mail, all};
use crate::app::App;

/// `/_/inbox` and `/_/inbox.json`.
pub(crate) fn router(app: App) -> Router {
    Router::new()
        .route("/_/inbox", get(page))
        .route("/_/inbox.json", get(json))
        .with_state(app)
}

async fn json(State(app): State<App>) -> Response {
    match all(app.pool()).await {
        Ok(mails) => Json(mails).into_response(),
        Err(error) => broken(&error),
    }
}

async fn page(State(app): State<App>) -> Response {
    match all(app.pool()).await {
        Ok(mails) => {
            let policy = "default-src 'none'; style-src 'unsafe-inline'";
            (
                [(header::CONTENT_SECURITY_POLICY, policy)],
                Html(render(&mails)),
            )
                .into_response()
        }
        Err(error) => broken(&error),
    }
}

fn broken(error: &sqlx::Error) -> Response {
    tracing::error!(%error, "the inbox cannot be read");
    (
        StatusCode::INTERNAL_SERVER_ERROR,
        "the inbox cannot be read",
    )
        .into_response()
}

fn render(mails: &[Mail]) -> String {
    let mut rows = String::new();
    for mail in mails {
        // Writing to a String cannot fail.
        let _written = write!(
            rows,
            "<article><h2>{}</h2><p>{} · {}</p><p class=code>{}</p><p><a href=\"{}\">{}</a></p></article>",
            escape(&mail.subject),
            escape(&mail.recipient),
            mail.sent_at.format("%Y-%m-%d %H:%M:%S"),
            escape(&mail.code),
            escape(&mail.link),
            escape(&mail.link),
        );
    }
    if rows.is_empty() {
        rows.push_str("<p>No mail yet.</p>");
    }
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>Inbox — Amethyst local backend</title>\
         <style>body{{font:15px/1.5 system-ui;max-width:44rem;margin:2rem auto;padding:0 1rem}}\
         article{{border-top:1px solid #ddd;padding:1rem 0}}h2{{font-size:1rem;margin:0}}\
         .code{{font:600 1.6rem ui-monospace;letter-spacing:.2em}}a{{word-break:break-all}}</style>\
         <h1>Inbox</h1>{rows}</html>"
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipient_cannot_write_into_the_page() {
        let mail = Mail {
            id: 1,
            recipient: "<script>alert(1)</script>@example.org".to_owned(),
            kind: "confirmation".to_owned(),
            subject: "s".to_owned(),
            code: "123456".to_owned(),
            link: "http://127.0.0.1/?a=\"onclick=".to_owned(),
            sent_at: chrono::DateTime::UNIX_EPOCH,
        };
        let page = render(&[mail]);
        assert!(
            !page.contains("<script>") && !page.contains("=\"onclick"),
            "{page}"
        );
    }
}
