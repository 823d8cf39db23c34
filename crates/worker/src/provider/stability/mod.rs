//! Stability AI, v2beta: one call for each image, the file in the answer; nothing to cancel, nothing to come back for.

mod api;
mod form;

use std::time::Duration;

use amethyst_model::Backoff;
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt, stream};
use serde_json::{Map, json};

use self::api::{Answer, Api};
use super::{
    Content, Cost, Desk, Failure, Finished, Missing, MissingResult, Order, Picture, Provider, State,
};
use crate::config::StabilityConfig;
use crate::outside::{Class, Trouble};

/// Calls of one order that are under way at once.
const AT_ONCE: usize = 4;

/// Tries for one image before the order fails.
const TRIES: u32 = 3;

const BACKOFF: Backoff = Backoff {
    base: Duration::from_millis(500),
    cap: Duration::from_secs(8),
};

/// Longest wait for the rate limit within one order; a longer one puts the order back.
const PATIENCE: Duration = Duration::from_secs(20);

/// Images by models of Stability AI.
pub struct Stability {
    api: Api,
}

/// What became of one call.
enum Made {
    Handed,
    Blurred,
    Refused,
}

impl Stability {
    /// # Errors
    /// If the system's certificates are unreadable.
    pub fn new(config: &StabilityConfig) -> Result<Self, reqwest::Error> {
        Ok(Self {
            api: Api::new(config)?,
        })
    }

    async fn make(&self, order: &Order, desk: &Desk) -> Result<State, Failure> {
        let results: Vec<(u32, Result<Made, Failure>)> = stream::iter(order.wanted.clone())
            .map(async |index| (index, self.one(order, index, desk).await))
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        let mut end = Finished::default();
        let mut charged = 0_u32;
        let mut failure: Option<Failure> = None;
        for (index, result) in results {
            let reason = match result {
                Ok(Made::Handed) => {
                    charged += 1;
                    continue;
                }
                Ok(Made::Blurred) => {
                    charged += 1;
                    "content_filtered"
                }
                Ok(Made::Refused) => "content_rejected",
                Err(other) => {
                    failure = Some(other);
                    continue;
                }
            };
            end.missing.push(Missing {
                index,
                result: MissingResult::Filtered,
                reason: reason.to_owned(),
            });
        }
        if let Some(failure) = failure {
            return Err(failure.charged(charged > 0));
        }
        let refused = |missing: &Missing| missing.reason == "content_rejected";
        if end.missing.len() == order.count as usize && end.missing.iter().all(refused) {
            return Err(Failure::new("content_rejected", Class::UserContent).charged(false));
        }
        let price = order
            .model
            .get("provider_credits")
            .and_then(serde_json::Value::as_f64);
        end.cost = price.map(|price| Cost {
            amount: price * f64::from(charged),
            unit: "credits",
        });
        Ok(State::Finished(end))
    }

    async fn one(&self, order: &Order, index: u32, desk: &Desk) -> Result<Made, Failure> {
        let mut tries = 0;
        loop {
            tries += 1;
            let trouble = match self.api.generate(order, index).await {
                Ok(answer) => return self.take(order, index, answer, desk).await,
                Err(trouble) => trouble,
            };
            if trouble.class == Class::UserContent {
                return Ok(Made::Refused);
            }
            let wait = BACKOFF.wait(tries, rand::random(), trouble.retry_after);
            if !trouble.class.is_passing() || tries >= TRIES || wait > PATIENCE {
                return Err(trouble.into());
            }
            tracing::debug!(%trouble, tries, "Stability asks for patience");
            tokio::time::sleep(wait).await;
        }
    }

    async fn take(
        &self,
        order: &Order,
        index: u32,
        answer: Answer,
        desk: &Desk,
    ) -> Result<Made, Failure> {
        if answer.finish_reason == "CONTENT_FILTERED" {
            // A success with a blurred picture. Nobody asked for that.
            return Ok(Made::Blurred);
        }
        if answer.finish_reason != "SUCCESS" && !answer.finish_reason.is_empty() {
            tracing::warn!("an unknown finish reason of Stability");
        }
        let mut report = Map::new();
        if let Some(id) = answer.request_id {
            report.insert("provider_request".to_owned(), json!(id));
        }
        let picture = Picture {
            content: Content::File(answer.file),
            seed: answer.seed.or(Some(form::seed(order, index))),
            report,
        };
        desk.done(1, 1, index + 1, order.count);
        desk.hand_over(index, picture).await?;
        Ok(Made::Handed)
    }
}

impl Provider for Stability {
    fn name(&self) -> &'static str {
        "stability"
    }

    fn submit<'a>(
        &'a self,
        order: &'a Order,
        desk: &'a Desk,
    ) -> BoxFuture<'a, Result<State, Failure>> {
        self.make(order, desk).boxed()
    }
}

/// Refines what the status alone says.
fn sort(mut trouble: Trouble) -> Trouble {
    trouble.class = match (trouble.status, trouble.code.as_str()) {
        // Denied before anything is made, and not charged.
        (_, "content_moderation") => Class::UserContent,
        _ => trouble.class,
    };
    trouble
}
