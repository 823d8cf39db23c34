//! What makes a volcano: the glow in its crater, streams that run down, and the plume.

use super::canvas::{Canvas, Field};
use super::math::{Vec3, add, clamp01, exp, lerp, mix, scale, screen, smoothstep};
use super::noise::{fbm, gradient};
use super::rng::Rng;
use super::stage::Stage;
use super::view::Sight;

/// Paints the plume behind the mountain; before the land.
pub(super) fn plume(canvas: &mut Canvas, stage: &Stage, octaves: u32, rng: &Rng) {
    let Some([hx, hz, height, _]) = stage.land.hero else {
        return;
    };
    let mut chance = rng.fork("plume");
    let [x, top] = stage.view.project(hx, height * 0.80, hz);
    let drift = chance.range(0.18, 0.42) * if x < canvas.aspect() * 0.5 { 1.0 } else { -1.0 };
    let seed = chance.next();
    let aspect = canvas.aspect();
    let mood = &stage.sky.mood;
    let rise = top + 0.06;
    let axis = |up: f32| x + drift * up * up * 1.4;
    let field = Field::new(canvas.width / 2, canvas.height / 2, |u, v| {
        let (px, py) = (u * aspect, v);
        let up = top - py + 0.03;
        if up < 0.0 {
            return 0.0;
        }
        let spread = 0.020 + 0.30 * up;
        let off = (px - axis(up)) / spread;
        let billow = fbm([px * 7.0 + 3.0, py * 7.0 + up * 2.0], octaves, seed);
        let body = 1.0 - off * off + billow * 1.1;
        smoothstep(0.05, 0.75, body) * smoothstep(rise, rise * 0.45, up)
    });
    for row in 0..canvas.height {
        let y = (row as f32 + 0.5) / canvas.unit();
        if y > top + 0.05 {
            break;
        }
        for column in 0..canvas.width {
            let u = (column as f32 + 0.5) / canvas.width as f32;
            let d = field.sample(u, y);
            if d < 0.01 {
                continue;
            }
            let px = u * aspect;
            let toward = if stage.sky.sun[0] < px { -0.012 } else { 0.012 };
            let lit = clamp01(0.55 + (d - field.sample(u + toward, y - 0.012)) * 1.8);
            let fire = exp(-(top - y).max(0.0) * 10.0);
            let mut color = mix(scale(mood.shade, 1.6), mood.cloud_lit, 0.15 + 0.45 * lit);
            color = mix(color, [0.95, 0.30, 0.08], fire * 0.62);
            canvas.over(row * canvas.width + column, color, d * 0.92);
        }
    }
}

/// Paints glow and streams on the mountain; after the land.
pub(super) fn streams(canvas: &mut Canvas, stage: &Stage, sight: &Sight, rng: &Rng) {
    let Some([hx, hz, height, breadth]) = stage.land.hero else {
        return;
    };
    let mut chance = rng.fork("lava");
    let view = &stage.view;
    let unit = canvas.unit();
    let [cx, top] = view.project(hx, height * 0.86, hz);
    let seed = chance.next();
    let count = 3 + chance.below(3);
    let strength = if stage.sky.mood.is_dark() { 1.0 } else { 0.75 };
    for stream in 0..count {
        let start = chance.range(-0.10, 0.10) * breadth;
        let lean = chance.range(-0.9, 0.9);
        let length = chance.range(0.55, 1.4);
        for step in 0..150 {
            let t = step as f32 / 150.0 * length;
            let bend = 0.16 * gradient([t * 4.0, stream as f32 * 9.0], seed);
            let x = hx + start + (lean * t + bend) * breadth * 0.55;
            let z = hz - (0.10 + t * 0.85) * breadth * 0.62;
            let h = stage.land.height(x, z, 7);
            let [px, py] = view.project(x, h, z);
            let (column, row) = ((px * unit) as usize, (py * unit) as usize);
            let hidden = column >= canvas.width
                || row >= canvas.height
                || sight.depth[row * canvas.width + column] < z * 0.9;
            if hidden {
                continue;
            }
            let fade = (1.0 - t / length) * strength;
            let width = lerp(0.0016, 0.0030, 1.0 - t) * (0.7 + 0.6 * chance.unit());
            canvas.glow(px, py, width * 5.0, [1.0, 0.22, 0.03], 0.12 * fade);
            canvas.glow(px, py, width * 1.2, [1.0, 0.60, 0.16], 0.75 * fade);
        }
    }
    canvas.glow(cx, top - 0.004, 0.085, [1.0, 0.25, 0.05], 0.50 * strength);
    canvas.glow(cx, top, 0.030, [1.0, 0.62, 0.22], 0.75 * strength);
    super::weather::embers(canvas, cx, top - 0.01, 0.10, 0.24, 90, rng);
}

/// Warm light that the fire throws on low clouds.
pub(super) fn underglow(canvas: &mut Canvas, stage: &Stage) {
    let Some([hx, hz, height, _]) = stage.land.hero else {
        return;
    };
    let [x, y] = stage.view.project(hx, height, hz);
    let warm: Vec3 = [0.75, 0.20, 0.06];
    let unit = canvas.unit();
    for row in 0..canvas.height {
        for column in 0..canvas.width {
            let dx = (column as f32 + 0.5) / unit - x;
            let dy = (row as f32 + 0.5) / unit - y;
            let g = exp(-(dx * dx + dy * dy) * 14.0) * 0.20;
            if g > 0.004 {
                let index = row * canvas.width + column;
                canvas.px[index] = screen(canvas.px[index], add(scale(warm, g), [0.0; 3]));
            }
        }
    }
}
