//! Copies of published images: from the private bucket to the public one, under the random folder that the
//! claim names. The copies keep the mark of what made the image; of its parameters they tell what the image's page
//! tells everybody.

use std::time::Duration;

use amethyst_imaging::{embed_xmp, read_xmp, without_metadata};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::config::Config;
use crate::hosted::{CallError, Hosted};
use crate::label::public_xmp;

const FROM: &str = "generated-images";
const TO: &str = "public-images";

/// Wait between two looks into an empty queue: a publication may take a moment.
const PAUSE: Duration = Duration::from_secs(2);

/// A claimed publication.
#[derive(Debug, Deserialize)]
struct Publication {
    image_id: Uuid,
    lease_token: Uuid,
    /// Null when the image was taken back before the claim.
    public_name: Option<Uuid>,
    #[serde(default)]
    files: Option<Vec<Stored>>,
    #[serde(default)]
    provider: Option<String>,
}

/// An entry of `technical_metadata.files`.
#[derive(Debug, Deserialize)]
struct Stored {
    variant: String,
    path: String,
}

/// Publishes until `stop`.
pub(crate) async fn publish(hosted: Hosted, config: Config, name: String, stop: CancellationToken) {
    while !stop.is_cancelled() {
        match hosted.claim_publication(&name, config.lease).await {
            Ok(Some(claim)) => one(&hosted, claim).await,
            outcome => {
                if let Err(error) = outcome {
                    tracing::debug!(%error, "cannot claim a publication");
                }
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(PAUSE) => {}
                }
            }
        }
    }
}

async fn one(hosted: &Hosted, claim: Value) {
    let Ok(publication) = serde_json::from_value::<Publication>(claim) else {
        // Its lease runs out by itself, and after a few attempts the job.
        tracing::error!("cannot read a publication");
        return;
    };
    let (image, token) = (publication.image_id, publication.lease_token);
    let result = match copy(hosted, &publication).await {
        Ok(Some((name, original, thumbnail))) => {
            hosted
                .complete_publication(image, token, name, &original, &thumbnail)
                .await
        }
        Ok(None) => {
            hosted
                .fail_publication(image, token, "no_files", false)
                .await
        }
        Err(Stopped::Call(error)) => {
            tracing::warn!(%error, %image, "cannot publish");
            let passing = error.is_passing();
            hosted
                .fail_publication(image, token, "storage_unavailable", passing)
                .await
        }
        Err(Stopped::Damaged(error)) => {
            tracing::error!(%error, %image, "cannot publish a damaged file");
            hosted
                .fail_publication(image, token, "damaged_file", false)
                .await
        }
    };
    match result {
        Ok(()) => tracing::info!(%image, "publication ended"),
        Err(error) => tracing::warn!(%error, %image, "the end of a publication is not told"),
    }
}

/// Why there is no copy.
#[derive(Debug)]
enum Stopped {
    Call(CallError),
    Damaged(amethyst_imaging::Error),
}

impl From<CallError> for Stopped {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}

/// Copies every file; answers folder, original and thumbnail. `None`: there is nothing to copy.
async fn copy(
    hosted: &Hosted,
    publication: &Publication,
) -> Result<Option<(Uuid, String, String)>, Stopped> {
    let (Some(name), Some(files)) = (publication.public_name, &publication.files) else {
        return Ok(None);
    };
    let recipe = hosted.public_recipe(publication.image_id).await?;
    let provider = publication.provider.as_deref().unwrap_or_default();
    let (mut original, mut thumbnail) = (None, None);
    for file in files {
        let Some((extension, mime)) = kind(&file.path) else {
            return Ok(None);
        };
        let target = format!("{name}/{}.{extension}", file.variant);
        let bytes = hosted.download(FROM, &file.path).await?;
        // A thumbnail has no room for more than the mark.
        let told = recipe.as_ref().filter(|_| file.variant == "original");
        let copy = public_copy(&bytes, provider, told).map_err(Stopped::Damaged)?;
        hosted.upload(TO, &target, mime, copy).await?;
        match file.variant.as_str() {
            "original" => original = Some(target),
            "512" => thumbnail = Some(target),
            _ => {}
        }
    }
    Ok(original
        .zip(thumbnail)
        .map(|(original, thumbnail)| (name, original, thumbnail)))
}

/// The same pixels with a label that everybody may read, and no other words.
fn public_copy(
    bytes: &[u8],
    provider: &str,
    recipe: Option<&Value>,
) -> Result<Bytes, amethyst_imaging::Error> {
    let label = public_xmp(read_xmp(bytes).as_deref(), provider, recipe);
    Ok(embed_xmp(&without_metadata(bytes)?, &label)?.into())
}

fn kind(path: &str) -> Option<(&'static str, &'static str)> {
    match path.rsplit('.').next()? {
        "webp" => Some(("webp", "image/webp")),
        "png" => Some(("png", "image/png")),
        "jpg" => Some(("jpg", "image/jpeg")),
        _ => None,
    }
}
