//! What Storage says when it refuses: one error type that renders the service's own JSON.
//!
//! Storage reports nearly every refusal as HTTP 400 and puts the true status into the body, as text.
//! Clients branch on `code` and `statusCode`, never on the status line, so both are fixed here and
//! nowhere else.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// A refusal in the words of the Storage service.
#[derive(Debug)]
pub(crate) struct StorageError {
    line: StatusCode,
    body_status: u16,
    code: &'static str,
    label: &'static str,
    message: String,
}

impl StorageError {
    /// A refusal whose status line is 400, whatever the body says.
    fn refused(
        body_status: u16,
        code: &'static str,
        label: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self {
            line: StatusCode::BAD_REQUEST,
            body_status,
            code,
            label,
            message: message.into(),
        }
    }

    /// A refusal whose status line and body agree.
    fn plain(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            line: status,
            body_status: status.as_u16(),
            code,
            label: code,
            message: message.into(),
        }
    }

    /// The bucket does not exist, or is private and was asked for as public.
    pub(crate) fn no_such_bucket() -> Self {
        Self::refused(404, "NoSuchBucket", "Bucket not found", "Bucket not found")
    }

    /// The object does not exist, or a policy hides it; the two are not told apart.
    pub(crate) fn no_such_key() -> Self {
        Self::refused(404, "NoSuchKey", "not_found", "Object not found")
    }

    /// An upload without upsert onto a name in use.
    pub(crate) fn key_exists() -> Self {
        Self::refused(
            409,
            "KeyAlreadyExists",
            "Duplicate",
            "The resource already exists",
        )
    }

    /// A bucket of that id exists.
    pub(crate) fn bucket_exists() -> Self {
        Self::refused(
            409,
            "BucketAlreadyExists",
            "Duplicate",
            "The resource already exists",
        )
    }

    /// A bucket that still holds objects cannot be deleted.
    pub(crate) fn bucket_not_empty() -> Self {
        let message = "The bucket you tried to delete is not empty";
        Self::refused(409, "ResourceNotEmpty", "ResourceNotEmpty", message)
    }

    /// A policy or the token refuses.
    pub(crate) fn access_denied(message: impl Into<String>) -> Self {
        Self::refused(403, "AccessDenied", "Unauthorized", message)
    }

    /// The route is for the service role; this one keeps its status.
    pub(crate) fn service_role_only() -> Self {
        Self {
            line: StatusCode::FORBIDDEN,
            ..Self::access_denied("Access denied: only the service role may do this")
        }
    }

    /// A signed URL whose token does not verify or has expired.
    pub(crate) fn invalid_jwt(message: impl Into<String>) -> Self {
        Self::refused(400, "InvalidJWT", "InvalidJWT", message)
    }

    /// A signed URL whose token was made for something else.
    pub(crate) fn invalid_signature() -> Self {
        let message = "The url do not match the signature";
        Self::refused(400, "InvalidSignature", "InvalidSignature", message)
    }

    /// More bytes than the bucket or the server allows.
    pub(crate) fn too_large() -> Self {
        let message = "The object exceeded the maximum allowed size";
        Self::refused(413, "EntityTooLarge", "Payload too large", message)
    }

    /// A content type that the bucket does not take.
    pub(crate) fn invalid_mime_type(mime: &str) -> Self {
        let message = format!("mime type {mime} is not supported");
        Self::refused(415, "InvalidMimeType", "invalid_mime_type", message)
    }

    /// A name that no object may have.
    pub(crate) fn invalid_key(key: &str) -> Self {
        Self::refused(
            400,
            "InvalidKey",
            "InvalidKey",
            format!("Invalid key: {}", shorten(key)),
        )
    }

    /// A name that no bucket may have.
    pub(crate) fn invalid_bucket_name() -> Self {
        Self::refused(
            400,
            "InvalidBucketName",
            "Invalid Input",
            "Bucket name invalid",
        )
    }

    /// A byte range outside the object; both status line and body say 416.
    pub(crate) fn invalid_range() -> Self {
        Self {
            line: StatusCode::RANGE_NOT_SATISFIABLE,
            ..Self::refused(
                416,
                "InvalidRange",
                "invalid_range",
                "invalid range provided",
            )
        }
    }

    /// The request is not of the route's form.
    pub(crate) fn invalid_request(message: impl Into<String>) -> Self {
        Self::refused(400, "InvalidRequest", "InvalidRequest", message)
    }

    /// The client stopped sending in the middle of a body, or too slowly.
    pub(crate) fn aborted(message: impl Into<String>) -> Self {
        Self::plain(StatusCode::INTERNAL_SERVER_ERROR, "Aborted", message)
    }

    /// A failure of ours. The cause goes to the log, not to the client.
    pub(crate) fn internal(cause: &dyn std::error::Error, doing: &str) -> Self {
        tracing::error!(error = %cause, doing, "storage failed");
        let message = "Internal server error";
        Self::plain(StatusCode::INTERNAL_SERVER_ERROR, "InternalError", message)
    }

    /// A failure of the disk under the objects. A full disk is said as such, because the person in
    /// front of a local backend can do something about it.
    pub(crate) fn disk(cause: &std::io::Error, doing: &str) -> Self {
        if cause.kind() == std::io::ErrorKind::StorageFull {
            tracing::error!(error = %cause, doing, "the disk is full");
            let message = "no space left on the disk of the storage server";
            return Self::plain(StatusCode::INTERNAL_SERVER_ERROR, "InternalError", message);
        }
        Self::internal(cause, doing)
    }

    /// A part of Storage that the local backend does not serve.
    pub(crate) fn not_implemented(what: &str) -> Self {
        let message = format!("{what} is not implemented by the local backend");
        Self::plain(StatusCode::NOT_IMPLEMENTED, "NotImplemented", message)
    }

    /// The stable word by which clients tell refusals apart.
    pub(crate) fn code(&self) -> &'static str {
        self.code
    }

    /// The sentence for people.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// The same refusal with the status its body names, for `HEAD`, which has no body to carry it.
    pub(crate) fn with_true_status(mut self) -> Self {
        self.line = StatusCode::from_u16(self.body_status).unwrap_or(self.line);
        self
    }
}

