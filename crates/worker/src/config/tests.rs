//! What is read, what is refused, and that each refusal names its setting and no value.

use super::*;
use std::path::{Path, PathBuf};

fn load(variables: &[(&str, &str)], file: Option<PathBuf>) -> Result<Config, ConfigError> {
    let lookup = |name: &str| {
        variables
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| (*value).to_owned())
    };
    Config::from_lookup(&lookup, file)
}

const PROJECT: [(&str, &str); 2] = [
    ("AMETHYST_URL", "http://127.0.0.1:5432"),
    ("AMETHYST_SERVICE_ROLE_KEY", " secret "),
];

fn with(more: &[(&str, &str)]) -> Result<Config, ConfigError> {
    load(&[more, &PROJECT].concat(), None)
}

/// A folder with one configuration file.
fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("worker.toml");
    fs_err::write(&path, text).unwrap();
    (folder, path)
}

#[test]
fn the_address_and_the_key_are_enough() {
    let config = with(&[]).unwrap();
    assert_eq!(config.service_role_key, "secret");
    assert_eq!((config.concurrency, config.log), (1, LogFormat::Text));
    assert!(config.replicate.is_none() && config.openai.is_none() && config.stripe.is_none());
    assert!(!format!("{config:?}").contains("secret"));
}

#[test]
fn what_is_missing_or_impossible_in_the_environment_is_named() {
    let missing = load(&PROJECT[..1], None).unwrap_err().to_string();
    assert!(
        missing.contains("AMETHYST_SERVICE_ROLE_KEY")
            && missing.contains("supabase.service_role_key")
    );
    for (name, value) in [
        ("AMETHYST_URL", "ftp://x"),
        ("AMETHYST_URL", "nonsense"),
        ("AMETHYST_URL", "https://me:pass@x"),
        ("AMETHYST_SERVICE_ROLE_KEY", "two words"),
        ("AMETHYST_WORKER_CONCURRENCY", "0"),
        ("AMETHYST_WORKER_POLL_MS", "soon"),
        ("AMETHYST_WORKER_LEASE_S", "1"),
        ("AMETHYST_WORKER_LISTEN", "9999"),
        ("AMETHYST_WORKER_LOG", "xml"),
        ("AMETHYST_WORKER_STOP_WITH_STDIN", "perhaps"),
        ("STRIPE_SECRET_KEY", "sk_é"),
    ] {
        let error = with(&[(name, value)]).unwrap_err().to_string();
        assert!(error.contains(name), "{error}");
        assert!(!error.contains(value), "{error}");
    }
}

