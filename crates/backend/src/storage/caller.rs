//! Who asks, for what, and with what JSON: extractors that refuse in Storage's own words.

use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::error::StorageError;
use crate::claims::Caller;

/// The caller of a route that needs a token. The gateway has looked at the token already; here its
/// finding is told in Storage's words.
pub(crate) struct Authorized(pub(crate) Caller);

impl<S: Send + Sync> FromRequestParts<S> for Authorized {
    type Rejection = StorageError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StorageError> {
        match parts
            .extensions
            .get::<Result<Caller, crate::keys::JwtError>>()
        {
            Some(Ok(caller)) => Ok(Self(caller.clone())),
            Some(Err(error)) => Err(StorageError::access_denied(error.to_string())),
            None => Err(StorageError::invalid_request(
                "headers must have required property 'authorization'",
            )),
        }
    }
}

/// A body of JSON.
pub(crate) struct JsonBody<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for JsonBody<T> {
    type Rejection = StorageError;

    async fn from_request(request: Request, state: &S) -> Result<Self, StorageError> {
        let bytes = axum::body::Bytes::from_request(request, state)
            .await
            .map_err(|error| StorageError::invalid_request(error.body_text()))?;
        // Not every client says that its JSON is JSON, and the hosted service does not insist.
        serde_json::from_slice(&bytes)
            .map(Self)
            .map_err(|error| StorageError::invalid_request(format!("body: {error}")))
    }
}

/// The names in a route's path. Those that are no text cannot be names.
pub(crate) struct Named<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Named<T> {
    type Rejection = StorageError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, StorageError> {
        let path = Path::from_request_parts(parts, state).await;
        path.map(|Path(names)| Self(names))
            .map_err(|_| StorageError::invalid_key(parts.uri.path()))
    }
}

/// What stands behind the `?`.
pub(crate) struct Asking<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asking<T> {
    type Rejection = StorageError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, StorageError> {
        let query = Query::from_request_parts(parts, state).await;
        query.map(|Query(asking)| Self(asking)).map_err(|error| {
            StorageError::invalid_request(format!("querystring: {}", error.body_text()))
        })
    }
}
