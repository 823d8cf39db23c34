//! Chance: an integer generator, so that a seed means the same everywhere and forever.

use super::math::Vec2;

/// A stream of random numbers (PCG32 with its output permutation). Each part of the painting forks its
/// own, so that more stars do not move the trees.
#[derive(Clone)]
pub(super) struct Rng(u64);

impl Rng {
    pub(super) fn new(seed: u32) -> Self {
        let mut rng =
            Self(u64::from(seed).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x853C_49E6_748F_EA9B);
        rng.next();
        rng.next();
        rng
    }

    /// An independent stream for the part called `label`.
    pub(super) fn fork(&self, label: &str) -> Self {
        // FNV-1a: the standard library promises no stable hash.
        let hash = label.bytes().fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
        });
        let mut rng = Self(self.0 ^ hash);
        rng.next();
        rng.next();
        rng
    }

    pub(super) fn next(&mut self) -> u32 {
        let old = self.0;
        self.0 = old
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let shifted = (((old >> 18) ^ old) >> 27) as u32;
        shifted.rotate_right((old >> 59) as u32)
    }

    /// In `0.0..1.0`.
    pub(super) fn unit(&mut self) -> f32 {
        (self.next() >> 8) as f32 * (1.0 / 16_777_216.0)
    }

    pub(super) fn range(&mut self, from: f32, to: f32) -> f32 {
        from + (to - from) * self.unit()
    }

    pub(super) fn chance(&mut self, probability: f32) -> bool {
        self.unit() < probability
    }

    pub(super) fn below(&mut self, count: usize) -> usize {
        ((u64::from(self.next()) * count as u64) >> 32) as usize
    }

    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    pub(super) fn sign(&mut self) -> f32 {
        if self.chance(0.5) { 1.0 } else { -1.0 }
    }

    /// A bell-shaped offset around 0 with most of its weight within ±1.
    pub(super) fn bell(&mut self) -> f32 {
        (self.unit() + self.unit() + self.unit() - 1.5) * 1.33
    }

    /// Where a noise field begins, far from the symmetric origin.
    pub(super) fn place(&mut self) -> Vec2 {
        [self.range(50.0, 950.0), self.range(50.0, 950.0)]
    }
}
