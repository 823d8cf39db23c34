//! What a picture shows and in what manner, described by a model that sees. The words that the picture was made
//! from are not told: it is to say what is there.

use std::time::Duration;

use serde_json::{Value, json};

use super::OpenAi;
use super::picture::data_url;
use crate::outside::{Class, Trouble};

const DESCRIPTION: usize = 600;
const WORDS: usize = 16;
const WORD: usize = 48;

/// Enough for both descriptions and all words, and for a model that thinks before it answers.
const TOKENS: u32 = 3_000;

const INSTRUCTIONS: &str = "You describe pictures for a gallery. Say only what can be seen; do not guess who \
somebody is. Descriptions: one or two plain sentences, the same in French and in English. Labels: 3 to 12 things \
or subjects in the picture, the most important first, each a lower-case singular noun in English and in French. \
Style: 2 to 6 lower-case English tags for technique, genre, light or mood, such as `watercolor` or `film noir`.";

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) vision: bool,
    pub(crate) style: bool,
}

/// What was seen, as `complete_analyses` takes it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Seen {
    /// `{description: {fr, en}, labels: {fr, en}}`
    pub(crate) vision: Option<Value>,
    /// `{tags}`
    pub(crate) style: Option<Value>,
}

/// Looks at a WebP file: one request for everything that is wanted.
///
/// # Errors
/// [`Trouble`]; a model that declines is [`Class::UserContent`].
pub(crate) async fn look(
    openai: &OpenAi,
    model: &str,
    webp: &[u8],
    wanted: Wanted,
) -> Result<Seen, Trouble> {
    let body = json!({
        "model": model,
        "instructions": INSTRUCTIONS,
        "input": [{ "role": "user", "content": [
            { "type": "input_text", "text": "Describe this picture." },
            { "type": "input_image", "image_url": data_url(webp), "detail": "low" },
        ]}],
        "text": { "format": {
            "type": "json_schema",
            "name": "picture",
            "strict": true,
            "schema": schema(wanted),
        }},
        "max_output_tokens": TOKENS,
        // Pictures of users are not to lie about elsewhere.
        "store": false,
    });
    let answer = openai.post("responses", &body).await?;
    let text = text_of(&answer)?;
    let value: Value = serde_json::from_str(&text)
        .map_err(|_| Trouble::nonsense("the description is not JSON"))?;
    read(&value, wanted).ok_or_else(|| Trouble::nonsense("the description lacks something"))
}

/// In strict mode every property must be required and nothing else allowed.
fn schema(wanted: Wanted) -> Value {
    let text = json!({ "type": "string" });
    let pair = json!({
        "type": "object",
        "properties": { "fr": text, "en": text },
        "required": ["fr", "en"],
        "additionalProperties": false,
    });
    let mut properties = serde_json::Map::new();
    if wanted.vision {
        properties.insert("description".to_owned(), pair.clone());
        let labels = json!({ "type": "array", "items": pair });
        properties.insert("labels".to_owned(), labels);
    }
    if wanted.style {
        let style = json!({ "type": "array", "items": text });
        properties.insert("style".to_owned(), style);
    }
    let required: Vec<&String> = properties.keys().collect();
    json!({
        "type": "object",
        "required": required,
        "properties": properties,
        "additionalProperties": false,
    })
}

/// The text of an answer of the Responses API.
fn text_of(answer: &Value) -> Result<String, Trouble> {
    let parts = || {
        answer
            .get("output")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|item| item.get("content").and_then(Value::as_array))
            .flatten()
    };
    let is = |part: &&Value, kind: &str| part.get("type").and_then(Value::as_str) == Some(kind);
    let reason = answer
        .pointer("/incomplete_details/reason")
        .and_then(Value::as_str);
    if parts().any(|part| is(&part, "refusal")) || reason == Some("content_filter") {
        return Err(declined());
    }
    let text: String = parts()
        .filter(|part| is(part, "output_text"))
        .filter_map(|part| part.get("text").and_then(Value::as_str))
        .collect();
    if text.is_empty() {
        return Err(Trouble::nonsense("an answer without text"));
    }
    Ok(text)
}

fn declined() -> Trouble {
    Trouble {
        class: Class::UserContent,
        status: 200,
        code: "refusal".to_owned(),
        detail: String::new(),
        retry_after: None::<Duration>,
        body: Value::Null,
    }
}

