//! Which of the suggestions on this machine are for a prompt.

use std::cmp::Ordering;
use std::collections::HashSet;

use super::rank::by_rank;
use crate::PromptSuggestion;

/// From this share of common words on, a suggestion for another prompt is worth showing.
const NEAR: f64 = 0.5;

/// Shortest word that says what a prompt is about, as in the hosted schema.
const SHORTEST: usize = 3;

/// At most `limit` of the suggestions for `prompt`, the best first: those made for it, whatever the case of its
/// letters, then those made for prompts of which at least half of the words are the same. Each by rank. Nothing that
/// would change nothing.
#[must_use]
pub fn suggestions_for(
    prompt: &str,
    suggestions: Vec<PromptSuggestion>,
    limit: usize,
) -> Vec<PromptSuggestion> {
    let wanted = prompt.trim().to_lowercase();
    if wanted.is_empty() {
        return Vec::new();
    }
    let words = words(&wanted);
    let mut found: Vec<(bool, PromptSuggestion)> = suggestions
        .into_iter()
        .filter(|one| one.suggested_prompt.trim().to_lowercase() != wanted)
        .filter_map(|one| {
            let base = one.base_prompt.trim().to_lowercase();
            let is_near = base == wanted || nearness(&words, &self::words(&base)) >= NEAR;
            is_near.then_some((base == wanted, one))
        })
        .collect();
    found.sort_by(
        |(is_for, one), (other_is_for, other)| match other_is_for.cmp(is_for) {
            Ordering::Equal => by_rank(one, other),
            order => order,
        },
    );
    let mut known = HashSet::new();
    found.retain(|(_, one)| known.insert(one.suggested_prompt.trim().to_lowercase()));
    found.into_iter().map(|(_, one)| one).take(limit).collect()
}

fn words(text: &str) -> HashSet<&str> {
    text.split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| word.chars().count() >= SHORTEST)
        .collect()
}

/// Share of words that two prompts have in common (Jaccard index), 0 to 1.
#[expect(clippy::cast_precision_loss, reason = "a prompt has few words")]
fn nearness(one: &HashSet<&str>, other: &HashSet<&str>) -> f64 {
    let common = one.intersection(other).count();
    let all = one.len() + other.len() - common;
    if all == 0 {
        return 0.0;
    }
    common as f64 / all as f64
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;
    use crate::{SuggestionId, SuggestionSource};

    fn suggestion(id: u128, base: &str, wording: &str, confidence: f64) -> PromptSuggestion {
        PromptSuggestion {
            id: SuggestionId(Uuid::from_u128(id)),
            is_shared: false,
            base_prompt: base.into(),
            suggested_prompt: wording.into(),
            source: SuggestionSource::Ai,
            confidence,
            used_count: 0,
            success_rate: 0.0,
            image_count: 0,
            favorite_count: 0,
            reason: None,
            created_at: DateTime::UNIX_EPOCH,
            last_used_at: None,
        }
    }

    #[test]
    fn those_for_the_prompt_come_before_near_ones_and_far_ones_not_at_all() {
        let all = vec![
            suggestion(1, "une ville la nuit", "une ville la nuit, pluie", 1.0),
            suggestion(2, "un renard dans la forêt", "un renard, brume", 0.9),
            suggestion(3, "UN RENARD dans la neige", "un renard, nuit", 0.2),
            suggestion(4, "un renard dans la neige", "un renard, aube", 0.5),
            suggestion(5, "un renard dans la neige", "Un Renard, Aube", 0.1),
            suggestion(
                6,
                "un renard dans la neige",
                "un renard dans la neige ",
                1.0,
            ),
        ];
        let ids = |limit| -> Vec<u128> {
            let found = suggestions_for(" Un renard dans la neige", all.clone(), limit);
            found.iter().map(|one| one.id.0.as_u128()).collect()
        };
        assert_eq!(ids(10), [4, 3, 2]);
        assert_eq!(ids(1), [4]);
        assert!(suggestions_for("  ", all, 10).is_empty());
    }
}
