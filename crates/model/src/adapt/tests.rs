//! The rules, one by one.

use super::*;
use crate::AspectRatio;

fn model(metadata: Value) -> GenerationModel {
    GenerationModel {
        id: "m".into(),
        name: "M".into(),
        description: None,
        provider: "replicate".into(),
        version: "1".into(),
        is_active: true,
        credits_cost: 4,
        metadata,
    }
}

fn fields(adapted: &Adapted) -> Vec<(&str, AdjustmentKind)> {
    let named = adapted.adjustments.iter();
    named
        .map(|found| (found.field.as_str(), found.kind))
        .collect()
}

#[test]
fn what_nobody_chose_is_not_missed() {
    let images_only =
        model(json!({ "supports": [], "max_loras": 0, "sizes": "ratio", "formats": ["webp"] }));
    let adapted = adapt(&GenerationDraft::default(), &images_only, false);
    assert_eq!(fields(&adapted), []);
    assert_eq!(
        (adapted.steps, adapted.guidance, adapted.size),
        (None, None, None)
    );
}

#[test]
fn numbers_are_clamped_and_said() {
    let flux =
        model(json!({ "supports": ["steps", "guidance"], "max_steps": 50, "max_guidance": 10 }));
    let draft = GenerationDraft {
        steps: 80,
        guidance_scale: 12.5,
        ..Default::default()
    };
    let adapted = adapt(&draft, &flux, false);
    assert_eq!((adapted.steps, adapted.guidance), (Some(50), Some(10.0)));
    let expected = [
        ("steps", AdjustmentKind::Clamped),
        ("guidance_scale", AdjustmentKind::Clamped),
    ];
    assert_eq!(fields(&adapted), expected);
    assert_eq!(adapted.adjustments[0].used, json!(50));
}

#[test]
fn what_a_model_does_not_know_is_dropped_without_repeating_the_prompt() {
    let draft = GenerationDraft {
        negative_prompt: "crowd".into(),
        seed: 7,
        steps: 40,
        hf_loras: vec!["a/b".into()],
        lora_scales: vec![1.0],
        safety_checker: false,
        ..Default::default()
    };
    let adapted = adapt(&draft, &model(json!({ "supports": ["source"] })), true);
    assert!(adapted.has_source && !adapted.takes_seed && adapted.safety_checker);
    assert_eq!(adapted.negative_prompt, None);
    assert_eq!(adapted.loras, []);
    assert_eq!(adapted.adjustments.len(), 5);
    assert!(
        !serde_json::to_string(&adapted.adjustments)
            .unwrap()
            .contains("crowd")
    );
}

#[test]
fn sizes_are_fixed_rounded_or_the_providers_own() {
    let wide = GenerationDraft {
        aspect_ratio: AspectRatio::Wide,
        ..Default::default()
    };
    let fixed = model(json!({ "sizes": { "1:1": [1024, 1024], "16:9": [1536, 1024] } }));
    let adapted = adapt(&wide, &fixed, false);
    assert_eq!(adapted.size, Some((1536, 1024)));
    assert_eq!(fields(&adapted), [("size", AdjustmentKind::Clamped)]);

    let odd = GenerationDraft {
        width: Some(1000),
        height: Some(1000),
        ..Default::default()
    };
    assert_eq!(
        adapt(&odd, &model(json!({ "size_multiple": 16 })), false).size,
        Some((1008, 1008))
    );

    let chosen = adapt(&odd, &model(json!({ "sizes": "ratio" })), false);
    assert_eq!(fields(&chosen), [("size", AdjustmentKind::Decided)]);
}

#[test]
fn a_missing_format_is_made_losslessly_and_converted() {
    let sd3 = model(json!({ "formats": ["png", "jpg"] }));
    let adapted = adapt(&GenerationDraft::default(), &sd3, false);
    assert_eq!(adapted.format, OutputFormat::Png);
    assert_eq!(
        fields(&adapted),
        [("output_format", AdjustmentKind::Converted)]
    );
}

#[test]
fn loras_keep_to_number_names_and_scales() {
    let lora = model(
        json!({ "max_loras": 2, "plain_lora_names": true, "min_lora_scale": -1, "max_lora_scale": 3 }),
    );
    let draft = GenerationDraft {
        hf_loras: ["a/v1.5", "a/b", "c/d", "e/f"].map(Into::into).to_vec(),
        lora_scales: vec![1.0, 4.0, 0.5, 1.0],
        ..Default::default()
    };
    let adapted = adapt(&draft, &lora, false);
    assert_eq!(
        adapted.loras,
        [("a/b".to_owned(), 3.0), ("c/d".to_owned(), 0.5)]
    );
    let (dropped, clamped) = (AdjustmentKind::Dropped, AdjustmentKind::Clamped);
    assert_eq!(
        fields(&adapted),
        [
            ("hf_loras", dropped),
            ("lora_scales", clamped),
            ("hf_loras", dropped)
        ]
    );
}

#[test]
fn a_seed_of_zero_may_mean_a_drawn_one() {
    let stability = model(json!({ "supports": ["seed"], "seed_zero_is_random": true }));
    let draft = GenerationDraft {
        seed: 0,
        ..Default::default()
    };
    assert_eq!(
        fields(&adapt(&draft, &stability, false)),
        [("seed", AdjustmentKind::Decided)]
    );
}
