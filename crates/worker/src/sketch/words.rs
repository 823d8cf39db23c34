//! Words, French and English, and what each stands for. Accents, case and plurals do not matter.

use super::lexicon::{PHRASES, WORDS};
use super::plan::{Place, Subject};

/// What a word or phrase stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Idea {
    Place(Place),
    Subject(Subject),
    Dawn,
    Day,
    Golden,
    Sunset,
    Dusk,
    Night,
    Moon,
    Sun,
    Stars,
    Mist,
    Rain,
    Snowfall,
    Storm,
    Clear,
    Clouds,
    Aurora,
    Rainbow,
    Winter,
    Autumn,
    Flowers,
    Woods,
    Water,
    Gray,
    /// Hue in OKLab (radians) and chroma.
    Hue(f32, f32),
}

/// Lower case without accents, everything that is not a letter or digit as one space.
fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    for letter in text.chars().flat_map(char::to_lowercase) {
        let plain = match letter {
            'à' | 'â' | 'ä' | 'á' | 'ã' => "a",
            'é' | 'è' | 'ê' | 'ë' => "e",
            'î' | 'ï' | 'í' => "i",
            'ô' | 'ö' | 'ó' => "o",
            'ù' | 'û' | 'ü' | 'ú' => "u",
            'ç' => "c",
            'ñ' => "n",
            'ÿ' => "y",
            'œ' => "oe",
            'æ' => "ae",
            // Combining accents of decomposed text.
            '\u{0300}'..='\u{036F}' => "",
            other if other.is_alphanumeric() => {
                out.push(other);
                continue;
            }
            _ => " ",
        };
        if plain != " " || !out.ends_with(' ') {
            out.push_str(plain);
        }
    }
    out
}

fn lookup(word: &str) -> Option<Idea> {
    let exact = |word: &str| {
        WORDS
            .iter()
            .find(|(_, known)| known.split(' ').any(|known| known == word))
            .map(|&(idea, _)| idea)
    };
    exact(word).or_else(|| {
        // Plurals and feminines: renards, oiseaux, enneigées, branches.
        ["s", "x", "es", "e", "ees", "ee"]
            .into_iter()
            .filter_map(|ending| word.strip_suffix(ending))
            .filter(|stem| stem.len() > 2)
            .find_map(exact)
    })
}

/// What stands at one place of a text.
#[derive(Clone, Debug, PartialEq)]
enum Found {
    Known(Idea),
    Unknown(String),
}

/// Phrases and words of a text in their order.
fn scan(text: &str) -> Vec<Found> {
    let mut rest = format!(" {} ", fold(text).trim());
    let mut found: Vec<(usize, Found)> = Vec::new();
    for (phrase, idea) in PHRASES {
        let spaced = format!(" {phrase} ");
        while let Some(at) = rest.find(&spaced) {
            found.push((at, Found::Known(*idea)));
            // Blanked, not cut: places of the other words stay.
            let blank = " ".repeat(spaced.len());
            rest.replace_range(at..at + spaced.len(), &blank);
        }
    }
    let mut at = 0;
    for word in rest.split(' ') {
        if let Some(idea) = lookup(word) {
            found.push((at, Found::Known(idea)));
        } else if !word.is_empty() {
            found.push((at, Found::Unknown(word.to_owned())));
        }
        at += word.len() + 1;
    }
    found.sort_by_key(|&(at, _)| at);
    found.into_iter().map(|(_, found)| found).collect()
}

/// The ideas of a text in their order, without repeats.
pub(super) fn read(text: &str) -> Vec<Idea> {
    let mut ideas: Vec<Idea> = Vec::new();
    for found in scan(text) {
        if let Found::Known(idea) = found
            && !ideas.contains(&idea)
        {
            ideas.push(idea);
        }
    }
    ideas
}

/// A word by which texts are compared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Concept {
    /// One name for all words of both languages that stand for the same.
    Known(String),
    /// A word that only stands for itself, folded.
    Other(String),
}

/// Articles and the like, folded: they are in every text and say nothing about it.
const LITTLE: &str = " le la les un une des du de et en au aux dans sur sous avec sans pour par ce cette ces \
    son sa ses qui que il elle est sont the an of in on at by with without and or to from for its is are \
    this that over under ";

/// The words of a text for comparing it with others, repeats included.
pub(crate) fn concepts(text: &str) -> Vec<Concept> {
    scan(text)
        .into_iter()
        .filter_map(|found| match found {
            Found::Known(idea) => Some(Concept::Known(format!("{idea:?}"))),
            Found::Unknown(word) => {
                let says_something =
                    word.chars().count() > 1 && !LITTLE.contains(&format!(" {word} "));
                says_something.then(|| Concept::Other(singular(&word)))
            }
        })
        .collect()
}

fn singular(word: &str) -> String {
    ["s", "x"]
        .iter()
        .find_map(|ending| word.strip_suffix(ending))
        .filter(|stem| stem.len() > 3)
        .unwrap_or(word)
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::Idea::{Place as P, Subject as S};
    use super::*;

    #[test]
    fn french_and_english_say_the_same() {
        let pairs = [
            ("un renard dans la brume", "a fox in the mist"),
            ("Forêt enneigée, la nuit", "snowy forest at night"),
            ("LEVER DU JOUR sur l’océan", "sunrise over the ocean"),
            ("des oiseaux au coucher de soleil", "birds at sunset"),
        ];
        for (french, english) in pairs {
            let sorted = |text| {
                let mut ideas: Vec<String> =
                    read(text).iter().map(|idea| format!("{idea:?}")).collect();
                ideas.sort();
                ideas
            };
            assert_eq!(sorted(french), sorted(english), "{french} / {english}");
        }
    }

    #[test]
    fn plurals_accents_and_decomposed_text_are_understood() {
        assert_eq!(read("Châteaux"), [S(Subject::Castle)]);
        assert_eq!(read("che\u{0302}nes"), [S(Subject::Tree)]);
        assert_eq!(read("l'île"), [P(Place::Island)]);
        assert_eq!(read("wolves, FOXES!"), [S(Subject::Wolf), S(Subject::Fox)]);
    }

    #[test]
    fn a_phrase_hides_its_words() {
        assert_eq!(read("au lever du jour"), [Idea::Dawn]);
        assert_eq!(read("aurore boréale"), [Idea::Aurora]);
        assert_eq!(read("heure bleue"), [Idea::Dusk]);
    }

    #[test]
    fn texts_are_compared_by_what_their_words_stand_for() {
        let sorted = |text| {
            let mut concepts = concepts(text);
            concepts.sort();
            concepts
        };
        assert_eq!(sorted("Un renard et la brume"), sorted("the fox in a mist"));
        assert_eq!(sorted("des robots étranges"), sorted("Robot étrange"));
        assert!(concepts("the of a l'").is_empty());
    }

    #[test]
    fn unknown_words_and_nothing_mean_nothing() {
        assert!(read("").is_empty());
        assert!(read("qwertz 123 ☃ -- ''").is_empty());
    }
}
