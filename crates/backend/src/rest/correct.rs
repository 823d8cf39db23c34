//! What is changed in an answer of the crate before the client sees it.

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use sqlx::PgPool;

use super::catalog::has_table;
use super::count;

/// An error's JSON is small, and a page of CSV not large; anything beyond is neither.
const LARGEST: usize = 64 * 1024 * 1024;

/// What the correction depends on.
pub(super) struct Asked {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) role: String,
    pub(super) counts: bool,
}

/// Corrects errors and the end of CSV; passes everything else on untouched and unread.
pub(super) async fn correct(pool: &PgPool, asked: &Asked, mut response: Response) -> Response {
    count::complete(&asked.method, asked.counts, &mut response);
    let failed = !response.status().is_success();
    if !(failed && is(&response, "json") || is(&response, "text/csv")) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, LARGEST).await else {
        return (StatusCode::INTERNAL_SERVER_ERROR, "the answer broke off").into_response();
    };
    if !failed {
        // PostgREST ends the last line without a line feed.
        let end = bytes.len() - usize::from(bytes.ends_with(b"\n"));
        parts
            .headers
            .insert(header::CONTENT_LENGTH, HeaderValue::from(end));
        return Response::from_parts(parts, Body::from(bytes.slice(..end)));
    }
    let Ok(mut error) = serde_json::from_slice::<Value>(&bytes) else {
        return Response::from_parts(parts, Body::from(bytes));
    };
    let before = error.clone();
    let ungranted = name_ungranted_table(pool, asked, &mut error).await;
    name_unknown_column(asked, &mut error);
    let status = match ungranted {
        true if asked.role == "anon" => StatusCode::UNAUTHORIZED,
        true => StatusCode::FORBIDDEN,
        false => corrected_status(asked, &error, parts.status),
    };
    if status == parts.status && before == error {
        return Response::from_parts(parts, Body::from(bytes));
    }
    if status == StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static("Bearer");
        parts
            .headers
            .entry(header::WWW_AUTHENTICATE)
            .or_insert(challenge);
    } else {
        parts.headers.remove(header::WWW_AUTHENTICATE);
    }
    let code = error["code"].as_str().unwrap_or_default();
    if let Ok(proxy) = HeaderValue::from_str(&format!("PostgREST; error={code}")) {
        parts.headers.insert("proxy-status", proxy);
    }
    for replaced in [header::CONTENT_LENGTH, header::CONTENT_TYPE] {
        parts.headers.remove(replaced);
    }
    (status, parts.headers, Json(error)).into_response()
}

/// PostgREST: a missing privilege is 401 for the anonymous role and 403 for everybody else.
fn corrected_status(asked: &Asked, error: &Value, status: StatusCode) -> StatusCode {
    match (error["code"].as_str(), status) {
        (Some("42501"), StatusCode::UNAUTHORIZED) if asked.role != "anon" => StatusCode::FORBIDDEN,
        _ => status,
    }
}

/// The crate does not know tables that are granted to no role; PostgREST does, and PostgreSQL refuses.
async fn name_ungranted_table(pool: &PgPool, asked: &Asked, error: &mut Value) -> bool {
    if error["code"] != "PGRST205" {
        return false;
    }
    let table = asked.table();
    if !has_table(pool, table).await.unwrap_or(false) {
        return false;
    }
    error["code"] = "42501".into();
    error["message"] = format!("permission denied for table {table}").into();
    error["hint"] = Value::Null;
    true
}

/// PostgREST names an unknown column of a payload PGRST204, but leaves one of a filter or a selection to
/// PostgreSQL, which names the table too.
fn name_unknown_column(asked: &Asked, error: &mut Value) {
    let table = asked.table();
    let message = error["message"].as_str().unwrap_or_default().to_owned();
    let reads = matches!(asked.method, Method::GET | Method::HEAD | Method::DELETE);
    match error["code"].as_str() {
        Some("PGRST204") if reads => {
            // "Could not find the 'x' column of 't' in the schema cache"
            let column = message.split('\'').nth(1);
            error["code"] = "42703".into();
            error["message"] = match column {
                Some(column) => format!("column {table}.{column} does not exist").into(),
                None => format!("a selected column of {table} does not exist").into(),
            };
            error["hint"] = Value::Null;
        }
        Some("42703") => {
            let column = message
                .strip_prefix("column \"")
                .and_then(|rest| rest.strip_suffix("\" does not exist"));
            if let Some(column) = column {
                error["message"] = format!("column {table}.{column} does not exist").into();
            }
        }
        _ => {}
    }
}

impl Asked {
    fn table(&self) -> &str {
        self.path.trim_start_matches('/')
    }
}

fn is(response: &Response, kind: &str) -> bool {
    let found = response.headers().get(header::CONTENT_TYPE);
    found
        .and_then(|found| found.to_str().ok())
        .is_some_and(|found| found.contains(kind))
}
