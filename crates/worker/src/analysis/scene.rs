//! The analyser for what the sketch painter painted: it reads what was painted instead of looking at it, and so is
//! always right about what it says, and says nothing about other pictures.

use serde_json::{Value, json};

use super::job::Subject;
use super::outcome::{Finding, Miss};
use super::vocabulary::{AIRS, DETAILS, EFFECTS, LIGHTS, MOODS, PLACES, SUBJECTS, Thing};

/// Name by which images refer to the painter.
pub(super) const SKETCH: &str = "sketch";

/// A change of words or rules counts up.
const VERSION: &str = "sketch-1";

/// A scene whose words are known; others are passed over.
struct Scene {
    place: Option<Thing>,
    subjects: Vec<Thing>,
    light: Option<Thing>,
    details: Vec<Thing>,
}

fn thing(table: &[Thing], word: &Value) -> Option<Thing> {
    let word = word.as_str()?;
    table.iter().find(|thing| thing.0 == word).copied()
}

fn things(table: &[Thing], words: Option<&Value>) -> Vec<Thing> {
    let words = words.and_then(Value::as_array).into_iter().flatten();
    words.filter_map(|word| thing(table, word)).collect()
}

impl Scene {
    fn of(subject: &Subject) -> Result<Self, Miss> {
        let scene = &subject.scene;
        let found = Self {
            place: scene.get("place").and_then(|word| thing(PLACES, word)),
            subjects: things(SUBJECTS, scene.get("subjects")),
            light: scene.get("light").and_then(|word| thing(LIGHTS, word)),
            details: things(DETAILS, scene.get("details")),
        };
        if found.place.is_none() && found.subjects.is_empty() {
            return Err(Miss::never("no_scene"));
        }
        Ok(found)
    }

