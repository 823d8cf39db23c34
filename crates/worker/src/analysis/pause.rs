//! Rest for a service that is away, asks for patience or does not accept our key: until it is over nobody asks it
//! anything, and jobs that need it stay in the queue.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use amethyst_model::Backoff;
use tokio::time::Instant;

use super::outcome::{Again, Miss};
use crate::outside::{Class, Trouble};

/// For what somebody has to set right: a key, an account, a model's name.
const UNTIL_SET_RIGHT: Duration = Duration::from_secs(300);

/// For a service that is away, growing while it stays so.
const AWAY: Backoff = Backoff {
    base: Duration::from_secs(5),
    cap: Duration::from_secs(300),
};

#[derive(Default)]
pub(super) struct Pause(Mutex<State>);

#[derive(Default)]
struct State {
    until: Option<Instant>,
    /// Troubles in a row.
    troubles: u32,
}

impl Pause {
    /// How long it still lasts; `None`: the service may be asked.
    pub(super) fn left(&self) -> Option<Duration> {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state
            .until
            .map(|until| until.saturating_duration_since(Instant::now()))
            .filter(|left| !left.is_zero())
    }

    /// The service answered.
    pub(super) fn over(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = State::default();
    }

    /// What a trouble means for the job at hand; one that is not the job's own makes everybody rest.
    pub(super) fn judge(&self, trouble: &Trouble) -> Miss {
        let code = code(trouble);
        let must_be_set_right = matches!(trouble.class, Class::Auth | Class::Quota)
            || trouble.code == "model_not_found";
        let again = match trouble.class {
            _ if must_be_set_right => Again::After(self.rest(|_| UNTIL_SET_RIGHT)),
            Class::Rate | Class::Outage => Again::After(
                self.rest(|troubles| AWAY.wait(troubles, rand::random(), trouble.retry_after)),
            ),
            Class::Transient | Class::Unknown => Again::Counted,
            Class::UserContent | Class::UserInput | Class::Auth | Class::Quota => Again::Never,
        };
        if must_be_set_right {
            tracing::error!(%trouble, "analyses need somebody's help");
        } else {
            tracing::warn!(%trouble, "an analysis was not answered");
        }
        tracing::debug!(detail = trouble.detail, "what the service said");
        Miss { code, again }
    }

    /// A job that came while the service rests.
    pub(super) fn miss(left: Duration) -> Miss {
        Miss {
            code: "service_rests".to_owned(),
            again: Again::After(left),
        }
    }

    fn rest(&self, wait: impl FnOnce(u32) -> Duration) -> Duration {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = wait(state.troubles);
        state.troubles = state.troubles.saturating_add(1);
        let until = Instant::now() + wait;
        state.until = Some(state.until.map_or(until, |other| other.max(until)));
        wait
    }
}

/// For administrators: the class and the service's own word, never its message, which may repeat a prompt.
fn code(trouble: &Trouble) -> String {
    let class = match trouble.class {
        Class::UserContent => "content_refused",
        Class::UserInput => "input_refused",
        Class::Auth => "not_authorized",
        Class::Quota => "no_quota",
        Class::Rate => "rate_limited",
        Class::Transient => "service_failed",
        Class::Outage => "service_away",
        Class::Unknown => "unexpected_answer",
    };
    let word: String = trouble
        .code
        .chars()
        .filter(|letter| letter.is_ascii_alphanumeric() || *letter == '_')
        .collect();
    if word.is_empty() || word == class {
        class.to_owned()
    } else {
        format!("{class}: {word}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn trouble(class: Class, code: &str, retry_after: Option<u64>) -> Trouble {
        Trouble {
            class,
            status: 400,
            code: code.to_owned(),
            detail: "a secret prompt".to_owned(),
            retry_after: retry_after.map(Duration::from_secs),
            body: Value::Null,
        }
    }

    /// Time goes on while a test runs.
    fn about(left: Option<Duration>, expected: Duration) -> bool {
        left.is_some_and(|left| left <= expected && left + Duration::from_secs(30) > expected)
    }

    #[test]
    fn a_service_rests_as_long_as_it_asks_and_answers_end_it() {
        let pause = Pause::default();
        assert_eq!(pause.left(), None);
        let miss = pause.judge(&trouble(Class::Rate, "rate_limit_exceeded", Some(40)));
        assert_eq!(miss.again, Again::After(Duration::from_secs(40)));
        assert_eq!(miss.code, "rate_limited: rate_limit_exceeded");
        assert!(about(pause.left(), Duration::from_secs(40)));
        pause.judge(&trouble(Class::Auth, "invalid_api_key", None));
        assert!(about(pause.left(), UNTIL_SET_RIGHT));
        // The longer rest stands.
        pause.judge(&trouble(Class::Rate, "", Some(1)));
        assert!(about(pause.left(), UNTIL_SET_RIGHT));
        pause.over();
        assert_eq!(pause.left(), None);
    }

    #[test]
    fn a_jobs_own_trouble_makes_nobody_rest() {
        let pause = Pause::default();
        for (class, again) in [
            (Class::UserContent, Again::Never),
            (Class::UserInput, Again::Never),
            (Class::Transient, Again::Counted),
            (Class::Unknown, Again::Counted),
        ] {
            assert_eq!(pause.judge(&trouble(class, "", None)).again, again);
        }
        assert_eq!(pause.left(), None);
        pause.judge(&trouble(Class::Unknown, "model_not_found", None));
        assert!(pause.left().is_some());
    }
}
