//! The files of the repository and their sizes.

use std::path::Path;

use xshell::{Shell, cmd};

/// Lines from which on a file is pointed at.
const MANY: usize = 350;
/// Lines at which a file fails, and larger files with the reason why they may be.
const MOST: usize = 500;
const LARGE: &[(&str, &str)] = &[
    (
        "crates/backend/tests/realtime.rs",
        "a flat list of scenarios over one fixture",
    ),
    (
        "crates/backend/tests/storage.rs",
        "a flat list of scenarios over one fixture",
    ),
];

/// Files that git tracks or would track.
pub(super) fn tracked() -> anyhow::Result<Vec<String>> {
    let sh = Shell::new()?;
    let text = cmd!(sh, "git ls-files --cached --others --exclude-standard")
        .quiet()
        .read()?;
    Ok(text
        .lines()
        .filter(|file| Path::new(file).is_file())
        .map(str::to_owned)
        .collect())
}

/// Whether it is code of ours, as opposed to data or something made by a tool.
pub(super) fn is_code(file: &str) -> bool {
    let ending = Path::new(file)
        .extension()
        .and_then(|ending| ending.to_str());
    matches!(
        ending,
        Some("rs" | "ts" | "svelte" | "sql" | "css" | "js" | "mjs")
    ) && !file.contains("/generated/")
        && !file.contains("fixtures/")
}

/// Files that are too long to be one thing. Those that come near are only told.
pub(super) fn check_sizes(files: &[String]) -> anyhow::Result<Vec<String>> {
    let mut breaches = Vec::new();
    for file in files.iter().filter(|file| is_code(file)) {
        let lines = fs_err::read_to_string(file)?.lines().count();
        if lines <= MANY || LARGE.iter().any(|(known, _)| known == file) {
            continue;
        }
        match lines > MOST {
            true => breaches.push(format!("{file}: {lines} lines; is it still one thing?")),
            false => println!("  {file}: {lines} lines, of {MOST} at most"),
        }
    }
    Ok(breaches)
}
