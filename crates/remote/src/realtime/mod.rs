//! Supabase Realtime: a hint that the user's change feed has grown, and nothing more.
//!
//! One channel listens for inserts and updates of `public.sync_changes`; row-level security decides
//! whose. What changed is never read from here: events can be lost or doubled, and there is no replay.
//! Connecting again after [`RealtimeEvent::Closed`] is the caller's part, with a new channel and a
//! fresh token. Proxies are not used for this connection; behind one the hints are missing and polling
//! does their work.

mod channel;
mod connect;
mod frame;
mod protocol;

pub use channel::RealtimeChannel;

use std::fmt;

use crate::debug::Redacted;
use crate::{Error, Remote};

/// What happened on the channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RealtimeEvent {
    /// The server accepted the channel. It is not listening yet.
    Joined,
    /// The server listens from now on: what happened before must be pulled.
    Live,
    /// The feed has grown.
    Changed,
    /// The channel is over.
    Closed {
        /// Why, for the log; the server's own code where it gave one.
        reason: String,
    },
}

/// Realtime in the name of one user.
#[derive(Clone)]
pub struct Realtime {
    remote: Remote,
    token: String,
}

impl Realtime {
    pub(crate) fn new(remote: Remote, token: &str) -> Self {
        Self {
            remote,
            token: token.to_owned(),
        }
    }

    /// Connects and asks to join; [`RealtimeChannel::next`] tells the rest.
    ///
    /// # Errors
    /// Those of the handshake: [`Error::Network`], a refusal of the gateway, or an answer of something
    /// that is no Supabase.
    pub async fn connect(&self) -> Result<RealtimeChannel, Error> {
        let project = self.remote.project()?;
        let socket = connect::connect(&project).await?;
        Ok(RealtimeChannel::new(socket, &self.token))
    }
}

impl fmt::Debug for Realtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Realtime")
            .field("remote", &self.remote)
            .field("token", &Redacted)
            .finish()
    }
}
