//! Light and its colors: what the hour, the weather and the words for colors make of the scene.

use super::color::{blend, hex, luminance, saturate, toward_hue};
use super::math::{Vec3, scale};
use super::rng::Rng;

/// Hour of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Light {
    Dawn,
    Day,
    Golden,
    Sunset,
    Dusk,
    Night,
}

/// The colors of one picture, in linear light.
#[derive(Clone)]
pub(super) struct Mood {
    /// Sky from straight above to the horizon.
    pub(super) sky: [Vec3; 4],
    /// The disc and the air around it.
    pub(super) sun: Vec3,
    /// What the disc throws on the land.
    pub(super) key: Vec3,
    /// What the sky throws on the land.
    pub(super) ambient: Vec3,
    /// Near things against the light.
    pub(super) shade: Vec3,
    pub(super) cloud_lit: Vec3,
    pub(super) cloud_dark: Vec3,
    /// Height of the disc over the horizon, in heights of the picture.
    pub(super) sun_height: f32,
    /// 0 in daylight, 1 at night.
    pub(super) stars: f32,
    pub(super) light: Light,
}

/// Hexadecimal colors as a designer would note them: four of the sky from above to the horizon, sun, key,
/// ambient, shade, lit cloud, dark cloud.
type Swatches = [u32; 10];

const DAWN: &[Swatches] = &[
    [
        0x3A4A7A, 0x7D86B8, 0xDCB0BC, 0xFFD9AE, 0xFFF0D2, 0xFFC795, 0x7F8FC4, 0x1C2140, 0xFFCDB2,
        0x9A8FB6,
    ],
    [
        0x2F5573, 0x6F9DB3, 0xC6CCC4, 0xFFE3B4, 0xFFF4DC, 0xFFD49B, 0x7FA3BC, 0x14262F, 0xFFE0C0,
        0x8DA3AE,
    ],
    [
        0x4B3F72, 0x9079B3, 0xDFA7BA, 0xFFDFC2, 0xFFEEDC, 0xFFBFA0, 0x8C80BE, 0x221B3C, 0xFFC4C0,
        0x8E7DB0,
    ],
];
const DAY: &[Swatches] = &[
    [
        0x2465AE, 0x5A9BD6, 0xA3CCEA, 0xE2F0F2, 0xFFFBE8, 0xFFF0D4, 0x93B7E2, 0x16302C, 0xFFFFFF,
        0xA6BDD6,
    ],
    [
        0x2F7FB0, 0x74B5D2, 0xBCDFE2, 0xF4F0DF, 0xFFF9E2, 0xFFEBC8, 0x97BFD8, 0x1B3336, 0xFFFDF6,
        0xA9C2CC,
    ],
    [
        0x2F5F9E, 0x73A3D2, 0xC2D8E4, 0xFBEACF, 0xFFF6DC, 0xFFE6BE, 0x94AFD8, 0x1F2B3A, 0xFFF8EC,
        0xABB4C8,
    ],
];
const GOLDEN: &[Swatches] = &[
    [
        0x3B62A0, 0x86A3C4, 0xEDC48E, 0xFFCF78, 0xFFEBB8, 0xFFB45E, 0x7E92C4, 0x241A2A, 0xFFDFA6,
        0xA08C9E,
    ],
    [
        0x2F6A94, 0x7DAAB8, 0xE8CE96, 0xFFD884, 0xFFEEC0, 0xFFC06C, 0x76A0B4, 0x1A2428, 0xFFE6B2,
        0x8F989A,
    ],
    [
        0x5C5C94, 0xA892A8, 0xF0B888, 0xFFC672, 0xFFE4AE, 0xFFA65C, 0x8E88B4, 0x2A1A28, 0xFFD09C,
        0xA07F96,
    ],
];
const SUNSET: &[Swatches] = &[
    [
        0x2B2A5C, 0x7A3F7E, 0xE0605E, 0xFFB055, 0xFFE2A4, 0xFF8E4C, 0x6A5AA2, 0x170E2C, 0xFF8C64,
        0x5E3C74,
    ],
    [
        0x1F3A5F, 0x54708C, 0xE09A6C, 0xFFCF7A, 0xFFEBB4, 0xFFA45C, 0x5F7AA0, 0x10192A, 0xFFB583,
        0x5A6480,
    ],
    [
        0x3A1F5D, 0x9B3B7F, 0xEF6F7A, 0xFFC58A, 0xFFE4B8, 0xFF8C6A, 0x7A58A6, 0x1C0D2C, 0xFF8F8C,
        0x6B3A7C,
    ],
    [
        0x35192F, 0x86303E, 0xE2603C, 0xFFB84E, 0xFFE099, 0xFF8438, 0x7A4C6A, 0x1A0A14, 0xFF7E4C,
        0x5E2B42,
    ],
    [
        0x2A4A7C, 0x7F86AE, 0xF0A58E, 0xFFD79A, 0xFFECC2, 0xFFA877, 0x7684B4, 0x171A30, 0xFFB79C,
        0x72709C,
    ],
];
const DUSK: &[Swatches] = &[
    [
        0x0F1D46, 0x2E4784, 0x8A7CAE, 0xF0B4A4, 0xFFD8C0, 0x9C96D8, 0x4A5CA0, 0x080D22, 0xC49AB8,
        0x3A4478,
    ],
    [
        0x0D2740, 0x28607A, 0x84A6A4, 0xF4D0A2, 0xFFE4BE, 0x8FB2C4, 0x3F6C88, 0x07131C, 0xC8B8A4,
        0x315468,
    ],
    [
        0x1C1340, 0x4B2F78, 0xA8628F, 0xF5A58A, 0xFFCFAE, 0xB48BC8, 0x5B4896, 0x0D0820, 0xD088A0,
        0x46306C,
    ],
];
const NIGHT: &[Swatches] = &[
    [
        0x040919, 0x0A1734, 0x16305C, 0x335A86, 0xE6EEFF, 0x9DBBF0, 0x2B457A, 0x02040C, 0x4A6694,
        0x0E1C3A,
    ],
    [
        0x030D16, 0x072336, 0x114A5C, 0x2F8080, 0xE4FAF4, 0x93D4D0, 0x1F5A6A, 0x01070A, 0x3F8088,
        0x0A2632,
    ],
    [
        0x0A0620, 0x191244, 0x3A2A70, 0x70549A, 0xF2E8FF, 0xB4A0EC, 0x40328A, 0x05030F, 0x6E5AA4,
        0x1C1446,
    ],
];
const MIST: &[Swatches] = &[
    [
        0x8497A2, 0xA3B3BA, 0xC3CDCF, 0xE0E4E1, 0xFFFFFF, 0xF2F2EA, 0xA5B6C0, 0x1D2A30, 0xEEF1F0,
        0x9DADB6,
    ],
    [
        0x8E8A9C, 0xB0A6AE, 0xD4C3BC, 0xF1DEC8, 0xFFF6E6, 0xFFE6C8, 0xADA6BA, 0x2A2530, 0xFBEBDC,
        0xA89FAC,
    ],
    [
        0x6F8C86, 0x95AEA5, 0xBECDC0, 0xE3E6D4, 0xFFFFF0, 0xF4F2D8, 0x94B0AA, 0x152622, 0xEFF3E4,
        0x88A29C,
    ],
];
const STORM: &[Swatches] = &[
    [
        0x1E2630, 0x36424E, 0x5B6A76, 0x97A3A2, 0xF2F4E8, 0xAFB8B4, 0x5C6B7A, 0x0A0F14, 0x8B98A0,
        0x1C242E,
    ],
    [
        0x24203A, 0x433F5E, 0x6D6A86, 0xB2A69C, 0xFFE9C4, 0xC4B49C, 0x666286, 0x0E0C18, 0x9A92A8,
        0x221E34,
    ],
];

