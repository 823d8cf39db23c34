//! The steps of the tests, cheapest first where the order is free.

use xshell::{Shell, cmd};

use crate::run::{build_ui, postgres};
use crate::{bindings, platforms, root, setup, tidy};

type Step = fn(&Shell) -> anyhow::Result<()>;

/// In this order: the UI is embedded in the app, so it is built before anything of Rust's; the tests
/// start the built programs.
pub(crate) const ALL: &[(&str, Step)] = &[
    ("set-up", set_up),
    ("format", format),
    ("tidy", |_| tidy::check()),
    ("licenses and sources", deny),
    ("user interface: build", build_ui),
    ("user interface: types", |sh| ui(sh, "check")),
    ("user interface: lint", |sh| ui(sh, "lint")),
    ("user interface: format", |sh| ui(sh, "format:check")),
    ("user interface: tests", |sh| ui(sh, "test")),
    ("build", build),
    ("bindings", |_| bindings::check()),
    ("tests", nextest),
    ("browser", browser),
    ("window", window),
    ("clippy", clippy),
    ("platforms", |_| platforms::check()),
];

fn set_up(sh: &Shell) -> anyhow::Result<()> {
    setup::packages(&[setup::BUILD, setup::RUN, setup::TEST, setup::PLATFORMS])?;
    for folder in NPM_FOLDERS {
        setup::npm(sh, folder)?;
    }
    setup::nextest(sh)?;
    setup::deny(sh)?;
    Ok(())
}

const NPM_FOLDERS: &[&str] = &["ui", "tests/e2e", "crates/backend/tests/supabase-js"];

fn format(sh: &Shell) -> anyhow::Result<()> {
    Ok(cmd!(sh, "cargo fmt --all --check").quiet().run()?)
}

fn deny(sh: &Shell) -> anyhow::Result<()> {
    let deny = setup::deny(sh)?;
    Ok(cmd!(
        sh,
        "{deny} --workspace --log-level error check bans licenses sources"
    )
    .run()?)
}

fn ui(sh: &Shell, script: &str) -> anyhow::Result<()> {
    let _there = sh.push_dir("ui");
    Ok(cmd!(sh, "npm run --silent {script}").quiet().run()?)
}

/// Programs and tests in one go, with one set of features, so that nothing is compiled twice.
fn build(sh: &Shell) -> anyhow::Result<()> {
    cmd!(sh, "cargo build --workspace --bins --tests --examples").run()?;
    postgres(sh)
}

fn nextest(sh: &Shell) -> anyhow::Result<()> {
    let nextest = setup::nextest(sh)?;
    Ok(cmd!(sh, "{nextest} nextest run --workspace --no-fail-fast").run()?)
}

fn browser(sh: &Shell) -> anyhow::Result<()> {
    node_tests(sh, "tests/e2e")
}

fn window(sh: &Shell) -> anyhow::Result<()> {
    let driver = setup::tauri_driver(sh)?;
    let _there = sh.push_dir("tests/smoke");
    Ok(cmd!(sh, "npm run --silent test")
        .env("AMETHYST_BIN_DIR", root::absolute_bin()?)
        .env("TAURI_DRIVER", driver)
        .run()?)
}

fn node_tests(sh: &Shell, folder: &str) -> anyhow::Result<()> {
    let bin = root::absolute_bin()?;
    let _there = sh.push_dir(folder);
    Ok(cmd!(sh, "npm run --silent test")
        .env("AMETHYST_BIN_DIR", bin)
        .run()?)
}

fn clippy(sh: &Shell) -> anyhow::Result<()> {
    Ok(cmd!(
        sh,
        "cargo clippy --quiet --workspace --all-targets -- -D warnings"
    )
    .run()?)
}
