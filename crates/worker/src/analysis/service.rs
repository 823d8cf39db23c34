//! Who finds out what: which analyser serves which kind for which provider's images, and how an image is looked at.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};

use super::job::{AnalysisKind as Kind, Subject};
use super::outcome::{Again, Finding, Miss};
use super::remote::{self, Remote};
use super::{measure, scene, vector};
use crate::deliver::BUCKET;
use crate::hosted::{CallError, Hosted};
use crate::metrics::{AnalysisOutcome, Metrics};
use crate::openai::vision::Wanted;

/// Wait before storage is asked again that was away.
const STORAGE_AWAY: Duration = Duration::from_secs(10);

/// What was found out about one image.
pub(super) type Findings = BTreeMap<Kind, Result<Finding, Miss>>;

/// The analysers of a worker.
pub(super) struct Service {
    hosted: Hosted,
    remote: Option<Remote>,
    metrics: Metrics,
}

impl Service {
    pub(super) fn new(hosted: Hosted, remote: Option<Remote>, metrics: Metrics) -> Self {
        Self {
            hosted,
            remote,
            metrics,
        }
    }

    /// Counts how one analysis ended.
    pub(super) fn count(&self, kind: Kind, outcome: &Result<Finding, Miss>) {
        let outcome = match outcome {
            Ok(_) => AnalysisOutcome::Done,
            Err(miss) if miss.again == Again::Never => AnalysisOutcome::Failed,
            Err(_) => AnalysisOutcome::Retried,
        };
        self.metrics.analyzed(kind.name(), outcome);
    }

    fn remote_for(&self, kind: Kind) -> Option<&Remote> {
        self.remote.as_ref().filter(|remote| remote.serves(kind))
    }

    /// The filters of a claim: which kinds of which providers are served now, and whose images nobody describes.
    pub(super) fn wanted(&self) -> (Value, Value) {
        let rests = self.remote.as_ref().is_some_and(Remote::rests);
        let mut wanted = serde_json::Map::new();
        for kind in [Kind::Vision, Kind::Style, Kind::Safety] {
            let of = match self.remote_for(kind) {
                Some(_) if !rests => Value::Null,
                // What the painter painted needs nobody else.
                _ => json!([scene::SKETCH]),
            };
            wanted.insert(kind.name().to_owned(), of);
        }
        wanted.insert(Kind::Color.name().to_owned(), Value::Null);
        // One space for all images, or none of two could be compared.
        if self.remote_for(Kind::Embedding).is_none() || !rests {
            wanted.insert(Kind::Embedding.name().to_owned(), Value::Null);
        }
        let undescribed = match self.remote_for(Kind::Vision) {
            Some(_) => Value::Null,
            None => json!({ "except": [scene::SKETCH] }),
        };
        (Value::Object(wanted), undescribed)
    }

    /// Finds out everything about an image, except an embedding that is asked for elsewhere: see `embed`.
    pub(super) async fn look(&self, subject: &Subject) -> Findings {
        let measured = async {
            if subject.wants(Kind::Color) {
                Some((Kind::Color, self.measure(subject).await))
            } else {
                None
            }
        };
        let seen = async {
            if subject.provider == scene::SKETCH {
                read_scene(subject)
            } else {
                self.look_elsewhere(subject).await
            }
        };
        let (measured, mut found) = tokio::join!(measured, seen);
        found.extend(measured);
        if subject.wants(Kind::Embedding) && self.remote_for(Kind::Embedding).is_none() {
            found.insert(Kind::Embedding, Ok(vector::embedding(subject)));
        }
        found
    }

    async fn look_elsewhere(&self, subject: &Subject) -> Findings {
        let wanted: Vec<Kind> = [Kind::Vision, Kind::Style, Kind::Safety]
            .into_iter()
            .filter(|kind| subject.wants(*kind))
            .collect();
        if wanted.is_empty() {
            return Findings::new();
        }
        let all = |miss: Miss| {
            wanted
                .iter()
                .map(|kind| (*kind, Err(miss.clone())))
                .collect()
        };
        let webp = match self.file(&subject.thumbnail(remote::SIDE)).await {
            Ok(webp) => webp,
            Err(miss) => return all(miss),
        };
        // Claims name only what is served; whatever else came is not left without a word.
        let mut found: Findings = all(Miss::never("not_served"));
        let safety = async {
            let remote = self.remote_for(Kind::Safety)?;
            if subject.wants(Kind::Safety) {
                Some(remote.safety(&webp, &subject.prompt).await)
            } else {
                None
            }
        };
        let vision = async {
            let wanted = Wanted {
                vision: subject.wants(Kind::Vision),
                style: subject.wants(Kind::Style),
            };
            let remote = self.remote_for(Kind::Vision)?;
            if wanted.vision || wanted.style {
                Some(remote.vision(&webp, wanted).await)
            } else {
                None
            }
        };
        let (safety, vision) = tokio::join!(safety, vision);
        found.extend(safety.map(|outcome| (Kind::Safety, outcome)));
        found.extend(vision.unwrap_or_default());
        found
    }

    /// The embeddings of all images of a batch that want one and are asked for elsewhere, in their order.
    pub(super) async fn embed<'a>(
        &self,
        subjects: &'a [Subject],
    ) -> Vec<(&'a Subject, Result<Finding, Miss>)> {
        let Some(remote) = self.remote_for(Kind::Embedding) else {
            return Vec::new();
        };
        let wanting: Vec<&Subject> = subjects
            .iter()
            .filter(|subject| subject.wants(Kind::Embedding))
            .collect();
        if wanting.is_empty() {
            return Vec::new();
        }
        let found = remote.embeddings(&wanting).await;
        wanting.into_iter().zip(found).collect()
    }

    async fn measure(&self, subject: &Subject) -> Result<Finding, Miss> {
        let thumbnail = self.file(&subject.thumbnail(measure::SIDE)).await?;
        let noted = subject.noted_hash();
        let original = match noted {
            Some(_) => None,
            None => Some(self.file(&subject.storage_path).await?),
        };
        tokio::task::spawn_blocking(move || {
            let hash = noted.or_else(|| Some(blake3::hash(&original?).to_hex().to_string()));
            measure::measure(&thumbnail, &hash.unwrap_or_default())
        })
        .await
        .unwrap_or_else(|error| {
            tracing::error!(%error, "measuring broke off");
            Err(Miss::never("measuring_failed"))
        })
    }

    async fn file(&self, path: &str) -> Result<Bytes, Miss> {
        self.hosted
            .fetch(BUCKET, path)
            .await
            .map_err(|error| match error {
                // Deleted meanwhile, or never there.
                CallError::Refused(_) => Miss::never("no_file"),
                error => {
                    tracing::warn!(%error, "cannot read a thumbnail");
                    let wait = error.retry_after().unwrap_or(STORAGE_AWAY);
                    Miss {
                        code: "storage_unavailable".to_owned(),
                        again: Again::After(wait),
                    }
                }
            })
    }
}

/// What the painter noted answers everything about its pictures.
fn read_scene(subject: &Subject) -> Findings {
    let mut found = Findings::new();
    if subject.wants(Kind::Vision) {
        found.insert(Kind::Vision, scene::vision(subject));
    }
    if subject.wants(Kind::Style) {
        found.insert(Kind::Style, scene::style(subject));
    }
    if subject.wants(Kind::Safety) {
        found.insert(Kind::Safety, Ok(scene::safety()));
    }
    found
}
