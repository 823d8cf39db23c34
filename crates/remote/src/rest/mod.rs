//! PostgREST: our functions and the few tables that are written directly.
//!
//! Every write can be sent twice with the effect of once: ids come from the client, settings are
//! absolute.

mod query;

pub(crate) use query::plain_request;

use std::fmt;

use amethyst_model::{
    AccountSettings, ChangePage, GenerationDraft, GenerationId, GenerationStatus, ImageId,
    IntentId, UserId,
};
use chrono::{DateTime, Utc};
use postgrest::Builder;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::debug::Redacted;
use crate::wire::{ChangePageWire, GenerationRequestWire, RequestedWire};
use crate::{Error, Remote, http, jwt};

/// The server's answer to a request for images.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Requested {
    /// `false` when the server had the request already: nothing was charged again.
    pub created: bool,
    /// Where it stands.
    pub status: GenerationStatus,
    /// Credits it costs.
    pub credits_cost: i64,
    /// Credits left.
    pub credits_balance: i64,
}

/// Calls of `/rest/v1` in the name of one user.
#[derive(Clone)]
pub struct Rest {
    remote: Remote,
    token: String,
}

impl Rest {
    pub(crate) fn new(remote: Remote, token: &str) -> Self {
        Self {
            remote,
            token: token.to_owned(),
        }
    }

    /// Prices, charges and queues a request for images in one transaction of the server. Repeating it
    /// with the same id and draft is answered with the first answer.
    ///
    /// # Errors
    /// Nothing was charged: `price_changed` (409; the price is above `max_cost`),
    /// `insufficient_credits` (402), `unknown_model` (404), `model_inactive` and `invalid_parameters`
    /// (422), `account_suspended` (403), `too_many_pending` (429), `id_reused` and `id_conflict` (409),
    /// `already_processed` (410).
    pub async fn request_generation(
        &self,
        id: GenerationId,
        draft: &GenerationDraft,
        max_cost: i64,
    ) -> Result<Requested, Error> {
        let arguments = GenerationRequestWire::new(id, draft, max_cost);
        let answer: RequestedWire = self.call("request_generation", &arguments).await?;
        Ok(Requested {
            created: answer.created,
            status: GenerationStatus::from_server(&answer.status, None),
            credits_cost: answer.credits_cost,
            credits_balance: answer.credits_balance,
        })
    }

    /// Stops a request: one that waits ends at once and is paid back, one that a worker has is marked.
    /// Repeating it changes nothing.
    ///
    /// # Errors
    /// `not_cancellable` (409) when it has ended, `unknown_prompt` (404).
    pub async fn cancel_generation(&self, id: GenerationId) -> Result<(), Error> {
        let _answer: Value = self
            .call("cancel_generation", &json!({ "p_id": id }))
            .await?;
        Ok(())
    }

    /// Puts an image among the user's favorites or takes it out, and answers how it stands then: an act
    /// of another device that was later than `at` prevails. Repeating it with the same intent changes
    /// nothing.
    ///
    /// # Errors
    /// `unknown_image` (404) when the image is gone or hidden.
    pub async fn set_favorite(
        &self,
        image: ImageId,
        favorite: bool,
        at: DateTime<Utc>,
        intent: IntentId,
    ) -> Result<bool, Error> {
        #[derive(Deserialize)]
        struct Answer {
            is_favorite: bool,
        }
        let arguments = json!({
            "p_image_id": image,
            "p_on": favorite,
            "p_at": at,
            "p_intent_id": intent,
        });
        let answer: Answer = self.call("set_favorite", &arguments).await?;
        Ok(answer.is_favorite)
    }

    /// Changes language or theme of the user's profile; fields that are `None` stay.
    ///
    /// # Errors
    /// `no_profile` (404) when there is no such row.
    pub async fn update_profile(
        &self,
        user: UserId,
        settings: &AccountSettings,
    ) -> Result<(), Error> {
        if *settings == AccountSettings::default() {
            return Ok(());
        }
        let project = self.remote.project()?;
        let query = project
            .postgrest()
            .from("profiles")
            .eq("id", user.to_string())
            .select("id")
            .update(json!(settings).to_string());
        let request = query::request(&project, &self.token, query, Some("return=representation"))?;
        // An update that row-level security hides succeeds with no rows; only the rows tell.
        let rows: Vec<Value> = http::json(request, "the profile").await?;
        if rows.is_empty() {
            Err(no_profile())
        } else {
            Ok(())
        }
    }

    /// The changes after `cursor`, at most `limit` of them; from the beginning with `None`. Rows that
    /// this version cannot read become [`amethyst_model::ServerChange::Ignored`].
    ///
    /// # Errors
    /// `bad_cursor` (422), and what any call can fail with.
    pub async fn pull_changes(
        &self,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<ChangePage, Error> {
        // Left out rather than null: an absent argument has one meaning on every server.
        let arguments = match cursor {
            Some(cursor) => json!({ "p_cursor": cursor, "p_limit": limit }),
            None => json!({ "p_limit": limit }),
        };
        let page: ChangePageWire = self.call("pull_changes", &arguments).await?;
        let reader = jwt::claims(&self.token).and_then(|claims| claims.sub);
        page.into_page(reader.map(UserId))
            .ok_or(Error::Decode("pull_changes"))
    }

    async fn call<T: serde::de::DeserializeOwned>(
        &self,
        function: &'static str,
        arguments: &impl Serialize,
    ) -> Result<T, Error> {
        let project = self.remote.project()?;
        let arguments = serde_json::to_string(arguments).map_err(|_| Error::Decode(function))?;
        let query: Builder = project.postgrest().rpc(function, arguments);
        http::json(
            query::request(&project, &self.token, query, None)?,
            function,
        )
        .await
    }
}

fn no_profile() -> Error {
    Error::Server {
        status: 404,
        code: Some("no_profile".to_owned()),
        message: String::new(),
        detail: None,
        hint: None,
        retry_after: None,
    }
}

impl fmt::Debug for Rest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rest")
            .field("remote", &self.remote)
            .field("token", &Redacted)
            .finish()
    }
}
