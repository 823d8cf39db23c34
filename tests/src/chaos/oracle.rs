//! What must hold in the end.

use std::collections::{BTreeMap, HashMap};

use amethyst_model::{GenerationId, GenerationStatus, Intent, IntentId, QueuedIntent};
use anyhow::{bail, ensure};
use uuid::Uuid;

use super::picture::{self, Picture};
use super::{Simulation, wrong};

/// What the user did, by the thing it was about. The order of acts on one device is the order of the list.
#[derive(Default)]
pub(super) struct Diary {
    acts: BTreeMap<String, Vec<Act>>,
    requests: Vec<GenerationId>,
}

struct Act {
    device: usize,
    intent: IntentId,
    given_up: bool,
}

impl Diary {
    pub(super) fn did(&mut self, device: usize, queued: &QueuedIntent) {
        let Some(intent) = &queued.intent else { return };
        tracing::debug!(device, id = %queued.id, at = %queued.created_at, ?intent, "did");
        if let Intent::CreateGeneration { generation, .. } = intent {
            self.requests.push(*generation);
        }
        for subject in subjects(intent) {
            self.acts.entry(subject).or_default().push(Act {
                device,
                intent: queued.id,
                given_up: false,
            });
        }
    }

    pub(super) fn gave_up(&mut self, queued: &QueuedIntent) {
        for acts in self.acts.values_mut() {
            for act in acts.iter_mut().filter(|act| act.intent == queued.id) {
                act.given_up = true;
            }
        }
    }
}

/// What an act is about, by the server's own names in `private.field_times`.
fn subjects(intent: &Intent) -> Vec<String> {
    match intent {
        Intent::SetFavorite { image, .. } => vec![format!("favorite:{image}")],
        Intent::SetTrashed { image, .. } => vec![format!("trash:{image}")],
        Intent::SetRating { image, .. } => vec![format!("rating:{image}")],
        Intent::SetPick { image, .. } => vec![format!("pick:{image}")],
        Intent::TagImage { image, tag, .. } => vec![format!("tag:{tag}:{image}")],
        Intent::PutCollection { collection, .. } => vec![format!("collection:{collection}")],
        Intent::SetAccountSettings { settings } => {
            let fields = serde_json::to_value(settings).unwrap();
            let fields = fields.as_object().unwrap().keys();
            fields.map(|field| format!("profile:{field}")).collect()
        }
        _ => Vec::new(),
    }
}

