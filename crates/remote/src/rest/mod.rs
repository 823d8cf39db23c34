//! PostgREST: the functions of the hosted schema.
//!
//! Every write can be sent twice with the effect of once: ids come from the client.

mod acts;
mod preferences;
mod query;
mod suggestions;

pub use acts::{Act, Answered, Switched};
pub use preferences::{MergedModel, MergedPreferences};
pub use suggestions::{Suggested, Worded, WordingState};

pub(crate) use query::plain_request;

use std::fmt;

use amethyst_model::{ChangePage, GenerationDraft, GenerationId, GenerationStatus, UserId};
use postgrest::Builder;
use reqwest::RequestBuilder;
use serde::Serialize;
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
        let (page, server_time): (ChangePageWire, _) =
            http::dated_json(self.request("pull_changes", &arguments)?, "pull_changes").await?;
        let reader = jwt::claims(&self.token).and_then(|claims| claims.sub);
        let page = page
            .into_page(reader.map(UserId))
            .ok_or(Error::Decode("pull_changes"))?;
        Ok(ChangePage {
            server_time,
            ..page
        })
    }

    /// How many changes a pull from `cursor` on is going to bring: an estimate, more may join.
    ///
    /// # Errors
    /// `bad_cursor` (422), and what any call can fail with.
    pub async fn count_changes(&self, cursor: Option<&str>) -> Result<u64, Error> {
        let arguments = match cursor {
            Some(cursor) => json!({ "p_cursor": cursor }),
            None => json!({}),
        };
        self.call("count_changes", &arguments).await
    }

    async fn call<T: serde::de::DeserializeOwned>(
        &self,
        function: &'static str,
        arguments: &impl Serialize,
    ) -> Result<T, Error> {
        http::json(self.request(function, arguments)?, function).await
    }

    fn request(
        &self,
        function: &'static str,
        arguments: &impl Serialize,
    ) -> Result<RequestBuilder, Error> {
        let project = self.remote.project()?;
        let arguments = serde_json::to_string(arguments).map_err(|_| Error::Decode(function))?;
        let query: Builder = project.postgrest().rpc(function, arguments);
        query::request(&project, &self.token, query, None)
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
