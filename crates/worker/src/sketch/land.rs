//! The shape of the land: height over a plane that runs from the viewer (z = 0) into the picture, and
//! what grows or lies on it. Water stands at height 0.

use super::math::{Vec2, Vec3, clamp01, exp, lerp, mix, scale, sin, smoothstep};
use super::noise::{eroded, fbm, gradient, ridged};

/// Kind of country.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relief {
    Alps,
    Hills,
    Plain,
    Dunes,
    Mesas,
    Volcano,
    Islands,
    Coast,
}

/// Water in the country.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Basin {
    None,
    Lake { middle: Vec2, size: Vec2 },
    River { swing: f32, width: f32, phase: f32 },
    Sea,
}

/// What the ground is made of, as albedo.
#[derive(Clone)]
pub(super) struct Ground {
    pub(super) rock: Vec3,
    pub(super) rock_dark: Vec3,
    pub(super) grass: Vec3,
    pub(super) grass_dry: Vec3,
    pub(super) forest: Vec3,
    pub(super) sand: Vec3,
    pub(super) snow: Vec3,
    /// Height above which snow lies; very large for none, negative for everywhere.
    pub(super) snow_line: f32,
    /// Height above which no tree grows.
    pub(super) tree_line: f32,
    /// Furrows of a tilled or flowering field, and their color.
    pub(super) rows: Option<Vec3>,
}

/// One country.
#[derive(Clone)]
pub(super) struct Land {
    pub(super) relief: Relief,
    pub(super) basin: Basin,
    pub(super) ground: Ground,
    pub(super) origin: Vec2,
    pub(super) seed: u32,
    /// The mountain that the picture is about: x, z, height, breadth.
    pub(super) hero: Option<[f32; 4]>,
    /// Height of all relief.
    pub(super) gain: f32,
}

impl Land {
    /// Height at a place, with as many octaves as can be seen from that far.
    pub(super) fn height(&self, x: f32, z: f32, octaves: u32) -> f32 {
        let dry = self.dry_height(x, z, octaves) * self.gain;
        match self.basin {
            Basin::None => dry,
            Basin::Lake { middle, size } => {
                let (dx, dz) = ((x - middle[0]) / size[0], (z - middle[1]) / size[1]);
                let shore = 0.42 * gradient([x * 0.55 + 3.0, z * 0.4], self.seed ^ 0x1A)
                    + 0.10 * gradient([x * 2.3, z * 1.7 + 9.0], self.seed ^ 0x1B);
                let inside = smoothstep(1.30, 0.80, dx * dx + dz * dz + shore);
                lerp(dry.max(0.015) + 0.02, -0.10, inside)
            }
            Basin::River {
                swing,
                width,
                phase,
            } => {
                let course = swing * sin(z * 0.42 + phase) * smoothstep(0.0, 5.0, z)
                    + 0.35 * sin(z * 1.1 + phase * 2.0);
                let d = (x - course) / (width * (1.0 + 0.05 * z));
                let inside = exp(-d * d);
                let bank = exp(-d * d * 0.12);
                lerp(
                    lerp(dry.max(0.03), 0.05, bank * 0.85),
                    -0.09,
                    smoothstep(0.45, 0.75, inside),
                )
            }
            Basin::Sea => dry,
        }
    }

