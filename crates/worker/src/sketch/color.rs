//! Colors: sRGB on the outside, linear light while painting, OKLab where two colors are blended or a
//! hue is turned, because there a blend of two clean colors has no muddy middle.

use super::math::{Vec3, clamp01, cos, lerp, pow, sin};

/// `0xRRGGBB` as linear light.
pub(super) fn hex(rgb: u32) -> Vec3 {
    [16, 8, 0].map(|shift| to_linear((rgb >> shift & 0xFF) as f32 / 255.0))
}

fn to_linear(c: f32) -> f32 {
    if c <= 0.040_45 {
        c / 12.92
    } else {
        pow((c + 0.055) / 1.055, 2.4)
    }
}

pub(super) fn to_srgb(c: f32) -> f32 {
    if c <= 0.003_130_8 {
        c * 12.92
    } else {
        1.055 * pow(c, 1.0 / 2.4) - 0.055
    }
}

pub(super) fn luminance(c: Vec3) -> f32 {
    0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2]
}

pub(super) fn to_oklab(c: Vec3) -> Vec3 {
    let l = libm::cbrtf(0.412_221_47 * c[0] + 0.536_332_55 * c[1] + 0.051_445_995 * c[2]);
    let m = libm::cbrtf(0.211_903_5 * c[0] + 0.680_699_5 * c[1] + 0.107_396_96 * c[2]);
    let s = libm::cbrtf(0.088_302_46 * c[0] + 0.281_718_85 * c[1] + 0.629_978_7 * c[2]);
    [
        0.210_454_26 * l + 0.793_617_8 * m - 0.004_072_047 * s,
        1.977_998_5 * l - 2.428_592_2 * m + 0.450_593_7 * s,
        0.025_904_037 * l + 0.782_771_77 * m - 0.808_675_77 * s,
    ]
}

pub(super) fn from_oklab(c: Vec3) -> Vec3 {
    let l = c[0] + 0.396_337_78 * c[1] + 0.215_803_76 * c[2];
    let m = c[0] - 0.105_561_346 * c[1] - 0.063_854_17 * c[2];
    let s = c[0] - 0.089_484_18 * c[1] - 1.291_485_5 * c[2];
    let (l, m, s) = (l * l * l, m * m * m, s * s * s);
    [
        (4.076_741_7 * l - 3.307_711_6 * m + 0.230_969_94 * s).max(0.0),
        (-1.268_438 * l + 2.609_757_4 * m - 0.341_319_38 * s).max(0.0),
        (-0.004_196_086_3 * l - 0.703_418_6 * m + 1.707_614_7 * s).max(0.0),
    ]
}

/// A blend whose middle is as clean as its ends.
pub(super) fn blend(a: Vec3, b: Vec3, t: f32) -> Vec3 {
    let (a, b) = (to_oklab(a), to_oklab(b));
    from_oklab([
        lerp(a[0], b[0], t),
        lerp(a[1], b[1], t),
        lerp(a[2], b[2], t),
    ])
}

/// Pulls the hue of `c` toward `hue` (radians in OKLab) by `amount`; grays take on a little of it.
pub(super) fn toward_hue(c: Vec3, hue: f32, chroma: f32, amount: f32) -> Vec3 {
    let [l, a, b] = to_oklab(c);
    let own = (a * a + b * b).sqrt();
    // Darkest and lightest tones keep less color, or they would leave the gamut.
    let room = clamp01(4.0 * l * (1.08 - l));
    let wanted = lerp(own, chroma * room, 0.65);
    // A light red is pink: reds stay red only where they are darker.
    let redness = cos(hue - 0.5).max(0.0);
    let l = l * (1.0 - 0.16 * amount * redness * redness * redness);
    from_oklab([
        l,
        lerp(a, wanted * cos(hue), amount),
        lerp(b, wanted * sin(hue), amount),
    ])
}

/// More (`factor > 1`) or less color at the same lightness.
pub(super) fn saturate(c: Vec3, factor: f32) -> Vec3 {
    let [l, a, b] = to_oklab(c);
    from_oklab([l, a * factor, b * factor])
}
