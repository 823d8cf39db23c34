//! A stopped cluster with everything laid, copied for each test: initializing takes seconds, copying
//! a fraction of one.

use std::path::{Path, PathBuf};

use anyhow::Context;

use super::account::{self, Account};
use super::cluster::{Place, passable};

/// Fills `place` with a copy of the template, making the template first if need be.
pub(crate) async fn fill(place: &Place, cache: &Path) -> anyhow::Result<()> {
    let template = template_place(place, cache)?;
    if !template.is_made() {
        make(&template, cache).await?;
    }
    copy(&template.data(), &place.data(), place.account)?;
    let password = fs_err::read(template.password_file())?;
    Ok(crate::private_file::write(
        &place.password_file(),
        &password,
    )?)
}

/// The template belongs to one PostgreSQL and one set of SQL files.
fn template_place(place: &Place, cache: &Path) -> anyhow::Result<Place> {
    let mut hasher = blake3::Hasher::new();
    hasher.update(place.bin.to_string_lossy().as_bytes());
    for (name, text) in crate::platform::all_sql() {
        hasher.update(name.as_bytes()).update(text.as_bytes());
    }
    let name = format!("template-{}", &hasher.finalize().to_hex()[..16]);
    Place::new(place.bin.clone(), cache.join(name))
}

/// Makes it aside and moves it into place, so that two processes at once both end with a whole one.
async fn make(template: &Place, cache: &Path) -> anyhow::Result<()> {
    passable(cache)?;
    let work = tempfile::Builder::new()
        .prefix("template-")
        .tempdir_in(cache)?;
    passable(work.path())?;
    let aside = Place::new(template.bin.clone(), work.path().join("cluster"))?;
    passable(&aside.folder)?;
    aside.make()?;
    let cluster = aside.start(false).await?;
    let pool = cluster.connect().await?;
    let laid = crate::platform::lay(&pool).await;
    pool.close().await;
    tokio::task::spawn_blocking(move || drop(cluster)).await?;
    laid.context("the schema could not be laid")?;
    forget_old(cache);
    match fs_err::rename(&aside.folder, &template.folder) {
        Ok(()) => Ok(()),
        Err(_) if template.is_made() => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Removes templates of SQL files as they were more than a week ago. Younger ones may be another
/// checkout's.
fn forget_old(cache: &Path) {
    let week = std::time::Duration::from_secs(7 * 24 * 3600);
    let entries = fs_err::read_dir(cache).into_iter().flatten().flatten();
    for entry in
        entries.filter(|entry| entry.file_name().to_string_lossy().starts_with("template-"))
    {
        let age = entry.metadata().and_then(|it| it.modified()).ok();
        if age
            .and_then(|at| at.elapsed().ok())
            .is_some_and(|age| age > week)
        {
            // Another process may be faster, or it is in use where files cannot be removed then.
            let _gone = fs_err::remove_dir_all(entry.path());
        }
    }
}

fn copy(from: &Path, to: &Path, account: Option<Account>) -> anyhow::Result<()> {
    account::own_folder(to, account)?;
    let mut folders = vec![PathBuf::new()];
    while let Some(relative) = folders.pop() {
        for entry in fs_err::read_dir(from.join(&relative))? {
            let entry = entry?;
            let name = relative.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                account::own_folder(&to.join(&name), account)?;
                folders.push(name);
            } else {
                fs_err::copy(entry.path(), to.join(&name))?;
                account::give(&to.join(&name), account)?;
            }
        }
    }
    Ok(())
}
