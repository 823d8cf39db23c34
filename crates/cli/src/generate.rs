//! Making images and waiting for their files.

use std::path::{Path, PathBuf};
use std::time::Duration;

use amethyst_engine::{Core, Error};
use amethyst_imaging::{Format, Limits};
use amethyst_model::{Generation, GenerationStatus, Image, MediaVariant};
use anyhow::{Context, bail, ensure};
use serde_json::json;

use crate::options::Generate;
use crate::{output, session, wait};

/// How long the catalog may take to arrive after signing in.
const CATALOG: Duration = Duration::from_secs(30);

pub(crate) async fn generate(core: &Core, request: &Generate, as_json: bool) -> anyhow::Result<()> {
    if let Some(email) = &request.sign_up {
        let password = session::password(request.password_env.as_deref())?;
        core.sign_up(email, &password, session::language()).await?;
        output::progress("signed up");
    }
    wait::until(core, CATALOG, "the catalog", async || {
        Ok(core.account().await?.map(|_account| ()))
    })
    .await?;
    let draft = request.draft();
    let quote = core.quote(&draft).await?;
    let max_cost = request.max_cost.or(quote.cost).unwrap_or(0);
    let generation = core.request_generation(&draft, max_cost).await?;
    output::progress(&format!(
        "requested for {} credit(s)",
        generation.credits_cost
    ));
    let ended = follow(core, &generation, Duration::from_secs(request.timeout)).await?;
    let files = collect(core, &ended, request).await?;
    report(core, &ended, &files, as_json).await
}

/// Waits for the end, telling every change on the way.
async fn follow(
    core: &Core,
    generation: &Generation,
    limit: Duration,
) -> anyhow::Result<Generation> {
    let mut told = String::new();
    wait::until(core, limit, "the images", async || {
        let now = core.generation(generation.id).await?;
        let words = words(&now);
        if words != told {
            output::progress(&words);
            told = words;
        }
        let stopped = now.status.is_final() || now.status == GenerationStatus::Parked;
        Ok(stopped.then_some(now))
    })
    .await
}

fn words(generation: &Generation) -> String {
    match (generation.status, generation.progress) {
        (GenerationStatus::Processing, Some(progress)) => format!(
            "image {} of {}: step {} of {}",
            progress.image, progress.images, progress.step, progress.steps
        ),
        (status, _) => status.as_str().replace('_', " "),
    }
}

/// Writes the originals once they are on this machine, and looks at each as a stranger would.
async fn collect(
    core: &Core,
    generation: &Generation,
    request: &Generate,
) -> anyhow::Result<Vec<(Image, PathBuf)>> {
    match generation.status {
        GenerationStatus::Completed => {}
        GenerationStatus::Parked => {
            let outbox = core.outbox().await?;
            let state = outbox.into_iter().next().map(|queued| queued.state);
            bail!("the server did not accept the request; nothing was charged ({state:?})");
        }
        status => bail!(
            "the request ended as {}; {} credit(s) came back ({})",
            status.as_str(),
            core.refunded(generation.id).await?,
            generation
                .error_message
                .as_deref()
                .unwrap_or("no reason given"),
        ),
    }
    fs_err::create_dir_all(&request.out)?;
    let limit = Duration::from_secs(request.timeout);
    let mut files = Vec::new();
    let images = wait::until(core, limit, "the rows of the images", async || {
        let images = core.images_of(generation.id).await?;
        Ok((!images.is_empty()).then_some(images))
    })
    .await?;
    for (index, image) in images.into_iter().enumerate() {
        let bytes = wait::until(core, limit, "the files", async || {
            core.media(image.id, MediaVariant::Original).await
        })
        .await?
        .bytes;
        check(&bytes, generation)?;
        let path = free_path(&request.out, &generation.draft.prompt, index, &image.format);
        fs_err::write(&path, bytes)?;
        files.push((image, path));
    }
    Ok(files)
}

/// Fails unless the file is an image of the requested format and size.
fn check(bytes: &[u8], generation: &Generation) -> anyhow::Result<()> {
    let bitmap = amethyst_imaging::decode(bytes, Limits::default())
        .context("the file does not decode as an image")?;
    let (width, height) = generation.draft.size();
    let found = (i64::from(bitmap.width()), i64::from(bitmap.height()));
    ensure!(
        found == (width, height),
        "the image is {found:?}, not {width}×{height}"
    );
    let wanted = match generation.draft.output_format {
        amethyst_model::OutputFormat::Webp => Format::Webp,
        amethyst_model::OutputFormat::Png => Format::Png,
        amethyst_model::OutputFormat::Jpg => Format::Jpeg,
    };
    ensure!(
        Format::sniff(bytes) == Some(wanted),
        "the file is not of the requested format"
    );
    Ok(())
}

/// A name from the prompt that no file has yet.
fn free_path(folder: &Path, prompt: &str, index: usize, extension: &str) -> PathBuf {
    let mut name: String = prompt
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { '-' })
        .take(60)
        .collect();
    while name.contains("--") {
        name = name.replace("--", "-");
    }
    let name = name.trim_matches('-');
    let name = if name.is_empty() { "image" } else { name };
    (index + 1..)
        .map(|number| folder.join(format!("{name}-{number}.{extension}")))
        .find(|path| !path.exists())
        .unwrap_or_else(|| folder.join(format!("{name}.{extension}")))
}

async fn report(
    core: &Core,
    generation: &Generation,
    files: &[(Image, PathBuf)],
    as_json: bool,
) -> anyhow::Result<()> {
    let balance = settled_balance(core, generation).await?;
    let cost = generation.credits_cost - core.refunded(generation.id).await?;
    if as_json {
        let images: Vec<_> = files
            .iter()
            .map(|(image, path)| {
                json!({
                    "path": path,
                    "width": image.width,
                    "height": image.height,
                    "bytes": image.size_bytes,
                    "seed": image.seed(),
                })
            })
            .collect();
        output::json(&json!({ "images": images, "cost": cost, "balance": balance }));
        return Ok(());
    }
    for (image, path) in files {
        let size = format!(
            "{}×{}, {} bytes",
            image.width, image.height, image.size_bytes
        );
        output::line(&format!("{}  {size}", path.display()));
    }
    output::line(&format!("cost: {cost} credit(s)"));
    output::line(&format!("balance: {balance} credit(s)"));
    Ok(())
}

/// The balance once the ledger shows this request's line.
async fn settled_balance(core: &Core, generation: &Generation) -> anyhow::Result<i64> {
    wait::until(core, Duration::from_secs(30), "the ledger", async || {
        let Some(account) = core.account().await? else {
            return Ok(None);
        };
        if generation.credits_cost == 0 {
            return Ok(Some(account.profile.credits_balance));
        }
        let (lines, _) = core.ledger(None, 50).await?;
        let listed = lines
            .iter()
            .any(|line| line.entry.reference_id == Some(generation.id.0));
        let sum: i64 = lines.iter().map(|line| line.entry.amount).sum();
        let balance = account.profile.credits_balance;
        // A page of the feed may bring the line before the profile; with all lines at hand they agree.
        let agrees = lines.len() >= 50 || sum == balance;
        Ok::<_, Error>((listed && agrees).then_some(balance))
    })
    .await
}
