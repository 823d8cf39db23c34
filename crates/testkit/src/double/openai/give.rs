//! Answers in the documented shapes. They follow from the request alone, so that a test knows what to expect.

use serde_json::{Map, Value, json};

/// A response with one message of one part.
pub(super) fn message(body: &Value, part: &Value) -> Value {
    json!({
        "id": "resp_double",
        "object": "response",
        "created_at": 1_760_000_000,
        "status": "completed",
        "error": null,
        "incomplete_details": null,
        "model": body["model"],
        "output": [
            { "type": "reasoning", "id": "rs_double", "summary": [] },
            { "type": "message", "id": "msg_double", "status": "completed", "role": "assistant", "content": [part] },
        ],
        "usage": { "input_tokens": 120, "output_tokens": 60, "total_tokens": 180 },
    })
}

/// JSON that fits the schema: texts named after their place in it, lists of two.
pub(super) fn responses(body: &Value) -> Value {
    let value = fill(&body["text"]["format"]["schema"], "answer");
    message(
        body,
        &json!({ "type": "output_text", "text": value.to_string(), "annotations": [] }),
    )
}

fn fill(schema: &Value, name: &str) -> Value {
    match schema["type"].as_str() {
        Some("object") => {
            let properties = schema["properties"]
                .as_object()
                .cloned()
                .unwrap_or_default();
            let filled: Map<String, Value> = properties
                .iter()
                .map(|(key, schema)| (key.clone(), fill(schema, &format!("{name} {key}"))))
                .collect();
            Value::Object(filled)
        }
        Some("array") => ["one", "two"]
            .iter()
            .map(|which| fill(&schema["items"], &format!("{name} {which}")))
            .collect(),
        Some("boolean") => json!(true),
        Some("number" | "integer") => json!(1),
        _ => json!(name.trim_start_matches("answer ")),
    }
}

/// Categories that are scored for pictures too.
const OF_PICTURES: [&str; 6] = [
    "sexual",
    "violence",
    "violence/graphic",
    "self-harm",
    "self-harm/intent",
    "self-harm/instructions",
];

const OF_TEXTS: [&str; 7] = [
    "sexual/minors",
    "hate",
    "hate/threatening",
    "harassment",
    "harassment/threatening",
    "illicit",
    "illicit/violent",
];

/// One result for a text or for all parts together, one for each of several texts.
pub(super) fn moderations(body: &Value, scores: &[(String, String, f64)]) -> Value {
    let input = &body["input"];
    let texts = input
        .as_array()
        .filter(|parts| parts.iter().all(Value::is_string));
    let results: Vec<Value> = match texts {
        Some(texts) => texts
            .iter()
            .map(|text| result(std::slice::from_ref(text), scores))
            .collect(),
        None => {
            let parts = input
                .as_array()
                .cloned()
                .unwrap_or_else(|| vec![input.clone()]);
            vec![result(&parts, scores)]
        }
    };
    json!({ "id": "modr-double", "model": body["model"], "results": results })
}

fn result(parts: &[Value], rules: &[(String, String, f64)]) -> Value {
    let is_picture = |part: &Value| part["type"] == "image_url";
    let texts: Vec<&str> = parts
        .iter()
        .filter_map(|part| part.as_str().or_else(|| part["text"].as_str()))
        .collect();
    let has_picture = parts.iter().any(is_picture);
    let (mut categories, mut scores, mut applied) = (Map::new(), Map::new(), Map::new());
    for category in OF_PICTURES.iter().chain(&OF_TEXTS) {
        let sees = has_picture && OF_PICTURES.contains(category);
        let score = rules
            .iter()
            .filter(|(word, of, _)| {
                let hit = texts.iter().any(|text| text.contains(word.as_str()));
                of == category && (hit || sees && word == "picture")
            })
            .map(|(_, _, score)| *score)
            .fold(0.0001, f64::max);
        let mut kinds = Vec::new();
        if !texts.is_empty() {
            kinds.push("text");
        }
        if sees {
            kinds.push("image");
        }
        categories.insert((*category).to_owned(), json!(score > 0.5));
        scores.insert((*category).to_owned(), json!(score));
        applied.insert((*category).to_owned(), json!(kinds));
    }
    let flagged = categories.values().any(|is_flagged| is_flagged == true);
    json!({
        "flagged": flagged,
        "categories": categories,
        "category_scores": scores,
        "category_applied_input_types": applied,
    })
}

/// Vectors of length 1 that follow from the letters of each text: texts with the same letters are near. In reverse
/// order, since only the index counts.
pub(super) fn embeddings(body: &Value) -> Value {
    let size = body["dimensions"].as_u64().unwrap_or(1536) as usize;
    let input = &body["input"];
    let texts = input
        .as_array()
        .cloned()
        .unwrap_or_else(|| vec![input.clone()]);
    let data: Vec<Value> = texts
        .iter()
        .enumerate()
        .rev()
        .map(|(index, text)| {
            let mut vector = vec![0.0_f64; size];
            for letter in text.as_str().unwrap_or_default().chars() {
                let at = letter as usize % size;
                if let Some(part) = vector.get_mut(at) {
                    *part += 1.0;
                }
            }
            let length = vector
                .iter()
                .map(|part| part * part)
                .sum::<f64>()
                .sqrt()
                .max(1e-9);
            let vector: Vec<f64> = vector.iter().map(|part| part / length).collect();
            json!({ "object": "embedding", "index": index, "embedding": vector })
        })
        .collect();
    json!({
        "object": "list",
        "data": data,
        "model": body["model"],
        "usage": { "prompt_tokens": 8, "total_tokens": 8 },
    })
}
