//! What is changed in an answer of the crate before the client sees it.

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

/// An error's JSON is small; anything larger is no error.
const LARGEST_ERROR: usize = 1024 * 1024;

/// What the correction depends on.
pub(super) struct Asked {
    pub(super) method: Method,
    pub(super) role: String,
}

/// Corrects an error; passes everything else on untouched and unread.
pub(super) async fn correct(asked: &Asked, response: Response) -> Response {
    if response.status().is_success() || !is_json(&response) {
        return response;
    }
    let (parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, LARGEST_ERROR).await else {
        return (StatusCode::INTERNAL_SERVER_ERROR, "the answer broke off").into_response();
    };
    let Ok(mut error) = serde_json::from_slice::<Value>(&bytes) else {
        return Response::from_parts(parts, Body::from(bytes));
    };
    let status = corrected_status(asked, &error, parts.status);
    let column = unknown_column(asked, &error);
    if status == parts.status && column.is_none() {
        return Response::from_parts(parts, Body::from(bytes));
    }
    if let Some(message) = column {
        error["code"] = "42703".into();
        error["message"] = message.into();
        error["hint"] = Value::Null;
    }
    let mut corrected = (status, Json(error)).into_response();
    for (name, value) in &parts.headers {
        let ours = [
            header::CONTENT_LENGTH,
            header::CONTENT_TYPE,
            header::WWW_AUTHENTICATE,
        ];
        if !ours.contains(name) {
            corrected.headers_mut().append(name, value.clone());
        }
    }
    corrected
}

/// PostgREST: a missing privilege is 401 for the anonymous role and 403 for everybody else.
fn corrected_status(asked: &Asked, error: &Value, status: StatusCode) -> StatusCode {
    match (error["code"].as_str(), status) {
        (Some("42501"), StatusCode::UNAUTHORIZED) if asked.role != "anon" => StatusCode::FORBIDDEN,
        _ => status,
    }
}

/// PostgREST names an unknown column of a payload PGRST204, but leaves one in a filter to PostgreSQL.
fn unknown_column(asked: &Asked, error: &Value) -> Option<String> {
    let reads = matches!(asked.method, Method::GET | Method::HEAD | Method::DELETE);
    if !reads || error["code"] != "PGRST204" {
        return None;
    }
    // "Could not find the 'x' column of 't' in the schema cache"
    let message = error["message"].as_str()?;
    let mut quoted = message.split('\'').skip(1).step_by(2);
    let (column, table) = (quoted.next()?, quoted.next()?);
    Some(format!("column {table}.{column} does not exist"))
}

fn is_json(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.contains("json"))
}
