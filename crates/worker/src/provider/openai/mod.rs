//! OpenAI's image models: one call for all pictures, the files in the answer.
//!
//! Reference: <https://platform.openai.com/docs/api-reference/images>. The models know no seed, no steps, no guidance
//! and no negative prompt; with a source the call is an edit.

mod request;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::{Map, Value};

use super::{
    Content, Cost, Desk, Failure, Finished, Missing, MissingResult, Order, Picture, Provider, State,
};
use crate::openai::OpenAi;
use crate::outside::{Class, Trouble};

/// Images by models of OpenAI.
pub struct OpenAiImages {
    api: OpenAi,
}

impl OpenAiImages {
    /// # Errors
    /// If the system's certificates are unreadable.
    pub fn new(config: &crate::OpenAiConfig) -> Result<Self, reqwest::Error> {
        Ok(Self {
            api: OpenAi::new(config)?,
        })
    }

    async fn make(&self, order: &Order, desk: &Desk) -> Result<State, Failure> {
        let answer = match &order.source {
            Some(source) if order.adapted.has_source => {
                let form = request::edit(order, source).map_err(Trouble::silence)?;
                self.api.post_form("images/edits", form).await
            }
            _ => {
                self.api
                    .post("images/generations", &request::generation(order))
                    .await
            }
        };
        let answer = answer.map_err(failure)?;
        let mut end = Finished {
            cost: cost(&answer),
            ..Finished::default()
        };
        let data = answer
            .get("data")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        let mut data = data.into_iter();
        for &index in &order.wanted {
            let file = data
                .next()
                .and_then(|item| BASE64_STANDARD.decode(item.get("b64_json")?.as_str()?).ok());
            let Some(file) = file else {
                end.missing.push(Missing {
                    index,
                    result: MissingResult::Lost,
                    reason: "unreadable".to_owned(),
                });
                continue;
            };
            desk.done(1, 1, index + 1, order.count);
            let picture = Picture {
                content: Content::File(Bytes::from(file)),
                seed: None,
                report: Map::new(),
            };
            desk.hand_over(index, picture).await?;
        }
        Ok(State::Finished(end))
    }
}

impl Provider for OpenAiImages {
    fn name(&self) -> &'static str {
        "openai"
    }

    fn submit<'a>(
        &'a self,
        order: &'a Order,
        desk: &'a Desk,
    ) -> BoxFuture<'a, Result<State, Failure>> {
        self.make(order, desk).boxed()
    }
}

/// A rate limit of zero is no rate: the account has no access to the model.
fn failure(mut trouble: Trouble) -> Failure {
    if trouble.class == Class::Rate && trouble.detail.contains("Limit: 0") {
        trouble.class = Class::Auth;
        trouble.retry_after = None;
    }
    let is_refused = trouble.class == Class::UserContent;
    let failure = Failure::from(trouble);
    if is_refused {
        failure.charged(false)
    } else {
        failure
    }
}

fn cost(answer: &Value) -> Option<Cost> {
    let tokens = answer.pointer("/usage/total_tokens")?.as_f64()?;
    Some(Cost {
        amount: tokens,
        unit: "tokens",
    })
}