impl Simulation<'_> {
    pub(super) async fn check(&self) -> anyhow::Result<()> {
        let there = picture::of_server(&self.server).await?;
        for (number, device) in self.devices.iter().enumerate() {
            let mut here = picture::of_device(device.core()).await?;
            Self::check_own_requests(&mut here, &there)?;
            compare(number, &here, &there)?;
            let outbox = device.core().outbox().await?;
            ensure!(outbox.is_empty(), "device {number} keeps {outbox:?}");
        }
        self.check_requests(&there)?;
        self.check_money().await?;
        self.check_latest(&there).await
    }

    /// Requests that only this device knows must be those it withdrew.
    fn check_own_requests(here: &mut Picture, there: &Picture) -> anyhow::Result<()> {
        let own: Vec<String> = here
            .keys()
            .filter(|name| name.starts_with("request ") && !there.contains_key(*name))
            .cloned()
            .collect();
        for name in own {
            let shown = here.remove(&name).unwrap_or_default();
            let cancelled = GenerationStatus::Cancelled.as_str();
            ensure!(
                shown["status"] == cancelled,
                "{name} is {shown} and the server does not have it"
            );
        }
        Ok(())
    }

    /// No request is lost: each is at the server, or some device shows it as withdrawn (which
    /// [`Self::check_own_requests`] has seen to). None is there that nobody asked for.
    fn check_requests(&self, there: &Picture) -> anyhow::Result<()> {
        for name in there.keys() {
            if let Some(id) = name.strip_prefix("request ") {
                let id = id.parse()?;
                ensure!(
                    self.diary.requests.contains(&id),
                    "nobody asked for request {id}"
                );
            }
        }
        Ok(())
    }

    /// The balance is the sum of the ledger; each request was paid once, and paid back at most once.
    async fn check_money(&self) -> anyhow::Result<()> {
        let user = self.server.user.0;
        let (balance, sum): (i64, i64) = sqlx::query_as(
            "select p.credits_balance::bigint, (select sum(t.amount) from public.credit_transactions t
                                                 where t.user_id = p.id)
               from public.profiles p where p.id = $1",
        )
        .bind(user)
        .fetch_one(self.server.pool())
        .await?;
        ensure!(balance == sum, "balance {balance}, ledger {sum}");
        let wrong_ones: Vec<(Uuid, String, i64, i64, i64)> = sqlx::query_as(
            "select * from (
               select p.id, p.status, p.credits_cost::bigint as cost,
                      coalesce((select sum(-t.amount) from public.credit_transactions t
                                 where t.reference_id = p.id and t.type = 'usage'), 0)::bigint as paid,
                      coalesce((select sum(t.amount) from public.credit_transactions t
                                 where t.reference_id = p.id and t.type = 'refund'), 0)::bigint as back
                 from public.prompts p where p.user_id = $1) as r
              where r.paid <> r.cost or r.back > r.paid or (r.status = 'failed' and r.back <> r.paid)",
        )
        .bind(user)
        .fetch_all(self.server.pool())
        .await?;
        ensure!(wrong_ones.is_empty(), "wrongly paid: {wrong_ones:?}");
        Ok(())
    }

    /// Of all acts about one thing one is the latest, and it is the last that its device did about it. A
    /// thing about which somebody acted has a latest act, unless the image is gone.
    async fn check_latest(&self, there: &Picture) -> anyhow::Result<()> {
        let rows: Vec<(String, Uuid)> =
            sqlx::query_as("select entity, intent_id from private.field_times where user_id = $1")
                .bind(self.server.user.0)
                .fetch_all(self.server.pool())
                .await?;
        let latest: HashMap<String, IntentId> = rows
            .into_iter()
            .map(|(entity, intent)| (entity, IntentId(intent)))
            .collect();
        for (subject, acts) in &self.diary.acts {
            if is_gone(subject, there) || acts.iter().all(|act| act.given_up) {
                continue;
            }
            let Some(winner) = latest.get(subject) else {
                bail!("{subject}: {} acts are lost", acts.len());
            };
            let Some(place) = acts.iter().position(|act| act.intent == *winner) else {
                // Its final deletion stands for a collection.
                continue;
            };
            let device = acts[place].device;
            let later = acts[place + 1..]
                .iter()
                .any(|act| act.device == device && !act.given_up);
            ensure!(
                !later,
                "{subject}: device {device} did something later, and it does not stand"
            );
        }
        Ok(())
    }
}

/// Whether what an act was about has been deleted since.
fn is_gone(subject: &str, there: &Picture) -> bool {
    let id = subject.rsplit(':').next().unwrap_or_default();
    if subject.starts_with("profile:") {
        return false;
    }
    if subject.starts_with("collection:") {
        return !there.contains_key(&format!("collection {id}"));
    }
    !there.contains_key(&format!("image {id}"))
}

fn compare(number: usize, here: &Picture, there: &Picture) -> anyhow::Result<()> {
    let mut differences = Vec::new();
    for name in here
        .keys()
        .chain(there.keys().filter(|name| !here.contains_key(*name)))
    {
        let (shown, had) = (here.get(name), there.get(name));
        if shown != had {
            differences.push(format!("{name}: here {shown:?}, there {had:?}"));
        }
    }
    if differences.is_empty() {
        Ok(())
    } else {
        Err(wrong(format!(
            "device {number} and the server differ:\n{}",
            differences.join("\n")
        )))
    }
}
