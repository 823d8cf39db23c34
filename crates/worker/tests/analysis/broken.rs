//! Workers that die or stop in the middle, and words that get lost.

use std::time::Duration;

use amethyst_testkit::{Fault, OpenAiDouble, Reply};
use serde_json::json;

use crate::support::{Project, Running};

#[tokio::test]
async fn a_worker_that_dies_in_the_middle_changes_nothing_twice() {
    let project = Project::start().await;
    let double = OpenAiDouble::start().await;
    double.reply("responses", [Reply::Slow(60_000)]);
    let image = project.made_by("replicate", "x").await;
    let first = Running::start(project.config_with(&double));
    while double.asked("responses").is_empty() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    first.crash().await;
    assert_eq!(project.jobs(image).await["vision"]["state"], "leased");

    let second = Running::start(project.config_with(&double));
    let jobs = project.wait_for_all(image).await;
    second.stop().await;
    assert_eq!(jobs["vision"]["state"], "done", "{jobs}");
    assert_eq!(jobs["vision"]["attempts"], 2, "{jobs}");
    let analyses = project.analyses(image).await;
    for kind in ["vision", "style", "color", "safety"] {
        assert_eq!(analyses[kind].as_object().unwrap().len(), 1, "{analyses}");
    }
}

#[tokio::test]
async fn a_slow_answer_keeps_its_lease() {
    let project = Project::start().await;
    let double = OpenAiDouble::start().await;
    // Longer than the lease.
    double.reply("responses", [Reply::Slow(3_500)]);
    let image = project.made_by("replicate", "x").await;
    let workers = [
        Running::start(project.config_with(&double)),
        Running::start(project.config_with(&double)),
    ];
    let jobs = project.wait_for_all(image).await;
    for worker in workers {
        worker.stop().await;
    }
    assert_eq!(
        jobs["vision"],
        json!({ "state": "done", "attempts": 1, "last_error": null })
    );
    assert_eq!(double.asked("responses").len(), 1);
}

#[tokio::test]
async fn a_lost_answer_counts_once() {
    let project = Project::start().await;
    project.backend.faults().inject(
        "POST",
        "/rest/v1/rpc/complete_analyses",
        Fault::DropAnswer,
        1,
    );
    let worker = Running::start(project.config());
    let request = project.request("un renard, lac").await;
    let image = project.image_of(request).await;
    let jobs = project.wait_for_all(image).await;
    worker.stop().await;
    for kind in ["vision", "style", "color", "safety", "embedding"] {
        assert_eq!(jobs[kind]["state"], "done", "{jobs}");
        assert_eq!(jobs[kind]["attempts"], 1, "{jobs}");
    }
}

#[tokio::test]
async fn a_worker_that_stops_gives_back_what_it_has_at_once() {
    let project = Project::start().await;
    let double = OpenAiDouble::start().await;
    double.reply("responses", [Reply::Slow(60_000)]);
    let image = project.made_by("replicate", "x").await;
    let mut hasty = project.config_with(&double);
    hasty.grace = Duration::from_millis(50);
    hasty.lease = Duration::from_secs(600);
    let worker = Running::start(hasty);
    while double.asked("responses").is_empty() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    worker.stop().await;
    let jobs = project.jobs(image).await;
    for kind in ["vision", "style"] {
        let expected = json!({ "state": "queued", "attempts": 0, "last_error": "worker_stopped" });
        assert_eq!(jobs[kind], expected);
    }
}

#[tokio::test]
async fn two_workers_share_the_queue_and_do_each_job_once() {
    let project = Project::start().await;
    let double = OpenAiDouble::start().await;
    let mut images = Vec::new();
    for number in 0..12 {
        images.push(project.made_by("replicate", &number.to_string()).await);
    }
    let mut patient = project.config_with(&double);
    // A job that is done twice is not to hide behind a lease that ran out.
    patient.lease = Duration::from_secs(60);
    let workers = [Running::start(patient.clone()), Running::start(patient)];
    for image in &images {
        let jobs = project.wait_for_all(*image).await;
        for kind in ["vision", "style", "color", "safety", "embedding"] {
            let expected = json!({ "state": "done", "attempts": 1, "last_error": null });
            assert_eq!(jobs[kind], expected, "{kind}: {jobs}");
        }
    }
    for worker in workers {
        worker.stop().await;
    }
    assert_eq!(double.asked("moderations").len(), images.len());
}
