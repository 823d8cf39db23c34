//! Adding intents: what joins a lane, what replaces what, what cancels out.

use amethyst_model::{
    CollectionId, GenerationDraft, GenerationId, Intent, IntentId, IntentState, Lane, ParkReason,
    QueuedIntent,
};
use chrono::{DateTime, Utc};

use super::row::{self, is_cancel, is_creation};
use crate::Tx;
use crate::change::Entity;
use crate::error::Result;
use crate::overlay;
use crate::table::{collection, generation, sync_state};

impl Tx {
    /// Adds a request for images and the intent to send it. Nothing is charged until the server confirms,
    /// and never more than `max_cost`. Repeating it with the same ids changes nothing.
    ///
    /// # Errors
    /// The database's refusal.
    pub async fn request_generation(
        &mut self,
        intent: IntentId,
        id: GenerationId,
        draft: &GenerationDraft,
        max_cost: i64,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let create = Intent::CreateGeneration {
            generation: id,
            draft: Box::new(draft.clone()),
            max_cost,
        };
        self.enqueue(intent, &create, now).await
    }

    /// Notes what a request costs by the cached catalog, where that is less than the most agreed to.
    ///
    /// # Errors
    /// The database's refusal.
    pub async fn set_quote(&mut self, id: GenerationId, cost: i64) -> Result<()> {
        generation::set_agreed_cost(self, id, cost).await
    }

    /// Writes down what the user did at `now`, by this machine's clock; it shows at once.
    ///
    /// A newer wish for the same field replaces an older one that waits or is parked; one in flight is
    /// not touched. Stopping a request that the server is not known to have takes the request back:
    /// both intents vanish and the request ends as cancelled. Should the server turn out to have it
    /// (its answer was lost), it is stopped there as soon as the feed tells of it.
    ///
    /// # Errors
    /// The database's refusal.
    pub async fn enqueue(
        &mut self,
        id: IntentId,
        intent: &Intent,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let now = sync_state::act_time(self.db(), now).await?;
        let lane = row::lane(self.db(), &intent.lane()).await?;
        match intent {
            Intent::CreateGeneration {
                generation: target,
                draft,
                max_cost,
            } => {
                generation::add_local(self, *target, draft, *max_cost, now).await?;
                self.append(id, intent, now).await?;
            }
            Intent::CancelGeneration { generation: target } => {
                self.enqueue_cancel(id, intent, *target, &lane, now).await?;
            }
            Intent::DeleteImage { .. } => self.enqueue_deletion(id, intent, &lane, now).await?,
            Intent::DeleteCollection { collection: target } => {
                self.enqueue_dissolution(id, intent, *target, &lane, now)
                    .await?;
            }
            _ => self.enqueue_wish(id, intent, &lane, now).await?,
        }
        overlay::show_lane(self, &intent.lane()).await
    }

    async fn enqueue_cancel(
        &mut self,
        id: IntentId,
        cancel: &Intent,
        target: GenerationId,
        lane: &[QueuedIntent],
        now: DateTime<Utc>,
    ) -> Result<()> {
        let creation = lane.iter().find(|queued| is_creation(queued));
        if let Some(creation) = creation
            && !self.is_being_sent(creation)
        {
            // Its job is done when the server has the request, and moot when it has not.
            self.drop_intent(creation.id).await?;
            let base = generation::base(self.db(), target).await?;
            if base.is_none_or(|base| base.status.is_none()) {
                return self.withdraw(target, now).await;
            }
        }
        // An older wish to stop it that was refused is replaced by this one.
        for queued in lane.iter().filter(|queued| is_cancel(queued)) {
            match queued.state {
                IntentState::Waiting { .. } => return Ok(()),
                IntentState::Parked { .. } => self.drop_intent(queued.id).await?,
            }
        }
        self.append(id, cancel, now).await
    }

    async fn enqueue_wish(
        &mut self,
        id: IntentId,
        wish: &Intent,
        lane: &[QueuedIntent],
        now: DateTime<Utc>,
    ) -> Result<()> {
        let mut merged = wish.clone();
        let mut place = None;
        for queued in lane.iter().rev() {
            let both = match &queued.intent {
                Some(older) if self.may_be_replaced(queued) => older.superseded_by(&merged),
                _ => None,
            };
            if let Some(both) = both {
                if both.keeps_its_place() {
                    place = Some(queued.id);
                } else {
                    self.drop_intent(queued.id).await?;
                }
                merged = both;
            } else if wish.replaces_only_the_last() {
                break;
            }
        }
        match place {
            Some(older) => {
                row::replace(self.db(), older, id, &merged, now).await?;
                self.note(Entity::Outbox, &older);
                self.note(Entity::Outbox, &id);
                Ok(())
            }
            None => self.append(id, &merged, now).await,
        }
    }

