//! Color spaces in which distances mean something. Nothing here calls the platform's mathematics, so that
//! every platform gives the same colors.

use std::sync::LazyLock;

/// Linear light of each value of an sRGB channel (IEC 61966-2-1).
static LINEAR: LazyLock<[f32; 256]> = LazyLock::new(|| {
    std::array::from_fn(|value| {
        let share = value as f32 / 255.0;
        if share <= 0.040_45 {
            share / 12.92
        } else {
            libm::powf((share + 0.055) / 1.055, 2.4)
        }
    })
});

fn linear(rgb: [u8; 3]) -> [f32; 3] {
    rgb.map(|channel| LINEAR[usize::from(channel)])
}

fn coded(light: f32) -> u8 {
    let light = light.clamp(0.0, 1.0);
    let share = if light <= 0.003_130_8 {
        light * 12.92
    } else {
        1.055 * libm::powf(light, 1.0 / 2.4) - 0.055
    };
    libm::roundf(share * 255.0) as u8
}

fn times(matrix: [[f32; 3]; 3], [x, y, z]: [f32; 3]) -> [f32; 3] {
    matrix.map(|[a, b, c]| a * x + b * y + c * z)
}

/// CIE L\*a\*b\* of an sRGB color under D65: L\* from 0 to 100, a\* and b\* about −128 to 127. Matrix of
/// IEC 61966-2-1, formulas of CIE 15 (§8.2.1), as Lindbloom gives them at brucelindbloom.com.
#[must_use]
pub fn lab(rgb: [u8; 3]) -> [f32; 3] {
    const XYZ: [[f32; 3]; 3] = [
        [0.412_456_4, 0.357_576_1, 0.180_437_5],
        [0.212_672_9, 0.715_152_2, 0.072_175],
        [0.019_333_9, 0.119_192, 0.950_304_1],
    ];
    // The white of D65, to which the matrix maps (1, 1, 1).
    const WHITE: [f32; 3] = [0.950_47, 1.0, 1.088_83];
    const EPSILON: f32 = 216.0 / 24_389.0;
    const KAPPA: f32 = 24_389.0 / 27.0;
    let xyz = times(XYZ, linear(rgb));
    let f = |at: usize| {
        let share = xyz[at] / WHITE[at];
        if share > EPSILON {
            libm::cbrtf(share)
        } else {
            (KAPPA * share + 16.0) / 116.0
        }
    };
    let (x, y, z) = (f(0), f(1), f(2));
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

/// OKLab: like Lab, with better hues and evener distances; L from 0 to 1. Matrices by Björn Ottosson,
/// "A perceptual color space for image processing" (2020, bottosson.github.io).
pub(crate) fn oklab(rgb: [u8; 3]) -> [f32; 3] {
    let lms = times(
        [
            [0.412_221_46, 0.536_332_55, 0.051_445_995],
            [0.211_903_5, 0.680_699_5, 0.107_396_96],
            [0.088_302_46, 0.281_718_85, 0.629_978_7],
        ],
        linear(rgb),
    );
    times(
        [
            [0.210_454_26, 0.793_617_8, -0.004_072_047],
            [1.977_998_5, -2.428_592_2, 0.450_593_7],
            [0.025_904_037, 0.782_771_77, -0.808_675_77],
        ],
        lms.map(libm::cbrtf),
    )
}

/// The sRGB color of an OKLab color, clipped where the screen has none.
pub(crate) fn from_oklab(color: [f32; 3]) -> [u8; 3] {
    let lms = times(
        [
            [1.0, 0.396_337_78, 0.215_803_76],
            [1.0, -0.105_561_346, -0.063_854_17],
            [1.0, -0.089_484_18, -1.291_485_5],
        ],
        color,
    )
    .map(|root| root * root * root);
    times(
        [
            [4.076_741_7, -3.307_711_6, 0.230_969_94],
            [-1.268_438, 2.609_757_4, -0.341_319_38],
            [-0.004_196_086_3, -0.703_418_6, 1.707_614_7],
        ],
        lms,
    )
    .map(coded)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of Lindbloom's calculator (D65, sRGB, no adaptation).
    #[test]
    fn known_colors_have_known_lab_values() {
        let known = [
            ([0, 0, 0], [0.0, 0.0, 0.0]),
            ([255, 255, 255], [100.0, 0.0, 0.0]),
            ([255, 0, 0], [53.24, 80.09, 67.20]),
            ([0, 255, 0], [87.73, -86.18, 83.18]),
            ([0, 0, 255], [32.30, 79.19, -107.86]),
            ([119, 119, 119], [50.03, 0.0, 0.0]),
        ];
        for (rgb, expected) in known {
            let found = lab(rgb);
            for (found, expected) in found.iter().zip(expected) {
                assert!(
                    (found - expected).abs() < 0.05,
                    "{rgb:?}: {found} {expected}"
                );
            }
        }
    }

    #[test]
    fn oklab_of_white_and_red_is_what_its_author_says() {
        let close = |a: [f32; 3], b: [f32; 3]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 2e-3);
        assert!(close(oklab([255, 255, 255]), [1.0, 0.0, 0.0]));
        assert!(close(oklab([255, 0, 0]), [0.627_96, 0.224_86, 0.125_85]));
    }

    #[test]
    fn every_color_of_a_cube_comes_back() {
        for value in 0..512_u32 {
            let rgb = [value & 7, (value >> 3) & 7, value >> 6].map(|part| (part * 36) as u8);
            let back = from_oklab(oklab(rgb));
            assert!(
                rgb.iter().zip(back).all(|(a, b)| a.abs_diff(b) <= 1),
                "{rgb:?} {back:?}"
            );
        }
    }
}
