//! Outside services that a worker may use, each with its key. What has no key is not there.

use std::time::Duration;

use url::Url;

use super::Key;

/// Replicate.
#[derive(Clone, Debug)]
pub struct ReplicateConfig {
    /// Address of the API, with its version.
    pub base: Url,
    /// Token of the account.
    pub token: Key,
    /// `whsec_…`; without it no webhook is asked for and states are polled.
    pub webhook_secret: Option<Key>,
    /// Wait between two looks at a running prediction.
    pub poll: Duration,
    /// How long a prediction may take, from its submission, before it ends by itself.
    pub deadline: Duration,
}

/// Stability AI.
#[derive(Clone, Debug)]
pub struct StabilityConfig {
    /// Address of the API, without the path.
    pub base: Url,
    /// API key.
    pub key: Key,
    /// How long one image may take.
    pub deadline: Duration,
}

/// OpenAI: images, and what is found out about them.
#[derive(Clone, Debug)]
pub struct OpenAiConfig {
    /// Address of the API, with its version.
    pub base: Url,
    /// API key.
    pub key: Key,
    /// How long one request may take.
    pub deadline: Duration,
    /// Scores texts and images for what may offend; `None`: not used.
    pub moderation_model: Option<String>,
    /// Describes images and words better prompts; `None`: not used.
    pub vision_model: Option<String>,
    /// Makes vectors of 1 536 dimensions; `None`: not used.
    pub embedding_model: Option<String>,
}

/// Stripe.
#[derive(Clone, Debug)]
pub struct StripeConfig {
    /// Address of the API, with its version.
    pub base: Url,
    /// Secret or restricted key.
    pub secret_key: Key,
    /// `whsec_…` of the endpoint; without it events are refused.
    pub webhook_secret: Option<Key>,
    /// Page that Stripe sends people to after paying, and after the portal.
    pub return_url: Url,
}
