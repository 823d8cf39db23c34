//! How an attempt ends, from what it brought: complete, try again, wait, or give up. Pure, so that every outcome for
//! the money can be looked at in a table.

use std::time::Duration;

use crate::outside::Class;
use crate::provider::{Failure, Missing, MissingResult};

/// What an attempt brought.
#[derive(Clone, Debug)]
pub(crate) struct Brought {
    /// Pictures of the request.
    pub(crate) count: u32,
    /// Indexes that are stored, in this attempt or before.
    pub(crate) stored: Vec<u32>,
    /// What the provider said of the others, or why it failed.
    pub(crate) produced: Result<Vec<Missing>, Failure>,
    /// Whether storing went well.
    pub(crate) delivered: Result<(), Failure>,
    /// Whether attempts are left.
    pub(crate) has_attempts: bool,
    /// Whether the request may be kept waiting still.
    pub(crate) has_patience: bool,
}

/// What is said to the server.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Decision {
    /// The stored pictures are handed over; for the others the user gets his credits back.
    Complete(Vec<Missing>),
    /// Back into the queue, counted as an attempt.
    Retry(Failure),
    /// Back into the queue, not counted: neither the request's fault nor the provider's answer to it.
    Wait(Failure, Duration),
    /// Over, with all credits back.
    Fail(Failure, Vec<Missing>),
}

/// Wait for what only an operator or the provider can mend.
const LONG: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_secs(10);

/// Decides. Never both pays and charges, never neither: every index is stored, or missing and refunded.
pub(crate) fn settle(brought: &Brought) -> Decision {
    let is_all = brought.stored.len() >= brought.count as usize;
    if is_all {
        return Decision::Complete(Vec::new());
    }
    let has_some = !brought.stored.is_empty();
    let failure = match (&brought.delivered, &brought.produced) {
        (Err(failure), _) | (Ok(()), Err(failure)) => failure.clone(),
        (Ok(()), Ok(missing)) => return ended(brought, missing),
    };
    let is_ours = brought.delivered.is_err();
    match failure.class {
        Class::UserContent if has_some => {
            Decision::Complete(rest(brought, MissingResult::Filtered, &failure.code))
        }
        Class::UserContent | Class::UserInput if !has_some => {
            let result = if failure.class == Class::UserContent {
                MissingResult::Filtered
            } else {
                MissingResult::Lost
            };
            let missing = if is_ours || failure.class == Class::UserContent {
                rest(brought, result, &failure.code)
            } else {
                Vec::new()
            };
            Decision::Fail(failure, missing)
        }
        Class::UserContent | Class::UserInput => {
            Decision::Complete(rest(brought, MissingResult::Lost, &failure.code))
        }
        // Storage that is away: what is there stays there, and the provider's files live for an hour.
        _ if is_ours && brought.has_patience => Decision::Wait(failure, SHORT),
        Class::Auth | Class::Quota if brought.has_patience => Decision::Wait(failure, LONG),
        Class::Rate | Class::Outage if brought.has_patience => {
            let wait = failure
                .retry_after
                .unwrap_or(SHORT)
                .max(Duration::from_secs(1));
            Decision::Wait(failure, wait)
        }
        Class::Transient | Class::Unknown if brought.has_attempts => Decision::Retry(failure),
        _ if has_some => Decision::Complete(rest(brought, MissingResult::Lost, &failure.code)),
        _ => {
            let missing = rest(brought, MissingResult::Lost, &failure.code);
            Decision::Fail(failure, missing)
        }
    }
}

/// The provider came to its end without all of them.
fn ended(brought: &Brought, missing: &[Missing]) -> Decision {
    let mut all = missing.to_vec();
    for index in 0..brought.count {
        let is_known =
            brought.stored.contains(&index) || all.iter().any(|known| known.index == index);
        if !is_known {
            all.push(Missing {
                index,
                result: MissingResult::Lost,
                reason: "no_images".to_owned(),
            });
        }
    }
    all.retain(|known| !brought.stored.contains(&known.index));
    all.sort_by_key(|known| known.index);
    if !brought.stored.is_empty() {
        return Decision::Complete(all);
    }
    if all
        .iter()
        .all(|known| known.result == MissingResult::Filtered)
    {
        let failure = Failure::new("content_filtered", Class::UserContent).charged(true);
        return Decision::Fail(failure, all);
    }
    if all.iter().all(|known| known.reason == "storage_refused") {
        return Decision::Fail(Failure::lasting("storage_refused"), all);
    }
    // Made and paid for by us, and gone: once more, for the user's sake.
    let failure = Failure::passing("delivery_failed").charged(true);
    if brought.has_attempts {
        Decision::Retry(failure)
    } else {
        Decision::Fail(failure, all)
    }
}

