//! Why there are no pictures.

use std::time::Duration;

use thiserror::Error;

use crate::outside::{Class, Trouble};

/// A failed order. `code` is shown to the user by way of a translation.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{code} ({class:?})")]
pub struct Failure {
    /// Short word, such as `content_rejected`.
    pub code: String,
    /// What it means for the queue and the circuit breaker.
    pub class: Class,
    /// How long the provider asks to be left alone.
    pub retry_after: Option<Duration>,
    /// Whether the provider charges us all the same, where that is known.
    pub is_charged: Option<bool>,
}

impl Failure {
    /// A failure of a class.
    #[must_use]
    pub fn new(code: &str, class: Class) -> Self {
        Self {
            code: code.to_owned(),
            class,
            retry_after: None,
            is_charged: None,
        }
    }

    /// One that another attempt would only repeat.
    #[must_use]
    pub fn lasting(code: &str) -> Self {
        Self::new(code, Class::UserInput)
    }

    /// One that may go away soon.
    #[must_use]
    pub fn passing(code: &str) -> Self {
        Self::new(code, Class::Transient)
    }

    /// One that we do not understand.
    #[must_use]
    pub fn unknown(code: &str) -> Self {
        Self::new(code, Class::Unknown)
    }

    /// The same, with the provider's word on money.
    #[must_use]
    pub fn charged(mut self, is_charged: bool) -> Self {
        self.is_charged = Some(is_charged);
        self
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        let code = match trouble.class {
            Class::UserContent => "content_rejected",
            Class::UserInput => "request_rejected",
            Class::Auth | Class::Quota | Class::Rate | Class::Outage => "provider_unavailable",
            Class::Transient | Class::Unknown => "provider_failed",
        };
        Self {
            retry_after: trouble.retry_after,
            ..Self::new(code, trouble.class)
        }
    }
}
