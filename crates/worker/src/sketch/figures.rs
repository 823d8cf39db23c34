//! The figures as outlines on a grid of 100: feet at y = 100, looking to the right.

use super::animals::animal;
use super::math::{Vec2, Vec3};
use super::path::Outline;
use super::plan::Subject;

/// How a part takes the light.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Tone {
    /// Dark against the light.
    Body,
    /// Like the body, with this much of its own color (sRGB).
    Tinted(u32),
    /// Cloth or paint that is bright by itself.
    Bright(u32),
    /// Shines when it is dark outside.
    Lamp,
}

/// One part of a figure.
pub(super) struct Part {
    pub(super) outline: Outline,
    pub(super) tone: Tone,
}

/// A figure: parts from back to front, and its width in heights.
pub(super) struct Figure {
    pub(super) parts: Vec<Part>,
    /// Places that shine at night, on the grid from −0.5 to 0.5 and −1 to 0.
    pub(super) lamps: Vec<Vec2>,
}

pub(super) fn grid(data: &str) -> Outline {
    Outline::parse(data).mapped(|[x, y]| [(x - 50.0) / 100.0, (y - 100.0) / 100.0])
}

pub(super) fn ellipse(x: f32, y: f32, rx: f32, ry: f32) -> Outline {
    Outline::ellipse([x, y], rx, ry).mapped(|[x, y]| [(x - 50.0) / 100.0, (y - 100.0) / 100.0])
}

pub(super) fn part(tone: Tone, data: &str) -> Part {
    Part {
        outline: grid(data),
        tone,
    }
}

pub(super) fn spot(x: f32, y: f32) -> Vec2 {
    [(x - 50.0) / 100.0, (y - 100.0) / 100.0]
}

pub(super) fn plain(tone: Tone, data: &str) -> Figure {
    Figure {
        parts: vec![part(tone, data)],
        lamps: Vec::new(),
    }
}

