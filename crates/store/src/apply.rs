//! Taking in what the server tells. Applying something twice is harmless.

use amethyst_model::{
    Generation, GenerationId, Image, ImageId, Intent, Lane, Profile, ServerChange, ServerRow,
};
use uuid::Uuid;

use crate::Tx;
use crate::error::Result;
use crate::overlay;
use crate::table::outbox::row;
use crate::table::{generation, image, ledger, model, profile};

impl Tx {
    /// Applies one entry of the change feed. The server's row becomes the new base; what the user has
    /// not sent yet still shows on top of it. Tables this version keeps no copy of are passed over.
    ///
    /// # Errors
    /// The database's refusal.
    pub async fn apply(&mut self, change: &ServerChange) -> Result<()> {
        match change {
            ServerChange::Upsert(row) => self.apply_row(row).await,
            ServerChange::Delete { table, id } => self.apply_deletion(table, id).await,
            ServerChange::Ignored => Ok(()),
        }
    }

    async fn apply_row(&mut self, row: &ServerRow) -> Result<()> {
        match row {
            ServerRow::Profile(profile) => self.apply_profile(profile).await,
            ServerRow::Model(model) => model::write(self, model).await,
            ServerRow::Generation(generation) => self.apply_generation(generation).await,
            ServerRow::Image(image) => self.apply_image(image).await,
            ServerRow::LedgerEntry(entry) => ledger::write(self, entry).await,
        }
    }

    async fn apply_profile(&mut self, profile: &Profile) -> Result<()> {
        profile::write_base(self, profile).await?;
        overlay::show_lane(self, &Lane("account".to_owned())).await
    }

    async fn apply_generation(&mut self, generation: &Generation) -> Result<()> {
        let before = generation::base(self.db(), generation.id).await?;
        generation::write_base(self, generation).await?;
        if let Some(withdrawn_at) = before.and_then(|base| base.withdrawn_at) {
            if generation.status.is_final() {
                generation::set_withdrawn(self, generation.id, None).await?;
            } else {
                self.stop_withdrawn(generation.id, withdrawn_at).await?;
            }
        }
        overlay::show_lane(self, &lane_of_generation(generation.id)).await
    }

    async fn apply_image(&mut self, image: &Image) -> Result<()> {
        image::write_base(self, image).await?;
        overlay::show_lane(self, &lane_of_image(image.id)).await
    }

    async fn apply_deletion(&mut self, table: &str, id: &str) -> Result<()> {
        if table == "models" {
            return model::remove(self, id).await;
        }
        let Ok(id) = Uuid::parse_str(id) else {
            return Ok(());
        };
        match table {
            "profiles" => profile::remove(self, id).await,
            "prompts" => self.delete_generation(GenerationId(id)).await,
            "generated_images" => self.delete_image(ImageId(id)).await,
            "credit_transactions" => ledger::remove(self, id).await,
            _ => Ok(()),
        }
    }

    /// A deletion on the server is somebody's will, and final: what is unsent about the row is moot.
    async fn delete_generation(&mut self, id: GenerationId) -> Result<()> {
        self.drop_lane(&lane_of_generation(id)).await?;
        generation::remove(self, id).await
    }

    /// Hidden first: what is being sent about the picture keeps its row until that is settled.
    async fn delete_image(&mut self, id: ImageId) -> Result<()> {
        let lane = lane_of_image(id);
        self.drop_lane(&lane).await?;
        image::mark_gone(self, id).await?;
        overlay::show_lane(self, &lane).await
    }

    async fn drop_lane(&mut self, lane: &Lane) -> Result<()> {
        for queued in row::lane(self.db(), lane).await? {
            if !self.is_being_sent(&queued) {
                self.drop_intent(queued.id).await?;
            }
        }
        Ok(())
    }
}

pub(crate) fn lane_of_generation(id: GenerationId) -> Lane {
    Intent::CancelGeneration { generation: id }.lane()
}

pub(crate) fn lane_of_image(image: ImageId) -> Lane {
    Intent::SetFavorite {
        image,
        favorite: false,
    }
    .lane()
}
