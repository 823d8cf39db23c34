//! The label of every kind of picture, hostile words, and what a public copy keeps.

use amethyst_imaging::{
    Bitmap, Format, Limits, decode, embed_xmp, encode, read_xmp, without_metadata,
};
use serde_json::{Value, json};

use super::packet::PARAMETERS;
use super::*;

pub(super) fn origin(provider: &str) -> Origin {
    Origin {
        provider: provider.to_owned(),
        model: "flux-dev-lora".to_owned(),
        version: "black-forest-labs/flux-dev-lora".to_owned(),
        from_source: false,
        at: DateTime::from_timestamp(1_750_000_000, 0),
        recipe: Recipe {
            prompt: "un renard <rusé> & \"vif\"".to_owned(),
            negative_prompt: "brume".to_owned(),
            seed: Some(42),
            steps: Some(28),
            guidance_scale: Some(3.5),
            width: Some(1024),
            height: Some(1024),
            index: Some(0),
            ..Recipe::default()
        }
        .with_loras([("AndyVampiro/fog", 0.8)]),
    }
}

/// The text of a property, unescaped as a reader of XML does.
fn property(xmp: &str, name: &str) -> Option<String> {
    let (begin, end) = (format!("<{name}>"), format!("</{name}>"));
    let text = xmp.split_once(&begin)?.1.split_once(&end)?.0;
    let mut text = text.replace("&#13;", "\r");
    for (name, letter) in [("lt", "<"), ("gt", ">"), ("quot", "\""), ("amp", "&")] {
        text = text.replace(&format!("&{name};"), letter);
    }
    Some(text)
}

fn parameters(xmp: &str) -> Value {
    serde_json::from_str(&property(xmp, PARAMETERS).unwrap()).unwrap()
}

fn picture() -> Bitmap {
    Bitmap::from_rgba(16, 16, [90, 40, 200, 255].repeat(256)).unwrap()
}

const FORMATS: [Format; 3] = [Format::Webp, Format::Png, Format::Jpeg];

#[test]
fn each_kind_of_picture_is_called_what_it_is() {
    let mut from_source = origin("openai");
    from_source.from_source = true;
    let mut sketched = origin("sketch");
    sketched.from_source = true;
    for (origin, term) in [
        (origin("replicate"), "trainedAlgorithmicMedia"),
        (from_source, "compositeWithTrainedAlgorithmicMedia"),
        (sketched, "algorithmicMedia"),
    ] {
        let term = format!("http://cv.iptc.org/newscodes/digitalsourcetype/{term}");
        for xmp in [xmp(&origin), mark(&origin)] {
            assert_eq!(
                property(&xmp, "Iptc4xmpExt:DigitalSourceType"),
                Some(term.clone())
            );
        }
    }
}

#[test]
fn the_label_of_an_ai_picture_says_system_parameters_and_time() {
    let text = xmp(&origin("replicate"));
    let said = |name: &str| property(&text, name).unwrap();
    assert_eq!(
        said("Iptc4xmpExt:AISystemUsed"),
        "flux-dev-lora (Replicate)"
    );
    assert_eq!(
        said("Iptc4xmpExt:AISystemVersionUsed"),
        "black-forest-labs/flux-dev-lora"
    );
    assert_eq!(
        said("Iptc4xmpExt:AIPromptInformation"),
        "un renard <rusé> & \"vif\""
    );
    assert_eq!(said("xmp:CreateDate"), "2025-06-15T15:06:40Z");
    assert!(said("xmp:CreatorTool").starts_with("Amethyst "));
    assert!(text.contains("Made by artificial intelligence: flux-dev-lora (Replicate)"));
    assert!(text.contains("Image créée par une intelligence artificielle : "));
    assert_eq!(
        parameters(&text),
        json!({
            "prompt": "un renard <rusé> & \"vif\"", "negative_prompt": "brume", "seed": 42, "steps": 28,
            "guidance_scale": 3.5, "width": 1024, "height": 1024, "index": 0,
            "loras": [{"name": "AndyVampiro/fog", "scale": 0.8}],
        })
    );
    let mark = mark(&origin("replicate"));
    assert!(
        !mark.contains("renard") && mark.len() < 1500,
        "{}",
        mark.len()
    );
}

#[test]
fn a_sketch_names_no_artificial_intelligence() {
    let text = xmp(&origin("sketch"));
    assert!(text.contains("Amethyst sketch, procedural"));
    assert!(!text.contains("Iptc4xmpExt:AI") && !text.contains("artific"));
    assert_eq!(parameters(&text)["seed"], 42);
}