/// The figure of a subject, if it has one that stands by itself.
pub(super) fn figure(subject: Subject) -> Option<Figure> {
    use Tone::{Body, Bright, Lamp, Tinted};
    let figure = match subject {
        Subject::Person => person(),
        Subject::Couple => Figure {
            parts: vec![
                part(
                    Tinted(0x4A4450),
                    "M 26 20 C 29 16.5 38 16.5 41 20 C 44 28 43.6 42 42.6 53 C 42 68 40.6 84 40.4 97 L 44 100 L 35.6 100 L 34 66 \
                     L 31.6 100 L 23 100 L 26 97 C 25.4 84 24.6 68 24.4 53 C 23 42 23.4 28 26 20 Z \
                     M 25 22 C 21 32 20 44 22 56 L 25 56 L 27 34 Z M 40 22 C 44 30 48 42 50 55 L 47.6 56 C 44 48 41 40 39 34 Z",
                ),
                part(
                    Tinted(0x8A4250),
                    "M 60 27 C 63 24 70 24 73 27 C 75 34 74 42 72.6 49 C 76 62 79 72 80 80 L 73 81 L 72 97 L 75 100 L 67.6 100 L 66.6 82 \
                     L 65 100 L 57.4 100 L 60.4 97 L 60.2 81 L 53 80 C 55 70 58 60 60.4 49 C 59 42 58.6 34 60 27 Z \
                     M 59.6 29 C 56 37 53 46 49.4 54 L 51 56.4 C 55.6 50 59 44 61 38 Z M 73 29 C 77 37 78 46 77.4 57 L 75 57 L 72 38 Z",
                ),
                Part {
                    outline: ellipse(33.4, 9.6, 6.0, 7.2),
                    tone: Tinted(0x4A4450),
                },
                Part {
                    outline: ellipse(66.4, 17.2, 5.6, 6.8).joined(grid(
                        "M 60.6 16 C 60 26 60.4 30 62.4 32 L 70.4 32 C 72.6 30 73 26 72.2 16 Z",
                    )),
                    tone: Tinted(0x5A3A38),
                },
            ],
            lamps: Vec::new(),
        },
        Subject::Sailboat => Figure {
            parts: vec![
                part(
                    Bright(0xF6F0E4),
                    "M 51.5 8 C 66 32 80 58 84 79 C 74 77 62 77 51.5 79 Z",
                ),
                part(
                    Bright(0xE6DED2),
                    "M 47.5 14 C 42 40 28 64 15 80 C 26 77 38 77 47.5 79 Z",
                ),
                part(Body, "M 48.8 3 L 50.2 3 L 50.4 86 L 48.6 86 Z"),
                part(
                    Tinted(0x8A4A34),
                    "M 10 83 C 34 87 66 87 91 82 C 88 92 80 98 70 99.5 L 30 99.5 C 20 97 14 90 10 83 Z",
                ),
            ],
            lamps: vec![spot(49.5, 80.0)],
        },
        Subject::Rowboat => Figure {
            parts: vec![
                part(Body, "M 57 60 L 90 96 L 88 97.5 L 55.5 62.5 Z"),
                part(
                    Tinted(0x5A4A52),
                    "M 43 82 C 41 64 46 54 53 54 C 60 54 62 66 60 82 Z M 54 56 L 66 70 L 63 73 L 54 64 Z",
                ),
                Part {
                    outline: ellipse(53.0, 46.0, 6.0, 7.0),
                    tone: Tinted(0x5A4A52),
                },
                part(
                    Tinted(0x7A5238),
                    "M 2 75 C 24 84 76 84 98 73 C 94 91 82 99 71 99.5 L 28 99.5 C 16 98 7 89 2 75 Z",
                ),
            ],
            lamps: vec![spot(92.0, 66.0)],
        },
        Subject::Lighthouse => Figure {
            parts: vec![
                part(Bright(0xEDE6DA), "M 41 100 L 45 31 L 55 31 L 59 100 Z"),
                part(
                    Tinted(0xB03A34),
                    "M 44.5 40 L 45.4 26 L 54.6 26 L 55.5 40 Z M 42.9 68 L 43.7 54 L 56.3 54 L 57.1 68 Z M 41.3 96 L 42.1 82 L 57.9 82 L 58.7 96 Z",
                ),
                part(
                    Body,
                    "M 41 31 L 59 31 L 58 27.6 L 42 27.6 Z M 44 15 C 45 9 55 9 56 15 Z M 49.5 10 L 50.5 10 L 50.3 4 L 49.7 4 Z",
                ),
                part(Lamp, "M 45.6 27.6 L 54.4 27.6 L 54.4 15 L 45.6 15 Z"),
                part(
                    Body,
                    "M 48.2 27.6 L 48.9 27.6 L 48.9 15 L 48.2 15 Z M 51.1 27.6 L 51.8 27.6 L 51.8 15 L 51.1 15 Z",
                ),
            ],
            lamps: vec![spot(50.0, 21.0)],
        },
        Subject::Cabin => Figure {
            parts: vec![
                part(
                    Tinted(0x6E4A34),
                    "M 14 100 L 14 62 L 32 40 L 50 62 L 50 100 Z M 48 100 L 48 62 L 86 62 L 86 100 Z",
                ),
                part(
                    Body,
                    "M 66 44 L 66 26 L 73 26 L 73 44 Z M 8 68 L 32 34 L 80 34 L 94 65 L 54 65 L 32 40 L 12 70 Z",
                ),
                part(
                    Lamp,
                    "M 26 74 L 38 74 L 38 86 L 26 86 Z M 58 73 L 66 73 L 66 84 L 58 84 Z M 71 73 L 79 73 L 79 84 L 71 84 Z",
                ),
                part(
                    Body,
                    "M 31.4 74 L 32.6 74 L 32.6 86 L 31.4 86 Z M 61.4 73 L 62.4 73 L 62.4 84 L 61.4 84 Z M 74.5 73 L 75.5 73 L 75.5 84 L 74.5 84 Z",
                ),
            ],
            lamps: vec![spot(32.0, 80.0), spot(68.0, 79.0)],
        },
        Subject::Castle => castle(),
        Subject::Windmill => Figure {
            parts: vec![
                part(Tinted(0xC8B8A0), "M 38 100 L 43 44 L 59 44 L 64 100 Z"),
                part(
                    Body,
                    "M 40 45 C 41 33 61 33 62 45 Z M 47 100 L 47 86 L 55 86 L 55 100 Z",
                ),
                Part {
                    outline: sails(),
                    tone: Tinted(0x8A7868),
                },
            ],
            lamps: vec![spot(51.0, 62.0)],
        },
        Subject::Tent => Figure {
            parts: vec![
                part(Tinted(0xB8763A), "M 6 100 L 44 54 L 60 54 L 96 100 Z"),
                part(Lamp, "M 26 100 L 46 57 L 66 100 Z"),
                part(Body, "M 45.2 57 L 46.8 57 L 47.5 100 L 44.5 100 Z"),
            ],
            lamps: vec![spot(46.0, 86.0)],
        },
        Subject::Torii => plain(
            Tinted(0xC8402C),
            "M 8 18 C 32 26 68 26 92 18 L 94 27 C 68 34 32 34 6 27 Z M 16 42 L 84 42 L 84 48.5 L 16 48.5 Z \
             M 24 30 L 31.5 30 L 33 100 L 24 100 Z M 68.5 30 L 76 30 L 76 100 L 67 100 Z M 47 31 L 53 31 L 53 43 L 47 43 Z",
        ),
        Subject::Balloon => Figure {
            parts: vec![
                part(
                    Bright(0xD8553C),
                    "M 50 0 C 78 0 92 20 89 42 C 86 60 66 74 58 84 L 42 84 C 34 74 14 60 11 42 C 8 20 22 0 50 0 Z",
                ),
                part(
                    Bright(0xF2D8A4),
                    "M 50 0 C 62 2 72 22 70 42 C 68 60 59 74 54 84 L 46 84 C 41 74 32 60 30 42 C 28 22 38 2 50 0 Z",
                ),
                part(
                    Bright(0xD8553C),
                    "M 50 0 C 55 4 58 22 58 42 C 58 60 54 74 51 84 L 49 84 C 46 74 42 60 42 42 C 42 22 45 4 50 0 Z",
                ),
                part(
                    Body,
                    "M 43.4 84 L 44 92 L 43.4 92 L 42.6 84 Z M 56.6 84 L 56 92 L 56.6 92 L 57.4 84 Z M 43 92 L 57 92 L 56 100 L 44 100 Z",
                ),
            ],
            lamps: Vec::new(),
        },
        Subject::Campfire => Figure {
            parts: vec![
                part(
                    Body,
                    "M 16 92 L 84 99 L 84 103 L 16 97 Z M 84 91 L 16 99 L 16 103 L 84 96 Z",
                ),
                part(
                    Lamp,
                    "M 32 95 C 22 80 34 70 36 56 C 42 62 44 66 45 72 C 50 62 48 48 54 38 C 58 50 66 58 63 72 \
                     C 67 69 69 66 70 62 C 76 76 76 88 67 95 Z",
                ),
            ],
            lamps: vec![spot(50.0, 84.0)],
        },
        other => return animal(other),
    };
    Some(figure)
}

