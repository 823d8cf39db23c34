//! What a fresh machine needs, installed once and found again at once.

mod apt;
mod npm;
mod tools;

pub(crate) use apt::{BUILD, PLATFORMS, RUN, TEST, packages};
pub(crate) use npm::install as npm;
pub(crate) use tools::{deny, nextest, targets, tauri_driver};

/// Says what is being done.
pub(crate) fn say(what: &str) {
    println!("\x1b[1m▸ {what}\x1b[0m");
}
