//! What is refused before the crate sees it: paths that it serves and PostgREST does not, and what the
//! extension `safeupdate`, loaded for every request on a hosted project, refuses there.

use axum::http::{Method, StatusCode};
use axum::response::Response;

use super::error;
use super::query::has_filter;

/// The crate's own routes beside tables and functions.
const ITS_OWN: [&str; 3] = ["api", "healthz", "_"];

/// The refusal of a path that names neither the root, nor a table, nor a function. The crate serves all
/// of it a second time under `/api`, where nothing here would see it.
pub(super) fn refuse_path(path: &str) -> Option<Response> {
    let mut segments = path.trim_start_matches('/').split('/');
    let known = match (segments.next(), segments.next(), segments.next()) {
        (Some("rpc"), Some(_), None) => true,
        (Some(name), None, None) => !ITS_OWN.contains(&name),
        _ => false,
    };
    let message = "Invalid path specified in request URL";
    (!known).then(|| error::answer(StatusCode::NOT_FOUND, "PGRST125", message))
}

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