    /// Whether a newer wish may take an intent's place. A change of preferences that may have reached the
    /// server stays: sent again as part of another, it would meet itself as somebody else's change.
    fn may_be_replaced(&self, queued: &QueuedIntent) -> bool {
        let merges = matches!(
            queued.intent,
            Some(Intent::MergePreferences { .. } | Intent::MergeModelPreferences { .. })
        );
        let may_have_arrived = merges && queued.attempts > 0;
        !self.is_being_sent(queued) && !may_have_arrived
    }

    /// What waits about a picture that is to go for good goes out before that: the deletion may be taken back,
    /// and then all of it must stand. What is parked would only stand in its way.
    async fn enqueue_deletion(
        &mut self,
        id: IntentId,
        deletion: &Intent,
        lane: &[QueuedIntent],
        now: DateTime<Utc>,
    ) -> Result<()> {
        for queued in lane {
            if matches!(queued.state, IntentState::Parked { .. }) {
                self.drop_intent(queued.id).await?;
            }
        }
        self.enqueue_wish(id, deletion, lane, now).await
    }

    /// What waits about a collection that goes is moot. One that the server cannot know goes with it.
    async fn enqueue_dissolution(
        &mut self,
        id: IntentId,
        deletion: &Intent,
        target: CollectionId,
        lane: &[QueuedIntent],
        now: DateTime<Utc>,
    ) -> Result<()> {
        let mut is_known = collection::base(self.db(), target).await?.is_some();
        for queued in lane {
            if self.is_being_sent(queued) {
                is_known = true;
            } else {
                is_known |= queued.attempts > 0;
                self.drop_intent(queued.id).await?;
            }
        }
        if is_known {
            self.append(id, deletion, now).await
        } else {
            Ok(())
        }
    }

    async fn append(&mut self, id: IntentId, intent: &Intent, now: DateTime<Utc>) -> Result<()> {
        row::append(self.db(), id, intent, now).await?;
        self.note(Entity::Outbox, &id);
        Ok(())
    }

    /// Whether its fate is open. One that was parked has its answer, even if its sender has not cleared
    /// the mark yet.
    pub(crate) fn is_being_sent(&self, queued: &QueuedIntent) -> bool {
        matches!(queued.state, IntentState::Waiting { .. }) && self.store().is_in_flight(queued.id)
    }

    pub(crate) async fn drop_intent(&mut self, id: IntentId) -> Result<()> {
        row::delete(self.db(), id).await?;
        self.note(Entity::Outbox, &id);
        Ok(())
    }

    /// Ends a request that the server is not known to have, with every intent about it that is not in
    /// flight.
    pub(crate) async fn withdraw(
        &mut self,
        target: GenerationId,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let lane = Lane::generation(target);
        for queued in row::lane(self.db(), &lane).await? {
            if !self.is_being_sent(&queued) {
                self.drop_intent(queued.id).await?;
            }
        }
        generation::set_withdrawn(self, target, Some(now)).await?;
        overlay::show_lane(self, &lane).await
    }

    /// Stops a withdrawn request of which the server tells after all.
    pub(crate) async fn stop_withdrawn(
        &mut self,
        target: GenerationId,
        withdrawn_at: DateTime<Utc>,
    ) -> Result<()> {
        generation::set_withdrawn(self, target, None).await?;
        // Made from the request's own id: telling of it twice must not stop it twice.
        let id = IntentId(uuid::Uuid::new_v5(&target.0, b"stop"));
        self.append(
            id,
            &Intent::CancelGeneration { generation: target },
            withdrawn_at,
        )
        .await
    }

    pub(crate) async fn park_intent(
        &mut self,
        id: IntentId,
        reason: ParkReason,
        detail: Option<&str>,
    ) -> Result<()> {
        row::set_parked(self.db(), id, reason, detail).await?;
        self.note(Entity::Outbox, &id);
        Ok(())
    }
}
