//! Taking in what the server tells. Applying something twice is harmless.
//!
//! A page is taken in by kind of row, many rows to a statement: the feed has one entry per row, so that
//! the order of different rows does not matter. Only rows about which something waits in the outbox are
//! looked at one by one.

use std::collections::HashSet;

use amethyst_model::{
    CollectionId, Generation, GenerationId, Image, ImageId, Lane, LedgerEntry, Profile,
    ServerChange, ServerRow,
};
use uuid::Uuid;

use crate::Tx;
use crate::error::Result;
use crate::overlay;
use crate::table::outbox::row;
use crate::table::{
    collection, generation, image, ledger, mark, member, model, model_preference, preference,
    profile, suggestion, tag,
};

/// Rows of a page that are written many at a time.
#[derive(Default)]
struct Many<'a> {
    generations: Vec<&'a Generation>,
    images: Vec<&'a Image>,
    ledger: Vec<&'a LedgerEntry>,
}

impl Tx {
    /// Applies a page of the change feed. The server's rows become the new base; what the user has not sent
    /// yet still shows on top of them. Tables this version keeps no copy of are passed over.
    ///
    /// # Errors
    /// The database's refusal.
    pub async fn apply_page(&mut self, changes: &[ServerChange]) -> Result<()> {
        let lanes = row::lanes(self.db()).await?;
        let mut many = Many::default();
        for change in changes {
            match change {
                ServerChange::Upsert(ServerRow::Generation(row)) => many.generations.push(row),
                ServerChange::Upsert(ServerRow::Image(row)) => many.images.push(row),
                ServerChange::Upsert(ServerRow::LedgerEntry(row)) => many.ledger.push(row),
                ServerChange::Upsert(row) => self.apply_row(row, &lanes).await?,
                ServerChange::Delete { table, id } => self.apply_deletion(table, id).await?,
                ServerChange::Ignored => {}
            }
        }
        self.apply_generations(&many.generations, &lanes).await?;
        self.apply_images(&many.images, &lanes).await?;
        ledger::write(self, &many.ledger).await
    }

    /// Applies one entry of the change feed.
    ///
    /// # Errors
    /// The database's refusal.
    pub async fn apply(&mut self, change: &ServerChange) -> Result<()> {
        self.apply_page(std::slice::from_ref(change)).await
    }

    async fn apply_generations(
        &mut self,
        generations: &[&Generation],
        lanes: &HashSet<Lane>,
    ) -> Result<()> {
        let ids: Vec<GenerationId> = generations.iter().map(|row| row.id).collect();
        let withdrawn = generation::withdrawn(self.db(), &ids).await?;
        generation::write_bases(self, generations).await?;
        for generation in generations {
            let lane = Lane::generation(generation.id);
            if let Some(at) = withdrawn.get(&generation.id) {
                if generation.status.is_final() {
                    generation::set_withdrawn(self, generation.id, None).await?;
                } else {
                    self.stop_withdrawn(generation.id, *at).await?;
                }
                self.tell_lane(&lane).await?;
            } else if lanes.contains(&lane) {
                self.tell_lane(&lane).await?;
            }
        }
        Ok(())
    }

    async fn apply_images(&mut self, images: &[&Image], lanes: &HashSet<Lane>) -> Result<()> {
        image::write_bases(self, images).await?;
        for image in images {
            let lane = Lane::image(image.id);
            if lanes.contains(&lane) {
                self.tell_lane(&lane).await?;
            }
        }
        Ok(())
    }

