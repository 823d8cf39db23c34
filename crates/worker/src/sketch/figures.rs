//! The figures as outlines on a grid of 100: feet at y = 100, looking to the right.

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

fn grid(data: &str) -> Outline {
    Outline::parse(data).mapped(|[x, y]| [(x - 50.0) / 100.0, (y - 100.0) / 100.0])
}

fn ellipse(x: f32, y: f32, rx: f32, ry: f32) -> Outline {
    Outline::ellipse([x, y], rx, ry).mapped(|[x, y]| [(x - 50.0) / 100.0, (y - 100.0) / 100.0])
}

fn part(tone: Tone, data: &str) -> Part {
    Part {
        outline: grid(data),
        tone,
    }
}

fn spot(x: f32, y: f32) -> Vec2 {
    [(x - 50.0) / 100.0, (y - 100.0) / 100.0]
}

fn plain(tone: Tone, data: &str) -> Figure {
    Figure {
        parts: vec![part(tone, data)],
        lamps: Vec::new(),
    }
}

/// The figure of a subject, if it has one that stands by itself.
pub(super) fn figure(subject: Subject) -> Option<Figure> {
    use Tone::{Body, Bright, Lamp, Tinted};
    let figure = match subject {
        Subject::Fox => Figure {
            parts: vec![
                part(
                    Tinted(0xC8662A),
                    "M 67 100 L 38 100 C 26 101 10 101 3 94 C -2 88 4 80 13 79 C 20 79 26 83 32 82 \
                     C 29 66 36 52 46 43 C 49 39 50 34 49 29 L 48 11 C 52 13 56 16 58 20 L 62 19 \
                     L 65 7 C 68 12 70 17 70 23 C 75 26 80 28 87 31 C 87 33 86 35 83 36 C 78 37 74 38 71 40 \
                     C 69 42 69 44 70 48 C 73 58 72 66 70 74 L 71 93 C 74 95 75 97 75 100 Z",
                ),
                part(
                    Bright(0xE9DCCB),
                    "M 3 94 C -2 88 4 80 11 79.5 C 7 85 7 91 12 97 C 8 97 5 96 3 94 Z",
                ),
                part(
                    Tinted(0xE9DCCB),
                    "M 71 40 C 69 42 69 44 70 48 C 72.5 56 72 63 70.5 69 C 66 62 64 52 66 43 Z",
                ),
            ],
            lamps: Vec::new(),
        },
        Subject::Wolf => plain(
            Tinted(0x6B7078),
            "M 72 100 L 40 100 C 28 101 16 100 8 95 C 4 92 6 87 11 88 C 18 91 26 91 32 87 C 28 70 35 55 45 43 \
             C 48 37 49 31 48 25 L 42 13 C 47 13 52 14 56 16 C 63 11 71 5 80 -1 L 83 2 L 79 7 L 74 11 L 79 12 \
             L 75 17 C 71 22 69 27 68 33 C 72 44 72 56 69 67 L 70 92 C 74 95 76 97 76 100 Z",
        ),
        Subject::Cat => plain(
            Tinted(0x3E3A40),
            "M 64 100 L 32 100 C 16 102 6 92 10 77 C 12 69 19 65 21 70 C 22 74 16 78 18 85 C 20 91 26 91 29 88 \
             C 27 72 34 58 45 48 C 42 44 41 38 43 31 L 43 12 L 53 21 C 56 20 60 20 63 21 L 72 11 L 73 31 \
             C 74 39 70 45 64 48 C 69 60 69 74 66 86 L 68 96 C 69 99 67 100 64 100 Z",
        ),
        Subject::Deer => Figure {
            parts: vec![
                part(
                    Tinted(0x7A5236),
                    "M 22 53 C 28 47 44 49 54 47 C 61 43 64 35 67 28 L 60 23 C 64 22 67 22 70 24 L 73 23 \
                     C 78 26 82 29 86 32 C 87 34 85 36 82 36 C 78 36 76 37 74 40 C 72 49 71 56 67 61 \
                     C 60 66 50 63 40 64 C 34 66 28 67 24 65 C 20 61 19 57 22 53 Z \
                     M 23 54 L 17 58 L 21 62 Z \
                     M 61 59 L 68 57 L 66.5 76 L 67.5 97 L 70 100 L 64 100 L 63.5 77 Z \
                     M 56 61 L 62 60 L 60.5 78 L 60.5 97 L 63 100 L 57 100 L 57 79 Z \
                     M 22 58 L 34 60 C 32 68 28 73 28.5 79 L 30 97 L 32 100 L 26 100 L 24.5 80 C 22 74 20 66 22 58 Z \
                     M 30 60 L 40 62 C 37 69 34 75 35 81 L 36 97 L 38 100 L 32 100 L 31 82 Z",
                ),
                part(
                    Tinted(0x9A7A58),
                    "M 69 24 C 63 16 64 7 70 -2 L 71.6 -1 C 67.4 8 67.4 15 72 23 Z \
                     M 66.2 14 L 76 7 L 76.8 8.4 L 67 16.6 Z M 66 8 L 59 1 L 60.2 0 L 67.6 5.4 Z \
                     M 72 23 C 74 16 80 12 87 2 L 88.4 3 C 84 13 78 17 75 23.4 Z \
                     M 78.4 14 L 78.6 3 L 80.4 3 L 80.8 11 Z M 82 10.4 L 91 9.6 L 91 11 L 81.4 12.6 Z",
                ),
            ],
            lamps: Vec::new(),
        },
        Subject::Bear => plain(
            Tinted(0x4A372C),
            "M 6 66 C 8 50 22 44 36 46 C 46 40 58 40 65 45 C 67 41 72 40 75 44 C 82 45 88 52 95 57 C 97 60 95 63 91 63 \
             C 85 65 80 66 76 68 C 75 76 76 88 78 94 L 82 100 L 70 100 L 67 84 L 62 76 L 60 94 L 63 100 L 52 100 \
             L 50 80 C 44 80 38 80 34 78 L 32 92 L 36 100 L 24 100 L 21 84 L 18 92 L 21 100 L 10 100 C 8 88 5 76 6 66 Z",
        ),
        Subject::Horse => Figure {
            parts: vec![
                part(
                    Tinted(0x6A4630),
                    "M 17 50 C 22 42 32 41 42 44 C 49 45 55 43 59 38 C 63 31 65 23 70 17 L 70 9 L 74 14 C 79 18 84 26 88 32 \
                     C 90 35 90 39 87 41 C 84 42 82 40 80 38 C 77 37 75 36 74 36 C 73 44 72 51 69 57 \
                     C 67 62 64 64 62 65 C 54 67 46 66 40 65 C 36 67 34 68 33 71 L 33 70 C 26 69 18 64 17 50 Z \
                     M 60 60 L 69 57 L 67 76 L 67.5 94 L 71 100 L 64.5 100 L 63.5 78 Z \
                     M 54 62 L 62 62 L 58.5 77 C 60 83 63 87 66 92 L 63 95 L 55 84 L 53.6 77 Z \
                     M 16.6 52 L 30 62 C 31 70 27 75 28 80 L 30 94 L 33.4 100 L 26.6 100 L 23 81 C 22 75 18 66 16.6 52 Z \
                     M 26 60 L 38 64 C 38 71 34 76 35.6 81 L 38 94 L 41.4 100 L 34.6 100 L 31 82 Z",
                ),
                part(
                    Tinted(0x2E2420),
                    "M 70 15 C 63 18 58 26 55.4 35 C 54 39 52 42 49 44 C 54 45.4 58 43 60.4 39.6 C 63 33 66 25 71.4 19 Z \
                     M 18 46 C 10 48 8 58 9 68 C 9.4 75 8 80 5 84 C 12 83 15.6 76 15.4 68 C 15.2 61 16 56 20 53 Z",
                ),
            ],
            lamps: Vec::new(),
        },
        Subject::Rabbit => plain(
            Tinted(0x8A7866),
            "M 72 100 L 26 100 C 16 98 14 88 20 86 C 16 70 26 54 44 52 C 50 51 54 50 57 46 C 52 38 46 22 50 12 \
             C 55 14 59 28 61 38 C 61 28 63 16 68 10 C 71 18 69 32 67 40 C 74 42 80 48 82 54 C 82 58 78 60 74 61 \
             C 70 63 69 66 69 70 L 69 90 C 73 93 74 97 72 100 Z",
        ),
        Subject::Owl => Figure {
            parts: vec![part(
                Tinted(0x6A5644),
                "M 38 100 C 30 88 28 66 32 46 C 33 38 32 30 30 22 C 36 25 40 27 44 27 C 48 25 54 25 58 27 \
                 C 62 27 66 25 70 22 C 68 30 68 38 69 46 C 73 66 70 88 62 100 Z",
            )],
            lamps: Vec::new(),
        },
        Subject::Heron => plain(
            Tinted(0x6E7C88),
            "M 20 62 C 30 46 46 40 56 46 C 58 36 50 28 52 18 C 54 10 62 8 67 11 L 90 15 L 68 18 C 62 18 60 24 63 32 \
             C 66 42 64 54 54 60 C 50 62 46 63 43 63 L 44 80 L 43 100 L 46 100 L 40.5 100 L 42 80 L 40.5 64 L 36 65 \
             L 35 82 L 36 100 L 33.6 100 L 33 82 L 33.6 65 C 28 66 24 68 14 72 Z",
        ),
        Subject::Whale => plain(
            Tinted(0x2E4258),
            "M 44 101 C 45 80 45 62 41 47 C 29 44 12 34 1 12 C 18 18 37 18 48 33 L 50 36 L 52 33 \
             C 63 18 82 18 99 12 C 88 34 71 44 59 47 C 55 62 55 80 58 101 Z",
        ),
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
            lamps: vec![spot(49.5, 60.0)],
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
        Subject::Birds | Subject::Tree => return None,
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
