//! Better wordings for prompts.

use amethyst_remote::{Suggested, Worded};
use uuid::Uuid;

use super::Core;
use crate::{Error, suggestion};

impl Core {
    /// Suggestions for a prompt from what is on this machine, the best first; no network.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn suggestions(&self, prompt: &str, limit: u32) -> Result<Suggested, Error> {
        suggestion::list(&*self.library().await?, prompt, limit).await
    }

    /// Has the server make suggestions for a prompt. Repeating it finds the same ones.
    ///
    /// # Errors
    /// The server's refusal or its absence.
    pub async fn suggest(&self, prompt: &str, limit: u32) -> Result<Suggested, Error> {
        suggestion::ask(&*self.library().await?, prompt, limit).await
    }

    /// Has a model word a prompt; with the same id and prompt again: how far that is.
    ///
    /// # Errors
    /// The server's refusal (switched off, too many on one day) or its absence.
    pub async fn reword(&self, id: Uuid, prompt: &str) -> Result<Worded, Error> {
        suggestion::reword(&*self.library().await?, id, prompt).await
    }
}