#[test]
fn every_service_is_read_from_the_environment_with_its_defaults() {
    let config = with(&[
        ("REPLICATE_API_TOKEN", "r8_x"),
        ("STABILITY_API_KEY", "sk-s"),
        ("OPENAI_API_KEY", "sk-o"),
        ("OPENAI_VISION_MODEL", "off"),
        ("STRIPE_SECRET_KEY", "rk_x"),
        ("STRIPE_RETURN_URL", "https://a.example/paid?from=stripe"),
        ("AMETHYST_WORKER_LISTEN", "127.0.0.1:0"),
        ("AMETHYST_WORKER_LOG", "json"),
    ])
    .unwrap();
    let replicate = config.replicate.clone().unwrap();
    assert_eq!(replicate.base.as_str(), "https://api.replicate.com/v1");
    assert_eq!(replicate.token.reveal(), "r8_x");
    assert!(replicate.webhook_secret.is_none());
    let openai = config.openai.clone().unwrap();
    assert_eq!(openai.vision_model, None);
    assert_eq!(
        openai.moderation_model.as_deref(),
        Some("omni-moderation-latest")
    );
    assert_eq!(
        openai.embedding_model.as_deref(),
        Some("text-embedding-3-small")
    );
    assert_eq!(
        config.stripe.as_ref().unwrap().base.as_str(),
        "https://api.stripe.com/v1"
    );
    assert_eq!(config.log, LogFormat::Json);
    let shown = format!("{config:?} {:?} {:?}", config.replicate, config.openai);
    for secret in ["r8_x", "sk-s", "sk-o", "rk_x"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn an_address_alone_says_nothing_but_a_lone_secret_does() {
    let config = with(&[("OPENAI_BASE_URL", "http://localhost:1/v1")]).unwrap();
    assert!(config.openai.is_none());
    let error = with(&[("REPLICATE_WEBHOOK_SECRET", "whsec_x")]).unwrap_err();
    assert!(error.to_string().contains("REPLICATE_API_TOKEN"));
    let error = with(&[("STRIPE_SECRET_KEY", "sk_x")]).unwrap_err();
    assert!(error.to_string().contains("STRIPE_RETURN_URL"));
}

#[test]
fn the_file_is_read_and_the_environment_wins() {
    let (folder, path) = file(
        "[supabase]\nurl = \"https://abc.supabase.co\"\nservice_role_key_file = \"key\"\n\
         [worker]\nconcurrency = 4\nlease_s = \"60\"\n\
         [openai]\nkey = \"sk-file\"\nmoderation_model = \"off\"\n",
    );
    fs_err::write(folder.path().join("key"), "sb_secret_1\n").unwrap();
    let config = load(
        &[
            ("AMETHYST_WORKER_CONCURRENCY", "8"),
            ("OPENAI_API_KEY", "sk-env"),
            ("AMETHYST_WORKER_CONFIG", path.to_str().unwrap()),
        ],
        None,
    )
    .unwrap();
    assert_eq!(config.url.as_str(), "https://abc.supabase.co/");
    assert_eq!(config.service_role_key, "sb_secret_1");
    assert_eq!(
        (config.concurrency, config.lease),
        (8, Duration::from_secs(60))
    );
    let openai = config.openai.unwrap();
    assert_eq!(openai.key.reveal(), "sk-env");
    assert_eq!(openai.moderation_model, None);
}

#[test]
fn what_the_file_may_not_say_is_named_and_never_shown() {
    for (text, named) in [
        ("[worker]\nconcurency = 4", "worker.concurrency"),
        ("[worker]\nconcurrency = 400", "worker.concurrency"),
        ("[worker]\nconcurrency = 4.5", "worker.concurrency"),
        ("[wroker]\npoll_ms = 40", "wroker"),
        ("poll_ms = 40", "poll_ms"),
        ("[openai]\nvision_model = \"m\"", "openai.key"),
        ("[openai]\nkey = \"hush", "line 2"),
        ("[openai]\nkey = \"hush\"\nkey_file = \"k\"", "openai.key"),
        ("[openai]\nkey_file = \"not-there\"", "openai.key_file"),
        ("[openai]\nkey = [\"hush\"]", "openai.key"),
        ("[openai]\nkey = \"hush hush\"", "openai.key"),
        ("[worker]\npoll_ms_file = \"p\"", "worker.poll_ms"),
    ] {
        let (_folder, path) = file(text);
        let error = load(&PROJECT, Some(path)).unwrap_err().to_string();
        assert!(error.contains(named), "{text}: {error}");
        assert!(
            error.contains("worker.toml") || error.contains("openai.key"),
            "{error}"
        );
        assert!(!error.contains("hush"), "{error}");
    }
    let error = load(&PROJECT, Some(PathBuf::from("/not/there.toml"))).unwrap_err();
    assert!(error.to_string().contains("/not/there.toml"), "{error}");
}

#[test]
fn a_secret_may_lie_in_a_file_that_a_variable_names() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("openai");
    fs_err::write(&path, "sk-mounted\n").unwrap();
    let path = path.to_str().unwrap();
    let config = with(&[("OPENAI_API_KEY_FILE", path)]).unwrap();
    assert_eq!(config.openai.unwrap().key.reveal(), "sk-mounted");
    let twice = with(&[("OPENAI_API_KEY_FILE", path), ("OPENAI_API_KEY", "sk-x")]).unwrap_err();
    assert!(twice.to_string().contains("OPENAI_API_KEY"), "{twice}");
    let gone = with(&[("OPENAI_API_KEY_FILE", "/not/there")]).unwrap_err();
    assert!(gone.to_string().contains("OPENAI_API_KEY_FILE"), "{gone}");
}

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/worker.toml")
}

#[test]
fn the_sample_file_is_taken_as_it_is() {
    let config = load(&[], Some(sample())).unwrap();
    assert_eq!(config.url.scheme(), "https");
    assert!(config.replicate.is_none() && config.stripe.is_none());
}

#[test]
fn the_sample_file_names_every_setting_with_its_default() {
    let text = fs_err::read_to_string(sample()).unwrap();
    let everything: String = text
        .lines()
        .map(|line| match line.strip_prefix('#') {
            // Secrets lie in files that are not here.
            Some(setting) if setting.contains("_file = ") => {
                let (name, _) = setting.split_once("_file").unwrap();
                format!("{name} = \"whsec_x\"\n")
            }
            Some(setting) if !setting.is_empty() && !setting.starts_with(' ') => {
                format!("{setting}\n")
            }
            _ => format!("{line}\n"),
        })
        .collect();
    for setting in settings::ALL {
        let (section, name) = setting.key.split_once('.').unwrap();
        let (_, rest) = everything.split_once(&format!("[{section}]\n")).unwrap();
        let rest = rest.split("\n[").next().unwrap();
        assert!(rest.contains(&format!("\n{name} = ")), "{}", setting.key);
        assert!(text.contains(setting.variable), "{}", setting.variable);
    }
    let (_folder, path) = file(&everything);
    let full = load(&[], Some(path)).unwrap();
    // What the sample shows as default is the default.
    let bare = Config::new(full.url.clone(), full.service_role_key.clone());
    assert_eq!(
        (full.concurrency, full.poll, full.lease, full.grace),
        (bare.concurrency, bare.poll, bare.lease, bare.grace)
    );
    let services = [
        ("REPLICATE_API_TOKEN", "whsec_x"),
        ("REPLICATE_WEBHOOK_SECRET", "whsec_x"),
        ("STABILITY_API_KEY", "whsec_x"),
        ("OPENAI_API_KEY", "whsec_x"),
        ("STRIPE_SECRET_KEY", "whsec_x"),
        ("STRIPE_WEBHOOK_SECRET", "whsec_x"),
        ("STRIPE_RETURN_URL", "https://amethyst.example.org/paid"),
    ];
    let bare = with(&services).unwrap();
    assert_eq!(
        format!(
            "{:?}",
            (full.replicate, full.stability, full.openai, full.stripe)
        ),
        format!(
            "{:?}",
            (bare.replicate, bare.stability, bare.openai, bare.stripe)
        )
    );
}
