//! From pixels to stored objects: the original, three thumbnails, and the row that names them.

use std::time::Duration;

use amethyst_imaging::{
    Format, Limits, decode, dominant_color, embed_xmp, encode, hex_color, probe,
};
use amethyst_model::{Adapted, Backoff};
use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::hosted::{CallError, Hosted};
use crate::job::Job;
use crate::label::{self, Origin};
use crate::outside::Class;
use crate::provider::{Content, Failure, Output, Picture};

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
///
/// A failure of the class [`Class::UserInput`] is about this picture alone: it cannot be kept, ever.
pub(crate) async fn deliver(
    hosted: &Hosted,
    job: &Job,
    provider: &'static str,
    adapted: &Adapted,
    output: Output,
) -> Result<Value, Failure> {
    let Output { index, picture } = output;
    let Picture {
        content,
        seed,
        report: mut technical,
    } = picture;
    let making = Making {
        format: job.format(),
        quality: job.output_quality,
        stem: format!("{}/{}", job.folder(), job.image_id(index)),
    };
    let origin = Origin::of(job, adapted, index, seed);
    let made = tokio::task::spawn_blocking(move || making.files(content, origin))
        .await
        .map_err(|_| Failure::lasting("encoding_failed"))?;
    let (files, color) = made.map_err(|error| {
        tracing::error!(%error, prompt = %job.id, "a picture cannot be kept");
        Failure::lasting("unreadable")
    })?;
    for file in &files {
        upload(hosted, file).await?;
    }
    let fields = [
        ("index", json!(index)),
        ("provider", json!(provider)),
        ("model_version", json!(job.model_version)),
        ("seed", json!(seed)),
        ("dominant_color", json!(color)),
        ("files", files.iter().map(File::row).collect()),
        ("steps", json!(adapted.steps)),
        ("guidance_scale", json!(adapted.guidance)),
    ];
    technical.extend(fields.map(|(name, value)| (name.to_owned(), value)));
    technical.retain(|_, value| !value.is_null());
    Ok(row(job.format(), seed, &files, &technical))
}

/// How files are made of a picture.
struct Making {
    format: Format,
    quality: u8,
    stem: String,
}

impl Making {
    /// Original and thumbnails, and the dominant color.
    fn files(
        &self,
        content: Content,
        mut origin: Origin,
    ) -> Result<(Vec<File>, String), amethyst_imaging::Error> {
        let (bitmap, original) = match content {
            Content::Pixels(bitmap) => (bitmap, None),
            Content::File(file) => {
                // Decoded before it is believed, also where it is kept as it is: without a second loss.
                let bitmap = decode(&file, Limits::default())?;
                let is_wanted = probe(&file)?.format == self.format;
                (bitmap, is_wanted.then_some(file))
            }
        };
        let original = match original {
            Some(file) => file.to_vec(),
            None => encode(&bitmap, self.format, self.quality)?,
        };
        origin.recipe.width = Some(bitmap.width());
        origin.recipe.height = Some(bitmap.height());
        let original = embed_xmp(&original, &label::xmp(&origin))?;
        let mark = label::mark(&origin);
        let color = hex_color(dominant_color(&bitmap));
        let mut files = vec![File {
            variant: "original".to_owned(),
            path: format!("{}.{}", self.stem, self.format.extension()),
            format: self.format,
            width: bitmap.width(),
            height: bitmap.height(),
            bytes: original.into(),
        }];
        // From large to small, each from the one before: a quarter of the work, and no visible difference.
        let mut source = bitmap;
        for side in THUMBNAILS.into_iter().rev() {
            source = source.shrunk(side);
            files.push(File {
                variant: side.to_string(),
                path: format!("{}.{side}.webp", self.stem),
                format: Format::Webp,
                width: source.width(),
                height: source.height(),
                bytes: embed_xmp(&encode(&source, Format::Webp, THUMBNAIL_QUALITY)?, &mark)?.into(),
            });
        }
        Ok((files, color))
    }
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
        _ => Failure::new("storage_unavailable", Class::Outage),
    }
}

fn row(format: Format, seed: Option<u64>, files: &[File], technical: &Map<String, Value>) -> Value {
    // Relative to the project, so that rows outlive a change of its address.
    let address = |path: &str| format!("/storage/v1/object/authenticated/{BUCKET}/{path}");
    let original = files.first();
    let path = |variant: &str| {
        files
            .iter()
            .find(|file| file.variant == variant)
            .map_or("", |file| file.path.as_str())
    };
    let mut metadata = Map::new();
    if let Some(seed) = seed {
        metadata.insert("seed".to_owned(), json!(seed));
    }
    json!({
        "storage_path": path("original"),
        "public_url": address(path("original")),
        "thumbnail_url": address(path("512")),
        "width": original.map_or(0, |file| file.width),
        "height": original.map_or(0, |file| file.height),
        "format": format.extension(),
        "size_bytes": original.map_or(0, |file| file.bytes.len()),
        // Landscapes out of a fixed vocabulary: nothing in them needs to be hidden.
        "nsfw_score": if technical.get("provider") == Some(&json!("sketch")) { json!(0.0) } else { Value::Null },
        "metadata": metadata,
        "technical_metadata": technical,
    })
}
