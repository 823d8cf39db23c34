//! The painter through its public face: the same request is the same picture, everywhere and forever, and
//! every parameter can be seen.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use amethyst_imaging::Bitmap;
use amethyst_worker::{LORAS, Painting, Sketch};

fn sketch(prompt: &str, seed: u32) -> Sketch {
    Sketch {
        prompt: prompt.to_owned(),
        negative_prompt: String::new(),
        width: 256,
        height: 256,
        steps: 20,
        guidance: 7.5,
        seed,
        loras: Vec::new(),
    }
}

fn paint(sketch: &Sketch) -> Painting {
    sketch.paint(&mut |_| true).unwrap()
}

fn fingerprint(sketch: &Sketch) -> String {
    let painting = paint(sketch);
    let bitmap = Bitmap::from_rgba(sketch.width, sketch.height, painting.rgba).unwrap();
    bitmap.fingerprint()[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn subjects(painting: &Painting) -> Vec<String> {
    serde_json::from_value(painting.scene["subjects"].clone()).unwrap()
}

/// Decoded pixels as they are since the first release. A change here changes every picture that people
/// have asked to see again by its seed: only on purpose, and with a word in the changelog.
#[test]
fn the_same_seed_gives_the_same_pixels_forever() {
    let golden = [
        (
            "un renard dans la brume au lever du jour",
            42,
            "46c26c404274a99a",
        ),
        ("city at night, rain, full moon", 7, "7c13480f10cbf204"),
        (
            "château, montagnes, lac, automne, arc-en-ciel",
            1_234_567,
            "6597b6c7440869c0",
        ),
    ];
    let found: Vec<String> = golden
        .iter()
        .map(|(prompt, seed, _)| fingerprint(&sketch(prompt, *seed)))
        .collect();
    let expected: Vec<&str> = golden.iter().map(|(_, _, hash)| *hash).collect();
    assert_eq!(found, expected);
}

#[test]
fn another_seed_is_another_picture() {
    let prompt = "mountains and a lake";
    let mut all: Vec<String> = (0..6)
        .map(|seed| fingerprint(&sketch(prompt, seed)))
        .collect();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 6);
}

#[test]
fn every_parameter_changes_pixels() {
    let base = sketch("forêt, loup, aube", 5);
    let before = fingerprint(&base);
    let mut others: Vec<(String, Sketch)> = vec![
        (
            "steps".into(),
            Sketch {
                steps: 21,
                ..base.clone()
            },
        ),
        (
            "guidance".into(),
            Sketch {
                guidance: 8.0,
                ..base.clone()
            },
        ),
        (
            "seed".into(),
            Sketch {
                seed: 6,
                ..base.clone()
            },
        ),
        (
            "prompt".into(),
            Sketch {
                prompt: "forêt, loup, nuit".into(),
                ..base.clone()
            },
        ),
        (
            "negative".into(),
            Sketch {
                negative_prompt: "loup".into(),
                ..base.clone()
            },
        ),
    ];
    for lora in LORAS.into_iter().chain(["someone/else"]) {
        for scale in [0.4, 0.8] {
            let loras = vec![(lora.to_owned(), scale)];
            others.push((
                format!("{lora} {scale}"),
                Sketch {
                    loras,
                    ..base.clone()
                },
            ));
        }
    }
    let mut seen = vec![("base".to_owned(), before)];
    for (what, other) in others {
        let after = fingerprint(&other);
        if let Some((same, _)) = seen.iter().find(|(_, hash)| *hash == after) {
            panic!("{what} looks like {same}");
        }
        seen.push((what, after));
    }
}

#[test]
fn a_fox_is_there_or_not_as_asked() {
    let with = paint(&sketch("a fox in the forest", 9));
    assert_eq!(subjects(&with), ["fox"]);
    let mut refused = sketch("a fox in the forest", 9);
    refused.negative_prompt = "renards".into();
    let without = paint(&refused);
    assert!(!subjects(&without).contains(&"fox".to_owned()));
    assert_ne!(with.rgba, without.rgba);
}

#[test]
fn fog_thickens_with_its_scale() {
    // Fog takes contrast away from the far land: what lies there gets flatter and flatter.
    let spread = |scale: f32| {
        let mut foggy = sketch("falaises au bord de mer, midi", 3);
        foggy.loras = vec![("AndyVampiro/fog".to_owned(), scale)];
        let rgba = paint(&foggy).rgba;
        let tones: Vec<f64> = rgba[256 * 4 * 140..256 * 4 * 175]
            .chunks_exact(4)
            .map(|p| f64::from(p[0]) + f64::from(p[1]) + f64::from(p[2]))
            .collect();
        let mean = tones.iter().sum::<f64>() / tones.len() as f64;
        (tones.iter().map(|t| (t - mean) * (t - mean)).sum::<f64>() / tones.len() as f64).sqrt()
    };
    let (none, some, much) = (spread(0.0), spread(0.8), spread(2.0));
    assert!(none > some && some > much, "{none} {some} {much}");
}

#[test]
fn an_unknown_lora_is_reported() {
    let mut asked = sketch("sea", 1);
    asked.loras = vec![
        ("AndyVampiro/fog".to_owned(), 0.5),
        ("nobody/knows".to_owned(), 1.0),
    ];
    assert_eq!(paint(&asked).unknown_loras, ["nobody/knows"]);
}

#[test]
fn progress_only_grows_and_a_stop_stops() {
    let mut last = 0.0;
    let mut calls = 0;
    let whole = sketch("lake", 2).paint(&mut |share| {
        assert!(share >= last, "{share} after {last}");
        last = share;
        calls += 1;
        true
    });
    assert!(whole.is_some());
    assert!(calls > 10 && last > 0.9, "{calls} calls up to {last}");
    for after in 0..8 {
        let mut left = after;
        let stopped = sketch("lake", 2).paint(&mut |_| {
            left -= 1;
            left >= 0
        });
        assert!(stopped.is_none());
    }
}

#[test]
fn any_size_and_any_words_give_a_full_opaque_picture() {
    let prompts = [
        "",
        "☃ 12 ''' \u{0}",
        "whale lighthouse castle cabin windmill torii balloon owl birds",
        "storm snow rain rainbow aurora lightning fog",
        "ville, phare, bateau, neige",
        "rouge bleu vert noir et blanc",
    ];
    for (index, prompt) in prompts.iter().enumerate() {
        for (width, height) in [(8, 8), (64, 8), (8, 64), (104, 56), (65, 33)] {
            let mut small = sketch(prompt, index as u32);
            (small.width, small.height) = (width, height);
            let rgba = paint(&small).rgba;
            assert_eq!(rgba.len(), (width * height * 4) as usize);
            assert!(rgba.chunks_exact(4).all(|pixel| pixel[3] == 255));
        }
    }
}

#[test]
fn extreme_parameters_are_painted_too() {
    for (steps, guidance, scale) in [(1, 1.0, -4.0), (100, 20.0, 4.0), (0, 99.0, 1e9)] {
        let mut extreme = sketch("forest, lake, wolf, night", 1);
        (extreme.width, extreme.height) = (96, 96);
        (extreme.steps, extreme.guidance) = (steps, guidance);
        extreme.loras = LORAS.map(|lora| (lora.to_owned(), scale)).into();
        assert_eq!(paint(&extreme).rgba.len(), 96 * 96 * 4);
    }
}
