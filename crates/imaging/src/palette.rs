//! The few colors of which a picture is made, and their shares of its area.

use crate::Bitmap;
use crate::lab::{from_oklab, lab, oklab};
use crate::plane::mosaic;

/// Cells a side from which colors are gathered.
const SIDE: usize = 112;

/// Clusters to start from, before small and equal ones go.
const CLUSTERS: usize = 10;

const ROUNDS: usize = 12;

/// Colors nearer than this in OKLab look like one.
const NEAR: f32 = 0.05;

/// A share of the area below which a color is a speck.
const SPECK: f32 = 0.012;

/// A color of a palette.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Swatch {
    /// sRGB.
    pub rgb: [u8; 3],
    /// The same in CIE L\*a\*b\*, see [`lab`].
    pub lab: [f32; 3],
    /// Its share of the opaque area, 0 to 1.
    pub share: f32,
}

impl Swatch {
    /// How much of a picture a person would say this color is: vivid ones count for more than their area.
    fn say(&self) -> f32 {
        let [_, a, b] = self.lab;
        self.share * (1.0 + libm::sqrtf(a * a + b * b) / 40.0)
    }
}

/// A cluster while it moves: a color in OKLab and the weight behind it.
#[derive(Clone, Copy)]
struct Point {
    color: [f32; 3],
    weight: f32,
}

fn distance(a: [f32; 3], b: [f32; 3]) -> f32 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

/// At most `max` colors, the largest first: k-means in OKLab from a fixed start, so that the same picture always
/// has the same palette. Empty for a picture without an opaque pixel.
#[must_use]
pub fn palette(bitmap: &Bitmap, max: usize) -> Vec<Swatch> {
    let points = points(bitmap);
    let total: f32 = points.iter().map(|point| point.weight).sum();
    if total <= 0.0 {
        return Vec::new();
    }
    let mut clusters = merged(settle(&points, start(&points)));
    clusters.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    let largest = clusters.first().map_or(0.0, |first| first.weight);
    clusters
        .into_iter()
        // A picture of specks only still has its largest color.
        .filter(|cluster| cluster.weight >= total * SPECK || cluster.weight >= largest)
        .take(max)
        .map(|cluster| {
            let rgb = from_oklab(cluster.color);
            Swatch {
                rgb,
                lab: lab(rgb),
                share: cluster.weight / total,
            }
        })
        .collect()
}

/// At most `max` colors of a palette that a person would name, the most striking first.
#[must_use]
pub fn striking(palette: &[Swatch], max: usize) -> Vec<Swatch> {
    let mut all = palette.to_vec();
    all.sort_by(|a, b| b.say().total_cmp(&a.say()));
    all.truncate(max);
    all
}

/// Pixels gathered by the upper five bits of their channels: a few hundred points instead of thousands.
fn points(bitmap: &Bitmap) -> Vec<Point> {
    let mut sums = vec![[0.0_f32; 4]; 1 << 15];
    for [red, green, blue, alpha] in mosaic(bitmap, SIDE) {
        let cell =
            (usize::from(red >> 3) << 10) | (usize::from(green >> 3) << 5) | usize::from(blue >> 3);
        let weight = f32::from(alpha) / 255.0;
        let color = oklab([red, green, blue]);
        for (sum, part) in sums[cell].iter_mut().zip(color) {
            *sum += part * weight;
        }
        sums[cell][3] += weight;
    }
    sums.into_iter()
        .filter(|sum| sum[3] > 0.0)
        .map(|[l, a, b, weight]| Point {
            color: [l / weight, a / weight, b / weight],
            weight,
        })
        .collect()
}

/// The heaviest point, then always the one that is heaviest for its distance from those chosen.
fn start(points: &[Point]) -> Vec<[f32; 3]> {
    let heaviest = points.iter().max_by(|a, b| a.weight.total_cmp(&b.weight));
    let mut chosen: Vec<[f32; 3]> = heaviest.map(|point| point.color).into_iter().collect();
    let mut far: Vec<f32> = vec![f32::MAX; points.len()];
    while let Some(&last) = chosen.last() {
        if chosen.len() >= CLUSTERS {
            break;
        }
        let mut best: Option<(f32, [f32; 3])> = None;
        for (point, far) in points.iter().zip(&mut far) {
            *far = far.min(distance(point.color, last));
            let worth = *far * point.weight;
            if *far > NEAR * NEAR && best.is_none_or(|(other, _)| worth > other) {
                best = Some((worth, point.color));
            }
        }
        match best {
            Some((_, color)) => chosen.push(color),
            None => break,
        }
    }
    chosen
}

