//! Calls of Replicate's HTTP API (<https://replicate.com/docs/reference/http>).

use std::time::Duration;

use reqwest::RequestBuilder;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use super::prediction::Prediction;
use crate::config::ReplicateConfig;
use crate::outside::{self, Class, Trouble};

/// A call that takes longer is given up; predictions are not waited for within one.
const CALL: Duration = Duration::from_secs(30);

/// A page of predictions, the newest first.
#[derive(Deserialize)]
pub(super) struct Page {
    pub(super) results: Vec<Prediction>,
    #[serde(default)]
    pub(super) next: Option<String>,
}

pub(super) struct Api {
    http: reqwest::Client,
    base: Url,
    token: crate::config::Key,
}

impl Api {
    pub(super) fn new(config: &ReplicateConfig) -> Result<Self, reqwest::Error> {
        Ok(Self {
            http: outside::http(CALL)?,
            base: config.base.clone(),
            token: config.token.clone(),
        })
    }

    /// Not repeated on failure: a prediction whose answer is lost is searched for instead.
    pub(super) async fn create(
        &self,
        body: &Value,
        deadline: Duration,
    ) -> Result<Prediction, Trouble> {
        let request = self
            .http
            .post(self.address("predictions"))
            // Ends by itself if nobody comes for it.
            .header("Cancel-After", format!("{}s", deadline.as_secs().max(5)))
            .json(body);
        self.ask(request).await
    }

    pub(super) async fn get(&self, id: &str) -> Result<Prediction, Trouble> {
        self.ask(self.http.get(self.of(id))).await
    }

    pub(super) async fn cancel(&self, id: &str) -> Result<(), Trouble> {
        let address = format!("{}/cancel", self.of(id));
        let _: Value = self.ask(self.http.post(address)).await?;
        Ok(())
    }

    pub(super) fn first_page(&self) -> String {
        self.address("predictions")
    }

    /// `page` is an address of our own or the `next` of a page, which must lead to the same host.
    pub(super) async fn list(&self, page: &str) -> Result<Page, Trouble> {
        let address = Url::parse(page)
            .ok()
            .filter(|address| self.is_home(address))
            .ok_or_else(|| Trouble::nonsense("the next page is elsewhere"))?;
        self.ask(self.http.get(address)).await
    }

    /// A file of an output, with our token only where it belongs.
    pub(super) async fn file(&self, address: &Url) -> Result<reqwest::Response, Trouble> {
        let request = self.http.get(address.clone());
        outside::send(request.bearer_auth(self.token.reveal())).await
    }

    /// Whether an address may be fetched with our token: the API's own host, or Replicate's file hosts.
    pub(super) fn may_fetch(&self, address: &Url) -> bool {
        let host = address.host_str().unwrap_or_default();
        let theirs = host == "replicate.delivery" || host.ends_with(".replicate.delivery");
        self.is_home(address) || (theirs && address.scheme() == "https")
    }

    fn is_home(&self, address: &Url) -> bool {
        address.origin() == self.base.origin()
    }

    async fn ask<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Trouble> {
        let request = request.bearer_auth(self.token.reveal());
        let value = outside::json(request).await.map_err(sort)?;
        serde_json::from_value(value).map_err(|error| Trouble::nonsense(&error.to_string()))
    }

    fn address(&self, path: &str) -> String {
        format!("{}/{path}", self.base.as_str().trim_end_matches('/'))
    }

    fn of(&self, id: &str) -> String {
        // Ids are letters and digits; anything else must not lead to another path.
        let id: String = id.chars().filter(char::is_ascii_alphanumeric).collect();
        self.address(&format!("predictions/{id}"))
    }
}

fn sort(mut trouble: Trouble) -> Trouble {
    if trouble.status == 404 {
        // The model or its version is gone: nothing that the user could have asked differently.
        trouble.class = Class::Unknown;
    }
    if trouble.class == Class::Rate && trouble.retry_after.is_none() {
        trouble.retry_after = reset_in(&trouble.detail);
    }
    trouble
}

/// “… Your rate limit resets in ~30s.”
fn reset_in(detail: &str) -> Option<Duration> {
    let rest = detail.split("resets in ~").nth(1)?;
    let digits: String = rest
        .chars()
        .take_while(char::is_ascii_digit)
        .take(6)
        .collect();
    digits.parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Key;

    fn api() -> Api {
        Api::new(&ReplicateConfig {
            base: Url::parse("https://api.replicate.com/v1").unwrap(),
            token: Key::new("t"),
            webhook_secret: None,
            poll: Duration::from_secs(1),
            deadline: Duration::from_secs(60),
        })
        .unwrap()
    }

    #[test]
    fn the_token_goes_to_replicate_only() {
        let may = |address: &str| api().may_fetch(&Url::parse(address).unwrap());
        assert!(may("https://replicate.delivery/a.webp"));
        assert!(may("https://pbxt.replicate.delivery/a.webp"));
        assert!(may("https://api.replicate.com/v1/files/1"));
        assert!(!may("http://pbxt.replicate.delivery/a.webp"));
        assert!(!may("https://evilreplicate.delivery/a.webp"));
        assert!(!may("https://replicate.delivery.example/a.webp"));
        assert!(!may("file:///etc/passwd"));
    }

    #[test]
    fn an_id_cannot_lead_elsewhere() {
        assert_eq!(
            api().of("../account?x"),
            "https://api.replicate.com/v1/predictions/accountx"
        );
    }

    #[test]
    fn the_end_of_a_throttle_is_read_from_its_sentence() {
        let detail = "Request was throttled. Your rate limit resets in ~30s.";
        assert_eq!(reset_in(detail), Some(Duration::from_secs(30)));
        assert_eq!(reset_in("Request was throttled."), None);
    }
}
