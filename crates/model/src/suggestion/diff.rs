//! What a wording changes, word by word.

use similar::{Algorithm, DiffTag, capture_diff_slices};

/// A run of text that stays, goes or comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WordChange {
    /// In both.
    Kept(String),
    /// In the prompt only.
    Removed(String),
    /// In the wording only.
    Added(String),
}

/// How `wording` differs from `base`: runs of whole words, spaces and punctuation marks, in reading order. Kept
/// and removed runs make up `base` to the letter, kept and added ones `wording`.
#[must_use]
pub fn word_diff(base: &str, wording: &str) -> Vec<WordChange> {
    let (old, new) = (tokens(base), tokens(wording));
    let mut changes = Vec::new();
    for step in capture_diff_slices(Algorithm::Patience, &old, &new) {
        let removed = || old.get(step.old_range()).unwrap_or_default().concat();
        let added = || new.get(step.new_range()).unwrap_or_default().concat();
        match step.tag() {
            DiffTag::Equal => changes.push(WordChange::Kept(removed())),
            DiffTag::Delete => changes.push(WordChange::Removed(removed())),
            DiffTag::Insert => changes.push(WordChange::Added(added())),
            DiffTag::Replace => {
                changes.push(WordChange::Removed(removed()));
                changes.push(WordChange::Added(added()));
            }
        }
    }
    changes
}

/// Words, runs of white space, and single marks: together the whole text.
fn tokens(text: &str) -> Vec<&str> {
    #[derive(PartialEq)]
    enum Kind {
        Word,
        Space,
        Mark,
    }
    let kind = |letter: char| match letter {
        _ if letter.is_alphanumeric() => Kind::Word,
        _ if letter.is_whitespace() => Kind::Space,
        _ => Kind::Mark,
    };
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next().map(kind) {
        let end = match first {
            Kind::Mark => rest.char_indices().nth(1).map(|(at, _)| at),
            _ => rest.find(|letter| kind(letter) != first),
        };
        let (token, after) = rest.split_at(end.unwrap_or(rest.len()));
        tokens.push(token);
        rest = after;
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::WordChange::{Added, Kept, Removed};
    use super::*;

    #[test]
    fn a_clause_more_is_one_run() {
        assert_eq!(
            word_diff("Un renard", "Un renard, lumière du matin"),
            [Kept("Un renard".into()), Added(", lumière du matin".into())]
        );
    }

    #[test]
    fn words_are_whole_and_a_comma_is_not_part_of_one() {
        assert_eq!(
            word_diff("a red fox, fog", "a silver fox, fog"),
            [
                Kept("a ".into()),
                Removed("red".into()),
                Added("silver".into()),
                Kept(" fox, fog".into()),
            ]
        );
        assert_eq!(
            word_diff("forêt", "forêts"),
            [Removed("forêt".into()), Added("forêts".into())]
        );
    }

    /// The prompt and the wording, put together from their changes.
    fn read_back(base: &str, wording: &str) -> (String, String) {
        let (mut old, mut new) = (String::new(), String::new());
        for change in word_diff(base, wording) {
            match change {
                Kept(run) => {
                    old += &run;
                    new += &run;
                }
                Removed(run) => old += &run,
                Added(run) => new += &run,
            }
        }
        (old, new)
    }

    #[test]
    fn both_texts_can_be_read_back() {
        let (long, longer) = ("ab cd ".repeat(200), "cd ef, ".repeat(200));
        let texts = [
            "",
            "x",
            "Un château,  la nuit.",
            "la nuit: un château d’eau\n(vieux) 🦊🦊, f/1,8",
            "a a a b a a",
            "b a b a",
            &long,
            &longer,
        ];
        for base in texts {
            for wording in texts {
                let (old, new) = read_back(base, wording);
                assert_eq!((old.as_str(), new.as_str()), (base, wording));
            }
        }
    }
}