    async fn apply_row(&mut self, row: &ServerRow, lanes: &HashSet<Lane>) -> Result<()> {
        match row {
            ServerRow::Profile(profile) => self.apply_profile(profile).await,
            ServerRow::Model(row) => model::write(self, row).await,
            ServerRow::Marks { image, marks } => {
                mark::write_base(self, *image, *marks).await?;
                if lanes.contains(&Lane::image(*image)) {
                    self.tell_lane(&Lane::image(*image)).await
                } else {
                    mark::show(self, *image, *marks, *marks).await
                }
            }
            ServerRow::Tag { id, image, tag } => {
                tag::write_base(self, *id, *image, tag, true).await?;
                if lanes.contains(&Lane::image(*image)) {
                    self.tell_lane(&Lane::image(*image)).await
                } else {
                    tag::show(self, *image, tag, true, true).await
                }
            }
            ServerRow::Collection { id, sheet } => {
                collection::write_base(self, *id, Some(sheet)).await?;
                self.tell_lane(&Lane::collection(*id)).await
            }
            ServerRow::Member {
                id,
                collection,
                image,
                position,
            } => {
                member::write_base(self, *id, *collection, *image, *position).await?;
                if lanes.contains(&Lane::collection(*collection)) {
                    self.tell_lane(&Lane::collection(*collection)).await
                } else {
                    member::show(self, *collection, *image, true, true).await
                }
            }
            ServerRow::Preferences { id, kind, document } => {
                preference::write_base(self, Some(*id), *kind, document).await?;
                self.tell_lane(&Lane::preferences(*kind)).await
            }
            ServerRow::ModelPreferences(row) => {
                model_preference::write(self, row).await?;
                self.tell_lane(&Lane::model(&row.model)).await
            }
            ServerRow::Suggestion(row) => suggestion::write(self, row).await,
            // Written many at a time.
            ServerRow::Generation(_) | ServerRow::Image(_) | ServerRow::LedgerEntry(_) => Ok(()),
        }
    }

    async fn apply_profile(&mut self, profile: &Profile) -> Result<()> {
        profile::write_base(self, profile).await?;
        self.store().tell_balance();
        self.tell_lane(&Lane::account()).await
    }

    async fn apply_deletion(&mut self, table: &str, id: &str) -> Result<()> {
        match table {
            "models" => return model::remove(self, id).await,
            "user_model_preferences" => {
                model_preference::forget(self, id).await?;
                return self.tell_lane(&Lane::model(id)).await;
            }
            _ => {}
        }
        let Ok(id) = Uuid::parse_str(id) else {
            return Ok(());
        };
        match table {
            "profiles" => profile::remove(self, id).await,
            "prompts" => self.delete_generation(GenerationId(id)).await,
            "generated_images" => self.delete_image(ImageId(id)).await,
            "credit_transactions" => ledger::remove(self, id).await,
            "prompt_suggestions" => suggestion::remove(self, id).await,
            "image_marks" => {
                let image = ImageId(id);
                mark::write_base(self, image, Default::default()).await?;
                self.tell_lane(&Lane::image(image)).await
            }
            "image_tags" => match tag::forget(self, id).await? {
                Some(image) => self.tell_lane(&Lane::image(image)).await,
                None => Ok(()),
            },
            "collections" => self.delete_collection(CollectionId(id)).await,
            "collection_images" => match member::forget(self, id).await? {
                Some((collection, image)) => {
                    member::show(self, collection, image, false, false).await?;
                    self.tell_lane(&Lane::collection(collection)).await
                }
                None => Ok(()),
            },
            "user_preferences" => match preference::forget(self, id).await? {
                Some(kind) => self.tell_lane(&Lane::preferences(kind)).await,
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    /// A deletion on the server is somebody's will, and final: what is unsent about the row is moot.
    async fn delete_generation(&mut self, id: GenerationId) -> Result<()> {
        self.drop_lane(&Lane::generation(id)).await?;
        generation::remove(self, id).await
    }

    /// Hidden first: what is being sent about the picture keeps its row until that is settled.
    pub(crate) async fn delete_image(&mut self, id: ImageId) -> Result<()> {
        let lane = Lane::image(id);
        self.drop_lane(&lane).await?;
        image::mark_gone(self, id).await?;
        self.tell_lane(&lane).await
    }

    async fn delete_collection(&mut self, id: CollectionId) -> Result<()> {
        let lane = Lane::collection(id);
        self.drop_lane(&lane).await?;
        collection::write_base(self, id, None).await?;
        self.tell_lane(&lane).await
    }

    /// The server has told of what a lane is about: shows it, and no answer that is on its way to an intent of
    /// the lane may set it back.
    async fn tell_lane(&mut self, lane: &Lane) -> Result<()> {
        let queued = row::lane(self.db(), lane).await?;
        self.store()
            .overtake(|id| queued.iter().any(|queued| queued.id == id));
        overlay::show_lane(self, lane).await
    }

    pub(crate) async fn drop_lane(&mut self, lane: &Lane) -> Result<()> {
        for queued in row::lane(self.db(), lane).await? {
            if !self.is_being_sent(&queued) {
                self.drop_intent(queued.id).await?;
            }
        }
        Ok(())
    }
}
