//! `--check` against the real backend and against doubles of the outside services, honest, hostile and absent.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of a test fail like the test itself"
)]

mod double;
mod program;
mod services;
mod settings;

use amethyst_testkit::TestBackend;
use amethyst_worker::{Config, Finding, Level, Providers, check};
use url::Url;

/// A worker of the project with everything as it should be.
fn config(backend: &TestBackend) -> Config {
    let mut config = Config::new(
        Url::parse(backend.url()).unwrap(),
        backend.service_role_key().to_owned(),
    );
    config.listen = Some(std::net::SocketAddr::from(([127, 0, 0, 1], 9464)));
    config
}

async fn findings(config: &Config) -> Vec<Finding> {
    let found = check(config, &Providers::builtin()).await.unwrap();
    let shown: String = found.iter().map(|finding| format!("{finding}\n")).collect();
    assert!(
        !shown.contains("hush") && !shown.contains(&config.service_role_key),
        "{shown}"
    );
    found
}

/// Whether a part says something at this level, with these words in it.
fn says(found: &[Finding], level: Level, part: &str, words: &str) -> bool {
    found.iter().any(|finding| {
        finding.level == level && finding.part == part && finding.text.contains(words)
    })
}

fn errors(found: &[Finding]) -> Vec<&Finding> {
    found
        .iter()
        .filter(|finding| finding.level == Level::Error)
        .collect()
}