/// What else decides the colors.
#[derive(Clone, Copy, Default)]
pub(super) struct Tint {
    /// Hue in OKLab (radians), chroma, and how strongly, if a color was asked for.
    pub(super) hue: Option<(f32, f32, f32)>,
    /// 0 clear to 1 thick.
    pub(super) mist: f32,
    pub(super) storm: bool,
}

impl Mood {
    pub(super) fn choose(light: Light, tint: Tint, rng: &mut Rng) -> Self {
        let (table, height, stars, key, ambient) = match light {
            Light::Dawn => (DAWN, [0.05, 0.13], 0.06, 1.45, 0.52),
            Light::Day => (DAY, [0.30, 0.42], 0.0, 1.45, 0.60),
            Light::Golden => (GOLDEN, [0.14, 0.22], 0.0, 1.75, 0.50),
            Light::Sunset => (SUNSET, [0.05, 0.15], 0.05, 1.75, 0.46),
            Light::Dusk => (DUSK, [-0.10, -0.05], 0.45, 0.8, 0.42),
            Light::Night => (NIGHT, [0.22, 0.36], 1.0, 0.42, 0.30),
        };
        let main = *rng.pick(table);
        let mist = *rng.pick(MIST);
        let storm = *rng.pick(STORM);
        let dark = matches!(light, Light::Dusk | Light::Night);
        let colors: [Vec3; 10] = std::array::from_fn(|index| {
            let mut color = hex(main[index]);
            if tint.mist > 0.0 {
                // At night mist takes the night's colors, only paler and closer together.
                let pale = if dark {
                    blend(color, hex(main[3]), 0.35)
                } else {
                    hex(mist[index])
                };
                let amount = if index == 7 { 0.2 } else { 0.62 };
                color = blend(color, pale, amount * tint.mist);
            }
            if tint.storm {
                let heavy = if dark {
                    scale(hex(storm[index]), 0.32)
                } else {
                    hex(storm[index])
                };
                color = blend(color, heavy, if index == 3 { 0.55 } else { 0.78 });
            }
            if let Some((hue, chroma, strength)) = tint.hue {
                color = toward_hue(color, hue, chroma, strength);
            }
            color
        });
        // A few degrees of chance, so that two sunsets of one table differ.
        let warmth = rng.range(0.92, 1.12);
        let [zenith, upper, lower, horizon, sun, k, a, shade, lit, cloud] =
            colors.map(|color| saturate(color, warmth));
        Self {
            sky: [zenith, upper, lower, horizon],
            sun,
            key: scale(k, key),
            ambient: scale(a, ambient),
            shade,
            cloud_lit: lit,
            cloud_dark: cloud,
            sun_height: rng.range(height[0], height[1]),
            stars,
            light,
        }
    }

    pub(super) fn is_dark(&self) -> bool {
        matches!(self.light, Light::Dusk | Light::Night)
    }

    /// How bright the scene is on the whole, for lamps and windows that shine against it.
    pub(super) fn daylight(&self) -> f32 {
        luminance(self.sky[2])
    }
}