#[test]
fn hostile_words_stay_words_and_every_format_takes_the_longest_of_them() {
    let words = [
        "]]></amethyst:Parameters><evil/>".to_owned(),
        "\0\u{1}\u{8}\u{1f}\r\n\t\u{7f}\u{FFFE}\u{FFFF}".to_owned(),
        "&#0;&amp;<?xpacket end=\"w\"?>".to_owned(),
        "\u{1F98A}\u{202E}\u{0301}".to_owned(),
        "\"<".repeat(40_000),
        "\0".repeat(40_000),
        "é\u{1F98A}".repeat(40_000),
    ];
    for word in &words {
        let mut origin = origin("replicate");
        origin.model.clone_from(word);
        origin.version.clone_from(word);
        origin.recipe.prompt.clone_from(word);
        origin.recipe.negative_prompt.clone_from(word);
        let name: String = word.chars().take(30).collect();
        let many = (0..3000).map(|_| (name.as_str(), 1.0));
        let loras = many.chain([(word.as_str(), 1.0)]);
        origin.recipe = origin.recipe.with_loras(loras);
        let text = xmp(&origin);
        assert!(!text.contains("<evil"));
        assert!(text.chars().all(|c| c >= ' ' || matches!(c, '\t' | '\n')));
        assert!(!text.contains(['\u{FFFE}', '\u{FFFF}']));
        assert_eq!(text.matches("<?xpacket").count(), 2);
        let parameters = parameters(&text);
        assert_eq!(parameters["seed"], 42);
        if word.len() < 100 {
            assert_eq!(
                parameters["prompt"],
                json!(word.replace(['\u{FFFE}', '\u{FFFF}'], "\u{FFFD}"))
            );
        } else {
            assert_eq!(parameters["shortened"], true);
        }
        for format in FORMATS {
            let file = embed_xmp(&encode(&picture(), format, 80).unwrap(), &text).unwrap();
            assert_eq!(read_xmp(&file).as_deref(), Some(text.as_str()), "{format}");
        }
    }
}

#[test]
fn a_public_copy_keeps_the_mark_and_tells_only_what_its_page_tells() {
    let recipe = json!({
        "image_id": "x", "author": "Ada", "prompt": "another <wording>", "negative_prompt": null, "seed": 7,
        "model_id": "flux-dev-lora", "steps": 4, "guidance_scale": 2.5, "hf_loras": ["a/b"], "lora_scales": [0.5],
        "width": 64, "height": 64,
    });
    for provider in ["replicate", "sketch"] {
        let stored = xmp(&origin(provider));
        for format in FORMATS {
            let file = embed_xmp(&encode(&picture(), format, 80).unwrap(), &stored).unwrap();
            let copied = |recipe: Option<&Value>| {
                let label = public_xmp(read_xmp(&file).as_deref(), provider, recipe);
                embed_xmp(&without_metadata(&file).unwrap(), &label).unwrap()
            };
            let silent = copied(None);
            let text = read_xmp(&silent).unwrap();
            assert!(!text.contains("renard") && !text.contains("brume") && !text.contains("42"));
            for name in [
                "Iptc4xmpExt:DigitalSourceType",
                "dc:description",
                "amethyst:Model",
            ] {
                assert_eq!(property(&text, name), property(&stored, name), "{name}");
                assert!(property(&text, name).is_some(), "{name}");
            }
            let told = read_xmp(&copied(Some(&recipe))).unwrap();
            assert!(!told.contains("renard") && !told.contains("Ada"));
            assert_eq!(
                parameters(&told),
                json!({
                    "prompt": "another <wording>", "seed": 7, "steps": 4, "guidance_scale": 2.5, "width": 64,
                    "height": 64, "loras": [{"name": "a/b", "scale": 0.5}],
                })
            );
            let system_prompt = property(&told, "Iptc4xmpExt:AIPromptInformation");
            assert_eq!(system_prompt.is_some(), provider == "replicate");
            // A page that tells no prompt makes a copy that tells nothing.
            let forgotten = json!({"model_id": "flux-dev-lora", "prompt": null, "seed": 7});
            assert_eq!(read_xmp(&copied(Some(&forgotten))).unwrap(), text);
            let pixels = |bytes: &[u8]| decode(bytes, Limits::default()).unwrap();
            assert_eq!(pixels(&silent), pixels(&file));
        }
    }
}

#[test]
fn a_file_without_a_label_of_ours_gets_the_mark_of_its_provider() {
    for stored in [None, Some("<x:xmpmeta>theirs</x:xmpmeta>"), Some("")] {
        let text = public_xmp(
            stored,
            "openai",
            Some(&json!({"model_id": "gpt-image-2", "prompt": "p"})),
        );
        assert!(
            text.contains("/trainedAlgorithmicMedia<") && text.contains("gpt-image-2 (OpenAI)")
        );
        assert!(!text.contains("theirs") && !text.contains(PARAMETERS));
    }
    let unknown = public_xmp(None, "", None);
    assert!(unknown.contains("Made by artificial intelligence<"));
}

/// As the labels of the first version were written: attributes, and no namespace of our own.
#[test]
fn a_label_of_old_stays_as_it_was() {
    let old = "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?><x:xmpmeta \
        xmlns:x=\"adobe:ns:meta/\"><rdf:RDF><rdf:Description rdf:about=\"\" \
        Iptc4xmpExt:DigitalSourceType=\"http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia\">\
        </rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end=\"r\"?>";
    let recipe = json!({"prompt": "p"});
    assert_eq!(public_xmp(Some(old), "sketch", Some(&recipe)), old);
}
