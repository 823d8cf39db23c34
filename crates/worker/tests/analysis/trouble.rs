//! A service that refuses, stammers, asks for patience or is away.

use amethyst_testkit::{OpenAiDouble, Reply};
use serde_json::{Value, json};

use crate::support::{Project, Running};

fn error(status: u16, code: &'static str, retry_after: Option<u64>) -> Reply {
    Reply::Error {
        status,
        code,
        retry_after,
    }
}

/// What is due later is due now.
const NOW: &str =
    "update private.jobs set run_after = now() where state = 'queued' and run_after <> 'infinity'";

#[tokio::test]
async fn patience_is_kept_and_costs_no_attempt() {
    let project = Project::start().await;
    let double = OpenAiDouble::start().await;
    double.reply("responses", [error(429, "rate_limit_exceeded", Some(1))]);
    let image = project.made_by("replicate", "x").await;
    let begun = tokio::time::Instant::now();
    let worker = Running::start(project.config_with(&double));
    let jobs = project.wait_for_all(image).await;
    worker.stop().await;
    assert_eq!(jobs["vision"]["state"], "done", "{jobs}");
    assert_eq!(jobs["vision"]["attempts"], 1, "{jobs}");
    assert!(
        begun.elapsed().as_millis() >= 1000,
        "the service had asked for a second"
    );
    assert_eq!(double.asked("responses").len(), 2);
}

#[tokio::test]
async fn a_refused_picture_is_not_sent_again() {
    let project = Project::start().await;
    let double = OpenAiDouble::start().await;
    double.reply(
        "responses",
        [error(400, "image_content_policy_violation", None)],
    );
    let refused = project.made_by("replicate", "x").await;
    let worker = Running::start(project.config_with(&double));
    let jobs = project.wait_for_all(refused).await;
    for kind in ["vision", "style"] {
        assert_eq!(jobs[kind]["state"], "failed", "{jobs}");
        assert_eq!(
            jobs[kind]["last_error"],
            "content_refused: image_content_policy_violation"
        );
    }
    // Its words can be compared all the same, and it was judged.
    assert_eq!(jobs["embedding"]["state"], "done", "{jobs}");
    assert_eq!(jobs["safety"]["state"], "done", "{jobs}");
    worker.stop().await;
    assert!(project.image(refused).await["vision_description"].is_null());
    assert_eq!(double.asked("responses").len(), 1);

    double.reply("responses", [Reply::Refusal]);
    let declined = project.made_by("replicate", "x").await;
    let worker = Running::start(project.config_with(&double));
    let jobs = project.wait_for_all(declined).await;
    worker.stop().await;
    assert_eq!(
        jobs["vision"]["last_error"], "content_refused: refusal",
        "{jobs}"
    );
}

#[tokio::test]
async fn chance_is_given_another_try_but_not_for_ever() {
    let project = Project::start().await;
    let double = OpenAiDouble::start().await;
    double.reply(
        "responses",
        [Reply::Truncated, error(500, "server_error", None)],
    );
    double.reply(
        "moderations",
        vec![Reply::Body(json!({ "results": [] }).to_string()); 3],
    );
    let image = project.made_by("replicate", "x").await;
    let worker = Running::start(project.config_with(&double));
    let attempted = |attempts: i64| {
        move |jobs: &Value| {
            let tried =
                |kind: &str| jobs[kind]["attempts"] == attempts && jobs[kind]["state"] != "leased";
            tried("vision") && tried("style") && tried("safety")
        }
    };
    for attempt in 1..3 {
        let jobs = project.wait(image, attempted(attempt)).await;
        assert_eq!(jobs["vision"]["state"], "queued", "{jobs}");
        assert_eq!(jobs["embedding"]["state"], "queued", "waits: {jobs}");
        project.sql(NOW).await;
    }
    let jobs = project.wait_for_all(image).await;
    worker.stop().await;
    assert_eq!(jobs["vision"]["state"], "done", "{jobs}");
    assert_eq!(jobs["safety"]["state"], "failed", "{jobs}");
    assert_eq!(jobs["safety"]["last_error"], "unexpected_answer");
    assert!(
        project.image(image).await["nsfw_score"].is_null(),
        "not judged is not harmless"
    );
}

#[tokio::test]
async fn a_wrong_key_stops_asking_and_loses_nothing() {
    let project = Project::start().await;
    let double = OpenAiDouble::start().await;
    let image = project.made_by("replicate", "x").await;
    let mut config = project.config_with(&double);
    if let Some(openai) = &mut config.openai {
        openai.key = amethyst_worker::Key::new("sk-wrong");
    }
    let worker = Running::start(config);
    let jobs = project
        .wait(image, |jobs| {
            jobs["color"]["state"] == "done"
                && ["vision", "style", "safety"].iter().all(|kind| {
                    !jobs[*kind]["last_error"].is_null() && jobs[*kind]["state"] == "queued"
                })
        })
        .await;
    assert_eq!(jobs["vision"]["attempts"], 0, "{jobs}");
    // Whether due or not: nobody is asked again for a while.
    let asked = double.asked("responses").len() + double.asked("moderations").len();
    project.sql(NOW).await;
    let sketch = project.request("un renard").await;
    let sketch = project.image_of(sketch).await;
    project
        .wait(sketch, |jobs| jobs["vision"]["state"] == "done")
        .await;
    worker.stop().await;
    assert_eq!(
        double.asked("responses").len() + double.asked("moderations").len(),
        asked
    );

    let worker = Running::start(project.config_with(&double));
    let jobs = project.wait_for_all(image).await;
    worker.stop().await;
    assert_eq!(jobs["vision"]["state"], "done", "{jobs}");
    assert_eq!(jobs["safety"]["state"], "done", "{jobs}");
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_asked_for_again() {
    let project = Project::start().await;
    let double = OpenAiDouble::start().await;
    double.reply("moderations", [Reply::BrokenOff]);
    let image = project.made_by("replicate", "x").await;
    let worker = Running::start(project.config_with(&double));
    let jobs = project.wait_for_all(image).await;
    worker.stop().await;
    assert_eq!(jobs["safety"]["state"], "done", "{jobs}");
    assert_eq!(jobs["safety"]["attempts"], 1, "{jobs}");
}
