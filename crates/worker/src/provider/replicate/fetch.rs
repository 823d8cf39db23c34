//! Output files, before they expire.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use url::Url;

use super::api::Api;
use crate::outside::{self, Class};
use crate::provider::Failure;

/// Largest file that is taken, in bytes.
const LIMIT: usize = 64 << 20;

const TRIES: u32 = 3;

/// The file, or the reason why it can never be had. A failure means that it may be had later.
pub(super) async fn fetch(
    api: &Api,
    address: &str,
) -> Result<Result<Bytes, &'static str>, Failure> {
    if let Some(inline) = address.strip_prefix("data:") {
        let body = inline.split_once(";base64,").map(|(_, body)| body);
        let bytes = body.and_then(|body| BASE64_STANDARD.decode(body).ok());
        return Ok(bytes.map(Bytes::from).ok_or("unreadable"));
    }
    let Some(address) = Url::parse(address)
        .ok()
        .filter(|address| api.may_fetch(address))
    else {
        tracing::error!("an output lies at a host that is not Replicate's");
        return Ok(Err("unreadable"));
    };
    let mut tries = 0;
    loop {
        tries += 1;
        let body = match api.file(&address).await {
            Ok(response) => outside::read(response, LIMIT).await,
            Err(trouble) => Err(trouble),
        };
        match body {
            Ok(bytes) => return Ok(Ok(bytes)),
            Err(trouble) if matches!(trouble.status, 403 | 404 | 410) => return Ok(Err("expired")),
            Err(trouble) if trouble.class == Class::Unknown => return Ok(Err("unreadable")),
            Err(trouble) if tries >= TRIES => return Err(trouble.into()),
            Err(trouble) => {
                tracing::debug!(%trouble, "cannot fetch an output yet");
                let asked = trouble.retry_after.unwrap_or(Duration::from_millis(400));
                tokio::time::sleep(asked.min(Duration::from_secs(20))).await;
            }
        }
    }
}