fn person() -> Figure {
    let coat = Tone::Tinted(0x4A4450);
    Figure {
        parts: vec![
            part(
                coat,
                "M 42 19 C 45 16 54 16 57 19 C 60 28 60 42 59 53 C 59 68 57 84 57 97 L 60 100 L 52 100 L 50.4 66 \
                 L 47.8 100 L 39 100 L 42 97 C 41 84 40 68 40 53 C 38 42 38 28 42 19 Z \
                 M 41 21 C 37 30 35 42 37 54 L 40 54 L 42 34 Z \
                 M 56 22 L 62 30 L 69 42 L 67 45 L 58 35 Z M 68.4 36 L 69.8 36 L 74 100 L 72.6 100 Z",
            ),
            Part {
                outline: ellipse(49.6, 9.4, 6.2, 7.4),
                tone: coat,
            },
            part(
                Tone::Tinted(0x9A4A34),
                "M 36 22 C 32 24 31 38 33 48 L 41 48 L 42 21 Z",
            ),
        ],
        lamps: Vec::new(),
    }
}

fn castle() -> Figure {
    let stone = Tone::Tinted(0x8A8078);
    let roof = Tone::Tinted(0x4A5068);
    Figure {
        parts: vec![
            part(
                stone,
                "M 42 100 L 42 28 L 57 28 L 57 100 Z M 57 100 L 57 38 L 66 38 L 66 100 Z M 33 100 L 33 44 L 42 44 L 42 100 Z",
            ),
            part(
                roof,
                "M 38.5 29 L 49.5 -4 L 60.5 29 Z M 55 39 L 61.5 18 L 68 39 Z M 31 45 L 37.5 27 L 44 45 Z",
            ),
            part(
                stone,
                "M 18 100 L 18 62 L 21 62 L 21 59 L 25 59 L 25 62 L 29 62 L 29 59 L 33 59 L 33 62 L 37 62 L 37 59 L 41 59 L 41 62 \
                 L 45 62 L 45 59 L 49 59 L 49 62 L 53 62 L 53 59 L 57 59 L 57 62 L 61 62 L 61 59 L 65 59 L 65 62 L 69 62 L 69 59 \
                 L 73 59 L 73 62 L 77 62 L 77 59 L 81 59 L 81 62 L 83 62 L 83 100 Z \
                 M 11 100 L 11 46 L 24 46 L 24 100 Z M 76 100 L 76 50 L 90 50 L 90 100 Z",
            ),
            part(roof, "M 8 47 L 17.5 20 L 27 47 Z M 73 51 L 83 26 L 93 51 Z"),
            part(
                Tone::Lamp,
                "M 48.4 40 L 51 40 L 51 46 L 48.4 46 Z M 16.4 56 L 18.6 56 L 18.6 62 L 16.4 62 Z M 82 60 L 84.4 60 L 84.4 66 L 82 66 Z \
                 M 60.6 48 L 62.4 48 L 62.4 53 L 60.6 53 Z M 44.6 74 L 47 74 L 47 80 L 44.6 80 Z M 36.6 53 L 38.2 53 L 38.2 58 L 36.6 58 Z",
            ),
            part(
                Tone::Body,
                "M 46 100 L 46 90 C 46 84 55 84 55 90 L 55 100 Z M 49.2 -4 L 49.8 -4 L 49.8 -14 L 49.2 -14 Z M 49.8 -14 L 58 -11.5 L 49.8 -9 Z",
            ),
        ],
        lamps: vec![spot(49.7, 43.0)],
    }
}

