//! Reading the body of an upload, raw or as a form, piece by piece onto the disk.

use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::{HeaderMap, header};
use futures_util::{Stream, StreamExt as _};
use uuid::Uuid;

use super::blob::{Incoming, Received};
use super::described::Described;
use super::error::StorageError;
use super::mime;
use super::row::Bucket;
use super::service::Storage;

/// What the server takes at most, whatever the bucket says.
const MAX_OBJECT_BYTES: u64 = 50 * 1024 * 1024;
/// What a field of a form that is not the file may hold.
const MAX_FIELD_BYTES: usize = 1024 * 1024;
/// How long the next piece may take: a client that sends nothing holds a file and a connection.
const PIECE_TIMEOUT: Duration = Duration::from_secs(60);
/// How long the rest of a refused body is read away.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(3);

/// What a bucket takes.
pub(crate) struct Limits {
    bytes: u64,
    mime_types: Option<Vec<String>>,
}

impl Limits {
    /// The limits of a bucket, within those of the server.
    pub(crate) fn of(bucket: &Bucket) -> Self {
        let own = bucket
            .file_size_limit
            .and_then(|limit| u64::try_from(limit).ok());
        Self {
            bytes: own.map_or(MAX_OBJECT_BYTES, |own| own.min(MAX_OBJECT_BYTES)),
            mime_types: bucket.allowed_mime_types.clone(),
        }
    }

    fn check_type(&self, mime: &str) -> Result<(), StorageError> {
        if mime::is_allowed(mime, self.mime_types.as_deref()) {
            Ok(())
        } else {
            Err(StorageError::invalid_mime_type(mime))
        }
    }

    /// Refuses a body that tells beforehand that it is too large; `extra` bytes may be around it.
    fn check_told_length(&self, headers: &HeaderMap, extra: u64) -> Result<(), StorageError> {
        let told = headers.get(header::CONTENT_LENGTH);
        match told.and_then(|value| value.to_str().ok()?.parse::<u64>().ok()) {
            Some(told) if told > self.bytes + extra => Err(StorageError::too_large()),
            _ => Ok(()),
        }
    }
}

/// Receives the object in a request's body.
///
/// # Errors
/// `EntityTooLarge`, `InvalidMimeType`, `InvalidRequest` for a body that is not of the form, or an
/// error of the disk. Nothing stays behind then.
pub(crate) async fn receive(
    storage: &Storage,
    request: Request,
    limits: &Limits,
) -> Result<(Received, Described), StorageError> {
    let mime = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    if mime.is_some_and(|mime| mime.to_ascii_lowercase().starts_with("multipart/form-data")) {
        return receive_form(storage, request, limits).await;
    }
    let (parts, body) = request.into_parts();
    let mut pieces = body.into_data_stream();
    let received = async {
        let described = Described::of_headers(&parts.headers)?;
        limits.check_type(&described.content_type)?;
        limits.check_told_length(&parts.headers, 0)?;
        let received = receive_raw(storage, &mut pieces, limits).await?;
        Ok((received, described))
    };
    match received.await {
        Err(refusal) => {
            drain(&mut pieces).await;
            Err(refusal)
        }
        received => received,
    }
}

async fn receive_raw(
    storage: &Storage,
    pieces: &mut BodyDataStream,
    limits: &Limits,
) -> Result<Received, StorageError> {
    let mut incoming = begin(storage).await?;
    while let Some(piece) = in_time(pieces.next()).await? {
        append(&mut incoming, &piece.map_err(|_| cut_off())?, limits).await?;
    }
    end(storage, incoming).await
}

