//! Scores of what may offend, for prompts before anything is paid and for pictures before anybody sees them.
//!
//! Categories of omni-moderation: pictures are scored for `sexual`, `violence`, `violence/graphic` and `self-harm*`
//! only, the others look at the text.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::OpenAi;
use super::picture::data_url;
use crate::outside::Trouble;

/// What is never painted, with or without the safety checker. Low, because a mistake in the other direction costs
/// more than a refusal.
const MINORS: &str = "sexual/minors";
const MINORS_LIMIT: f64 = 0.2;

/// For what must not be in the picture people write lists of bad words, in order to stay away from them; only what
/// is plain beyond that is refused there.
const MINORS_LIMIT_NEGATIVE: f64 = 0.9;

/// The score from which something is refused while the safety checker is on: the product's own limit for rejecting
/// without a look by a person ("auto-reject 0.9"). The lower "NSFW max 0.7" of the same notes is about showing a
/// picture to everybody, which the database decides with its setting `nsfw_public_max`.
const REJECT: f64 = 0.9;

/// Categories that count while the safety checker is on. Plain `violence`, `hate` and `harassment` do not: battles,
/// satire and quarrels are fit to be painted.
const STRICT: [&str; 8] = [
    "sexual",
    "violence/graphic",
    "self-harm",
    "self-harm/intent",
    "self-harm/instructions",
    "hate/threatening",
    "harassment/threatening",
    "illicit/violent",
];

/// What a prompt was found to be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Verdict {
    /// Whether it may be painted.
    pub(crate) allowed: bool,
    /// The categories for which it may not.
    pub(crate) categories: Vec<String>,
    /// Every score of the prompt, 0 to 1.
    pub(crate) scores: BTreeMap<String, f64>,
}

/// One entry of `results`.
#[derive(Clone, Debug, Default, PartialEq)]
struct Scored {
    scores: BTreeMap<String, f64>,
    flagged: Vec<String>,
    applied: Value,
}

impl Scored {
    fn score(&self, category: &str) -> f64 {
        self.scores.get(category).copied().unwrap_or(0.0)
    }

    fn is_about_minors(&self, limit: f64) -> bool {
        self.score(MINORS) >= limit
    }

    /// Categories of the table that are beyond its limit.
    fn rejected(&self) -> impl Iterator<Item = &'static str> {
        STRICT.into_iter().filter(|name| self.score(name) >= REJECT)
    }
}

/// Judges a prompt before it is sent to whoever paints. `is_strict`: the safety checker is on.
///
/// # Errors
/// [`Trouble`]: then nothing is known, and nothing may be paid.
pub(crate) async fn check_prompt(
    openai: &OpenAi,
    model: &str,
    prompt: &str,
    negative: &str,
    is_strict: bool,
) -> Result<Verdict, Trouble> {
    let mut texts = vec![prompt];
    if !negative.trim().is_empty() {
        texts.push(negative);
    }
    let scored = moderate(openai, model, json!(texts), texts.len()).await?;
    Ok(judge(&scored, is_strict))
}

fn judge(scored: &[Scored], is_strict: bool) -> Verdict {
    let prompt = scored.first().cloned().unwrap_or_default();
    let negative = scored.get(1).cloned().unwrap_or_default();
    let is_flagged = prompt.flagged.iter().any(|name| name == MINORS);
    let mut categories = Vec::new();
    if is_flagged
        || prompt.is_about_minors(MINORS_LIMIT)
        || negative.is_about_minors(MINORS_LIMIT_NEGATIVE)
    {
        categories.push(MINORS.to_owned());
    }
    if is_strict {
        categories.extend(prompt.rejected().map(str::to_owned));
    }
    Verdict {
        allowed: categories.is_empty(),
        categories,
        scores: prompt.scores,
    }
}

/// Scores a picture together with the words that it was made from, which are shown with it: `{nsfw_score, scores,
/// flagged, applied}`, `applied` telling which of both each score is about. The score that decides about publishing
/// is that of `sexual`, or a higher one for which the picture would be rejected.
///
/// # Errors
/// [`Trouble`].
pub(crate) async fn score_picture(
    openai: &OpenAi,
    model: &str,
    webp: &[u8],
    prompt: &str,
) -> Result<Value, Trouble> {
    let mut input = Vec::new();
    if !prompt.trim().is_empty() {
        input.push(json!({ "type": "text", "text": prompt }));
    }
    input.push(json!({ "type": "image_url", "image_url": { "url": data_url(webp) } }));
    let scored = moderate(openai, model, json!(input), 1).await?;
    Ok(scored.first().map(picture_result).unwrap_or_default())
}

fn picture_result(scored: &Scored) -> Value {
    let nsfw = scored
        .rejected()
        .chain(["sexual", MINORS])
        .map(|name| scored.score(name))
        .fold(0.0, f64::max);
    json!({
        "nsfw_score": nsfw,
        "scores": scored.scores,
        "flagged": scored.flagged,
        "applied": scored.applied,
    })
}

async fn moderate(
    openai: &OpenAi,
    model: &str,
    input: Value,
    count: usize,
) -> Result<Vec<Scored>, Trouble> {
    let body = json!({ "model": model, "input": input });
    let answer = openai.post("moderations", &body).await?;
    read(&answer, count).ok_or_else(|| Trouble::nonsense("not the scores asked for"))
}

/// `None` unless there are scores for everything that was sent: what is not scored is not harmless.
fn read(answer: &Value, count: usize) -> Option<Vec<Scored>> {
    let results = answer.get("results")?.as_array()?;
    let scored: Vec<Scored> = results.iter().map(entry).collect::<Option<_>>()?;
    (scored.len() == count).then_some(scored)
}

fn entry(entry: &Value) -> Option<Scored> {
    let scores: BTreeMap<String, f64> = entry
        .get("category_scores")?
        .as_object()?
        .iter()
        .filter_map(|(name, score)| Some((name.clone(), score.as_f64()?.clamp(0.0, 1.0))))
        .collect();
    // The one that everything turns on.
    scores.get("sexual")?;
    let nothing = Map::new();
    let categories = entry
        .get("categories")
        .and_then(Value::as_object)
        .unwrap_or(&nothing);
    Some(Scored {
        scores,
        flagged: categories
            .iter()
            .filter(|(_, is_flagged)| is_flagged.as_bool() == Some(true))
            .map(|(name, _)| name.clone())
            .collect(),
        applied: entry
            .get("category_applied_input_types")
            .cloned()
            .unwrap_or(Value::Null),
    })
}

#[cfg(test)]
mod tests;
