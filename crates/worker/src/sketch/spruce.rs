//! A spruce seen from close by: drooping branches, each hung with needles.

use super::canvas::{Canvas, span};
use super::flora::Tree;
use super::math::{Vec2, Vec3, clamp01, lerp, mix, pow, scale, smoothstep};
use super::noise::cell;
use super::path::{Outline, Placing};

/// Draws `tree` upright, however tall; meant for trees that stand before everything else.
pub(super) fn paint(canvas: &mut Canvas, tree: &Tree) {
    let unit = canvas.unit();
    let tall = tree.size;
    let chance = |x: i32, y: i32| cell(x, y, tree.seed);
    let lean = (chance(1, 1) - 0.5) * 0.03;
    let axis = |t: f32| tree.x + (1.0 - t) * lean * tall;
    let height = |t: f32| tree.y - (1.0 - t) * tall;
    Outline::band(&[
        ([axis(0.0), height(0.0)], 0.0008),
        ([axis(0.5), height(0.5)], tall * 0.006),
        ([axis(1.0), height(1.0)], tall * 0.016),
    ])
    .fill(
        canvas,
        &Placing::new(0.0, 0.0, 1.0),
        scale(tree.dark, 0.8),
        1.0,
    );
    let slim = 0.150 + 0.050 * chance(2, 2);
    let whorls = ((tall * unit) * 0.14).clamp(18.0, 110.0) as i32;
    let fine = (0.9 / unit).max(0.0011);
    // From the top down: lower branches hang before the foot of higher ones.
    for whorl in 0..whorls {
        let t = pow((whorl as f32 + 0.6) / whorls as f32, 0.92) * 0.955;
        for branch in 0..4 {
            let way = if branch % 2 == 0 { 1.0 } else { -1.0 };
            // Two reach to the sides, two toward the viewer, foreshortened and lower.
            let fore = if branch < 2 { 1.0 } else { 0.55 };
            let luck = chance(whorl * 4 + branch, 3);
            let reach = slim * tall * pow(t, 0.82) * (0.66 + 0.55 * luck) * fore + tall * 0.004;
            let root = [axis(t), height(t) + tall * 0.012 * (luck - 0.5)];
            let sag = reach * (0.16 + 0.34 * t) + (1.0 - fore) * tall * 0.018;
            let light = side_light(way, fore, tree.side);
            hang(
                canvas,
                tree,
                root,
                [way * reach, sag],
                fine,
                light,
                whorl * 4 + branch,
            );
        }
    }
}

fn side_light(way: f32, fore: f32, side: f32) -> f32 {
    let turned = 0.5 + 0.5 * way * side;
    if fore < 1.0 { 0.30 } else { turned }
}

/// One branch: a curve that droops and lifts its tip, with needles below it.
fn hang(
    canvas: &mut Canvas,
    tree: &Tree,
    root: Vec2,
    reach: Vec2,
    fine: f32,
    light: f32,
    index: i32,
) {
    let unit = canvas.unit();
    let length = (reach[0] * reach[0] + reach[1] * reach[1]).sqrt();
    let count = ((length * unit) / 2.0).clamp(4.0, 80.0) as i32;
    let at = |s: f32| {
        // Falls first, rises a little at the end.
        let fall = s * (1.55 - 0.55 * s);
        [
            root[0] + reach[0] * s,
            root[1] + reach[1] * fall - 0.10 * reach[1] * s * s * s,
        ]
    };
    for step in 0..count {
        let s = (step as f32 + 0.5) / count as f32;
        let luck = cell(index, step + 500, tree.seed);
        let luck2 = cell(index, step + 900, tree.seed);
        let p = at(s);
        let drop = (0.016 + 0.026 * luck) * tree.size.min(0.8) * smoothstep(1.08, 0.55, s);
        let tip = [
            p[0] + reach[0] * 0.05 + (luck2 - 0.5) * drop * 0.8,
            p[1] + drop,
        ];
        let shine = clamp01(light * (0.25 + 0.75 * s) * (0.55 + 0.7 * luck2));
        let color = mix(scale(tree.dark, 0.72 + 0.4 * luck), tree.lit, shine * 0.8);
        twig(canvas, p, tip, fine * lerp(2.3, 1.3, s), color);
        let next = at((s + 1.0 / count as f32).min(1.0));
        twig(canvas, p, next, fine * lerp(1.9, 0.9, s), color);
    }
}

/// A short line with round ends.
pub(super) fn twig(canvas: &mut Canvas, from: Vec2, to: Vec2, width: f32, color: Vec3) {
    let unit = canvas.unit();
    let (ax, ay) = (from[0] * unit, from[1] * unit);
    let (bx, by) = (to[0] * unit, to[1] * unit);
    let half = (width * unit * 0.5).max(0.42);
    let (x0, x1) = span(
        ax.min(bx) - half - 1.0,
        ax.max(bx) + half + 1.0,
        canvas.width,
    );
    let (y0, y1) = span(
        ay.min(by) - half - 1.0,
        ay.max(by) + half + 1.0,
        canvas.height,
    );
    let (dx, dy) = (bx - ax, by - ay);
    let square = (dx * dx + dy * dy).max(1e-6);
    for row in y0..y1 {
        for column in x0..x1 {
            let (px, py) = (column as f32 + 0.5 - ax, row as f32 + 0.5 - ay);
            let t = clamp01((px * dx + py * dy) / square);
            let (ox, oy) = (px - dx * t, py - dy * t);
            let cover = clamp01(half - (ox * ox + oy * oy).sqrt() + 0.5);
            if cover > 0.0 {
                canvas.over(row * canvas.width + column, color, cover);
            }
        }
    }
}
