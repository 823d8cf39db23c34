//! What is refused, and what is let through.

use super::*;
use crate::config::{Key, OpenAiConfig};
use crate::outside::Class;
use amethyst_testkit::{OpenAiDouble, Reply};
use url::Url;

fn scored(scores: &[(&str, f64)]) -> Scored {
    let mut all: BTreeMap<String, f64> = scores
        .iter()
        .map(|(name, score)| ((*name).to_owned(), *score))
        .collect();
    all.entry("sexual".to_owned()).or_insert(0.0);
    Scored {
        scores: all,
        ..Scored::default()
    }
}

#[test]
fn minors_are_refused_always_and_the_rest_with_the_checker_on() {
    let minors = [scored(&[(MINORS, 0.25)])];
    for is_strict in [false, true] {
        assert_eq!(judge(&minors, is_strict).categories, [MINORS]);
    }
    for name in STRICT {
        let bad = [scored(&[(name, 0.95)])];
        assert_eq!(judge(&bad, true).categories, [name]);
        assert!(judge(&bad, false).allowed, "{name}");
        assert!(judge(&[scored(&[(name, 0.85)])], true).allowed, "{name}");
    }
    assert!(judge(&[scored(&[("violence", 1.0), ("hate", 1.0)])], true).allowed);
}

#[test]
fn the_services_own_flag_counts_below_our_limit() {
    let mut flagged = scored(&[(MINORS, 0.1)]);
    flagged.flagged = vec![MINORS.to_owned()];
    assert!(!judge(&[flagged], false).allowed);
}

#[test]
fn bad_words_to_stay_away_from_are_no_reason_to_refuse() {
    let prompt = scored(&[]);
    let words = scored(&[("sexual", 0.99), (MINORS, 0.6)]);
    assert!(judge(&[prompt.clone(), words], true).allowed);
    assert!(!judge(&[prompt, scored(&[(MINORS, 0.95)])], false).allowed);
}

#[test]
fn a_picture_counts_by_its_worst_score_that_matters() {
    let of = |scores: &[(&str, f64)]| {
        picture_result(&scored(scores))["nsfw_score"]
            .as_f64()
            .unwrap()
    };
    let near = |found: f64, expected: f64| (found - expected).abs() < 1e-9;
    assert!(near(of(&[("sexual", 0.3), ("violence", 0.99)]), 0.3));
    assert!(near(of(&[("sexual", 0.3), ("violence/graphic", 0.6)]), 0.3));
    assert!(near(
        of(&[("sexual", 0.3), ("violence/graphic", 0.95)]),
        0.95
    ));
    assert!(near(of(&[("sexual", 0.1), (MINORS, 0.6)]), 0.6));
}

#[test]
fn what_is_not_scored_is_not_harmless() {
    let whole = json!({ "category_scores": { "sexual": 0.1 }, "categories": { "sexual": false } });
    assert!(read(&json!({ "results": [whole] }), 1).is_some());
    assert_eq!(read(&json!({ "results": [whole] }), 2), None);
    for broken in [
        json!({}),
        json!({ "results": [] }),
        json!({ "results": [{}] }),
        json!({ "results": [{ "category_scores": { "violence": 0.1 } }] }),
        json!({ "results": [{ "category_scores": { "sexual": "none" } }] }),
    ] {
        assert_eq!(read(&broken, 1), None, "{broken}");
    }
}

async fn connected() -> (OpenAiDouble, OpenAi) {
    let double = OpenAiDouble::start().await;
    let config = OpenAiConfig {
        base: Url::parse(&double.base()).unwrap(),
        key: Key::new(double.key()),
        deadline: std::time::Duration::from_secs(10),
        moderation_model: None,
        vision_model: None,
        embedding_model: None,
    };
    let openai = OpenAi::new(&config).unwrap();
    (double, openai)
}

#[tokio::test]
async fn a_prompt_and_what_it_excludes_are_judged_by_one_request() {
    let (double, openai) = connected().await;
    double.score("gore", "violence/graphic", 0.97);
    double.score("kids", MINORS, 0.4);
    let check = async |prompt: &str, negative: &str, is_strict: bool| {
        check_prompt(&openai, "omni", prompt, negative, is_strict)
            .await
            .unwrap()
    };
    let harmless = check("a lake", "gore, kids", true).await;
    assert!(harmless.allowed, "{harmless:?}");
    assert_eq!(harmless.scores.len(), 13);
    let gore = check("gore", "", true).await;
    assert_eq!(gore.categories, ["violence/graphic"]);
    assert!(check("gore", "", false).await.allowed);
    assert_eq!(check("kids", "", false).await.categories, [MINORS]);
    let asked = double.asked("moderations");
    assert_eq!(asked.len(), 4);
    assert_eq!(asked[0]["input"], json!(["a lake", "gore, kids"]));
    assert_eq!(asked[1]["input"], json!(["gore"]));
}

#[tokio::test]
async fn without_an_answer_there_is_no_verdict() {
    let (double, openai) = connected().await;
    double.reply(
        "moderations",
        [
            Reply::Error {
                status: 429,
                code: "rate_limit_exceeded",
                retry_after: Some(7),
            },
            Reply::Body("{}".to_owned()),
        ],
    );
    let trouble = check_prompt(&openai, "omni", "a lake", "", true)
        .await
        .unwrap_err();
    assert_eq!(trouble.class, Class::Rate);
    assert_eq!(trouble.retry_after, Some(std::time::Duration::from_secs(7)));
    let trouble = check_prompt(&openai, "omni", "a lake", "", true)
        .await
        .unwrap_err();
    assert_eq!(trouble.class, Class::Unknown);
}
