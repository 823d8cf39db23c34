//! The background work piece by piece, for whoever runs the client step by step instead of letting it run.

use crate::library::Library;
use crate::{Error, media, outbox, sync};

/// One piece of background work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Errand {
    /// Pull one page of at most so many rows and apply it.
    Pull(u32),
    /// Send one intent.
    Send,
    /// Look after files: one batch.
    Fetch,
}

/// Does one piece; answers whether more of its kind is to do at once.
pub(crate) async fn run(library: &Library, errand: Errand) -> Result<bool, Error> {
    match errand {
        Errand::Pull(limit) => sync::pull_once(library, limit).await,
        Errand::Send => outbox::send_ready(library, 1).await,
        Errand::Fetch => media::look_after_files(library).await,
    }
}
