//! One attempt at a job: from the claim to what is to be said about it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use amethyst_model::{Adapted, adapt};
use serde_json::{Map, Value, json};
use tokio::sync::{Notify, mpsc};
use tokio::time::Instant;

use crate::clock;
use crate::deliver::deliver;
use crate::follow::Follow;
use crate::hosted::Hosted;
use crate::job::{Job, Remote};
use crate::moderate::{Moderator, Refusal};
use crate::outside::Class;
use crate::provider::{
    Cost, Desk, Failure, Finished, Missing, MissingResult, Order, Output, Provider,
};
use crate::settle::{Brought, Decision, settle};
use crate::source;

/// What an attempt needs.
pub(crate) struct Attempt<'a> {
    pub(crate) hosted: &'a Hosted,
    pub(crate) job: &'a Job,
    pub(crate) provider: Arc<dyn Provider>,
    /// Told when the provider has news.
    pub(crate) nudge: &'a Notify,
    /// Where the id of remote work is left for whoever has to cancel it.
    pub(crate) follow: &'a Follow,
    /// Who looks at a prompt before it is paid for; `None`: nobody.
    pub(crate) moderator: Option<&'a Moderator>,
}

/// What an attempt came to.
pub(crate) struct Outcome {
    pub(crate) decision: Decision,
    /// Rows of the stored images, by index.
    pub(crate) images: Vec<Value>,
    /// What goes into the request's metadata beside the receipt.
    pub(crate) metadata: Map<String, Value>,
    /// The worker's part of the receipt.
    pub(crate) receipt: Value,
    /// How the provider did, for the circuit breaker; `None`: it was not asked.
    pub(crate) verdict: Option<Result<(), Class>>,
    /// What it charges us.
    pub(crate) cost: Option<Cost>,
    /// How long it took, from submission to its end; `None`: it was not asked.
    pub(crate) took: Option<Duration>,
}

