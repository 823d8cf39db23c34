//! A signed connection, and what Stripe's errors mean.

use std::sync::Arc;
use std::time::Duration;

use reqwest::RequestBuilder;
use serde_json::Value;

use crate::config::StripeConfig;
use crate::outside::{self, Class, Trouble};

/// The version of the API that this module is written for: first of the release "Clover", whose later versions only
/// add. Sent with each request, so that the account's default does not matter. Events come in the version of their
/// endpoint all the same, and are read leniently.
const VERSION: &str = "2025-09-30.clover";

/// How long one request may take. Stripe waits about as long for the answer to an event, and a page is held for a
/// minute.
const DEADLINE: Duration = Duration::from_secs(15);

/// Longest answer that is read, in bytes.
const MAX_ANSWER: usize = 4 << 20;

/// Fields of a request, nested by brackets: `metadata[user_id]`.
pub(crate) type Form = Vec<(String, String)>;

/// A connection to Stripe. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Stripe(Arc<Inner>);

struct Inner {
    http: reqwest::Client,
    config: StripeConfig,
}

impl Stripe {
    /// # Errors
    /// If the system's certificates are unreadable.
    pub(crate) fn new(config: &StripeConfig) -> Result<Self, reqwest::Error> {
        Ok(Self(Arc::new(Inner {
            http: outside::http(DEADLINE)?,
            config: config.clone(),
        })))
    }

    pub(crate) fn config(&self) -> &StripeConfig {
        &self.0.config
    }

    /// Whether the key moves real money; `None`: it does not tell.
    pub(crate) fn is_live(&self) -> Option<bool> {
        let (_, mode) = self.0.config.secret_key.reveal().split_once('_')?;
        match mode.split('_').next() {
            Some("live") => Some(true),
            Some("test") => Some(false),
            _ => None,
        }
    }

    /// Reads an object, such as `subscriptions/sub_1`.
    pub(crate) async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, Trouble> {
        let request = self.0.http.get(self.address(path)).query(query);
        self.ask(request).await
    }

    /// Makes an object. The same key within a day answers what it answered first, failures included.
    pub(crate) async fn post(&self, path: &str, form: &Form, key: &str) -> Result<Value, Trouble> {
        let request = self.0.http.post(self.address(path)).form(form);
        self.ask(request.header("idempotency-key", key)).await
    }

    /// Ends an object.
    pub(crate) async fn delete(&self, path: &str) -> Result<Value, Trouble> {
        self.ask(self.0.http.delete(self.address(path))).await
    }

    async fn ask(&self, request: RequestBuilder) -> Result<Value, Trouble> {
        let request = request
            .bearer_auth(self.0.config.secret_key.reveal())
            .header("stripe-version", VERSION);
        let response = outside::send(request).await.map_err(sort)?;
        let bytes = outside::read(response, MAX_ANSWER).await?;
        serde_json::from_slice(&bytes).map_err(|error| Trouble::nonsense(&error.to_string()))
    }

    fn address(&self, path: &str) -> String {
        format!(
            "{}/{path}",
            self.0.config.base.as_str().trim_end_matches('/')
        )
    }
}

/// Refines what the status alone says (Stripe's reference of errors).
fn sort(mut trouble: Trouble) -> Trouble {
    trouble.class = match (trouble.status, trouble.code.as_str()) {
        (_, "lock_timeout" | "rate_limit") => Class::Rate,
        // Somebody's card, not our account.
        (402, _) => Class::UserInput,
        _ => trouble.class,
    };
    trouble
}

/// Whether nothing is there under the id that was asked for. Stripe says so: a 404 alone is a wrong address.
pub(crate) fn is_missing(trouble: &Trouble) -> bool {
    trouble.code == "resource_missing"
}

/// The parameter that an error is about.
pub(crate) fn parameter(trouble: &Trouble) -> &str {
    let parameter = trouble.body.pointer("/error/param");
    parameter.and_then(Value::as_str).unwrap_or_default()
}

/// An id as it may stand in a path. Stripe's are letters, digits and underscores.
pub(crate) fn id(value: &Value) -> Option<&str> {
    // Where an object may be expanded, its id is inside.
    let text = value.as_str().or_else(|| value.get("id")?.as_str())?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    (!text.is_empty() && text.len() <= 255 && text.bytes().all(is_plain)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Key;
    use serde_json::json;

    fn with_key(key: &str) -> Stripe {
        Stripe::new(&StripeConfig {
            base: "https://api.stripe.com/v1".parse().unwrap(),
            secret_key: Key::new(key),
            webhook_secret: None,
            return_url: "https://amethyst.test/".parse().unwrap(),
        })
        .unwrap()
    }

    #[test]
    fn the_key_tells_whether_money_is_real() {
        assert_eq!(with_key("sk_live_51").is_live(), Some(true));
        assert_eq!(with_key("rk_test_51").is_live(), Some(false));
        assert_eq!(with_key("other").is_live(), None);
    }

    #[test]
    fn only_ids_stand_in_a_path() {
        assert_eq!(id(&json!("sub_1Mo")), Some("sub_1Mo"));
        assert_eq!(id(&json!({ "id": "in_1", "status": "paid" })), Some("in_1"));
        for odd in [
            json!(""),
            json!("../charges"),
            json!("a?b"),
            json!(1),
            json!(null),
        ] {
            assert_eq!(id(&odd), None);
        }
    }
}
