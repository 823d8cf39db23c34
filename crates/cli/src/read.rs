//! Looking at the library and bringing it up to date.

use std::path::Path;
use std::time::Duration;

use amethyst_engine::Core;
use amethyst_model::{ImageId, MediaVariant, SyncPhase};
use anyhow::Context;
use serde_json::json;

use crate::{output, wait};

pub(crate) async fn list(core: &Core, limit: u32, as_json: bool) -> anyhow::Result<()> {
    for generation in core.generations(false, limit).await? {
        let images = core.images_of(generation.id).await?;
        let images: Vec<String> = images.iter().map(|image| image.id.to_string()).collect();
        if as_json {
            output::json(&json!({
                "id": generation.id,
                "status": generation.status,
                "prompt": generation.draft.prompt,
                "cost": generation.credits_cost,
                "images": images,
            }));
        } else {
            let (status, prompt) = (generation.status.as_str(), &generation.draft.prompt);
            output::line(&format!("{}  {status}  {prompt}", generation.id));
            for image in images {
                output::line(&format!("  {image}"));
            }
        }
    }
    Ok(())
}

pub(crate) async fn ledger(core: &Core, limit: u32, as_json: bool) -> anyhow::Result<()> {
    let (lines, _) = core.ledger(None, limit).await?;
    for line in lines {
        let entry = line.entry;
        if as_json {
            output::json(&json!({
                "id": entry.id,
                "amount": entry.amount,
                "kind": entry.kind,
                "balance_after": line.balance_after,
                "created_at": entry.created_at,
            }));
        } else {
            let at = entry.created_at.format("%Y-%m-%d %H:%M");
            output::line(&format!(
                "{at}  {:+5}  {}",
                entry.amount,
                entry.kind.as_str()
            ));
        }
    }
    Ok(())
}

pub(crate) async fn sync(core: &Core) -> anyhow::Result<()> {
    core.sync_now().await?;
    wait::until(core, Duration::from_secs(300), "the server", async || {
        Ok((core.sync().await?.state.phase() == SyncPhase::UpToDate).then_some(()))
    })
    .await?;
    output::line("up to date");
    Ok(())
}

pub(crate) async fn export(core: &Core, id: &str, out: &Path) -> anyhow::Result<()> {
    let id: ImageId = id.parse().context("that is not the id of an image")?;
    let detail = core.image_detail(id).await?;
    let media = core.media(id, MediaVariant::Original).await?;
    let media = media.context("the original is not on this machine yet; run `sync` first")?;
    fs_err::create_dir_all(out)?;
    let path = out.join(format!("{id}.{}", detail.image.format));
    fs_err::write(&path, media.bytes)?;
    output::line(&path.display().to_string());
    Ok(())
}