/// Four lattice sails around the hub, turned a little out of the upright cross.
fn sails() -> Outline {
    let mut all = Outline::default();
    for quarter in 0..4 {
        let angle = 0.42 + quarter as f32 * super::math::TAU / 4.0;
        let (s, c) = (super::math::sin(angle), super::math::cos(angle));
        let arm = Outline::parse(
            "M -0.7 0 L -0.7 -44 L 0.7 -44 L 0.7 0 Z M 0.7 -9 L 8.6 -9 L 8.6 -43 L 0.7 -43 L 0.7 -42 L 7.8 -42 L 7.8 -10 L 0.7 -10 Z \
             M 0.7 -17 L 8 -17 L 8 -18 L 0.7 -18 Z M 0.7 -26 L 8 -26 L 8 -27 L 0.7 -27 Z M 0.7 -34 L 8 -34 L 8 -35 L 0.7 -35 Z \
             M 3.8 -10 L 4.6 -10 L 4.6 -42 L 3.8 -42 Z",
        );
        all = all.joined(arm.mapped(|[x, y]| {
            [
                (x * c - y * s + 51.0 - 50.0) / 100.0,
                (x * s + y * c + 41.0 - 100.0) / 100.0,
            ]
        }));
    }
    all
}

/// A bird in flight, wings raised by `beat` (−1 to 1), about one unit wide.
pub(super) fn bird(beat: f32) -> Outline {
    let tip = -18.0 * beat;
    let joint = -13.0 - 9.0 * beat;
    let data = format!(
        "M 50 0 C 44 {a} 30 {b} 2 {t} C 22 {c} 38 {d} 45 7 C 47 10 53 10 56 6 C 62 {d} 78 {c} 98 {t} C 70 {b} 58 {a} 50 0 Z",
        a = joint * 0.5,
        b = joint,
        t = tip,
        c = joint * 0.45,
        d = joint * 0.1,
    );
    Outline::parse(&data).mapped(|[x, y]| [(x - 50.0) / 100.0, y / 100.0])
}

/// Linear color of a tone's own paint, if it has one.
pub(super) fn paint(tone: Tone) -> Option<Vec3> {
    match tone {
        Tone::Tinted(rgb) | Tone::Bright(rgb) => Some(super::color::hex(rgb)),
        Tone::Body | Tone::Lamp => None,
    }
}
