//! From pixels to stored objects: the original, three thumbnails, and the row that names them.

use std::time::Duration;

use amethyst_imaging::{Bitmap, Format, dominant_color, embed_xmp, encode, hex_color};
use amethyst_model::Backoff;
use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::hosted::{CallError, Hosted};
use crate::job::Job;
use crate::label::sketch_xmp;
use crate::provider::{Failure, Picture};

/// Bucket of all generated images.
pub(crate) const BUCKET: &str = "generated-images";

/// Longest sides of the thumbnails, in pixels.
const THUMBNAILS: [u32; 3] = [256, 512, 768];

const THUMBNAIL_QUALITY: u8 = 80;

/// Tries for one upload before the job goes back into the queue.
const UPLOAD_TRIES: u32 = 5;

const BACKOFF: Backoff = Backoff {
    base: Duration::from_millis(400),
    cap: Duration::from_secs(6),
};

/// One file of an image.
struct File {
    variant: String,
    path: String,
    format: Format,
    width: u32,
    height: u32,
    bytes: Bytes,
}

impl File {
    fn row(&self) -> Value {
        json!({
            "variant": self.variant,
            "path": self.path,
            "bytes": self.bytes.len(),
            "width": self.width,
            "height": self.height,
            "blake3": blake3::hash(&self.bytes).to_hex().as_str(),
        })
    }
}

/// Encodes and uploads one picture under names that follow from the job, so that a second attempt replaces
/// the files of the first. Answers the row for `complete_generation`.
pub(crate) async fn deliver(
    hosted: &Hosted,
    job: &Job,
    index: u32,
    picture: Picture,
) -> Result<Value, Failure> {
    let format = job
        .format()
        .ok_or_else(|| Failure::lasting("invalid_format"))?;
    let stem = format!("{}/{}", job.folder(), job.image_id(index));
    let quality = job.output_quality;
    let Picture {
        bitmap,
        seed,
        report: mut technical,
    } = picture;
    let size = (bitmap.width(), bitmap.height());
    let (files, color) = tokio::task::spawn_blocking(move || {
        let color = hex_color(dominant_color(&bitmap));
        files(&bitmap, format, quality, &stem).map(|files| (files, color))
    })
    .await
    .map_err(|_| Failure::lasting("encoding_failed"))?
    .map_err(|error| {
        tracing::error!(%error, "cannot encode");
        Failure::lasting("encoding_failed")
    })?;
    for file in &files {
        upload(hosted, file).await?;
    }
    technical.extend(
        [
            ("index", json!(index)),
            ("seed", json!(seed)),
            ("dominant_color", json!(color)),
            ("files", files.iter().map(File::row).collect()),
            ("steps", json!(job.steps)),
            ("guidance_scale", json!(job.guidance_scale)),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    );
    Ok(row(format, size, seed, &files, &technical))
}

fn files(
    bitmap: &Bitmap,
    format: Format,
    quality: u8,
    stem: &str,
) -> Result<Vec<File>, amethyst_imaging::Error> {
    let original = embed_xmp(&encode(bitmap, format, quality)?, &sketch_xmp())?;
    let mut files = vec![File {
        variant: "original".to_owned(),
        path: format!("{stem}.{}", format.extension()),
        format,
        width: bitmap.width(),
        height: bitmap.height(),
        bytes: original.into(),
    }];
    // From large to small, each from the one before: a quarter of the work, and no visible difference.
    let mut source = bitmap.clone();
    for side in THUMBNAILS.into_iter().rev() {
        source = source.shrunk(side);
        files.push(File {
            variant: side.to_string(),
            path: format!("{stem}.{side}.webp"),
            format: Format::Webp,
            width: source.width(),
            height: source.height(),
            bytes: encode(&source, Format::Webp, THUMBNAIL_QUALITY)?.into(),
        });
    }
    Ok(files)
}

async fn upload(hosted: &Hosted, file: &File) -> Result<(), Failure> {
    let mut attempts = 0;
    loop {
        let mime = file.format.mime();
        let error = match hosted
            .upload(BUCKET, &file.path, mime, file.bytes.clone())
            .await
        {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        attempts += 1;
        if !error.is_passing() || attempts >= UPLOAD_TRIES {
            tracing::warn!(%error, variant = file.variant, "cannot upload");
            return Err(upload_failure(&error));
        }
        let wait = BACKOFF.wait(attempts, rand::random(), error.retry_after());
        tokio::time::sleep(wait).await;
    }
}

fn upload_failure(error: &CallError) -> Failure {
    match error {
        // Too large or of a kind that the bucket does not take: it would be refused again.
        CallError::Refused(_) => Failure::lasting("storage_refused"),
        _ => Failure {
            code: "storage_unavailable".to_owned(),
            retryable: true,
        },
    }
}

fn row(
    format: Format,
    size: (u32, u32),
    seed: u32,
    files: &[File],
    technical: &Map<String, Value>,
) -> Value {
    // Relative to the project, so that rows outlive a change of its address.
    let address = |path: &str| format!("/storage/v1/object/authenticated/{BUCKET}/{path}");
    let path = |variant: &str| {
        files
            .iter()
            .find(|file| file.variant == variant)
            .map_or("", |file| file.path.as_str())
    };
    json!({
        "storage_path": path("original"),
        "public_url": address(path("original")),
        "thumbnail_url": address(path("512")),
        "width": size.0,
        "height": size.1,
        "format": format.extension(),
        "size_bytes": files.first().map_or(0, |file| file.bytes.len()),
        // Landscapes out of a fixed vocabulary: nothing in them needs to be hidden.
        "nsfw_score": if technical.get("provider") == Some(&json!("sketch")) { json!(0.0) } else { Value::Null },
        "metadata": { "seed": seed },
        "technical_metadata": technical,
    })
}
