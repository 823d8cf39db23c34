//! The sketch painter: pictures from words, without a network and without a model.
//!
//! Words choose place, light, weather, palette and figures; the seed decides everything else. The land is a
//! height field seen in perspective through air that thickens with distance; water shows what a mirrored eye
//! sees; figures are outlines that catch the light on their edges. The same request and seed give the same
//! pixels on every platform, because nothing here calls the platform's mathematics.
//!
//! The way of a picture: [`brief`] reads the wishes into a [`plan`], [`stage`] sets eye, light and land,
//! [`compose`] paints from far to near, [`effects`] applies LoRAs, [`post`] develops.

mod animals;
mod brief;
mod canvas;
mod city;
mod color;
mod compose;
mod drawing;
mod effects;
mod figures;
mod flora;
mod fog;
mod front;
mod land;
mod lava;
mod lexicon;
mod march;
mod math;
mod mood;
mod noise;
mod path;
mod plan;
mod post;
mod props;
mod rng;
mod sky;
mod spruce;
mod stage;
mod stars;
mod subjects;
mod view;
mod water;
mod weather;
mod woods;
mod words;

pub(crate) use words::{Concept, concepts};

use serde_json::{Value, json};

use effects::Effect;
use post::Finish;
use rng::Rng;

/// LoRAs that the painter knows. The owner does not matter, only the name behind the slash.
pub const LORAS: [&str; 8] = [
    "AndyVampiro/fog",
    "amethyst/ink",
    "amethyst/pastel",
    "amethyst/neon",
    "amethyst/grain",
    "amethyst/bloom",
    "amethyst/gold",
    "amethyst/noir",
];

/// Told the share of the work that is done (0 to 1); answers whether to go on.
pub type Ticker<'a> = dyn FnMut(f32) -> bool + 'a;

/// What to paint.
#[derive(Clone, Debug, PartialEq)]
pub struct Sketch {
    /// What the picture shows, in French or English; unknown words are passed over.
    pub prompt: String,
    /// What it must not show.
    pub negative_prompt: String,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// How fine, 1 to 100.
    pub steps: u32,
    /// How hard the contrast, 1 to 20.
    pub guidance: f32,
    /// The seed.
    pub seed: u32,
    /// LoRA names and scales (−4 to 4).
    pub loras: Vec<(String, f32)>,
}

/// A finished picture.
#[derive(Clone, Debug)]
pub struct Painting {
    /// Opaque pixels, four bytes each.
    pub rgba: Vec<u8>,
    /// What was understood and decided.
    pub scene: Value,
    /// LoRAs that the painter does not know; they left a faint tint.
    pub unknown_loras: Vec<String>,
}

impl Sketch {
    /// Paints; `None` if `tick` said to stop.
    pub fn paint(&self, tick: &mut Ticker<'_>) -> Option<Painting> {
        let rng = Rng::new(self.seed);
        let wishes = brief::Wishes {
            prompt: &self.prompt,
            negative: &self.negative_prompt,
            steps: self.steps.clamp(1, 100),
            guidance: self.guidance.clamp(1.0, 20.0),
        };
        let mut plan = brief::plan(&wishes, &rng);
        let effects: Vec<Effect> = self
            .loras
            .iter()
            .map(|(name, scale)| Effect::of(name, scale.clamp(-4.0, 4.0)))
            .collect();
        let fog: f32 = effects.iter().map(Effect::mist).sum();
        plan.mist = (plan.mist + fog).clamp(0.0, 2.2);
        let (width, height) = (self.width.max(1) as usize, self.height.max(1) as usize);
        let mut canvas = compose::paint(&plan, width, height, &rng, tick)?;
        let mut finish = Finish::of(&plan, self.seed);
        for effect in &effects {
            effect.apply(&mut canvas, &mut finish);
        }
        if !tick(0.97) {
            return None;
        }
        let unknown_loras = self
            .loras
            .iter()
            .zip(&effects)
            .filter(|(_, effect)| !effect.is_known())
            .map(|((name, _), _)| name.clone())
            .collect();
        Some(Painting {
            rgba: post::develop(&canvas, finish),
            scene: json!({
                "place": format!("{:?}", plan.place).to_lowercase(),
                "light": format!("{:?}", plan.light).to_lowercase(),
                "subjects": plan
                    .subjects
                    .iter()
                    .map(|subject| format!("{subject:?}").to_lowercase())
                    .collect::<Vec<_>>(),
                "details": plan.details(),
            }),
            unknown_loras,
        })
    }
}
