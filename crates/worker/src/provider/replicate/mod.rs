//! Replicate: predictions that go on without us, found again after a crash.
//!
//! Facts from the API's reference and the models' own code: outputs live for one hour; a worker shared with other
//! customers may run without the LoRAs it was asked for and still say `succeeded`, so that loading them is proved
//! by the logs or the prediction is made again.

mod api;
mod fetch;
mod input;
mod prediction;
mod webhook;

use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use url::Url;

use self::api::Api;
use self::prediction::{Prediction, Status};
use super::{
    Content, Cost, Desk, Failure, Finished, Missing, MissingResult, Order, Picture, Provider, State,
};
use crate::config::ReplicateConfig;
use crate::outside::Class;
pub(crate) use webhook::router;

/// Pages of a hundred predictions that are searched for a lost one.
const PAGES: usize = 5;

/// Images by models of Replicate.
pub struct Replicate {
    api: Api,
    config: ReplicateConfig,
    /// Where Replicate may reach this worker, or another one.
    webhooks: Option<Url>,
}

impl Replicate {
    /// `public_url`: where webhooks reach the workers; used only if their secret is known too.
    ///
    /// # Errors
    /// If the system's certificates are unreadable.
    pub fn new(config: &ReplicateConfig, public_url: Option<&Url>) -> Result<Self, reqwest::Error> {
        Ok(Self {
            api: Api::new(config)?,
            webhooks: public_url
                .filter(|_| config.webhook_secret.is_some())
                .cloned(),
            config: config.clone(),
        })
    }

    async fn start(&self, order: &Order) -> Result<State, Failure> {
        let mut body = json!({ "version": order.model_version, "input": input::input(order) });
        if let Some(base) = &self.webhooks {
            let base = base.as_str().trim_end_matches('/');
            body["webhook"] = json!(format!("{base}/webhooks/replicate/{}", order.id));
            body["webhook_events_filter"] = json!(["completed"]);
        }
        let prediction = self.api.create(&body, self.config.deadline).await?;
        Ok(State::Running(prediction.id))
    }

    async fn look(&self, id: &str, order: &Order, desk: &Desk) -> Result<State, Failure> {
        let prediction = self.api.get(id).await?;
        match prediction.status() {
            Status::Running => {
                if let Some((step, steps)) = prediction.progress() {
                    desk.done(step, steps, 1, order.count);
                }
                Ok(State::Running(id.to_owned()))
            }
            Status::Succeeded if !prediction.proves_loras(order) => {
                Ok(State::Again("loras_not_loaded"))
            }
            Status::Succeeded => self.hand_over(&prediction, order, desk).await,
            Status::Failed if prediction.is_filtered() => Ok(State::Finished(Finished {
                missing: all(order, MissingResult::Filtered, "content_filtered"),
                ..finished(&prediction)
            })),
            Status::Failed if prediction.error.contains("meta tensor") => {
                // LoRAs of a format that the model's code cannot load.
                Err(Failure::lasting("loras_unsupported").charged(true))
            }
            Status::Failed => Err(Failure::passing("provider_failed").charged(true)),
            // Not by us: whoever cancels for the user does not ask any more.
            Status::Canceled => Err(Failure::passing("provider_timeout").charged(true)),
            Status::Aborted => Err(Failure::passing("provider_timeout").charged(false)),
        }
    }

    /// Pictures that the safety checker caught are missing from the list; which ones, nobody says.
    async fn hand_over(
        &self,
        prediction: &Prediction,
        order: &Order,
        desk: &Desk,
    ) -> Result<State, Failure> {
        let mut end = finished(prediction);
        if prediction.data_removed {
            end.missing = all(order, MissingResult::Lost, "expired");
            return Ok(State::Finished(end));
        }
        let outputs = prediction.outputs();
        for &index in &order.wanted {
            let missing = |result, reason: &str| Missing {
                index,
                result,
                reason: reason.to_owned(),
            };
            let Some(address) = outputs.get(index as usize) else {
                end.missing
                    .push(missing(MissingResult::Filtered, "content_filtered"));
                continue;
            };
            match fetch::fetch(&self.api, address).await? {
                Ok(file) => {
                    let mut report = input::report(order);
                    report.insert("batch_index".to_owned(), json!(index));
                    report.insert("batch_size".to_owned(), json!(order.count));
                    let picture = Picture {
                        content: Content::File(file),
                        seed: prediction.seed().or(Some(order.seed.into())),
                        report,
                    };
                    desk.hand_over(index, picture).await?;
                }
                Err(reason) => end.missing.push(missing(MissingResult::Lost, reason)),
            }
        }
        Ok(State::Finished(end))
    }

    /// By its input: nobody else asks for the same prompt with the same seed of 31 random bits.
    async fn search(&self, order: &Order, since: DateTime<Utc>) -> Result<Option<String>, Failure> {
        let ours = input::input(order);
        let mut page = self.api.first_page();
        for _ in 0..PAGES {
            let list = self.api.list(&page).await?;
            for prediction in &list.results {
                let same = |key: &str| prediction.input.get(key) == ours.get(key);
                if prediction.created_at >= since && same("prompt") && same("seed") {
                    return Ok(Some(prediction.id.clone()));
                }
            }
            let goes_on = list
                .results
                .last()
                .is_some_and(|last| last.created_at >= since);
            match list.next.filter(|_| goes_on) {
                Some(next) => page = next,
                None => break,
            }
        }
        Ok(None)
    }
}

fn all(order: &Order, result: MissingResult, reason: &str) -> Vec<Missing> {
    let missing = |&index| Missing {
        index,
        result,
        reason: reason.to_owned(),
    };
    order.wanted.iter().map(missing).collect()
}

fn finished(prediction: &Prediction) -> Finished {
    let seconds = prediction.seconds();
    let mut report = serde_json::Map::new();
    report.insert("provider_id".to_owned(), json!(prediction.id));
    if let Some(version) = &prediction.version {
        report.insert(
            "provider_version".to_owned(),
            Value::String(version.clone()),
        );
    }
    Finished {
        missing: Vec::new(),
        cost: seconds.map(|amount| Cost {
            amount,
            unit: "seconds",
        }),
        seconds,
        report,
    }
}

impl Provider for Replicate {
    fn name(&self) -> &'static str {
        "replicate"
    }

    fn is_remote(&self) -> bool {
        true
    }

    fn pause(&self) -> Duration {
        // A webhook wakes us; polling is what helps when it does not come.
        let factor = if self.webhooks.is_some() { 4 } else { 1 };
        self.config.poll * factor
    }

    fn deadline(&self) -> Duration {
        self.config.deadline
    }

    fn submit<'a>(
        &'a self,
        order: &'a Order,
        _desk: &'a Desk,
    ) -> BoxFuture<'a, Result<State, Failure>> {
        self.start(order).boxed()
    }

    fn poll<'a>(
        &'a self,
        id: &'a str,
        order: &'a Order,
        desk: &'a Desk,
    ) -> BoxFuture<'a, Result<State, Failure>> {
        self.look(id, order, desk).boxed()
    }

    fn find<'a>(
        &'a self,
        order: &'a Order,
        since: DateTime<Utc>,
    ) -> BoxFuture<'a, Result<Option<String>, Failure>> {
        self.search(order, since).boxed()
    }

    fn cancel<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<(), Failure>> {
        async move {
            match self.api.cancel(id).await {
                // It has ended already.
                Err(trouble) if trouble.class == Class::UserInput => Ok(()),
                other => Ok(other?),
            }
        }
        .boxed()
    }
}
