//! What becomes of an intent: confirmed, tried later, parked, retried or discarded.

use amethyst_model::{GenerationStatus, Intent, IntentId, IntentState, ParkReason, QueuedIntent};
use chrono::{DateTime, Utc};

use super::row::{self, is_cancel};
use crate::Tx;
use crate::change::Entity;
use crate::error::Result;
use crate::overlay;
use crate::table::{generation, image, profile};

/// What the server answered to an intent.
#[derive(Clone, Debug, PartialEq)]
pub enum Ack {
    /// A creation: the request is there.
    Generation {
        /// Its status.
        status: GenerationStatus,
        /// Credits charged.
        cost: i64,
        /// Balance left.
        balance: i64,
    },
    /// A toggle: the mark the server has now.
    Favorite {
        /// Whether it is a favorite.
        favorite: bool,
    },
    /// A change of settings: taken over as sent.
    Settings,
    /// Anything else, or nothing left to do.
    Done,
}

impl Tx {
    /// Removes a confirmed intent and moves the server's side of its row; what else waits in the lane
    /// still shows. An intent that is gone already is no error.
    ///
    /// # Errors
    /// The database's refusal.
    pub async fn acknowledge(&mut self, id: IntentId, ack: &Ack) -> Result<()> {
        let Some(queued) = row::find(self.db(), id).await? else {
            return Ok(());
        };
        self.drop_intent(id).await?;
        match (&queued.intent, ack) {
            (
                Some(Intent::CreateGeneration {
                    generation: target,
                    draft,
                    max_cost,
                }),
                Ack::Generation {
                    status,
                    cost,
                    balance,
                },
            ) => {
                generation::add_local(self, *target, draft, *max_cost, queued.created_at).await?;
                generation::confirm(self, *target, *status, *cost).await?;
                profile::set_balance(self, *balance).await?;
            }
            (Some(Intent::CancelGeneration { generation: target }), _) => {
                generation::confirm_cancel(self, *target).await?;
            }
            (Some(Intent::SetFavorite { image, .. }), Ack::Favorite { favorite }) => {
                image::set_base_favorite(self, *image, *favorite).await?;
            }
            (Some(Intent::SetAccountSettings { settings }), Ack::Settings) => {
                if let Some((_, language, theme)) = profile::base(self.db()).await? {
                    let language = settings.language.unwrap_or(language);
                    let theme = settings.theme.unwrap_or(theme);
                    profile::set_base(self, language, theme).await?;
                }
            }
            _ => {}
        }
        overlay::show_lane(self, &queued.lane).await
    }

    /// Counts a failed attempt; the intent waits, not before `not_before`.
    ///
    /// # Errors
    /// The database's refusal.
    pub async fn defer(&mut self, id: IntentId, not_before: DateTime<Utc>) -> Result<()> {
        let Some(queued) = row::find(self.db(), id).await? else {
            return Ok(());
        };
        if self.give_way_to_cancel(&queued).await? {
            return Ok(());
        }
        let attempts = queued.attempts.saturating_add(1);
        row::set_waiting(self.db(), id, Some(not_before), attempts).await?;
        self.note(Entity::Outbox, &id);
        overlay::show_lane(self, &queued.lane).await
    }

    /// Stops an intent and with it its lane until the user decides. `detail` holds the server's words.
    ///
    /// # Errors
    /// The database's refusal.
    pub async fn park(
        &mut self,
        id: IntentId,
        reason: ParkReason,
        detail: Option<&str>,
    ) -> Result<()> {
        let Some(queued) = row::find(self.db(), id).await? else {
            return Ok(());
        };
        if self.give_way_to_cancel(&queued).await? {
            return Ok(());
        }
        self.park_intent(id, reason, detail).await?;
        overlay::show_lane(self, &queued.lane).await
    }

    /// Lets an intent try again at once, a creation with a new agreed price if one is given. One that
    /// this program cannot read stays parked.
    ///
    /// # Errors
    /// The database's refusal.
    pub async fn retry(
        &mut self,
        id: IntentId,
        new_max_cost: Option<i64>,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let Some(queued) = row::find(self.db(), id).await? else {
            return Ok(());
        };
        let Some(mut intent) = queued.intent else {
            return Ok(());
        };
        if let (
            Intent::CreateGeneration {
                generation: target,
                max_cost,
                ..
            },
            Some(agreed),
        ) = (&mut intent, new_max_cost)
        {
            *max_cost = agreed;
            generation::set_agreed_cost(self, *target, agreed).await?;
            row::rewrite(self.db(), id, &intent).await?;
        }
        row::set_waiting(self.db(), id, Some(now), 0).await?;
        self.note(Entity::Outbox, &id);
        overlay::show_lane(self, &queued.lane).await
    }

    /// Drops an intent and shows the server's state again; answers what it was. A creation that the
    /// server is not known to have ends as cancelled. `now` is when the user decided.
    ///
    /// # Errors
    /// The database's refusal.
    pub async fn discard(&mut self, id: IntentId, now: DateTime<Utc>) -> Result<Option<Intent>> {
        let Some(queued) = row::find(self.db(), id).await? else {
            return Ok(None);
        };
        self.drop_intent(id).await?;
        if let Some(Intent::CreateGeneration {
            generation: target, ..
        }) = &queued.intent
        {
            let base = generation::base(self.db(), *target).await?;
            if base.is_none_or(|base| base.status.is_none()) {
                self.withdraw(*target, now).await?;
            }
        }
        overlay::show_lane(self, &queued.lane).await?;
        Ok(queued.intent)
    }

    /// A creation that failed while the user's wish to stop it stood behind it is not tried again: both
    /// vanish.
    async fn give_way_to_cancel(&mut self, queued: &QueuedIntent) -> Result<bool> {
        let Some(Intent::CreateGeneration {
            generation: target, ..
        }) = queued.intent
        else {
            return Ok(false);
        };
        let lane = row::lane(self.db(), &queued.lane).await?;
        let stop = lane
            .iter()
            .find(|other| is_cancel(other) && matches!(other.state, IntentState::Waiting { .. }));
        let Some(stop) = stop else { return Ok(false) };
        let base = generation::base(self.db(), target).await?;
        self.drop_intent(queued.id).await?;
        if base.is_none_or(|base| base.status.is_none()) {
            self.withdraw(target, stop.created_at).await?;
        }
        overlay::show_lane(self, &queued.lane).await?;
        Ok(true)
    }
}