impl From<sqlx::Error> for StorageError {
    fn from(error: sqlx::Error) -> Self {
        let Some(code) = error.as_database_error().and_then(|db| db.code()) else {
            if matches!(error, sqlx::Error::PoolTimedOut) {
                return Self {
                    label: "too_many_connections",
                    ..Self::plain(
                        StatusCode::TOO_MANY_REQUESTS,
                        "SlowDown",
                        "Too many connections issued to the database",
                    )
                };
            }
            return Self::internal(&error, "asking the database");
        };
        let unavailable = |code, message: &str| Self::refused(503, code, code, message);
        match code.as_ref() {
            "42501" => Self::access_denied("new row violates row-level security policy"),
            "23505" => Self::refused(
                409,
                "ResourceAlreadyExists",
                "Duplicate",
                "The resource already exists",
            ),
            "23503" => Self::refused(
                404,
                "InvalidRequest",
                "InvalidRequest",
                "The related resource does not exist",
            ),
            "55P03" => Self::refused(
                423,
                "ResourceLocked",
                "ResourceLocked",
                "The resource is locked",
            ),
            "57014" => Self {
                line: StatusCode::from_u16(544).unwrap_or(StatusCode::GATEWAY_TIMEOUT),
                ..Self::refused(
                    544,
                    "DatabaseTimeout",
                    "DatabaseTimeout",
                    "The connection to the database timed out",
                )
            },
            "25006" => unavailable(
                "DatabaseReadOnly",
                "The database is currently in read-only mode",
            ),
            "42P17" => unavailable(
                "DatabaseInvalidObjectDefinition",
                "The database schema is invalid or incompatible",
            ),
            "42703" | "42P01" => unavailable(
                "DatabaseSchemaMismatch",
                "The database schema is out of sync",
            ),
            // Text that PostgreSQL cannot hold: a zero character, mostly.
            "22P02" | "22P05" | "22021" => Self::invalid_request("invalid input syntax"),
            _ => {
                tracing::error!(error = %error, "the database refused a storage statement");
                let message = "the database refused the statement";
                Self::plain(StatusCode::INTERNAL_SERVER_ERROR, "DatabaseError", message)
            }
        }
    }
}

impl IntoResponse for StorageError {
    fn into_response(self) -> Response {
        let body = json!({
            "statusCode": self.body_status.to_string(),
            "code": self.code,
            "error": self.label,
            "message": self.message,
        });
        let mut response = (self.line, Json(body)).into_response();
        // A refusal may be about this caller only; no cache may hand it to another.
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

/// Names come from the client; a refusal repeats no more than a line of them.
fn shorten(key: &str) -> String {
    key.chars().take(200).filter(|c| !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn rendered(error: StorageError) -> (u16, serde_json::Value) {
        let response = error.into_response();
        let status = response.status().as_u16();
        let bytes = axum::body::to_bytes(response.into_body(), 10_000)
            .await
            .unwrap();
        (status, serde_json::from_slice(&bytes).unwrap())
    }

    #[tokio::test]
    async fn a_refusal_is_400_outside_and_true_inside() {
        let (status, body) = rendered(StorageError::key_exists()).await;
        assert_eq!(status, 400);
        assert_eq!(
            body,
            json!({
                "statusCode": "409", "code": "KeyAlreadyExists", "error": "Duplicate",
                "message": "The resource already exists",
            })
        );
    }

    #[tokio::test]
    async fn ranges_and_head_keep_their_status() {
        assert_eq!(rendered(StorageError::invalid_range()).await.0, 416);
        assert_eq!(rendered(StorageError::no_such_key()).await.0, 400);
        assert_eq!(
            rendered(StorageError::no_such_key().with_true_status())
                .await
                .0,
            404
        );
    }

    #[tokio::test]
    async fn a_long_key_with_control_characters_is_not_echoed_whole() {
        let (_, body) = rendered(StorageError::invalid_key(&"x\r\n".repeat(500))).await;
        let message = body["message"].as_str().unwrap();
        assert!(message.len() < 250 && !message.contains('\n'));
    }
}
