//! Asking again for many images at once.

use amethyst_testkit::OpenAiDouble;
use amethyst_worker::{AnalysisKind, requeue};

use crate::support::{Project, Running};

#[tokio::test]
async fn a_new_model_looks_at_everything_again_and_both_answers_are_kept() {
    let project = Project::start().await;
    let double = OpenAiDouble::start().await;
    let images = [
        project.made_by("replicate", "one").await,
        project.made_by("stability", "two").await,
    ];
    let worker = Running::start(project.config_with(&double));
    for image in images {
        project.wait_for_all(image).await;
    }
    worker.stop().await;

    let mut config = project.config_with(&double);
    if let Some(openai) = &mut config.openai {
        openai.vision_model = Some("seer-2".to_owned());
    }
    let kinds = [AnalysisKind::Vision, AnalysisKind::Style];
    let mut told = Vec::new();
    let sum = requeue(&config, &kinds, Some("openai:seer-2:1"), |page| {
        told.push(page)
    })
    .await
    .unwrap();
    assert_eq!((sum.images, sum.queued, sum.after), (2, 4, None));
    assert_eq!(told, [sum]);
    let twice = requeue(&config, &kinds, None, |_| {}).await.unwrap();
    assert_eq!(twice.queued, 0, "they wait already");

    let worker = Running::start(config.clone());
    for image in images {
        project.wait_for_all(image).await;
        let analyses = project.analyses(image).await;
        for kind in ["vision", "style"] {
            let versions: Vec<&String> = analyses[kind].as_object().unwrap().keys().collect();
            assert_eq!(versions, ["openai:seer-1:1", "openai:seer-2:1"]);
        }
    }
    worker.stop().await;
    let done = requeue(&config, &kinds, Some("openai:seer-2:1"), |_| {})
        .await
        .unwrap();
    assert_eq!(
        (done.images, done.queued),
        (2, 0),
        "that version has seen them all"
    );
}

#[tokio::test]
async fn a_wrong_key_is_told() {
    let project = Project::start().await;
    let mut config = project.config();
    config.service_role_key = project.backend.anon_key().to_owned();
    let refused = requeue(&config, &[AnalysisKind::Color], None, |_| {}).await;
    assert!(refused.unwrap_err().to_string().contains("refused"));
}