fn rest(brought: &Brought, result: MissingResult, reason: &str) -> Vec<Missing> {
    (0..brought.count)
        .filter(|index| !brought.stored.contains(index))
        .map(|index| Missing {
            index,
            result,
            reason: reason.to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use MissingResult::{Filtered, Lost};

    fn brought(stored: &[u32], produced: Result<Vec<Missing>, Failure>) -> Brought {
        Brought {
            count: 3,
            stored: stored.to_vec(),
            produced,
            delivered: Ok(()),
            has_attempts: true,
            has_patience: true,
        }
    }

    fn missing(index: u32, result: MissingResult) -> Missing {
        Missing {
            index,
            result,
            reason: "r".to_owned(),
        }
    }

    fn indexes(decision: &Decision) -> Vec<(u32, MissingResult)> {
        match decision {
            Decision::Complete(list) | Decision::Fail(_, list) => list
                .iter()
                .map(|known| (known.index, known.result))
                .collect(),
            _ => panic!("{decision:?}"),
        }
    }

    fn code(decision: &Decision) -> (&'static str, &str) {
        match decision {
            Decision::Complete(_) => ("complete", ""),
            Decision::Retry(failure) => ("retry", &failure.code),
            Decision::Wait(failure, _) => ("wait", &failure.code),
            Decision::Fail(failure, _) => ("fail", &failure.code),
        }
    }

    #[test]
    fn all_or_some_or_none_delivered() {
        assert_eq!(
            settle(&brought(&[0, 1, 2], Ok(vec![]))),
            Decision::Complete(vec![])
        );
        let some = settle(&brought(&[0, 2], Ok(vec![missing(1, Filtered)])));
        assert_eq!(
            (code(&some).0, indexes(&some)),
            ("complete", vec![(1, Filtered)])
        );
        let none = settle(&brought(
            &[],
            Ok((0..3).map(|index| missing(index, Filtered)).collect()),
        ));
        assert_eq!(code(&none), ("fail", "content_filtered"));
    }

    #[test]
    fn refused_before_it_is_charged() {
        let refused = Failure::new("content_rejected", Class::UserContent).charged(false);
        assert_eq!(
            code(&settle(&brought(&[], Err(refused.clone())))),
            ("fail", "content_rejected")
        );
        let half = settle(&brought(&[0], Err(refused)));
        assert_eq!(indexes(&half), [(1, Filtered), (2, Filtered)]);
        let input = settle(&brought(&[], Err(Failure::lasting("request_rejected"))));
        assert_eq!(code(&input), ("fail", "request_rejected"));
    }

    #[test]
    fn failed_or_timed_out_is_tried_again_while_it_may() {
        let failed = Err(Failure::passing("provider_timeout"));
        assert_eq!(
            code(&settle(&brought(&[], failed.clone()))),
            ("retry", "provider_timeout")
        );
        let last = Brought {
            has_attempts: false,
            ..brought(&[], failed.clone())
        };
        assert_eq!(code(&settle(&last)), ("fail", "provider_timeout"));
        let last_with_one = Brought {
            has_attempts: false,
            ..brought(&[1], failed)
        };
        assert_eq!(indexes(&settle(&last_with_one)), [(0, Lost), (2, Lost)]);
    }

    #[test]
    fn a_provider_that_is_away_is_waited_for_with_patience() {
        for class in [Class::Auth, Class::Quota, Class::Rate, Class::Outage] {
            let away = Err(Failure::new("provider_unavailable", class));
            assert_eq!(
                code(&settle(&brought(&[], away.clone()))).0,
                "wait",
                "{class:?}"
            );
            let no_more = Brought {
                has_patience: false,
                ..brought(&[], away)
            };
            assert_eq!(
                code(&settle(&no_more)),
                ("fail", "provider_unavailable"),
                "{class:?}"
            );
        }
        let mut asked = Failure::new("provider_unavailable", Class::Rate);
        asked.retry_after = Some(Duration::from_secs(42));
        let Decision::Wait(_, wait) = settle(&brought(&[], Err(asked))) else {
            panic!()
        };
        assert_eq!(wait, Duration::from_secs(42));
    }

    #[test]
    fn delivered_by_the_provider_and_lost_by_us() {
        let expired = settle(&brought(&[0], Ok(vec![missing(1, Lost)])));
        assert_eq!(indexes(&expired), [(1, Lost), (2, Lost)]);
        let all_expired = || Ok((0..3).map(|index| missing(index, Lost)).collect());
        assert_eq!(
            code(&settle(&brought(&[], all_expired()))),
            ("retry", "delivery_failed")
        );
        let last = Brought {
            has_attempts: false,
            ..brought(&[], all_expired())
        };
        assert_eq!(code(&settle(&last)), ("fail", "delivery_failed"));
        let away = Brought {
            delivered: Err(Failure::passing("storage_unavailable")),
            ..brought(&[0], Err(Failure::passing("ended")))
        };
        assert_eq!(code(&settle(&away)), ("wait", "storage_unavailable"));
        let refused = Brought {
            delivered: Err(Failure::lasting("storage_refused")),
            ..brought(&[0], Ok(vec![]))
        };
        assert_eq!(indexes(&settle(&refused)), [(1, Lost), (2, Lost)]);
    }

    #[test]
    fn no_index_is_both_paid_and_refunded_whatever_comes() {
        let classes = [
            Class::UserContent,
            Class::UserInput,
            Class::Auth,
            Class::Quota,
            Class::Rate,
            Class::Transient,
            Class::Outage,
            Class::Unknown,
        ];
        for class in classes {
            for stored in [vec![], vec![1], vec![0, 1, 2]] {
                for (has_attempts, has_patience) in [(false, false), (true, false), (false, true)] {
                    let decision = settle(&Brought {
                        has_attempts,
                        has_patience,
                        ..brought(&stored, Err(Failure::new("x", class)))
                    });
                    if let Decision::Complete(list) = &decision {
                        assert_eq!(list.len() + stored.len(), 3, "{class:?} {stored:?}");
                        assert!(list.iter().all(|known| !stored.contains(&known.index)));
                    }
                    if matches!(decision, Decision::Fail(..)) {
                        assert!(
                            stored.is_empty(),
                            "{class:?}: stored pictures are handed over"
                        );
                    }
                }
            }
        }
    }
}
