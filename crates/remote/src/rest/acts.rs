//! What a user does with images and collections.
//!
//! Each call names its intent and the time of the act: a repetition gets the first answer, and of two acts
//! about the same thing the later one stands, in whatever order they arrive.

use amethyst_model::{CollectionId, CollectionSheet, ImageId, IntentId, Pick};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::Rest;
use crate::Error;

/// When something was done, and the key by which the server knows its repetition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Act {
    /// When the user did it.
    pub at: DateTime<Utc>,
    /// Chosen by the client.
    pub intent: IntentId,
}

/// An answer, and whether it was given before: to a repetition the server says what it said the first time,
/// and much may have changed since.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered<T> {
    /// What the act came to when it was carried out.
    pub answer: T,
    /// Whether that was an earlier call.
    pub is_replay: bool,
}

impl<T> Answered<T> {
    pub(super) fn map<U>(self, change: impl FnOnce(T) -> U) -> Answered<U> {
        Answered {
            answer: change(self.answer),
            is_replay: self.is_replay,
        }
    }
}

/// What an act about several images came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Switched {
    /// Images for which it is the latest act.
    #[serde(default)]
    pub applied: Vec<ImageId>,
    /// Images that the user does not have, or no longer.
    #[serde(default)]
    pub unknown: Vec<ImageId>,
}

#[derive(Deserialize)]
struct Applied {
    applied: bool,
}

impl Rest {
    /// Calls a function that answers a repetition with its first answer.
    pub(super) async fn act<T: DeserializeOwned>(
        &self,
        function: &'static str,
        arguments: &Value,
    ) -> Result<Answered<T>, Error> {
        let value: Value = self.call(function, arguments).await?;
        let is_replay = value.get("replay").and_then(Value::as_bool);
        Ok(Answered {
            answer: T::deserialize(value).map_err(|_| Error::Decode(function))?,
            is_replay: is_replay.unwrap_or(false),
        })
    }

    /// Puts an image among the user's favorites or takes it out, and answers how it stands then.
    ///
    /// # Errors
    /// `unknown_image` (404) when the image is gone or hidden.
    pub async fn set_favorite(
        &self,
        image: ImageId,
        favorite: bool,
        act: Act,
    ) -> Result<Answered<bool>, Error> {
        #[derive(Deserialize)]
        struct Answer {
            is_favorite: bool,
        }
        let arguments = json!({
            "p_image_id": image, "p_on": favorite, "p_at": act.at, "p_intent_id": act.intent,
        });
        let answer = self.act("set_favorite", &arguments).await?;
        Ok(answer.map(|answer: Answer| answer.is_favorite))
    }

    /// Shows an image to everybody or takes it back, and answers how it stands then.
    ///
    /// # Errors
    /// `unknown_image` (404), `not_publishable` (422), `in_trash` (409), `removed_by_moderation` and
    /// `account_suspended` (403).
    pub async fn set_public(
        &self,
        image: ImageId,
        public: bool,
        act: Act,
    ) -> Result<Answered<bool>, Error> {
        #[derive(Deserialize)]
        struct Answer {
            is_public: bool,
        }
        let arguments = json!({
            "p_image_id": image, "p_on": public, "p_at": act.at, "p_intent_id": act.intent,
        });
        let answer = self.act("set_public", &arguments).await?;
        Ok(answer.map(|answer: Answer| answer.is_public))
    }

    /// Puts images into the trash or restores them.
    ///
    /// # Errors
    /// `invalid_parameters` (422) for none or more than 1 000 images.
    pub async fn set_trashed(
        &self,
        images: &[ImageId],
        trashed: bool,
        act: Act,
    ) -> Result<Answered<Switched>, Error> {
        let arguments = json!({
            "p_image_ids": images, "p_on": trashed, "p_at": act.at, "p_intent_id": act.intent,
        });
        self.act("set_trashed", &arguments).await
    }

