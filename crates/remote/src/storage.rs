//! Supabase Storage: the files of images, read in the name of their owner.

use std::fmt;

use bytes::Bytes;
use reqwest::header::{CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, HeaderMap, RANGE};
use reqwest::{Method, RequestBuilder, Response, StatusCode};

use crate::debug::Redacted;
use crate::{Error, Mismatch, Remote, failure, http};

/// Bucket of finished images.
const BUCKET: &str = "generated-images";

/// Calls of `/storage/v1` in the name of one user.
#[derive(Clone)]
pub struct Storage {
    remote: Remote,
    token: String,
}

impl Storage {
    pub(crate) fn new(remote: Remote, token: &str) -> Self {
        Self {
            remote,
            token: token.to_owned(),
        }
    }

    /// Starts to read the object at `path` of the bucket `generated-images`, from byte `offset` on if
    /// the server can; [`Download::resumed`] tells. Dropping the download stops it.
    ///
    /// # Errors
    /// `NoSuchKey` (404) when it is gone or hidden, and what any call can fail with.
    pub async fn download(&self, path: &str, offset: u64) -> Result<Download, Error> {
        let response = self.get(path, offset).await?;
        // The part we have is all there is, or more: what we have cannot be trusted.
        let response = if response.status() == StatusCode::RANGE_NOT_SATISFIABLE && offset > 0 {
            self.get(path, 0).await?
        } else {
            response
        };
        Download::open(response, offset).await
    }

    /// Size in bytes of the object at `path`; `None` when the server does not have it, or not for this user.
    ///
    /// # Errors
    /// What any call can fail with.
    pub async fn size(&self, path: &str) -> Result<Option<u64>, Error> {
        let request = self.request(Method::HEAD, path)?.timeout(http::CALL);
        let response = request.send().await.map_err(Error::network)?;
        let (status, headers) = (response.status(), response.headers());
        if status.is_success() {
            let length = headers.get(CONTENT_LENGTH);
            let length = length.and_then(|value| value.to_str().ok()?.parse().ok());
            return length.map(Some).ok_or(Error::Decode("a file's size"));
        }
        match status {
            // An answer to HEAD has no body, so that no code tells which of the two it is.
            StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND => Ok(None),
            _ => Err(failure::read(status, headers, b"{}")),
        }
    }

    fn request(&self, method: Method, path: &str) -> Result<RequestBuilder, Error> {
        let project = self.remote.project()?;
        let parts = ["storage", "v1", "object", "authenticated", BUCKET].into_iter();
        let url = project.url(&parts.chain(path.split('/')).collect::<Vec<_>>());
        project.request_as(&self.token, method, url)
    }

    async fn get(&self, path: &str, offset: u64) -> Result<Response, Error> {
        let mut request = self.request(Method::GET, path)?;
        if offset > 0 {
            request = request.header(RANGE, format!("bytes={offset}-"));
        }
        // Without the whole call's timeout: large files may take minutes, silence may not.
        request.send().await.map_err(Error::network)
    }
}

impl fmt::Debug for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Storage")
            .field("remote", &self.remote)
            .field("token", &Redacted)
            .finish()
    }
}

/// A file on its way.
#[derive(Debug)]
pub struct Download {
    /// Size of the whole object in bytes, if the server says.
    pub total: Option<u64>,
    /// Whether the bytes continue at the asked offset; otherwise they begin at the first.
    pub resumed: bool,
    response: Response,
}

impl Download {
    async fn open(mut response: Response, offset: u64) -> Result<Self, Error> {
        let (status, headers) = (response.status(), response.headers());
        if !status.is_success() {
            let body = http::body(&mut response).await?;
            return Err(failure::read(status, response.headers(), &body));
        }
        // Storage never serves HTML; portals and misdirected domains do.
        if headers
            .get(CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
        {
            return Err(failure::not_supabase(
                status.as_u16(),
                headers,
                Mismatch::Answer,
            ));
        }
        let (resumed, total) = if status == StatusCode::PARTIAL_CONTENT {
            let (start, total) = range(headers).ok_or(Error::Decode("a download's range"))?;
            if start != offset {
                return Err(Error::Decode("a download's range"));
            }
            (true, total)
        } else {
            (false, response.content_length())
        };
        Ok(Self {
            total,
            resumed,
            response,
        })
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// [`Error::Network`] when nothing comes for 20 seconds or the connection breaks.
    pub async fn next_chunk(&mut self) -> Result<Option<Bytes>, Error> {
        self.response.chunk().await.map_err(Error::network)
    }
}

/// First byte and total size of `Content-Range: bytes 5-9/10`.
fn range(headers: &HeaderMap) -> Option<(u64, Option<u64>)> {
    let text = headers
        .get(CONTENT_RANGE)?
        .to_str()
        .ok()?
        .strip_prefix("bytes ")?;
    let (range, total) = text.split_once('/')?;
    let (start, _end) = range.split_once('-')?;
    Some((start.parse().ok()?, total.parse().ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_content_ranges() {
        let read = |text: &'static str| {
            let headers = [(CONTENT_RANGE, text.parse().unwrap())]
                .into_iter()
                .collect();
            range(&headers)
        };
        assert_eq!(read("bytes 5-9/10"), Some((5, Some(10))));
        assert_eq!(read("bytes 0-9/*"), Some((0, None)));
        for garbage in ["bytes */10", "items 0-1/2", "bytes a-b/c", ""] {
            assert_eq!(read(garbage), None, "{garbage}");
        }
    }
}
