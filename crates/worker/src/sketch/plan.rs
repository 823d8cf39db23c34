//! What will be painted, decided once from the words and the seed, before any pixel.

use super::mood::Light;

/// Where the picture plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Mountains,
    Lake,
    River,
    Forest,
    Sea,
    Island,
    Coast,
    City,
    Desert,
    Canyon,
    NightSky,
    Field,
    Snowfield,
    Volcano,
}

/// Who or what stands in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    Fox,
    Wolf,
    Cat,
    Deer,
    Bear,
    Horse,
    Rabbit,
    Owl,
    Birds,
    Heron,
    Whale,
    Person,
    Couple,
    Sailboat,
    Rowboat,
    Lighthouse,
    Cabin,
    Castle,
    Windmill,
    Tent,
    Torii,
    Tree,
    Balloon,
    Campfire,
}

/// Everything that is decided.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) place: Place,
    pub(super) light: Light,
    /// Fog, 0 to about 2.
    pub(super) mist: f32,
    pub(super) clouds: f32,
    pub(super) storm: bool,
    pub(super) rain: f32,
    pub(super) snowfall: f32,
    pub(super) aurora: bool,
    pub(super) rainbow: bool,
    pub(super) moon: bool,
    pub(super) stars: bool,
    pub(super) winter: bool,
    pub(super) autumn: bool,
    pub(super) flowers: bool,
    pub(super) trees: bool,
    /// Trees were asked for: they stand densely wherever they can.
    pub(super) dense: bool,
    pub(super) water: bool,
    pub(super) disc: bool,
    /// Hue (radians in OKLab), chroma and strength of a color asked for.
    pub(super) hue: Option<(f32, f32, f32)>,
    pub(super) gray: bool,
    pub(super) subjects: Vec<Subject>,
    /// 0 coarse to 1 fine, from the steps.
    pub(super) detail: f32,
    /// −1 soft to 1 hard, from the guidance.
    pub(super) contrast: f32,
}

impl Plan {
    /// Weather, season and the like, as far as they can be seen.
    pub(super) fn details(&self) -> Vec<&'static str> {
        [
            ("storm", self.storm),
            ("rain", self.rain > 0.0 && !self.storm),
            ("snowfall", self.snowfall > 0.0),
            ("snow", self.winter && self.snowfall <= 0.0),
            ("mist", self.mist >= 0.6),
            ("aurora", self.aurora),
            ("rainbow", self.rainbow),
            ("moon", self.moon),
            (
                "stars",
                self.stars && self.light == Light::Night && self.clouds < 0.5,
            ),
            ("autumn", self.autumn),
            ("flowers", self.flowers),
            ("monochrome", self.gray),
        ]
        .into_iter()
        .filter_map(|(name, is_seen)| is_seen.then_some(name))
        .collect()
    }
}
