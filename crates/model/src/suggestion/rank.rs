//! The order of suggestions: what is proven before what is promised.
//!
//! The same functions stand in the hosted schema (`private.wilson_lower_bound`, `private.suggestion_rank`);
//! both are held to the numbers of `tests/fixtures/suggestion/ranking.json`.

use std::cmp::Ordering;

use crate::PromptSuggestion;

/// Two-sided 95 %.
const Z: f64 = 1.96;

/// Lower end of the Wilson score interval at 95 % for `successes` among `trials`: what is known for sure of a
/// share. Few trials know little: 1 of 1 is 0.21, 180 of 200 is 0.85; of no trials nothing is known, 0.
///
/// E. B. Wilson, “Probable inference, the law of succession, and statistical inference”, JASA 22 (1927)
/// 209–212: `(p + z²/2n − z √((p(1 − p) + z²/4n) / n)) / (1 + z²/n)` with `p = successes / n`.
#[must_use]
pub fn wilson_lower_bound(successes: f64, trials: f64) -> f64 {
    if trials <= 0.0 || trials.is_nan() || successes.is_nan() {
        return 0.0;
    }
    let share = (successes / trials).clamp(0.0, 1.0);
    let square = Z * Z;
    let spread = Z * ((share * (1.0 - share) + square / (4.0 * trials)) / trials).sqrt();
    let bound = (share + square / (2.0 * trials) - spread) / (1.0 + square / trials);
    bound.clamp(0.0, 1.0)
}

/// Place of a suggestion in the order, 0 to 1: the Wilson bound of its measured success, to which its
/// confidence adds one imagined use that succeeded to that degree.
///
/// `wilson(round(success_rate × used_count) + confidence, used_count + 1)`. Before any use this is at most
/// 0.21, so that nothing unproven stands before what is proven; behind many uses the imagined one weighs
/// nothing.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
pub fn suggestion_rank(confidence: f64, used_count: i64, success_rate: f64) -> f64 {
    let used = used_count.max(0) as f64;
    wilson_lower_bound((success_rate * used).round() + confidence, used + 1.0)
}

/// The order in which suggestions are shown: by rank, then by the Wilson bound of the share of favorites,
/// then by id, so that it never changes by itself.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
pub fn by_rank(one: &PromptSuggestion, other: &PromptSuggestion) -> Ordering {
    let kept =
        |it: &PromptSuggestion| wilson_lower_bound(it.favorite_count as f64, it.image_count as f64);
    other
        .rank()
        .total_cmp(&one.rank())
        .then_with(|| kept(other).total_cmp(&kept(one)))
        .then_with(|| one.id.cmp(&other.id))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use serde_json::Value;
    use uuid::Uuid;

    use super::*;
    use crate::{SuggestionId, SuggestionSource};

    fn table() -> Value {
        let text = include_str!("../../../../tests/fixtures/suggestion/ranking.json");
        serde_json::from_str(text).unwrap()
    }

    fn number(case: &Value, field: &str) -> f64 {
        case[field].as_f64().unwrap()
    }

    fn rank(case: &Value) -> f64 {
        let used = case["used_count"].as_i64().unwrap();
        suggestion_rank(
            number(case, "confidence"),
            used,
            number(case, "success_rate"),
        )
    }

    #[test]
    fn follows_the_table_shared_with_the_hosted_schema() {
        let table = table();
        for case in table["bounds"].as_array().unwrap() {
            let bound = wilson_lower_bound(number(case, "successes"), number(case, "trials"));
            assert!(
                (bound - number(case, "bound")).abs() < 1e-9,
                "{case}: {bound}"
            );
        }
        for case in table["ranks"].as_array().unwrap() {
            assert!((rank(case) - number(case, "rank")).abs() < 1e-9, "{case}");
        }
        for case in table["before"].as_array().unwrap() {
            assert!(rank(&case["first"]) > rank(&case["second"]), "{case}");
        }
    }

    #[test]
    fn what_is_no_number_is_worth_nothing() {
        for (successes, trials) in [(f64::NAN, 1.0), (1.0, f64::NAN), (1.0, -1.0)] {
            assert_eq!(wilson_lower_bound(successes, trials), 0.0);
        }
        assert_eq!(suggestion_rank(f64::NAN, 3, 1.0), 0.0);
        assert!(suggestion_rank(0.0, -5, 1.0) <= 1.0);
    }

    fn suggestion(id: u128, used_count: i64, success_rate: f64) -> PromptSuggestion {
        PromptSuggestion {
            id: SuggestionId(Uuid::from_u128(id)),
            is_shared: false,
            base_prompt: "a lake".into(),
            suggested_prompt: "a lake, calm".into(),
            source: SuggestionSource::History,
            confidence: 0.5,
            used_count,
            success_rate,
            image_count: used_count,
            favorite_count: 0,
            reason: None,
            created_at: DateTime::UNIX_EPOCH,
            last_used_at: None,
        }
    }

    #[test]
    fn the_order_does_not_depend_on_where_it_begins() {
        let mut kept = suggestion(4, 4, 0.75);
        kept.favorite_count = 3;
        let sorted = [
            suggestion(9, 200, 0.9),
            kept,
            suggestion(2, 4, 0.75),
            suggestion(3, 4, 0.75),
            suggestion(1, 0, 0.0),
        ];
        let mut turned = sorted.to_vec();
        for _ in 0..turned.len() {
            turned.rotate_left(1);
            let mut found = turned.clone();
            found.sort_by(by_rank);
            assert_eq!(found, sorted);
        }
        assert_eq!(sorted[1].favorite_share(), Some(0.75));
        assert_eq!(sorted[4].favorite_share(), None);
    }
}
