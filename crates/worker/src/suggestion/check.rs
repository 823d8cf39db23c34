//! What of a model's wordings may be offered.

use serde_json::{Value, json};

use crate::openai::OpenAi;
use crate::openai::wording::Wording;
use crate::outside::Trouble;

/// A prompt's length in the hosted schema, in characters.
const LONGEST: usize = 4_000;
const LONGEST_REASON: usize = 300;
/// Wordings that are taken of an answer.
const MOST: usize = 3;

/// The wordings that are fit for a prompt: none that is empty, too long, the prompt itself or said twice.
pub(super) fn fit(prompt: &str, wordings: Vec<Wording>) -> Vec<Wording> {
    let mut known = vec![key(prompt)];
    let mut fitting = Vec::new();
    for wording in wordings {
        let text = clean(&wording.wording);
        let key = key(&text);
        let is_long = text.chars().count() > LONGEST;
        if key.is_empty() || is_long || known.contains(&key) || fitting.len() == MOST {
            continue;
        }
        known.push(key);
        fitting.push(Wording {
            wording: text,
            reason: clean(&wording.reason)
                .chars()
                .take(LONGEST_REASON)
                .collect(),
            confidence: if wording.confidence.is_nan() {
                0.0
            } else {
                wording.confidence.clamp(0.0, 1.0)
            },
        });
    }
    fitting
}

/// Leaves out what the moderation model flags. What it does not score is not harmless.
///
/// # Errors
/// [`Trouble`], also for an answer without a result for each.
pub(super) async fn harmless(
    openai: &OpenAi,
    model: &str,
    wordings: Vec<Wording>,
) -> Result<Vec<Wording>, Trouble> {
    let texts: Vec<&str> = wordings.iter().map(|one| one.wording.as_str()).collect();
    let body = json!({ "model": model, "input": texts });
    let answer = openai.post("moderations", &body).await?;
    let flags = flags(&answer)
        .filter(|flags| flags.len() == wordings.len())
        .ok_or_else(|| Trouble::nonsense("not the scores asked for"))?;
    Ok(wordings
        .into_iter()
        .zip(flags)
        .filter_map(|(wording, is_flagged)| (!is_flagged).then_some(wording))
        .collect())
}

fn flags(answer: &Value) -> Option<Vec<bool>> {
    let results = answer.get("results")?.as_array()?;
    results
        .iter()
        .map(|result| result.get("flagged")?.as_bool())
        .collect()
}

/// Without what neither a line nor a database holds.
fn clean(text: &str) -> String {
    let text: String = text
        .chars()
        .filter(|letter| !letter.is_control() || *letter == '\n')
        .collect();
    text.trim().to_owned()
}

/// Comparable form of a wording, as `private.wording_key` makes it.
fn key(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let one = words.join(" ").to_lowercase();
    one.trim_matches([' ', '.', ',', ';']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wording(text: &str, confidence: f64) -> Wording {
        Wording {
            wording: text.to_owned(),
            reason: "r".repeat(1000),
            confidence,
        }
    }

    #[test]
    fn only_what_says_something_else_is_offered() {
        let long = "x".repeat(4001);
        let given = [
            ("  UN  renard. ", 0.5),
            ("", 0.5),
            (" \u{0}\u{7} ", 0.5),
            (long.as_str(), 0.5),
            ("un renard,\u{0} brume", 7.0),
            ("Un renard, brume.", 0.5),
            ("un renard, nuit", f64::NAN),
            ("un renard, été", -1.0),
            ("un renard, hiver", 0.5),
        ];
        let given = given.map(|(text, confidence)| wording(text, confidence));
        let fit = fit("un renard", given.to_vec());
        let texts: Vec<&str> = fit.iter().map(|one| one.wording.as_str()).collect();
        assert_eq!(
            texts,
            ["un renard, brume", "un renard, nuit", "un renard, été"]
        );
        let confidences: Vec<f64> = fit.iter().map(|one| one.confidence).collect();
        assert_eq!(confidences, [1.0, 0.0, 0.0]);
        assert_eq!(fit[0].reason.len(), LONGEST_REASON);
    }

    #[test]
    fn a_result_without_a_flag_is_none() {
        let some = json!({ "results": [{ "flagged": true }, { "flagged": false }] });
        assert_eq!(flags(&some), Some(vec![true, false]));
        assert_eq!(flags(&json!({ "results": [{}] })), None);
        assert_eq!(flags(&json!([])), None);
    }
}
