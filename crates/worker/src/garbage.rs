//! Empties the list of objects that nobody needs: SQL may only note them, the bytes go through Storage.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::hosted::{CallError, Hosted};

/// Objects removed in one go.
const BATCH: u32 = 200;

/// Wait between two looks at an empty list.
const PAUSE: Duration = Duration::from_secs(20);

/// Removes garbage until `stop`.
pub(crate) async fn sweep(hosted: Hosted, stop: CancellationToken) {
    loop {
        let more = match sweep_once(&hosted).await {
            Ok(removed) => removed == BATCH as usize,
            Err(error) => {
                tracing::debug!(%error, "cannot sweep");
                false
            }
        };
        let pause = if more { Duration::ZERO } else { PAUSE };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// One batch; answers how many entries it had. An entry is acknowledged only after its object is gone.
async fn sweep_once(hosted: &Hosted) -> Result<usize, CallError> {
    let entries = hosted.claim_garbage(BATCH).await?;
    let mut buckets: BTreeMap<&str, (Vec<&str>, Vec<i64>)> = BTreeMap::new();
    for entry in &entries {
        let (paths, ids) = buckets.entry(&entry.bucket_id).or_default();
        paths.push(&entry.path);
        ids.push(entry.id);
    }
    for (bucket, (paths, ids)) in buckets {
        hosted.remove(bucket, &paths).await?;
        hosted.acknowledge_garbage(&ids).await?;
        tracing::info!(bucket, objects = paths.len(), "swept");
    }
    Ok(entries.len())
}
