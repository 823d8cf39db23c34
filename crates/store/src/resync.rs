//! Full reconciliation: the feed is read from its start, and what it did not tell of is dropped.
//!
//! Nothing is wiped beforehand, so the library stays complete on screen throughout; and nothing unsent
//! is ever dropped.

use std::collections::BTreeSet;

use amethyst_model::Lane;

use crate::Tx;
use crate::error::Result;
use crate::overlay;
use crate::table::outbox::row;
use crate::table::{
    collection, generation, image, ledger, mark, member, model, model_preference, preference,
    suggestion, sync_state, tag,
};

impl Tx {
    /// Begins a reconciliation and forgets the cursor. Every row the server tells of from now on counts
    /// as seen. Beginning again starts over.
    ///
    /// # Errors
    /// The database's refusal.
    pub async fn begin_resync(&mut self) -> Result<()> {
        let epoch = sync_state::begin_epoch(self.db()).await?;
        self.set_epoch(epoch);
        Ok(())
    }

    /// Ends a reconciliation, also one begun before a restart: rows the server once had and did not tell
    /// of are dropped. Unsent work stays: a request whose creation still waits counts as unsent again,
    /// a picture with an unsent mark is hidden and goes when that is settled. Without a reconciliation
    /// under way nothing happens.
    ///
    /// # Errors
    /// The database's refusal.
    pub async fn finish_resync(&mut self) -> Result<()> {
        if !sync_state::is_reconciling(self.db()).await? {
            return Ok(());
        }
        let epoch = self.epoch().await?;
        model::remove_unseen(self, epoch).await?;
        ledger::remove_unseen(self, epoch).await?;
        suggestion::remove_unseen(self, epoch).await?;
        self.forget_unseen_sayings(epoch).await?;
        let lanes = row::lanes(self.db()).await?;
        let mut gone = image::unseen(self.db(), epoch).await?;
        for id in gone.extract_if(.., |id| lanes.contains(&Lane::image(*id))) {
            image::mark_gone(self, id).await?;
        }
        image::remove(self, &gone).await?;
        for id in generation::unseen(self.db(), epoch).await? {
            let lane = Lane::generation(id);
            if lanes.contains(&lane) && self.is_to_be_created(&lane).await? {
                generation::forget_base(self, id).await?;
                overlay::show_lane(self, &lane).await?;
            } else {
                generation::remove(self, id).await?;
            }
        }
        sync_state::end_epoch(self.db()).await
    }

    /// Marks, tags, collections and preferences that the server did not tell of.
    async fn forget_unseen_sayings(&mut self, epoch: i64) -> Result<()> {
        let mut lanes = BTreeSet::new();
        lanes.extend(
            mark::forget_unseen(self, epoch)
                .await?
                .into_iter()
                .map(Lane::image),
        );
        lanes.extend(
            tag::forget_unseen(self, epoch)
                .await?
                .into_iter()
                .map(Lane::image),
        );
        let members = member::forget_unseen(self, epoch).await?;
        lanes.extend(members.into_iter().map(Lane::collection));
        let collections = collection::forget_unseen(self, epoch).await?;
        lanes.extend(collections.into_iter().map(Lane::collection));
        let preferences = preference::forget_unseen(self, epoch).await?;
        lanes.extend(preferences.into_iter().map(Lane::preferences));
        for model in model_preference::unseen(self.db(), epoch).await? {
            model_preference::forget(self, &model).await?;
            lanes.insert(Lane::model(&model));
        }
        for lane in lanes {
            overlay::show_lane(self, &lane).await?;
        }
        Ok(())
    }

    async fn is_to_be_created(&mut self, lane: &Lane) -> Result<bool> {
        let queued = row::lane(self.db(), lane).await?;
        Ok(queued.iter().any(row::is_creation))
    }
}
