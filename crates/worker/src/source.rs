//! The picture that a request starts from: a user's file, hostile until looked at.

use std::time::Duration;

use amethyst_imaging::{Limits, probe};

use crate::hosted::{CallError, Hosted};
use crate::provider::{Failure, Source};

const BUCKET: &str = "sources";

/// As long as the longest prediction may wait and run.
const SIGNED_FOR: Duration = Duration::from_secs(3600);

/// Reads it, and makes it reachable for providers where the project can be reached.
pub(crate) async fn fetch(hosted: &Hosted, path: &str) -> Result<Source, Failure> {
    let bytes = hosted
        .download(BUCKET, path)
        .await
        .map_err(|error| failure(&error))?;
    let info = probe(&bytes).map_err(|_| Failure::lasting("source_unreadable"))?;
    let limits = Limits::default();
    let pixels = u64::from(info.width) * u64::from(info.height);
    if pixels > limits.max_pixels || info.width.max(info.height) > limits.max_side {
        return Err(Failure::lasting("source_unreadable"));
    }
    let url = if hosted.is_public() {
        Some(
            hosted
                .sign(BUCKET, path, SIGNED_FOR)
                .await
                .map_err(|error| failure(&error))?,
        )
    } else {
        None
    };
    Ok(Source {
        bytes,
        format: info.format,
        url,
    })
}

fn failure(error: &CallError) -> Failure {
    match error {
        CallError::Refused(_) => Failure::lasting("source_missing"),
        _ => Failure::new("storage_unavailable", crate::outside::Class::Outage),
    }
}
