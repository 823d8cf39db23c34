//! What becomes of an intent: confirmed, tried later, parked, retried or discarded.

use amethyst_model::{
    AccountSettings, FieldConflict, GenerationStatus, ImageId, ImageMarks, ImageState, Intent,
    IntentId, IntentState, ModelPreferenceChange, ParkReason, QueuedIntent, pair_id,
};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::row::{self, is_cancel};
use crate::Tx;
use crate::change::Entity;
use crate::error::Result;
use crate::overlay;
use crate::store::Flight;
use crate::table::{
    collection, generation, image, mark, member, model_preference, preference, profile, tag,
};

/// What the server answered to an intent.
#[derive(Clone, Debug, PartialEq)]
pub enum Ack {
    /// A creation: the request is there.
    Generation {
        /// Its status.
        status: GenerationStatus,
        /// Credits charged.
        cost: i64,
        /// Balance left; `None` when the answer was given before.
        balance: Option<i64>,
    },
    /// A switch with two states: how it stands on the server now.
    State(bool),
    /// An act that goes by its time: whether it is the latest. If not, the feed tells what is.
    Applied(bool),
    /// Images into or out of a collection: those for which it is the latest act.
    Collected(Vec<ImageId>),
    /// A change of preferences: the document as it is now, and fields that were changed elsewhere too.
    Preferences {
        /// The document.
        document: Map<String, Value>,
        /// What was overwritten.
        conflicts: Vec<FieldConflict>,
    },
    /// A change of what the user thinks of a model, likewise.
    Model {
        /// How it is now.
        now: ModelPreferenceChange,
        /// What was overwritten.
        conflicts: Vec<FieldConflict>,
    },
    /// A change of the profile: its editable fields as they are now.
    Settings(AccountSettings),
    /// Anything else, or nothing left to do.
    Done,
}

impl Ack {
    /// What an answer still says about the server's present state, beside what the feed has told since.
    fn beside(&self, flight: Flight) -> Self {
        match self {
            Self::Generation {
                status,
                cost,
                balance,
            } => Self::Generation {
                status: *status,
                cost: *cost,
                balance: balance.filter(|_| !flight.balance_told),
            },
            _ if flight.overtaken => Self::Done,
            ack => ack.clone(),
        }
    }
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
        if let Some(intent) = &queued.intent {
            // Told of the same thing while the answer was on its way: that may be newer, and whatever this
            // answer has to say the feed says too.
            let ack = ack.beside(self.store().flight(id));
            self.move_base(&queued, intent, &ack).await?;
        }
        overlay::show_lane(self, &queued.lane).await
    }

    /// Moves the server's side of what an intent was about to what its answer says.
    async fn move_base(&mut self, queued: &QueuedIntent, intent: &Intent, ack: &Ack) -> Result<()> {
        match (intent, ack) {
            (
                Intent::CreateGeneration {
                    generation: target,
                    draft,
                    max_cost,
                },
                Ack::Generation {
                    status,
                    cost,
                    balance,
                },
            ) => {
                generation::add_local(self, *target, draft, *max_cost, queued.created_at).await?;
                generation::confirm(self, *target, *status, *cost).await?;
                match balance {
                    Some(balance) => profile::set_balance(self, *balance).await,
                    None => Ok(()),
                }
            }
            (Intent::CancelGeneration { generation: target }, _) => {
                generation::confirm_cancel(self, *target).await
            }
            (Intent::SetFavorite { image, .. }, Ack::State(favorite)) => {
                self.move_image(*image, |state| state.favorite = *favorite)
                    .await
            }
            (Intent::SetPublic { image, .. }, Ack::State(public)) => {
                self.move_image(*image, |state| state.public = *public)
                    .await
            }
            (Intent::SetTrashed { image, trashed }, Ack::Applied(true)) => {
                self.move_image(*image, |state| {
                    state.trashed = *trashed;
                    state.public &= !trashed;
                })
                .await
            }
            (Intent::DeleteImage { image }, Ack::Applied(true)) => self.delete_image(*image).await,
            (Intent::SetRating { image, rating }, Ack::Applied(true)) => {
                let base = mark::base(self.db(), *image).await?;
                let base = ImageMarks {
                    rating: *rating,
                    ..base
                };
                mark::write_base(self, *image, base).await
            }
            (Intent::SetPick { image, pick }, Ack::Applied(true)) => {
                let base = mark::base(self.db(), *image).await?;
                mark::write_base(
                    self,
                    *image,
                    ImageMarks {
                        pick: *pick,
                        ..base
                    },
                )
                .await
            }
            (Intent::TagImage { image, tag, on }, Ack::Applied(true)) => {
                tag::write_base(self, pair_id(image.0, tag), *image, tag, *on).await
            }
            (
                Intent::PutCollection {
                    collection: id,
                    sheet,
                },
                Ack::Applied(true),
            ) => collection::write_base(self, *id, Some(sheet)).await,
            (Intent::DeleteCollection { collection: id }, _) => {
                collection::write_base(self, *id, None).await
            }
            (
                Intent::CollectImages {
                    collection: id, on, ..
                },
                Ack::Collected(images),
            ) => {
                for image in images {
                    member::set_base(self, *id, *image, *on).await?;
                }
                Ok(())
            }
            (
                Intent::MergePreferences { kind, .. },
                Ack::Preferences {
                    document,
                    conflicts,
                },
            ) => {
                preference::write_base(self, None, *kind, document).await?;
                self.keep_conflicts(&queued.lane, conflicts, queued.created_at)
                    .await
            }
            (Intent::MergeModelPreferences { model, .. }, Ack::Model { now, conflicts }) => {
                model_preference::write_base(self, model, now).await?;
                self.keep_conflicts(&queued.lane, conflicts, queued.created_at)
                    .await
            }
            (Intent::SetAccountSettings { .. }, Ack::Settings(settings)) => {
                profile::set_base(self, settings).await
            }
            _ => Ok(()),
        }
    }

    async fn move_image(
        &mut self,
        id: ImageId,
        change: impl FnOnce(&mut ImageState),
    ) -> Result<()> {
        let Some(base) = image::base(self.db(), id).await? else {
            return Ok(());
        };
        let mut state = base.state;
        change(&mut state);
        image::set_base(self, id, state).await
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
