//! Better wordings for those who asked for some, by a model, and vectors of the prompts they are for.
//!
//! Only where a key and a model are configured: without them nothing is claimed, and what waits is left to another
//! worker or expires. A request is held by a lease that outlasts the calls about it, so that no sign of life is
//! needed between.

mod ask;
mod check;
mod embed;

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::hosted::Hosted;
use crate::openai::OpenAi;

/// Requests served at the same time.
const AT_ONCE: u32 = 4;

/// Wait after our key or account was refused: asking at once again would only use up everybody's attempts.
const REFUSED: Duration = Duration::from_secs(60);

/// Longest that a service's own wish for patience is followed.
const LONGEST_WAIT: Duration = Duration::from_secs(120);

/// Whoever words suggestions.
pub(crate) struct Suggester {
    hosted: Hosted,
    openai: OpenAi,
    /// Models for wordings, moderation and vectors.
    model: String,
    moderation: Option<String>,
    embedding: Option<String>,
    worker: String,
    poll: Duration,
    lease: Duration,
}

impl Suggester {
    /// `None` where no model is configured for it.
    ///
    /// # Errors
    /// If the HTTP client cannot be built: the system's certificates are unreadable.
    pub(crate) fn new(
        config: &Config,
        hosted: &Hosted,
        worker: &str,
    ) -> Result<Option<Self>, reqwest::Error> {
        let Some(openai) = &config.openai else {
            return Ok(None);
        };
        let Some(model) = openai.vision_model.clone() else {
            return Ok(None);
        };
        Ok(Some(Self {
            hosted: hosted.clone(),
            openai: OpenAi::new(openai)?,
            model,
            moderation: openai.moderation_model.clone(),
            embedding: openai.embedding_model.clone(),
            worker: worker.to_owned(),
            // Somebody is looking at the screen, but not as at a picture that is being painted.
            poll: config.poll * 3,
            // The wording, its moderation, and the telling.
            lease: openai.deadline * 2 + Duration::from_secs(20),
        }))
    }

    /// Serves until `stop`; what is in hand when `hurry` comes is given back.
    pub(crate) async fn run(self, stop: CancellationToken, hurry: CancellationToken) {
        let mut until_embedding = 0;
        while !stop.is_cancelled() {
            let claims = self
                .hosted
                .claim_suggestions(&self.worker, AT_ONCE, self.lease);
            let mut pause = match claims.await {
                Ok(claims) if claims.is_empty() => self.poll,
                Ok(claims) => {
                    let all = claims.into_iter().map(|claim| self.serve(claim, &hurry));
                    let pauses = futures_util::future::join_all(all).await;
                    pauses.into_iter().max().unwrap_or_default()
                }
                Err(error) => {
                    tracing::debug!(%error, "cannot claim requests for wordings");
                    self.poll.max(Duration::from_secs(2))
                }
            };
            if until_embedding == 0 {
                pause = pause.max(self.embed_some().await);
            }
            until_embedding = (until_embedding + 1) % 10;
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
        }
    }
}