impl Attempt<'_> {
    /// Runs to its end. May be dropped at any await.
    pub(crate) async fn run(&self, desk: Desk, outputs: mpsc::Receiver<Output>) -> Outcome {
        let job = self.job;
        let remote = job.remote();
        let adapted = adapt(&job.draft(), &job.model(), job.source_path.is_some());
        let mut stored: BTreeMap<u32, Value> = remote.parts.clone();
        stored.retain(|index, _| *index < job.num_outputs);
        let mut lost = Vec::new();
        let mut took = None;
        let mut refused = Vec::new();
        let order = match self.moderated(&remote, &stored, &adapted).await {
            Ok(()) => self.order(adapted.clone(), &remote, &stored).await,
            Err(Refusal {
                failure,
                categories,
            }) => {
                refused = categories;
                Err(failure)
            }
        };
        let (produced, delivered) = match order {
            Err(failure) => (Err(failure), Ok(())),
            Ok(order) if order.wanted.is_empty() => (Ok(Finished::default()), Ok(())),
            Ok(order) => {
                let begun = Instant::now();
                let producing = async {
                    let produced = self.follow.produce(self, &order, remote, &desk).await;
                    // The last desk goes, and with it the deliveries end.
                    drop(desk);
                    took = Some(begun.elapsed());
                    produced
                };
                let delivering = self.deliveries(outputs, &mut stored, &mut lost, &adapted);
                tokio::join!(producing, delivering)
            }
        };
        let mut outcome = self.outcome(&adapted, stored, &lost, produced, delivered);
        outcome.took = took;
        if took.is_none() {
            // What went wrong before it says nothing of the provider.
            outcome.verdict = None;
        }
        if !refused.is_empty() {
            outcome.receipt["moderation"] = json!(refused);
        }
        outcome
    }

    /// Looks at the prompt, unless it is in the provider's hands already.
    async fn moderated(
        &self,
        remote: &Remote,
        stored: &BTreeMap<u32, Value>,
        adapted: &Adapted,
    ) -> Result<(), Refusal> {
        let is_begun = remote.id.is_some() || remote.submitting_at.is_some() || !stored.is_empty();
        match self.moderator {
            Some(moderator) if self.provider.is_moderated() && !is_begun => {
                moderator.look(self.job, adapted).await
            }
            _ => Ok(()),
        }
    }

    async fn order(
        &self,
        adapted: Adapted,
        remote: &Remote,
        stored: &BTreeMap<u32, Value>,
    ) -> Result<Order, Failure> {
        let job = self.job;
        let source = match job.source_path.as_deref().filter(|_| adapted.has_source) {
            Some(path) => Some(source::fetch(self.hosted, path).await?),
            None => None,
        };
        Ok(Order {
            id: job.id,
            user_tag: job.user_tag(),
            prompt: job.prompt.clone(),
            asked_size: (job.width, job.height),
            aspect_ratio: ratio(job),
            count: job.num_outputs,
            wanted: (0..job.num_outputs)
                .filter(|index| !stored.contains_key(index))
                .collect(),
            quality: job.output_quality,
            seed: job.resolved_seed(),
            source,
            model_id: job.model_id.clone(),
            model_version: job.model_version.clone(),
            model: job.model().metadata,
            round: remote.round,
            adapted,
        })
    }

    /// Stores what is handed over. A picture that cannot be kept is lost; storage that is away ends the attempt.
    async fn deliveries(
        &self,
        mut outputs: mpsc::Receiver<Output>,
        stored: &mut BTreeMap<u32, Value>,
        lost: &mut Vec<Missing>,
        adapted: &Adapted,
    ) -> Result<(), Failure> {
        while let Some(output) = outputs.recv().await {
            let index = output.index;
            if index >= self.job.num_outputs || stored.contains_key(&index) {
                continue;
            }
            match deliver(self.hosted, self.job, self.provider.name(), adapted, output).await {
                Ok(row) => {
                    stored.insert(index, row);
                    self.keep_part(index, stored).await;
                }
                Err(failure) if failure.class == Class::UserInput => lost.push(Missing {
                    index,
                    result: MissingResult::Lost,
                    reason: failure.code,
                }),
                Err(failure) => return Err(failure),
            }
        }
        Ok(())
    }

    /// What is paid for and stored is not asked for again if this worker dies before the others are there. If that
    /// cannot be noted now, nothing is lost but money of ours.
    async fn keep_part(&self, index: u32, stored: &BTreeMap<u32, Value>) {
        let is_last = stored.len() == self.job.num_outputs as usize;
        if is_last || !self.provider.is_moderated() {
            return;
        }
        let part = json!({ "parts": { index.to_string(): stored.get(&index) } });
        let job = self.job;
        if let Err(error) = self
            .hosted
            .keep_remote(job.id, job.lease_token, &part)
            .await
        {
            tracing::debug!(prompt = %job.id, %error, "a stored image is not noted");
        }
    }

    fn outcome(
        &self,
        adapted: &Adapted,
        stored: BTreeMap<u32, Value>,
        lost: &[Missing],
        produced: Result<Finished, Failure>,
        delivered: Result<(), Failure>,
    ) -> Outcome {
        let job = self.job;
        let verdict = match (&produced, &delivered) {
            (Ok(_), _) => Some(Ok(())),
            // The provider stopped because storing had failed.
            (Err(_), Err(_)) => None,
            (Err(failure), Ok(())) => Some(Err(failure.class)),
        };
        let decision = settle(&Brought {
            count: job.num_outputs,
            stored: stored.keys().copied().collect(),
            produced: match &produced {
                Ok(finished) => Ok(finished.missing.iter().chain(lost).cloned().collect()),
                Err(failure) => Err(failure.clone()),
            },
            delivered,
            has_attempts: job.attempt < job.max_attempts.max(1),
            has_patience: job.patience_until.is_none_or(|until| clock::now() < until),
        });
        let outcomes = match &decision {
            Decision::Complete(missing) | Decision::Fail(_, missing) => json!(missing),
            _ => json!([]),
        };
        let mut receipt = json!({
            "outcomes": outcomes,
            "provider": self.provider.name(),
            "model_version": job.model_version,
            "attempt": job.attempt,
        });
        let mut metadata = Map::new();
        let mut charged = None;
        if let Ok(finished) = produced {
            if let Some(cost) = finished.cost {
                charged = Some(cost.clone());
                receipt["provider_cost"] = json!(cost);
            }
            if let Some(seconds) = finished.seconds {
                receipt["provider_seconds"] = json!(seconds);
            }
            metadata.extend(finished.report);
        } else if let Err(failure) = produced {
            receipt["charged_by_provider"] = json!(failure.is_charged);
        }
        metadata.insert("provider".to_owned(), json!(self.provider.name()));
        metadata.insert("adjustments".to_owned(), json!(adapted.adjustments));
        if adapted.takes_seed {
            let told = stored
                .get(&0)
                .and_then(|row| row.pointer("/metadata/seed"))
                .cloned();
            metadata.insert(
                "seed".to_owned(),
                told.unwrap_or(json!(job.resolved_seed())),
            );
        }
        Outcome {
            decision,
            images: stored.into_values().collect(),
            metadata,
            receipt,
            verdict,
            cost: charged,
            took: None,
        }
    }
}

fn ratio(job: &Job) -> String {
    let ratio = serde_json::to_value(job.aspect_ratio).unwrap_or_default();
    ratio.as_str().unwrap_or("1:1").to_owned()
}
