//! Which crate may depend on which: the table of `docs/architecture.md` as data.

use serde_json::Value;
use xshell::{Shell, cmd};

/// What each crate of ours may import of ours, and which libraries it must never.
const TABLE: &[(&str, &[&str], &[&str])] = &[
    (
        "amethyst-model",
        &[],
        &[
            "tokio", "sqlx", "reqwest", "tauri", "ts-rs", "fs-err", "rand",
        ],
    ),
    (
        "amethyst-store",
        &["amethyst-model"],
        &["reqwest", "tauri", "ts-rs", "axum"],
    ),
    (
        "amethyst-remote",
        &["amethyst-model"],
        &["sqlx", "tauri", "axum", "ts-rs"],
    ),
    (
        "amethyst-engine",
        &[
            "amethyst-model",
            "amethyst-store",
            "amethyst-remote",
            "amethyst-imaging",
        ],
        &["sqlx", "reqwest", "tauri", "axum", "ts-rs"],
    ),
    (
        "amethyst-api",
        &["amethyst-model", "amethyst-engine"],
        &["tauri", "axum", "sqlx", "reqwest"],
    ),
    (
        "amethyst",
        &[
            "amethyst-api",
            "amethyst-engine",
            "amethyst-model",
            "amethyst-secret",
        ],
        &["sqlx", "reqwest", "axum"],
    ),
    (
        "amethyst-secret",
        &["amethyst-model"],
        &["tauri", "sqlx", "reqwest"],
    ),
    (
        "amethyst-imaging",
        &[],
        &["tokio", "sqlx", "reqwest", "tauri"],
    ),
    (
        "amethyst-cli",
        &[
            "amethyst-api",
            "amethyst-engine",
            "amethyst-model",
            "amethyst-secret",
            "amethyst-imaging",
        ],
        &["sqlx", "reqwest", "tauri"],
    ),
    (
        "amethyst-bridge",
        &[
            "amethyst-api",
            "amethyst-engine",
            "amethyst-model",
            "amethyst-secret",
        ],
        &["tauri", "sqlx", "reqwest"],
    ),
    (
        "amethyst-worker",
        &["amethyst-model", "amethyst-imaging"],
        &["tauri", "sqlx"],
    ),
    (
        "amethyst-backend",
        &["amethyst-model"],
        &["tauri", "reqwest"],
    ),
    (
        "amethyst-testkit",
        &["amethyst-model", "amethyst-backend", "amethyst-imaging"],
        &["tauri"],
    ),
    ("xtask", &[], &["tokio", "sqlx", "reqwest", "tauri"]),
];

/// Every edge that the table does not know.
pub(super) fn check() -> anyhow::Result<Vec<String>> {
    let sh = Shell::new()?;
    let text = cmd!(sh, "cargo metadata --format-version 1 --no-deps --offline")
        .quiet()
        .read()?;
    let metadata: Value = serde_json::from_str(&text)?;
    let mut breaches = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let name = package["name"].as_str().unwrap_or_default();
        let Some((_, may, never)) = TABLE.iter().find(|(known, _, _)| *known == name) else {
            if name != "amethyst-tests" {
                breaches.push(format!("{name}: no row in xtask's table of directions"));
            }
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            // Tests may look at everything.
            if dependency["kind"] == "dev" {
                continue;
            }
            let other = dependency["name"].as_str().unwrap_or_default();
            let ours = other.starts_with("amethyst");
            if (ours && !may.contains(&other)) || never.contains(&other) {
                breaches.push(format!("{name} must not depend on {other}"));
            }
        }
    }
    Ok(breaches)
}