async fn receive_form(
    storage: &Storage,
    request: Request,
    limits: &Limits,
) -> Result<(Received, Described), StorageError> {
    let headers = request.headers().clone();
    if let Err(refusal) = limits.check_told_length(&headers, 2 * MAX_FIELD_BYTES as u64) {
        return Err(drained(request.into_body(), refusal).await);
    }
    let mut described = Described::of_headers(&headers)?;
    // The header tells the type of the form, not of the file in it.
    described.content_type.clear();
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|error| {
            StorageError::invalid_request(format!("malformed form: {}", error.body_text()))
        })?;
    while let Some(mut field) = in_time(form.next_field())
        .await?
        .map_err(|e| malformed(&e))?
    {
        let name = field.name().unwrap_or_default().to_owned();
        // The official client gives the file an empty name; others name it as they like.
        if field.file_name().is_none() && !name.is_empty() {
            described.take_field(&name, &small_field(field).await?)?;
            continue;
        }
        if described.content_type.is_empty() {
            let own = field.content_type().unwrap_or("application/octet-stream");
            own.clone_into(&mut described.content_type);
        }
        return match receive_file(storage, &mut field, &described, limits).await {
            Ok(received) => Ok((received, described)),
            Err(refusal) => {
                drain(&mut field).await;
                Err(refusal)
            }
        };
    }
    Err(StorageError::invalid_request("the form holds no file"))
}

async fn receive_file(
    storage: &Storage,
    field: &mut Field<'_>,
    described: &Described,
    limits: &Limits,
) -> Result<Received, StorageError> {
    limits.check_type(&described.content_type)?;
    let mut incoming = begin(storage).await?;
    while let Some(piece) = in_time(field.chunk())
        .await?
        .map_err(|error| malformed(&error))?
    {
        append(&mut incoming, &piece, limits).await?;
    }
    end(storage, incoming).await
}

async fn small_field(mut field: Field<'_>) -> Result<String, StorageError> {
    let mut bytes = Vec::new();
    while let Some(piece) = in_time(field.chunk())
        .await?
        .map_err(|error| malformed(&error))?
    {
        bytes.extend_from_slice(&piece);
        if bytes.len() > MAX_FIELD_BYTES {
            return Err(StorageError::invalid_request(
                "a field of the form is too large",
            ));
        }
    }
    String::from_utf8(bytes)
        .map_err(|_| StorageError::invalid_request("a field of the form is no text"))
}

async fn begin(storage: &Storage) -> Result<Incoming, StorageError> {
    let incoming = storage.blobs().await?.receive(Uuid::new_v4()).await;
    incoming.map_err(|error| StorageError::disk(&error, "receiving an object"))
}

async fn append(
    incoming: &mut Incoming,
    piece: &Bytes,
    limits: &Limits,
) -> Result<(), StorageError> {
    if incoming.size() + piece.len() as u64 > limits.bytes {
        return Err(StorageError::too_large());
    }
    let written = incoming.write(piece).await;
    written.map_err(|error| StorageError::disk(&error, "receiving an object"))
}

async fn end(storage: &Storage, incoming: Incoming) -> Result<Received, StorageError> {
    let received = incoming.finish(storage.blobs().await?).await;
    received.map_err(|error| StorageError::disk(&error, "receiving an object"))
}

async fn in_time<T>(next: impl Future<Output = T>) -> Result<T, StorageError> {
    tokio::time::timeout(PIECE_TIMEOUT, next)
        .await
        .map_err(|_| StorageError::aborted("the client sends too slowly"))
}

fn malformed(error: &MultipartError) -> StorageError {
    StorageError::invalid_request(format!("malformed form: {}", error.body_text()))
}

fn cut_off() -> StorageError {
    StorageError::aborted("the client stopped sending")
}

/// Hands back the refusal of a body after reading that away, see [`drain`].
pub(crate) async fn drained(body: Body, refusal: StorageError) -> StorageError {
    let mut pieces = body.into_data_stream();
    drain(&mut pieces).await;
    refusal
}

/// Reads away the rest of a refused body for a short while. A server that answers and closes while the
/// client still sends makes the system reset the connection, and the client would see that instead of
/// the refusal. Whoever sends more or longer gets the reset.
async fn drain<E>(mut pieces: impl Stream<Item = Result<Bytes, E>> + Unpin) {
    let reading = async {
        let mut read = 0;
        while let Some(Ok(piece)) = pieces.next().await {
            read += piece.len() as u64;
            if read > 2 * MAX_OBJECT_BYTES {
                break;
            }
        }
    };
    tokio::time::timeout(DRAIN_TIMEOUT, reading)
        .await
        .unwrap_or_default();
}
