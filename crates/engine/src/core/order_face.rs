//! Keeping order: images, collections, preferences.

use std::collections::HashMap;

use amethyst_model::{
    Collection, CollectionId, CollectionSheet, Image, ImageId, ImageMarks, ModelPreferenceChange,
    ModelPreferences, PreferenceKind,
};
use serde_json::{Map, Value};

use super::Core;
use crate::organize::{self, ImageChange};
use crate::{Error, preferences};

impl Core {
    /// Changes images, all of them or none; it shows at once and is sent when it can be.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Invalid`]; nothing is written then.
    pub async fn change_images(
        &self,
        images: &[ImageId],
        change: ImageChange,
    ) -> Result<(), Error> {
        organize::change_images(&*self.library().await?, images, change).await
    }

    /// Puts an image among the favorites or takes it out.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn set_favorite(&self, id: ImageId, favorite: bool) -> Result<Image, Error> {
        self.change_images(&[id], ImageChange::Favorite(favorite))
            .await?;
        let image = self.library().await?.store.image(id).await?;
        image.ok_or(Error::NotFound("image"))
    }

    /// Stars and culling marks; images without any are left out.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn marks(&self, ids: &[ImageId]) -> Result<HashMap<ImageId, ImageMarks>, Error> {
        Ok(self.library().await?.store.marks(ids).await?)
    }

    /// Tags of images; those without any are left out.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn tags(&self, ids: &[ImageId]) -> Result<HashMap<ImageId, Vec<String>>, Error> {
        Ok(self.library().await?.store.tags(ids).await?)
    }

    /// All tags with how many images carry them, most used first.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn all_tags(&self) -> Result<Vec<(String, u64)>, Error> {
        Ok(self.library().await?.store.all_tags().await?)
    }

    /// The collections in their order.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn collections(&self) -> Result<Vec<Collection>, Error> {
        Ok(self.library().await?.store.collections().await?)
    }

    /// Images of a collection in their order.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn collected(&self, id: CollectionId) -> Result<Vec<ImageId>, Error> {
        Ok(self.library().await?.store.collected(id).await?)
    }

    /// Makes a collection; answers its id.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a name that is empty or too long.
    pub async fn make_collection(&self, sheet: CollectionSheet) -> Result<CollectionId, Error> {
        organize::make_collection(&*self.library().await?, sheet).await
    }

    /// Changes a collection.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Invalid`].
    pub async fn change_collection(
        &self,
        id: CollectionId,
        sheet: CollectionSheet,
    ) -> Result<(), Error> {
        organize::change_collection(&*self.library().await?, id, sheet).await
    }

    /// Removes a collection, never its images.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn delete_collection(&self, id: CollectionId) -> Result<(), Error> {
        organize::delete_collection(&*self.library().await?, id).await
    }

    /// Puts images into a collection or takes them out.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn collect(
        &self,
        id: CollectionId,
        images: &[ImageId],
        on: bool,
    ) -> Result<(), Error> {
        organize::collect(&*self.library().await?, id, images, on).await
    }

    /// One document of preferences, with unsent changes.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn preferences(&self, kind: PreferenceKind) -> Result<Map<String, Value>, Error> {
        Ok(self.library().await?.store.preferences(kind).await?)
    }

    /// Changes fields of a document of preferences; null removes one. Answers the document.
    ///
    /// # Errors
    /// [`Error::Invalid`] for more than 64 KiB.
    pub async fn change_preferences(
        &self,
        kind: PreferenceKind,
        patch: Map<String, Value>,
    ) -> Result<Map<String, Value>, Error> {
        preferences::change(&*self.library().await?, kind, patch).await
    }

    /// What the user thinks of each model he has used or marked.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn model_preferences(&self) -> Result<Vec<ModelPreferences>, Error> {
        Ok(self.library().await?.store.model_preferences().await?)
    }

    /// Changes what the user thinks of a model.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Invalid`].
    pub async fn change_model_preferences(
        &self,
        model: &str,
        patch: ModelPreferenceChange,
    ) -> Result<ModelPreferences, Error> {
        preferences::change_model(&*self.library().await?, model, patch).await
    }
}