fn read(value: &Value, wanted: Wanted) -> Option<Seen> {
    let mut seen = Seen::default();
    if wanted.vision {
        let description = |language| {
            let text = value.get("description")?.get(language)?.as_str()?;
            Some(cut(text, DESCRIPTION)).filter(|text| !text.is_empty())
        };
        let pairs: Vec<(String, String)> = value
            .get("labels")?
            .as_array()?
            .iter()
            .filter_map(|label| Some((word(label.get("fr")?)?, word(label.get("en")?)?)))
            .take(WORDS)
            .collect();
        let (fr, en): (Vec<String>, Vec<String>) = pairs.into_iter().unzip();
        seen.vision = Some(json!({
            "description": { "fr": description("fr")?, "en": description("en")? },
            "labels": { "fr": fr, "en": en },
        }));
    }
    if wanted.style {
        let tags = value.get("style")?.as_array()?;
        let mut kept: Vec<String> = Vec::new();
        for tag in tags.iter().filter_map(word).take(WORDS) {
            if !kept.contains(&tag) {
                kept.push(tag);
            }
        }
        seen.style = Some(json!({ "tags": kept }));
    }
    Some(seen)
}

/// A label as it is counted: lower case, without what surrounds it.
fn word(value: &Value) -> Option<String> {
    let word = cut(&value.as_str()?.to_lowercase(), WORD);
    (!word.is_empty()).then_some(word)
}

/// Text from outside on one line, without control characters, of a bounded length.
fn cut(text: &str, length: usize) -> String {
    let plain: String = text
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect();
    plain
        .trim()
        .chars()
        .take(length)
        .collect::<String>()
        .trim_end()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: Wanted = Wanted {
        vision: true,
        style: true,
    };

    #[test]
    fn the_schema_is_strict_and_asks_for_what_is_wanted() {
        let both = schema(BOTH);
        assert_eq!(both["required"].as_array().unwrap().len(), 3);
        let style = schema(Wanted {
            vision: false,
            style: true,
        });
        assert_eq!(style["required"], json!(["style"]));
        assert_eq!(style["additionalProperties"], false);
    }

    #[test]
    fn words_are_tidied_paired_and_bounded() {
        let seen = read(
            &json!({
                "description": { "fr": " Un renard.\n", "en": "A fox." },
                "labels": [{ "fr": "Renard", "en": " Fox " }, { "fr": "x" }, 7, { "fr": "", "en": "y" }],
                "style": ["Watercolor", "watercolor", "x".repeat(500), null],
            }),
            BOTH,
        )
        .unwrap();
        assert_eq!(
            seen.vision.unwrap(),
            json!({
                "description": { "fr": "Un renard.", "en": "A fox." },
                "labels": { "fr": ["renard"], "en": ["fox"] },
            })
        );
        let tags = seen.style.unwrap();
        assert_eq!(tags["tags"][0], "watercolor");
        assert_eq!(tags["tags"][1].as_str().unwrap().len(), WORD);
        assert_eq!(tags["tags"].as_array().unwrap().len(), 2);
    }

    #[test]
    fn what_is_missing_is_noticed() {
        for broken in [
            json!(null),
            json!({ "description": { "fr": "a" }, "labels": [], "style": [] }),
            json!({ "description": { "fr": "a", "en": "" }, "labels": [], "style": [] }),
            json!({ "description": { "fr": "a", "en": "b" }, "labels": {}, "style": [] }),
            json!({ "description": { "fr": "a", "en": "b" }, "labels": [] }),
        ] {
            assert_eq!(read(&broken, BOTH), None, "{broken}");
        }
    }

    #[test]
    fn a_model_that_declines_is_told_from_one_that_stammers() {
        let part =
            |part: Value| json!({ "output": [{ "type": "reasoning" }, { "content": [part] }] });
        let text = part(json!({ "type": "output_text", "text": "{}" }));
        assert_eq!(text_of(&text).unwrap(), "{}");
        let refusal = part(json!({ "type": "refusal", "refusal": "no" }));
        assert_eq!(text_of(&refusal).unwrap_err().class, Class::UserContent);
        let filtered =
            json!({ "status": "incomplete", "incomplete_details": { "reason": "content_filter" } });
        assert_eq!(text_of(&filtered).unwrap_err().class, Class::UserContent);
        for stammer in [
            json!({}),
            json!([]),
            json!({ "output": [{ "content": "x" }] }),
        ] {
            assert_eq!(text_of(&stammer).unwrap_err().class, Class::Unknown);
        }
    }
}
