//! Claimed analyses: the jobs of one image together, with what is known about it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

/// What can be found out about an image.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    clap::ValueEnum,
)]
#[serde(rename_all = "snake_case")]
pub enum AnalysisKind {
    /// Description and labels.
    Vision,
    /// Tags for manner and mood.
    Style,
    /// Palette and what else is measured in the pixels.
    Color,
    /// Scores of what may offend.
    Safety,
    /// The vector by which images are compared.
    Embedding,
}

impl AnalysisKind {
    /// Its name in the queue.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Vision => "vision",
            Self::Style => "style",
            Self::Color => "color",
            Self::Safety => "safety",
            Self::Embedding => "embedding",
        }
    }
}

/// A job in hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Lease {
    pub(super) image_id: Uuid,
    pub(super) kind: AnalysisKind,
    pub(super) lease_token: Uuid,
}

impl Lease {
    /// The lease's fields and some more.
    pub(super) fn with(&self, more: Value) -> Value {
        let mut value = json!(self);
        if let (Value::Object(fields), Value::Object(more)) = (&mut value, more) {
            fields.extend(more);
        }
        value
    }
}

/// A row of a claim.
#[derive(Clone, Debug, Deserialize)]
struct Row {
    #[serde(flatten)]
    lease: Lease,
    storage_path: String,
    #[serde(default)]
    files: Value,
    #[serde(default)]
    scene: Value,
    #[serde(default)]
    provider: Value,
    #[serde(default)]
    prompt: Option<String>,
    #[serde(default)]
    loras: Option<Vec<String>>,
    #[serde(default)]
    vision: Value,
}

/// An image and what is to be found out about it.
#[derive(Clone, Debug)]
pub(super) struct Subject {
    pub(super) leases: BTreeMap<AnalysisKind, Lease>,
    /// Object of the original.
    pub(super) storage_path: String,
    /// Who made it; empty if that is not known.
    pub(super) provider: String,
    /// `technical_metadata.files`.
    files: Value,
    /// What the sketch painter painted.
    pub(super) scene: Value,
    /// The words it was made from; empty once its request is deleted.
    pub(super) prompt: String,
    pub(super) loras: Vec<String>,
    /// What was seen in it before; only where an embedding is wanted.
    pub(super) vision: Value,
}

impl Subject {
    /// Groups a claim by image, in its order. A row that cannot be read is left to its lease.
    pub(super) fn group(claim: Vec<Value>) -> Vec<Self> {
        let mut subjects: Vec<Self> = Vec::new();
        for value in claim {
            let row: Row = match serde_json::from_value(value) {
                Ok(row) => row,
                Err(error) => {
                    tracing::error!(%error, "cannot read a claimed analysis");
                    continue;
                }
            };
            let image = row.lease.image_id;
            let known = subjects.iter_mut().find(|subject| subject.is_about(image));
            match known {
                Some(subject) => subject.add(row),
                None => subjects.push(Self::of(row)),
            }
        }
        subjects
    }

    fn of(row: Row) -> Self {
        Self {
            leases: BTreeMap::from([(row.lease.kind, row.lease)]),
            storage_path: row.storage_path,
            provider: row.provider.as_str().unwrap_or_default().to_owned(),
            files: row.files,
            scene: row.scene,
            prompt: row.prompt.unwrap_or_default(),
            loras: row.loras.unwrap_or_default(),
            vision: row.vision,
        }
    }

    fn add(&mut self, row: Row) {
        self.leases.insert(row.lease.kind, row.lease);
        if !row.vision.is_null() {
            self.vision = row.vision;
        }
    }

    fn is_about(&self, image: Uuid) -> bool {
        self.leases.values().any(|lease| lease.image_id == image)
    }

    pub(super) fn wants(&self, kind: AnalysisKind) -> bool {
        self.leases.contains_key(&kind)
    }

    /// The thumbnail of that longest side; its name follows from the original's.
    pub(super) fn thumbnail(&self, side: u32) -> String {
        let stem = self
            .storage_path
            .rsplit_once('.')
            .map_or(self.storage_path.as_str(), |(stem, _)| stem);
        format!("{stem}.{side}.webp")
    }

    /// BLAKE3 of the original, as it was noted when it was delivered.
    pub(super) fn noted_hash(&self) -> Option<String> {
        let original = self
            .files
            .as_array()?
            .iter()
            .find(|file| file.get("variant").and_then(Value::as_str) == Some("original"))?;
        let hash = original.get("blake3")?.as_str()?;
        let is_hash = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_hash.then(|| hash.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(image: u128, kind: &str) -> Value {
        json!({
            "image_id": Uuid::from_u128(image), "kind": kind, "lease_token": Uuid::from_u128(9),
            "attempt": 1, "storage_path": "u/p/i.png", "provider": "sketch", "prompt": null,
            "files": [{ "variant": "original", "blake3": "ab".repeat(32) }],
            "vision": if kind == "embedding" { json!({ "labels": [] }) } else { Value::Null },
        })
    }

    #[test]
    fn the_jobs_of_an_image_come_together_and_odd_rows_are_left_out() {
        let claim = vec![
            row(1, "vision"),
            row(2, "color"),
            json!({ "image_id": "nonsense" }),
            row(1, "embedding"),
            row(1, "publish"),
        ];
        let subjects = Subject::group(claim);
        assert_eq!(subjects.len(), 2);
        assert!(
            subjects[0].wants(AnalysisKind::Vision) && subjects[0].wants(AnalysisKind::Embedding)
        );
        assert!(subjects[0].vision.is_object() && subjects[1].vision.is_null());
        assert_eq!(subjects[0].thumbnail(512), "u/p/i.512.webp");
        assert_eq!(subjects[0].noted_hash(), Some("ab".repeat(32)));
        assert_eq!(subjects[0].prompt, "");
    }

    #[test]
    fn a_name_in_the_queue_is_the_name_in_json() {
        for kind in [
            AnalysisKind::Vision,
            AnalysisKind::Style,
            AnalysisKind::Color,
            AnalysisKind::Safety,
            AnalysisKind::Embedding,
        ] {
            assert_eq!(json!(kind), kind.name());
        }
    }
}
