//! Vectors for texts: texts that mean the same are near to each other.

use serde_json::{Value, json};

use super::OpenAi;
use crate::outside::Trouble;

/// Components of a vector, as the database keeps it.
pub(crate) const DIMENSIONS: usize = 1536;

/// The name of the space that a model's vectors are in: only vectors of one space are ever compared. The number grows
/// when the texts that are made into vectors are put together differently.
pub(crate) fn space(model: &str) -> String {
    format!("openai:{model}:1")
}

/// Characters of a text that are read; the service takes 8 192 tokens of at least one character.
const LONGEST: usize = 8_000;

/// The vectors of texts, in their order. No text may be empty.
///
/// # Errors
/// [`Trouble`]; an answer without all vectors is nonsense.
pub(crate) async fn embed(
    openai: &OpenAi,
    model: &str,
    texts: &[String],
) -> Result<Vec<Vec<f32>>, Trouble> {
    let input: Vec<String> = texts
        .iter()
        .map(|text| text.chars().take(LONGEST).collect())
        .collect();
    let body = json!({
        "model": model,
        "input": input,
        "dimensions": DIMENSIONS,
        "encoding_format": "float",
    });
    let answer = openai.post("embeddings", &body).await?;
    read(&answer, texts.len()).ok_or_else(|| Trouble::nonsense("not the vectors asked for"))
}

/// The vectors by their `index`, whatever their order in the answer.
fn read(answer: &Value, count: usize) -> Option<Vec<Vec<f32>>> {
    let mut vectors: Vec<Option<Vec<f32>>> = vec![None; count];
    for entry in answer.get("data")?.as_array()? {
        let index = usize::try_from(entry.get("index")?.as_u64()?).ok()?;
        let vector: Vec<f32> = entry
            .get("embedding")?
            .as_array()?
            .iter()
            .map(|part| {
                part.as_f64()
                    .map(|part| part as f32)
                    .filter(|part| part.is_finite())
            })
            .collect::<Option<_>>()?;
        if vector.len() != DIMENSIONS {
            return None;
        }
        *vectors.get_mut(index)? = Some(vector);
    }
    vectors.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_are_taken_by_their_index_and_all_or_none() {
        let entry = |index: usize, value: f32| json!({ "index": index, "embedding": vec![value; DIMENSIONS] });
        let both = json!({ "data": [entry(1, 0.5), entry(0, 0.25)] });
        let vectors = read(&both, 2).unwrap();
        assert_eq!((vectors[0][0], vectors[1][0]), (0.25, 0.5));
        assert_eq!(read(&both, 3), None);
        assert_eq!(read(&both, 1), None);
        let short = json!({ "data": [{ "index": 0, "embedding": [1.0] }] });
        assert_eq!(read(&short, 1), None);
        assert_eq!(read(&json!("x"), 1), None);
    }
}
