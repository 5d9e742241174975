//! Seeds and the numbers drawn from them: whole-number mixing, and of floating point only what every machine does alike.

/// Odd constant of the golden ratio, as SplitMix64 steps by it.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

/// Where numbers come from; seeds made from a seed are independent of it and of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Seed(u64);

/// A stream of numbers that its seed alone determines (SplitMix64). Not for anything secret.
#[derive(Debug, Clone)]
pub struct Draws {
    state: u64,
}

impl Seed {
    /// The seed that an operator gave.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(mix(seed ^ 0x656B_7470_2D73_796E))
    }

    /// The seed of part `label`.
    #[must_use]
    pub const fn of(self, label: u64) -> Self {
        Self(mix(self.0.rotate_left(23).wrapping_add(mix(label.wrapping_add(1).wrapping_mul(STEP)))))
    }

    /// The numbers of this seed, from the first.
    #[must_use]
    pub const fn draws(self) -> Draws {
        Draws { state: self.0 }
    }
}

impl Draws {
    /// The next 64 bits.
    pub const fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(STEP);
        mix(self.state)
    }

    /// A number from 0 up to but not including 1, of 24 bits.
    #[allow(clippy::cast_precision_loss)] // 24 bits fit
    pub const fn unit(&mut self) -> f32 {
        (self.bits() >> 40) as f32 / 16_777_216.0
    }

    /// A number from `low` to `high`.
    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// Whether something of this probability happens.
    pub fn chance(&mut self, probability: f32) -> bool {
        self.unit() < probability
    }

    /// A whole number below `bound`; 0 when that is 0.
    pub const fn below(&mut self, bound: u32) -> u32 {
        let wide = (self.bits() >> 32) * bound as u64;
        (wide >> 32) as u32
    }

    /// A number of the normal distribution's shape with mean 0 and deviation 1: the sum of twelve even ones, so within 6.
    pub fn normal(&mut self) -> f32 {
        let mut sum = -6.0;
        for _ in 0..12 {
            sum += self.unit();
        }
        sum
    }
}

/// The finalizer of SplitMix64.
const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_splitmix64() {
        // The published sequence from state 1234567.
        let mut draws = Draws { state: 1_234_567 };
        let first = [draws.bits(), draws.bits(), draws.bits()];
        assert_eq!(first, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn numbers_keep_their_bounds_and_moments() {
        let mut draws = Seed::new(3).draws();
        let normals: Vec<f32> = (0..20_000).map(|_| draws.normal()).collect();
        let mean = normals.iter().sum::<f32>() / 20_000.0;
        let spread = normals.iter().map(|v| v * v).sum::<f32>() / 20_000.0;
        assert!(mean.abs() < 0.03 && (spread - 1.0).abs() < 0.05, "{mean} {spread}");
        assert!((0..5_000).all(|_| (0.0..1.0).contains(&draws.unit())));
        assert!((0..5_000).all(|_| draws.below(7) < 7));
        assert_eq!(draws.below(0), 0);
    }

    #[test]
    fn parts_of_a_seed_differ_by_label_and_order() {
        let seed = Seed::new(9);
        assert_ne!(seed.of(1), seed.of(2));
        assert_ne!(seed.of(1).of(2), seed.of(2).of(1));
        assert_ne!(seed.of(0), seed);
    }
}
