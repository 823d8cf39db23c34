//! Null arguments of functions. The crate hands every argument to PostgreSQL as text and null as the
//! empty one, which is no array, no number and no null.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use serde_json::Value;
use sqlx::PgPool;

use super::catalog::null_by_default;
use super::error;

/// Larger bodies than any argument list of ours; what is larger passes unread.
const LARGEST: usize = 16 * 1024 * 1024;

/// Leaves out the null arguments whose default is null anyway, which is the same call. A null for any
/// other parameter is refused, honestly, rather than passed on as something else.
pub(super) async fn leave_out(pool: &PgPool, request: Request) -> Result<Request, Response> {
    let path = request.uri().path().to_owned();
    let Some(function) = path.strip_prefix("/rpc/") else {
        return Ok(request);
    };
    if request.method() != Method::POST || !is_json(&request) {
        return Ok(request);
    }
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, LARGEST).await.map_err(|_| {
        let message = "the arguments are too large";
        error::answer(StatusCode::PAYLOAD_TOO_LARGE, "PGRST102", message)
    })?;
    let mut request = Request::from_parts(parts, Body::empty());
    let fixed = without_nulls(pool, function, &bytes).await?;
    if fixed.is_some() {
        request.headers_mut().remove(header::CONTENT_LENGTH);
    }
    let bytes = fixed.unwrap_or(bytes);
    if !request.headers().contains_key(header::TRANSFER_ENCODING) {
        request
            .headers_mut()
            .insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    }
    *request.body_mut() = Body::from(bytes);
    Ok(request)
}

async fn without_nulls(
    pool: &PgPool,
    function: &str,
    bytes: &Bytes,
) -> Result<Option<Bytes>, Response> {
    let Ok(Value::Object(mut arguments)) = serde_json::from_slice(bytes) else {
        return Ok(None);
    };
    let nulls: Vec<&str> = arguments
        .iter()
        .filter(|(_, value)| value.is_null())
        .map(|(name, _)| name.as_str())
        .collect();
    if nulls.is_empty() {
        return Ok(None);
    }
    let known = null_by_default(pool, function, &nulls).await;
    let known = known.map_err(|error| {
        tracing::error!(%error, "rest: the catalog cannot be read");
        let message = "Could not query the database for the schema cache. Retrying.";
        error::answer(StatusCode::SERVICE_UNAVAILABLE, "PGRST002", message)
    })?;
    if let Some(name) = nulls.iter().find(|name| !known.iter().any(|k| k == *name)) {
        let message = format!(
            "The local backend cannot pass null for `{name}` of {function}, whose default is not null"
        );
        return Err(error::answer(
            StatusCode::NOT_IMPLEMENTED,
            "PGRST127",
            &message,
        ));
    }
    arguments.retain(|_, value| !value.is_null());
    Ok(Some(Bytes::from(Value::Object(arguments).to_string())))
}

fn is_json(request: &Request) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE);
    kind.is_none_or(|kind| kind.to_str().is_ok_and(|kind| kind.contains("json")))
}