    /// Removes images that are in the trash, for good, and answers which.
    ///
    /// # Errors
    /// `invalid_parameters` (422) for none or more than 1 000 images.
    pub async fn delete_trashed(
        &self,
        images: &[ImageId],
        intent: IntentId,
    ) -> Result<Answered<Vec<ImageId>>, Error> {
        #[derive(Deserialize)]
        struct Answer {
            deleted: Vec<ImageId>,
        }
        let arguments = json!({ "p_image_ids": images, "p_intent_id": intent });
        let answer = self.act("delete_trashed", &arguments).await?;
        Ok(answer.map(|answer: Answer| answer.deleted))
    }

    /// Gives images stars, or takes them away.
    ///
    /// # Errors
    /// `invalid_parameters` (422).
    pub async fn set_rating(
        &self,
        images: &[ImageId],
        rating: Option<u8>,
        act: Act,
    ) -> Result<Answered<Switched>, Error> {
        let arguments = json!({
            "p_image_ids": images, "p_rating": rating, "p_at": act.at, "p_intent_id": act.intent,
        });
        self.act("set_rating", &arguments).await
    }

    /// Marks images as picked or rejected, or neither.
    ///
    /// # Errors
    /// `invalid_parameters` (422).
    pub async fn set_pick(
        &self,
        images: &[ImageId],
        pick: Option<Pick>,
        act: Act,
    ) -> Result<Answered<Switched>, Error> {
        let arguments = json!({
            "p_image_ids": images, "p_pick": pick, "p_at": act.at, "p_intent_id": act.intent,
        });
        self.act("set_pick", &arguments).await
    }

    /// Puts a tag on images or takes it off.
    ///
    /// # Errors
    /// `invalid_parameters` (422) for a tag of no or more than 64 characters, and for the 101st tag of an
    /// image.
    pub async fn tag_images(
        &self,
        tag: &str,
        images: &[ImageId],
        on: bool,
        act: Act,
    ) -> Result<Answered<Switched>, Error> {
        let arguments = json!({
            "p_tag": tag, "p_image_ids": images, "p_on": on,
            "p_at": act.at, "p_intent_id": act.intent,
        });
        self.act("tag_images", &arguments).await
    }

    /// Makes a collection or changes it; answers whether the act is the latest about it. One that was
    /// deleted stays so.
    ///
    /// # Errors
    /// `id_conflict` (409), `unknown_image` (404) for the cover, `invalid_parameters` (422).
    pub async fn put_collection(
        &self,
        collection: CollectionId,
        sheet: &CollectionSheet,
        act: Act,
    ) -> Result<Answered<bool>, Error> {
        let arguments = json!({
            "p_id": collection, "p_name": sheet.name, "p_kind": sheet.kind, "p_rule": sheet.rule,
            "p_cover_image_id": sheet.cover, "p_position": sheet.position,
            "p_at": act.at, "p_intent_id": act.intent,
        });
        let answer = self.act("put_collection", &arguments).await?;
        Ok(answer.map(|answer: Applied| answer.applied))
    }

    /// Puts images into a manual collection or takes them out.
    ///
    /// # Errors
    /// `unknown_collection` (404), `invalid_parameters` (422).
    pub async fn collect_images(
        &self,
        collection: CollectionId,
        images: &[ImageId],
        on: bool,
        act: Act,
    ) -> Result<Answered<Switched>, Error> {
        let arguments = json!({
            "p_collection_id": collection, "p_image_ids": images, "p_on": on,
            "p_at": act.at, "p_intent_id": act.intent,
        });
        self.act("collect_images", &arguments).await
    }

    /// Deletes a collection, never its images. Final, whatever arrives later.
    ///
    /// # Errors
    /// What any call can fail with.
    pub async fn delete_collection(
        &self,
        collection: CollectionId,
        intent: IntentId,
    ) -> Result<(), Error> {
        let arguments = json!({ "p_id": collection, "p_intent_id": intent });
        let _answer: Value = self.call("delete_collection", &arguments).await?;
        Ok(())
    }
}
