//! Vectors without a model: texts that share words are near to each other. Words of both languages that stand for
//! the same are one word, as far as the painter's lexicon knows them.
//!
//! Each word sets a few components that follow from its hash ("feature hashing", Weinberger et al. 2009, with several
//! components per word so that two words rarely fall together); a vector is their sum at length 1. The same texts
//! give the same vector on every platform.

use std::collections::BTreeMap;

use serde_json::Value;

use super::job::Subject;
use super::outcome::Finding;
use crate::openai::embedding::DIMENSIONS;
use crate::sketch::{Concept, concepts};

/// The space of these vectors. A change of anything here, or of the lexicon, counts up.
pub(crate) const SPACE: &str = "local-1";

/// Components that a word sets.
const SPREAD: usize = 12;

/// What a part of an unknown word weighs, against the word: enough for a word to be near to its plural.
const PART: f64 = 0.25;

/// The vector of texts, each with its weight. Never of length 0.
pub(crate) fn vector(texts: &[(&str, f64)]) -> Vec<f64> {
    let mut weights: BTreeMap<String, f64> = BTreeMap::new();
    let mut add = |word: String, weight: f64| *weights.entry(word).or_default() += weight;
    for (text, weight) in texts {
        for concept in concepts(text) {
            match concept {
                Concept::Known(name) => add(format!("={name}"), *weight),
                Concept::Other(word) => {
                    for part in parts(&word) {
                        add(part, weight * PART);
                    }
                    add(word, *weight);
                }
            }
        }
    }
    if weights.is_empty() {
        weights.insert(String::new(), 1.0);
    }
    let mut sum = vec![0.0; DIMENSIONS];
    for (word, weight) in &weights {
        // A word said ten times is not ten times as important.
        spread(&mut sum, word, weight.sqrt());
    }
    let length = sum.iter().map(|part| part * part).sum::<f64>().sqrt();
    for part in &mut sum {
        *part /= length;
    }
    sum
}

/// The three-letter parts of a word of at least five letters.
fn parts(word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    if letters.len() < 5 {
        return Vec::new();
    }
    letters
        .windows(3)
        .map(|three| std::iter::once('~').chain(three.iter().copied()).collect())
        .collect()
}

fn spread(sum: &mut [f64], word: &str, weight: f64) {
    let mut bytes = [0; SPREAD * 4];
    blake3::Hasher::new()
        .update(word.as_bytes())
        .finalize_xof()
        .fill(&mut bytes);
    for four in bytes.chunks_exact(4) {
        let number = four
            .iter()
            .fold(0_usize, |number, byte| number << 8 | usize::from(*byte));
        let sign = if number & 1 == 0 { 1.0 } else { -1.0 };
        let at = (number >> 1) % sum.len();
        sum[at] += sign * weight;
    }
}

/// The vector of an image: what was seen in it counts like what was asked for.
pub(super) fn embedding(subject: &Subject) -> Finding {
    let text = |path: &str| match subject.vision.pointer(path) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(words)) => {
            let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
            // Apart: a label is a phrase, two of them are not.
            words.join(" , ")
        }
        _ => String::new(),
    };
    let labels = text("/labels/en") + &text("/labels");
    let description = text("/description/en") + &text("/description");
    let parts = [
        (labels.as_str(), 2.0),
        (description.as_str(), 0.5),
        (subject.prompt.as_str(), 1.5),
    ];
    // Six digits are more than the 32-bit numbers of the column hold of these.
    let numbers: Vec<Value> = vector(&parts)
        .into_iter()
        .map(|part| Value::from((part * 1e6).round() / 1e6))
        .collect();
    Finding {
        version: SPACE.to_owned(),
        result: Value::Array(numbers),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn likeness(a: &str, b: &str) -> f64 {
        let (a, b) = (vector(&[(a, 1.0)]), vector(&[(b, 1.0)]));
        a.iter().zip(&b).map(|(a, b)| a * b).sum()
    }

    #[test]
    fn the_same_in_the_other_language_is_the_same() {
        let same = likeness(
            "un renard au bord d'un lac, à l'aube",
            "a fox by a lake at dawn",
        );
        assert!(same > 0.85, "{same}");
    }

    #[test]
    fn what_shares_more_is_nearer() {
        let near = likeness("a fox by a lake at dawn", "a fox in the mist by a lake");
        let far = likeness("a fox by a lake at dawn", "a city in the rain at night");
        assert!(near > 0.5 && far < 0.15, "{near} {far}");
        let plural = likeness("strange robots", "a stranger robot");
        assert!(plural > 0.6, "{plural}");
    }

    #[test]
    fn every_text_has_a_vector_of_length_one() {
        for text in ["", "the", "☃", &"word ".repeat(5_000)] {
            let length: f64 = vector(&[(text, 1.0)]).iter().map(|part| part * part).sum();
            assert!((length - 1.0).abs() < 1e-9, "{text:.10}");
        }
    }

    /// If this fails, stored vectors are not comparable with new ones any more: count `SPACE` up.
    #[test]
    fn a_known_text_has_a_known_vector() {
        let vector = vector(&[("un renard dans la brume", 1.0), ("robots", 2.0)]);
        let mut hasher = blake3::Hasher::new();
        for part in vector {
            hasher.update(&((part * 1e6).round() as i32).to_le_bytes());
        }
        assert_eq!(&hasher.finalize().to_hex()[..16], "d269d05280786382");
    }
}
