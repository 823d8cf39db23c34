//! The account PostgreSQL runs as: ours, or an unprivileged one when we are root, which it refuses.

use std::io;
use std::path::Path;

/// User and group to drop to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

/// Whether this process runs as root.
#[cfg(unix)]
pub(crate) fn is_root() -> bool {
    nix::unistd::geteuid().is_root()
}

/// Whether this process runs as root.
#[cfg(not(unix))]
pub(crate) fn is_root() -> bool {
    false
}

/// The account to drop to; `None` when we are not root.
#[cfg(unix)]
pub(crate) fn unprivileged() -> anyhow::Result<Option<Account>> {
    if !is_root() {
        return Ok(None);
    }
    for name in ["postgres", "nobody"] {
        if let Some(user) = nix::unistd::User::from_name(name)? {
            return Ok(Some(Account {
                uid: user.uid.as_raw(),
                gid: user.gid.as_raw(),
            }));
        }
    }
    anyhow::bail!("PostgreSQL does not run as root, and there is neither `postgres` nor `nobody`")
}

/// The account to drop to; `None` where there is none to drop to.
#[cfg(not(unix))]
pub(crate) fn unprivileged() -> anyhow::Result<Option<Account>> {
    Ok(None)
}

/// Makes a folder that only the account can open.
pub(crate) fn own_folder(path: &Path, account: Option<Account>) -> io::Result<()> {
    fs_err::create_dir_all(path)?;
    restrict(path)?;
    give(path, account)
}

/// Hands a file or folder to the account.
#[cfg(unix)]
pub(crate) fn give(path: &Path, account: Option<Account>) -> io::Result<()> {
    match account {
        Some(Account { uid, gid }) => std::os::unix::fs::chown(path, Some(uid), Some(gid)),
        None => Ok(()),
    }
}

/// Hands a file or folder to the account.
#[cfg(not(unix))]
pub(crate) fn give(_path: &Path, _account: Option<Account>) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn restrict(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs_err::set_permissions(path, std::fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn restrict(_path: &Path) -> io::Result<()> {
    Ok(())
}