    fn dry_height(&self, x: f32, z: f32, octaves: u32) -> f32 {
        let (ox, oz) = (self.origin[0], self.origin[1]);
        let mut h = match self.relief {
            Relief::Alps => {
                let e = eroded([x * 0.17 + ox, z * 0.17 + oz], octaves, self.seed);
                let ramp = smoothstep(3.0, 15.0, z);
                let valley = smoothstep(0.2, 4.5, abs(x - 0.4 * sin(z * 0.3 + ox)) + z * 0.06);
                (e + 0.42) * (0.16 + 2.35 * ramp) * lerp(0.30, 1.0, valley)
            }
            Relief::Hills => {
                let e = fbm([x * 0.23 + ox, z * 0.23 + oz], octaves.min(6), self.seed);
                let rough = eroded([x * 0.31 + oz, z * 0.31 + ox], octaves, self.seed ^ 0x22);
                (e * 0.85 + 0.34 + 0.24 * rough) * (0.22 + 1.0 * smoothstep(2.0, 16.0, z))
            }
            Relief::Plain => {
                let e = fbm([x * 0.16 + ox, z * 0.16 + oz], octaves.min(5), self.seed);
                (e * 0.62 + 0.24) * (0.30 + 0.95 * smoothstep(1.5, 16.0, z))
            }
            Relief::Dunes => self.dunes(x, z),
            Relief::Mesas => self.mesas(x, z, octaves),
            Relief::Volcano => {
                let e = eroded([x * 0.22 + ox, z * 0.22 + oz], octaves, self.seed);
                (e + 0.35) * (0.10 + 0.55 * smoothstep(3.0, 14.0, z))
            }
            Relief::Islands => {
                let e = eroded([x * 0.42 + ox, z * 0.42 + oz], octaves, self.seed);
                -0.35 + 0.25 * e
            }
            Relief::Coast => {
                // Cliffs on one side, open water on the other.
                let side = if self.seed & 1 == 0 { 1.0 } else { -1.0 };
                let e = eroded([x * 0.30 + ox, z * 0.30 + oz], octaves, self.seed);
                let edge = 0.75 * gradient([z * 0.33 + ox, oz], self.seed ^ 0x31)
                    + 0.22 * gradient([z * 1.2 + ox, 7.0], self.seed ^ 0x32);
                let inland = side * x - 0.42 - 0.16 * z + edge * (0.4 + 0.12 * z);
                let cliff = smoothstep(-0.04, 0.34, inland);
                -0.4 + cliff * (0.86 + 0.5 * e + 0.22 * clamp01(inland))
            }
        };
        if let Some([hx, hz, height, breadth]) = self.hero {
            h = self.with_hero(h, x, z, octaves, [hx, hz, height, breadth]);
        }
        h
    }

    fn with_hero(&self, h: f32, x: f32, z: f32, octaves: u32, hero: [f32; 4]) -> f32 {
        let [hx, hz, height, breadth] = hero;
        let (dx, dz) = ((x - hx) / breadth, (z - hz) / breadth);
        let d = (dx * dx + dz * dz).sqrt();
        match self.relief {
            Relief::Volcano => {
                // A cone that steepens toward the crater, with gullies running down.
                let angle = libm::atan2f(dz, dx);
                let gully = ridged(
                    [angle * 3.2 + 5.0, d * 1.4],
                    octaves.min(5),
                    self.seed ^ 0x41,
                ) - 0.45;
                let cone = exp(-d * 1.9) * height * 1.25;
                let crater = height * 0.86;
                let rough = gully * 0.16 * smoothstep(0.05, 0.5, d) * exp(-d * 1.1) * height * 0.55;
                h + (cone + rough).min(crater + (cone - crater).max(0.0) * -0.6)
            }
            Relief::Islands => {
                let e = eroded(
                    [x * 0.55 + self.origin[0], z * 0.55 + self.origin[1]],
                    octaves,
                    self.seed ^ 0x43,
                );
                let body = exp(-d * d * 1.5) * height;
                h + body * (0.95 + 0.42 * e)
            }
            _ => {
                let bump = exp(-d * d * 0.9);
                let crest = ridged(
                    [x * 0.24 + self.origin[1], z * 0.24 + self.origin[0]],
                    octaves,
                    self.seed ^ 0x44,
                );
                h + bump * height * (0.62 + 0.55 * crest)
            }
        }
    }

    fn dunes(&self, x: f32, z: f32) -> f32 {
        let (ox, oz) = (self.origin[0], self.origin[1]);
        let bend = fbm([x * 0.13 + ox, z * 0.13 + oz], 3, self.seed) * 2.4;
        // A dune rises gently and falls steeply: an uneven saw, rounded.
        let crest = |p: f32, seed: u32| {
            let whole = super::math::floor(p);
            let t = p - whole as f32;
            let size = 0.45 + 0.55 * super::noise::cell(whole, 0, seed);
            let rise = smoothstep(0.0, 0.74, t) * smoothstep(1.0, 0.74, t);
            rise * size
        };
        let far = 0.16 + 0.84 * smoothstep(1.0, 13.0, z);
        let large = crest(z * 0.20 + x * 0.07 + bend * 0.42 + ox, self.seed);
        let small = crest(z * 0.55 - x * 0.21 + bend * 0.8 + oz, self.seed ^ 0x51);
        (large * 1.25 + small * 0.28) * far + 0.05 * bend * far
    }