    /// What is in it, the most striking first.
    fn labels(&self, pick: impl Fn(&Thing) -> &'static str) -> Vec<&'static str> {
        let mut labels: Vec<&'static str> = Vec::new();
        let all = self
            .subjects
            .iter()
            .chain(&self.place)
            .chain(&self.details)
            .chain(&self.light);
        for label in all.map(pick) {
            if !labels.contains(&label) {
                labels.push(label);
            }
        }
        labels
    }

    /// "A lake with a fox and an owl, at dawn, in the mist."
    fn sentence(&self, pick: impl Fn(&Thing) -> &'static str, with: &str, and: &str) -> String {
        let subjects: Vec<&str> = self.subjects.iter().map(&pick).collect();
        let subjects = match subjects.as_slice() {
            [] => String::new(),
            [one] => (*one).to_owned(),
            [all @ .., last] => format!("{} {and} {last}", all.join(", ")),
        };
        let mut text = match (&self.place, subjects.is_empty()) {
            (Some(place), true) => pick(place).to_owned(),
            (Some(place), false) => format!("{} {with} {subjects}", pick(place)),
            (None, _) => capital(&subjects),
        };
        for more in self.light.iter().chain(&self.details).map(pick) {
            text.push_str(", ");
            text.push_str(more);
        }
        text.push('.');
        text
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

fn finding(result: Value) -> Finding {
    Finding {
        version: VERSION.to_owned(),
        result,
    }
}

/// Description and labels in both languages.
pub(super) fn vision(subject: &Subject) -> Result<Finding, Miss> {
    let scene = Scene::of(subject)?;
    Ok(finding(json!({
        "description": {
            "fr": scene.sentence(|thing| thing.4, "avec", "et"),
            "en": scene.sentence(|thing| thing.2, "with", "and"),
        },
        "labels": {
            "fr": scene.labels(|thing| thing.3),
            "en": scene.labels(|thing| thing.1),
        },
    })))
}

/// Tags from the hour, the weather and the LoRAs.
pub(super) fn style(subject: &Subject) -> Result<Finding, Miss> {
    let scene = Scene::of(subject)?;
    let tag = |table: &[(&str, &'static str)], key: &str| {
        table
            .iter()
            .find(|(known, _)| *known == key)
            .map(|(_, tag)| *tag)
    };
    let effects = subject.loras.iter().filter_map(|lora| {
        let name = lora.rsplit('/').next()?.to_lowercase();
        tag(EFFECTS, &name)
    });
    let mut tags: Vec<&str> = Vec::new();
    let all = effects
        .chain(scene.light.iter().filter_map(|light| tag(MOODS, light.0)))
        .chain(
            scene
                .details
                .iter()
                .filter_map(|detail| tag(AIRS, detail.0)),
        )
        .chain(["landscape", "procedural"]);
    for tag in all {
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    Ok(finding(json!({ "tags": tags })))
}

/// Nothing in the painter's vocabulary needs to be hidden, whatever the words that were asked for.
pub(super) fn safety() -> Finding {
    finding(json!({ "nsfw_score": 0.0, "reason": "fixed_vocabulary" }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sketch::Sketch;

    fn subject(scene: &Value, loras: &[&str]) -> Subject {
        let row = json!({
            "image_id": uuid::Uuid::nil(), "kind": "vision", "lease_token": uuid::Uuid::nil(),
            "storage_path": "u/p/i.webp", "provider": "sketch", "scene": scene, "loras": loras,
        });
        Subject::group(vec![row]).remove(0)
    }

    fn paint(prompt: &str, negative: &str) -> Value {
        let sketch = Sketch {
            prompt: prompt.to_owned(),
            negative_prompt: negative.to_owned(),
            width: 32,
            height: 32,
            steps: 4,
            guidance: 7.5,
            seed: 3,
            loras: Vec::new(),
        };
        sketch.paint(&mut |_| true).unwrap().scene
    }

    #[test]
    fn a_painted_scene_is_described_in_both_languages() {
        let found = vision(&subject(
            &paint("un renard et un hibou, lac, aube, brume", ""),
            &[],
        ))
        .unwrap();
        assert_eq!(
            found.result["description"],
            json!({
                "fr": "Un lac avec un renard et un hibou, à l’aube, dans la brume.",
                "en": "A lake with a fox and an owl, at dawn, in the mist.",
            })
        );
        assert_eq!(
            found.result["labels"]["en"],
            json!(["fox", "owl", "lake", "mist", "dawn"])
        );
        assert_eq!(
            found.result["labels"]["fr"],
            json!(["renard", "hibou", "lac", "brume", "aube"])
        );
        assert_eq!(found.version, "sketch-1");
    }

    /// Whatever the painter may note has words here; otherwise a description would leave it out.
    #[test]
    fn every_word_of_the_painter_is_in_the_vocabulary() {
        let prompts = [
            "montagne, renard, loup, chat, aube",
            "lac, cerf, ours, cheval, midi",
            "rivière, lapin, hibou, heure dorée",
            "forêt, oiseaux, héron, coucher de soleil",
            "mer, baleine, voilier, crépuscule",
            "île, barque, nuit, étoiles, ciel clair",
            "côte, phare, randonneur, orage",
            "ville, couple, pluie, pleine lune",
            "désert, tente, arc-en-ciel",
            "canyon, montgolfière, automne",
            "ciel étoilé, cabane, aurore boréale",
            "champ, moulin, arbre, fleurs",
            "banquise, feu de camp, flocons de neige",
            "volcan, torii, château, noir et blanc",
            "forêt, neige, brume",
        ];
        let mut seen = std::collections::BTreeSet::new();
        for prompt in prompts {
            // Snow that lies, and snow that falls.
            let negative = if prompt.contains("neige, brume") {
                "flocons"
            } else {
                ""
            };
            let scene = paint(prompt, negative);
            let place = [
                (PLACES, scene["place"].clone()),
                (LIGHTS, scene["light"].clone()),
            ];
            let lists = [(SUBJECTS, &scene["subjects"]), (DETAILS, &scene["details"])];
            let many = lists.iter().flat_map(|(table, words)| {
                words
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|word| (*table, word.clone()))
            });
            for (table, word) in place.into_iter().chain(many) {
                assert!(thing(table, &word).is_some(), "{prompt}: {word}");
                seen.insert(word.to_string());
            }
        }
        let all = PLACES.len() + LIGHTS.len() + SUBJECTS.len() + DETAILS.len();
        assert_eq!(seen.len(), all, "{seen:?}");
    }

    #[test]
    fn a_style_follows_from_loras_hour_and_weather() {
        let scene =
            json!({ "place": "sea", "light": "night", "subjects": [], "details": ["mist"] });
        let found = style(&subject(
            &scene,
            &["amethyst/ink", "someone/else", "AndyVampiro/fog"],
        ))
        .unwrap();
        assert_eq!(
            found.result["tags"],
            json!([
                "ink drawing",
                "atmospheric",
                "nocturne",
                "landscape",
                "procedural"
            ])
        );
    }

    #[test]
    fn without_a_scene_nothing_is_made_up() {
        for scene in [
            json!(null),
            json!({}),
            json!({ "place": "attic", "subjects": "fox" }),
        ] {
            assert_eq!(vision(&subject(&scene, &[])), Err(Miss::never("no_scene")));
            assert_eq!(style(&subject(&scene, &[])), Err(Miss::never("no_scene")));
        }
    }
}
