//! What a check finds, in words for the person who runs it.

use std::fmt;

use crate::outside::{Class, Trouble};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// As it should be.
    Ok,
    /// It works, but not as well as it could, or not for long.
    Warning,
    /// It does not work.
    Error,
}

/// One line of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub level: Level,
    /// The part of the settings that it is about, such as `replicate`.
    pub part: &'static str,
    /// What was found, and what to do about it. Never a secret.
    pub text: String,
}

impl Finding {
    pub(super) fn ok(part: &'static str, text: impl Into<String>) -> Self {
        Self::new(Level::Ok, part, text)
    }

    pub(super) fn warning(part: &'static str, text: impl Into<String>) -> Self {
        Self::new(Level::Warning, part, text)
    }

    pub(super) fn error(part: &'static str, text: impl Into<String>) -> Self {
        Self::new(Level::Error, part, text)
    }

    fn new(level: Level, part: &'static str, text: impl Into<String>) -> Self {
        let text = text.into();
        Self { level, part, text }
    }

    /// Why a service could not be asked. `key` is the variable that holds its key.
    pub(super) fn trouble(part: &'static str, key: &str, trouble: &Trouble) -> Self {
        let status = trouble.status;
        match trouble.class {
            Class::Outage if status == 0 => Self::error(
                part,
                "no answer: check the address, and that this machine may reach it",
            ),
            Class::Auth => Self::error(
                part,
                format!("the key is refused (HTTP {status}): replace {key}"),
            ),
            Class::Quota => Self::error(
                part,
                format!("the account has no credit left (HTTP {status}): top it up"),
            ),
            Class::Rate => Self::warning(
                part,
                "the service asks for patience (HTTP 429), so that the key could not be tried: check again in a minute",
            ),
            Class::Transient | Class::Outage => Self::warning(
                part,
                format!(
                    "the service fails (HTTP {status}), so that the key could not be tried: check again later"
                ),
            ),
            _ => Self::error(
                part,
                format!(
                    "an answer that is none of this service's (HTTP {status}): is the address right?"
                ),
            ),
        }
    }

    /// An answer in a shape that the service does not give.
    pub(super) fn nonsense(part: &'static str) -> Self {
        Self::error(
            part,
            "an answer that is none of this service's: is the address right?",
        )
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = match self.level {
            Level::Ok => "ok",
            Level::Warning => "warning",
            Level::Error => "error",
        };
        write!(f, "{level:<8} {:<10} {}", self.part, self.text)
    }
}