    fn mesas(&self, x: f32, z: f32, octaves: u32) -> f32 {
        let (ox, oz) = (self.origin[0], self.origin[1]);
        let e = fbm([x * 0.20 + ox, z * 0.20 + oz], octaves.min(6), self.seed);
        let table = smoothstep(0.06, 0.15, e) * 0.72 + smoothstep(0.26, 0.33, e) * 0.55;
        let slope = smoothstep(-0.35, 0.10, e) * 0.26;
        let rough = ridged([x * 1.3 + ox, z * 1.3], octaves.min(5), self.seed ^ 0x61) * 0.07;
        (table + slope + rough * (0.3 + table)) * smoothstep(2.2, 8.0, z) * 1.35
            + 0.03 * gradient([x * 0.9, z * 0.9], self.seed ^ 0x62)
    }

    /// Color of the ground at a place, before any light. `up` is the normal's upward part.
    pub(super) fn albedo(&self, x: f32, z: f32, h: f32, up: f32, fine: bool) -> Vec3 {
        let g = &self.ground;
        let octaves = if fine { 4 } else { 2 };
        let patch = fbm([x * 1.3 + 31.0, z * 1.3 + 12.0], octaves, self.seed ^ 0x71);
        match self.relief {
            Relief::Dunes => {
                let ripple =
                    sin((z * 1.0 + x * 0.35 + patch * 0.35) * 46.0) * smoothstep(9.0, 1.5, z);
                return mix(
                    g.sand,
                    g.rock_dark,
                    clamp01(0.10 + 0.05 * ripple + 0.16 * patch),
                );
            }
            Relief::Mesas => {
                // Strata: the same bands run through every table mountain.
                let band = fbm([h * 9.0 + patch * 0.35, 3.0], 3, self.seed ^ 0x72);
                let rock = mix(g.rock, g.rock_dark, clamp01(0.5 + 0.9 * band));
                let flat = smoothstep(0.72, 0.92, up);
                return mix(rock, g.sand, flat * 0.85);
            }
            _ => {}
        }
        let band = fbm(
            [h * 5.0 + x * 0.3, z * 0.3 + patch],
            octaves,
            self.seed ^ 0x73,
        );
        let mut color = mix(g.rock, g.rock_dark, clamp01(0.45 + 0.7 * band));
        let meadow = mix(g.grass, g.grass_dry, clamp01(0.5 + 0.9 * patch));
        let green =
            smoothstep(0.52, 0.78, up) * smoothstep(g.tree_line * 1.6, g.tree_line * 0.9, h);
        color = mix(color, meadow, green);
        if let Some(rows) = g.rows {
            // Plots of different crops, each with rows along the line of sight.
            let plot = gradient([x * 0.16 + 3.0, z * 0.13 + 8.0], self.seed ^ 0x74);
            let sown = smoothstep(-0.34, -0.28, plot);
            let furrow = 0.5 + 0.5 * sin((x + 0.05 * patch) * 22.0);
            let blur = smoothstep(11.0, 2.5, z);
            let tuft = 0.70
                + 0.45 * patch
                + 0.25 * gradient([x * 14.0, z * 14.0], self.seed ^ 0x75) * blur;
            let crop = clamp01(0.80 + (furrow - 0.62) * 1.5 * blur);
            color = mix(color, scale(rows, tuft.max(0.2)), green * sown * crop);
            color = mix(
                color,
                scale(g.grass, 0.55),
                green * sown * (1.0 - crop) * 0.7,
            );
        } else {
            let wood = smoothstep(-0.10, 0.25, patch)
                * smoothstep(g.tree_line, g.tree_line * 0.75, h)
                * smoothstep(0.35, 0.55, up)
                * smoothstep(2.5, 7.0, z);
            color = mix(color, g.forest, wood * 0.85);
        }
        if h < 0.06 && self.basin != Basin::None {
            color = mix(color, g.sand, smoothstep(0.06, 0.01, h) * 0.8);
        }
        // Snow holds on ledges and hollows; steep rock shows through.
        let over = h - g.snow_line + 0.55 * patch;
        let lies = smoothstep(-0.25, 0.55, over);
        let hold = smoothstep(0.38, 0.66, up + 0.22 * lies + 0.14 * band);
        let snow = lies * hold;
        mix(color, g.snow, snow)
    }

    /// Whether this country has water that mirrors.
    pub(super) fn has_water(&self) -> bool {
        self.basin != Basin::None
    }
}

pub(super) fn abs(x: f32) -> f32 {
    if x < 0.0 { -x } else { x }
}
