//! What a hosted project refuses before PostgREST's own rules: the extension `safeupdate` is loaded for
//! every request there, and the embedded server has none.

use axum::http::{Method, StatusCode};
use axum::response::Response;

use super::error;
use super::query::has_filter;

/// The refusal of a change or deletion of every row of a table.
pub(super) fn refuse_whole_table(
    method: &Method,
    path: &str,
    query: Option<&str>,
) -> Option<Response> {
    let verb = match *method {
        Method::PATCH => "UPDATE",
        Method::DELETE => "DELETE",
        _ => return None,
    };
    if path.starts_with("/rpc/") || has_filter(query) {
        return None;
    }
    let message = format!("{verb} requires a WHERE clause");
    Some(error::answer(StatusCode::BAD_REQUEST, "21000", &message))
}
