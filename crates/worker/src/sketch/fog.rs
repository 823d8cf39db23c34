//! Banks of fog between the layers of the land.

use super::canvas::{Canvas, Field};
use super::math::{Vec3, clamp01, smoothstep};
use super::noise::fbm;
use super::sky::Sky;
use super::view::View;

/// A bank of fog lying at one distance: it veils all that is farther and lets nearer things stand out.
pub(super) struct Bank {
    pub(super) z: f32,
    pub(super) height: f32,
    pub(super) thickness: f32,
    pub(super) strength: f32,
    pub(super) seed: u32,
}

impl Bank {
    pub(super) fn paint(
        &self,
        canvas: &mut Canvas,
        view: &View,
        depth: &[f32],
        sky: &Sky,
        octaves: u32,
    ) {
        let unit = canvas.unit();
        let [_, middle] = view.project(0.0, self.height, self.z);
        let spread = self.thickness * view.focal / self.z;
        let from = ((middle - spread * 2.4) * unit).max(0.0) as usize;
        let to = (((middle + spread * 2.0) * unit).max(0.0) as usize).min(canvas.height);
        if from >= to {
            return;
        }
        let tall = (to - from) as f32 / unit;
        let field = Field::new(
            (canvas.width / 4).max(2),
            ((to - from) / 4).max(2),
            |u, v| {
                let x = view.world_x(u * view.aspect, self.z);
                let y = from as f32 / unit + v * tall;
                let up = (middle - y) / spread;
                let billow = fbm(
                    [x * 0.42 / (0.4 + self.thickness) + 5.0, up * 0.45 + 2.0],
                    octaves,
                    self.seed,
                );
                let top = smoothstep(1.5, -0.35, up - billow * 1.25);
                let bottom = smoothstep(-2.0, -0.3, up + 0.25 * billow);
                top * bottom * (0.62 + 0.38 * clamp01(0.5 + billow))
            },
        );
        let haze: Vec<Vec3> = (0..canvas.width)
            .map(|column| sky.haze((column as f32 + 0.5) / unit))
            .collect();
        for row in from..to {
            let v = (row - from) as f32 / (to - from) as f32;
            for (column, &haze) in haze.iter().enumerate() {
                let index = row * canvas.width + column;
                let behind = smoothstep(self.z * 0.97, self.z * 1.06, depth[index].min(1e6));
                if behind <= 0.0 {
                    continue;
                }
                let u = (column as f32 + 0.5) / canvas.width as f32;
                let alpha = field.sample(u, v) * self.strength * behind;
                if alpha > 0.003 {
                    canvas.over(index, haze, clamp01(alpha));
                }
            }
        }
    }
}
