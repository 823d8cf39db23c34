//! Debian's packages: installed when we may, else the exact line to type.

use std::process::{Command, Stdio};

use anyhow::{Context, bail};

use super::say;

/// What the build needs.
pub(crate) const BUILD: &[&str] = &[
    "build-essential",
    "pkg-config",
    "cmake",
    "nasm",
    "libwebkit2gtk-4.1-dev",
    "libgtk-3-dev",
    "libsoup-3.0-dev",
    "librsvg2-dev",
    "libssl-dev",
];
/// What opening a window without a display needs.
pub(crate) const RUN: &[&str] = &[
    "xvfb",
    "openbox",
    "dbus-x11",
    "gnome-keyring",
    "imagemagick",
    "xdotool",
    "libsecret-tools",
];
/// What the tests in a browser and in the real window need, and what reads the labels inside of images.
pub(crate) const TEST: &[&str] = &["chromium", "webkit2gtk-driver", "libimage-exiftool-perl"];
/// What type-checking for Windows needs.
pub(crate) const PLATFORMS: &[&str] = &["gcc-mingw-w64-x86-64", "g++-mingw-w64-x86-64"];

/// Installs what is missing of these lists.
pub(crate) fn packages(lists: &[&[&str]]) -> anyhow::Result<()> {
    if !exists("dpkg-query") {
        say(
            "this is no Debian: make sure that a C compiler, cmake, nasm and WebKitGTK 4.1 are installed",
        );
        return Ok(());
    }
    let pip = Command::new("python3")
        .args(["-m", "pip", "--version"])
        .output();
    let pip: &[&str] = match pip.is_ok_and(|answer| answer.status.success()) {
        true => &[],
        // Debian packages it apart from Python; PostgreSQL and tools are fetched with it.
        false => &["python3", "python3-pip"],
    };
    let lists = [lists, &[pip]].concat();
    let missing: Vec<&str> = lists
        .iter()
        .flat_map(|list| list.iter().copied())
        .filter(|name| !installed(name))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    say(&format!("installing {}", missing.join(" ")));
    let install = [
        &["apt-get", "install", "-y", "--no-install-recommends"],
        missing.as_slice(),
    ]
    .concat();
    for words in [&["apt-get", "update", "-q"][..], &install] {
        let Some(mut command) = as_root(words) else {
            bail!(
                "packages are missing and this account may not install them; type:\n  \
                 sudo apt-get update && sudo apt-get install -y {}",
                missing.join(" ")
            );
        };
        let done = command
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdout(Stdio::null())
            .status();
        let done = done.with_context(|| format!("`{}` could not be started", words.join(" ")))?;
        if !done.success() {
            bail!("`{}` failed", words.join(" "));
        }
    }
    Ok(())
}

fn installed(name: &str) -> bool {
    let answer = Command::new("dpkg-query")
        .args(["-W", "-f=${Status}", name])
        .output();
    answer.is_ok_and(|answer| answer.stdout.ends_with(b"ok installed"))
}

fn as_root(words: &[&str]) -> Option<Command> {
    let is_root = Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|id| id.stdout.starts_with(b"0\n"));
    if is_root {
        let mut command = Command::new(words[0]);
        command.args(&words[1..]);
        return Some(command);
    }
    let may = Command::new("sudo")
        .args(["-n", "true"])
        .stderr(Stdio::null())
        .status();
    may.is_ok_and(|status| status.success()).then(|| {
        let mut command = Command::new("sudo");
        command.arg("-n").args(words);
        command
    })
}

/// Whether a program is on the path.
pub(crate) fn exists(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}
