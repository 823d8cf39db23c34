//! Every word that the painter knows, painted small: no figure is missing and no combination breaks.

use amethyst_worker::Sketch;

fn small(prompt: &str, seed: u32) -> Sketch {
    Sketch {
        prompt: prompt.to_owned(),
        negative_prompt: String::new(),
        width: 96,
        height: 96,
        steps: 6,
        guidance: 7.5,
        seed,
        loras: Vec::new(),
    }
}

const FIGURES: [&str; 24] = [
    "renard",
    "loup",
    "chat",
    "cerf",
    "ours",
    "cheval",
    "lapin",
    "hibou",
    "oiseaux",
    "héron",
    "baleine",
    "randonneur",
    "couple",
    "voilier",
    "barque",
    "phare",
    "cabane",
    "château",
    "moulin",
    "tente",
    "torii",
    "arbre",
    "montgolfière",
    "feu de camp",
];

const PLACES: [&str; 14] = [
    "montagne",
    "lac",
    "rivière",
    "forêt",
    "mer",
    "île",
    "côte",
    "ville",
    "désert",
    "canyon",
    "ciel étoilé",
    "champ",
    "banquise",
    "volcan",
];

const LIGHTS: [&str; 6] = [
    "aube",
    "midi",
    "heure dorée",
    "coucher de soleil",
    "crépuscule",
    "nuit",
];

/// Each figure must be seen: with it excluded, the picture is another one.
#[test]
fn every_figure_leaves_pixels() {
    for figure in FIGURES {
        let place = match figure {
            "baleine" | "voilier" => "mer",
            "barque" => "lac",
            _ => "montagne",
        };
        let prompt = format!("{place}, {figure}, midi");
        let with = small(&prompt, 4);
        let mut without = with.clone();
        without.negative_prompt = figure.to_owned();
        let (with, without) = (
            with.paint(&mut |_| true).unwrap(),
            without.paint(&mut |_| true).unwrap(),
        );
        let changed = with
            .rgba
            .chunks_exact(4)
            .zip(without.rgba.chunks_exact(4))
            .filter(|(a, b)| a.iter().zip(*b).any(|(x, y)| x.abs_diff(*y) > 24))
            .count();
        assert!(changed >= 8, "{figure} changes {changed} pixels");
    }
}

#[test]
fn every_place_in_every_light_differs() {
    let mut seen = std::collections::BTreeMap::new();
    for place in PLACES {
        let plain = small(place, 8).paint(&mut |_| true).unwrap().scene;
        for light in LIGHTS {
            let prompt = format!("{place}, {light}");
            let painting = small(&prompt, 8).paint(&mut |_| true).unwrap();
            assert_eq!(painting.scene["place"], plain["place"], "{prompt}");
            if let Some(same) = seen.insert(painting.rgba, prompt.clone()) {
                panic!("{prompt} looks like {same}");
            }
        }
    }
}
