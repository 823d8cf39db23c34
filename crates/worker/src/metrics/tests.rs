//! Every event is in the text that Prometheus reads, under the name that the handbook gives.

use super::*;

fn row(kind: &str, provider: &str, ready: i64) -> QueueStats {
    QueueStats {
        kind: kind.to_owned(),
        provider: provider.to_owned(),
        ready,
        oldest_seconds: 12.5,
        ..QueueStats::default()
    }
}

/// Every event once.
fn eventful() -> (Metrics, InHand) {
    let metrics = Metrics::new();
    metrics.job_ended("replicate", JobOutcome::Partial);
    let in_hand = metrics.in_hand();
    metrics.provider_took("replicate", Duration::from_secs(3));
    metrics.provider_failed("replicate", Class::UserContent);
    metrics.provider_charged("stability", "credits", 6.5);
    metrics.provider_charged("stability", "credits", f64::NAN);
    metrics.provider_charged("stability", "credits", -1.0);
    metrics.credits_charged("replicate", 8);
    metrics.credits_refunded("replicate", 4);
    metrics.delivered("replicate", 3);
    metrics.filtered("replicate", 1);
    metrics.lost("replicate", 2);
    metrics.analyzed("vision", AnalysisOutcome::Done);
    metrics.webhook("stripe", WebhookResult::Refused);
    metrics.breaker("gpt-image-2", BreakerState::Open);
    metrics.claimed("generation", ClaimResult::Empty, Duration::from_millis(7));
    metrics.queue(Some(&[row("generation", "replicate", 4)]));
    (metrics, in_hand)
}

#[test]
fn every_event_is_counted_under_its_name() {
    let (metrics, in_hand) = eventful();
    let text = metrics.text();
    for line in [
        r#"amethyst_jobs_total{provider="replicate",outcome="partial"} 1"#,
        "amethyst_jobs_in_hand 1",
        r#"amethyst_provider_seconds_bucket{le="5.0",provider="replicate"} 1"#,
        r#"amethyst_provider_errors_total{provider="replicate",class="user_content"} 1"#,
        r#"amethyst_provider_cost_total{provider="stability",unit="credits"} 6.5"#,
        r#"amethyst_credits_charged_total{provider="replicate"} 8"#,
        r#"amethyst_credits_refunded_total{provider="replicate"} 4"#,
        r#"amethyst_images_total{provider="replicate",outcome="delivered"} 3"#,
        r#"amethyst_images_total{provider="replicate",outcome="filtered"} 1"#,
        r#"amethyst_images_total{provider="replicate",outcome="lost"} 2"#,
        r#"amethyst_analyses_total{kind="vision",outcome="done"} 1"#,
        r#"amethyst_webhooks_total{source="stripe",result="refused"} 1"#,
        r#"amethyst_breaker_state{model="gpt-image-2"} 2"#,
        r#"amethyst_claims_total{kind="generation",result="empty"} 1"#,
        r#"amethyst_claim_seconds_count{kind="generation"} 1"#,
        r#"amethyst_queue_jobs{kind="generation",provider="replicate",state="ready"} 4"#,
        r#"amethyst_queue_oldest_seconds{kind="generation",provider="replicate"} 12.5"#,
        "amethyst_database_up 1",
        concat!(
            r#"amethyst_worker_info{version=""#,
            env!("CARGO_PKG_VERSION"),
            r#""} 1"#
        ),
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    assert!(text.ends_with("# EOF\n"));
    drop(in_hand);
    assert!(metrics.text().contains("amethyst_jobs_in_hand 0"));
}

#[test]
fn a_queue_that_ran_empty_is_zero_and_not_what_it_was() {
    let metrics = Metrics::new();
    metrics.queue(Some(&[
        row("generation", "openai", 4),
        row("vision", "", 1),
    ]));
    metrics.queue(Some(&[row("vision", "", 2)]));
    let text = metrics.text();
    let has = |line: &str| text.lines().any(|found| found == line);
    assert!(has(
        r#"amethyst_queue_jobs{kind="generation",provider="openai",state="ready"} 0"#
    ));
    assert!(has(
        r#"amethyst_queue_oldest_seconds{kind="generation",provider="openai"} 0.0"#
    ));
    assert!(has(
        r#"amethyst_queue_jobs{kind="vision",provider="",state="ready"} 2"#
    ));
    metrics.queue(None);
    assert!(metrics.text().contains("amethyst_database_up 0"));
}

/// A rule about a metric that does not exist never fires, and nobody would notice.
#[test]
fn rules_and_handbook_speak_of_metrics_that_exist() {
    let text = eventful().0.text();
    let known: Vec<&str> = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split(['{', ' ']).next())
        .collect();
    for file in ["deploy/alerts.yml", "docs/operating.md"] {
        let path = format!("{}/../../{file}", env!("CARGO_MANIFEST_DIR"));
        let file_text = fs_err::read_to_string(path).unwrap();
        let mut names = 0;
        for (at, _) in file_text.match_indices("amethyst_") {
            let name: String = file_text[at..]
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                .collect();
            // A histogram's own name stands in the text with endings only.
            let count = format!("{name}_count");
            let is_known = [&name, &count]
                .iter()
                .any(|name| known.contains(&name.as_str()));
            assert!(is_known, "{file}: {name}");
            names += 1;
        }
        assert!(names > 10, "{file}: {names}");
    }
}