fn settle(points: &[Point], centers: Vec<[f32; 3]>) -> Vec<Point> {
    let mut clusters: Vec<Point> = centers
        .into_iter()
        .map(|color| Point { color, weight: 0.0 })
        .collect();
    for _ in 0..ROUNDS {
        let mut sums = vec![[0.0_f32; 4]; clusters.len()];
        for point in points {
            let nearest = clusters.iter().zip(&mut sums).min_by(|(a, _), (b, _)| {
                distance(a.color, point.color).total_cmp(&distance(b.color, point.color))
            });
            if let Some((_, sum)) = nearest {
                for (sum, part) in sum.iter_mut().zip(point.color) {
                    *sum += part * point.weight;
                }
                sum[3] += point.weight;
            }
        }
        for (cluster, [l, a, b, weight]) in clusters.iter_mut().zip(sums) {
            cluster.weight = weight;
            if weight > 0.0 {
                cluster.color = [l / weight, a / weight, b / weight];
            }
        }
    }
    clusters.retain(|cluster| cluster.weight > 0.0);
    clusters
}

/// Clusters that came to lie beside each other become one.
fn merged(clusters: Vec<Point>) -> Vec<Point> {
    let mut kept: Vec<Point> = Vec::new();
    for cluster in clusters {
        let twin = kept
            .iter_mut()
            .find(|other| distance(other.color, cluster.color) < NEAR * NEAR);
        match twin {
            Some(twin) => {
                let weight = twin.weight + cluster.weight;
                for (part, other) in twin.color.iter_mut().zip(cluster.color) {
                    *part = (*part * twin.weight + other * cluster.weight) / weight;
                }
                twin.weight = weight;
            }
            None => kept.push(cluster),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hex_color;

    /// Bands of the given heights, in hundredths of the picture.
    fn bands(colors: &[([u8; 4], usize)]) -> Bitmap {
        let rgba: Vec<u8> = colors
            .iter()
            .flat_map(|(color, rows)| color.repeat(rows * 120))
            .collect();
        Bitmap::from_rgba(120, (rgba.len() / 480) as u32, rgba).unwrap()
    }

    #[test]
    fn a_planted_palette_is_found_with_its_shares() {
        let picture = bands(&[
            ([20, 40, 90, 255], 50),
            ([220, 180, 60, 255], 30),
            ([160, 30, 40, 255], 20),
        ]);
        let found = palette(&picture, 6);
        let near = |swatch: &Swatch, rgb: [u8; 3], share: f32| {
            swatch.rgb.iter().zip(rgb).all(|(a, b)| a.abs_diff(b) <= 2)
                && (swatch.share - share).abs() < 0.02
        };
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(near(&found[0], [20, 40, 90], 0.5), "{found:?}");
        assert!(near(&found[1], [220, 180, 60], 0.3), "{found:?}");
        assert!(near(&found[2], [160, 30, 40], 0.2), "{found:?}");
        assert_eq!(found[0].lab, lab(found[0].rgb));
    }

    #[test]
    fn shades_are_one_color_and_specks_none() {
        let picture = bands(&[
            ([100, 100, 100, 255], 60),
            ([103, 103, 103, 255], 139),
            ([255, 0, 0, 255], 1),
        ]);
        let found = palette(&picture, 6);
        assert_eq!(found.len(), 1, "{found:?}");
    }

    #[test]
    fn the_vivid_color_is_named_before_a_larger_gray() {
        let picture = bands(&[([110, 110, 110, 255], 60), ([124, 58, 237, 255], 40)]);
        let found = palette(&picture, 6);
        assert_eq!(hex_color(found[0].rgb), "#6e6e6e");
        assert_eq!(hex_color(striking(&found, 1)[0].rgb), "#7c3aed");
        assert_eq!(striking(&found, 9).len(), 2);
    }

    #[test]
    fn nothing_opaque_means_no_palette_and_a_single_pixel_one() {
        assert!(palette(&bands(&[([9, 9, 9, 0], 4)]), 6).is_empty());
        let pixel = Bitmap::from_rgba(1, 1, vec![1, 2, 3, 255]).unwrap();
        assert_eq!(palette(&pixel, 6).len(), 1);
        assert!(palette(&pixel, 0).is_empty());
    }
}
