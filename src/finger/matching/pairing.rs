//! Which minutiae of two prints were paired, for pictures and explanations.

use super::compare::Found;
use super::geometry::apart;
use super::growth::point;
use super::prepared::Prepared;
use super::score::Score;

/// Two minutiae held to be one, by their places in the lists that the prints were prepared from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// Place in the first print's list.
    pub a: u8,
    /// Place in the second's.
    pub b: u8,
    /// Distance after the prints were laid on each other, distortion allowed for, in quarter pixels at 500 dpi.
    pub off: u8,
    /// Difference of directions then, in 1/256 of a turn.
    pub askew: u8,
}

/// An explained score.
#[derive(Clone, PartialEq, Eq)]
pub struct Pairing {
    /// The score.
    pub score: Score,
    /// How far the first print was turned, in 1/256 of a turn, counter-clockwise.
    pub turn: u8,
    /// The pairs, in the order of the first print; empty where the prints were never aligned.
    pub pairs: Vec<Pair>,
    /// How many minutiae of each print lie in the area that both show.
    pub inside: [u32; 2],
}

impl Pairing {
    pub(super) fn of(found: &Found, a: &Prepared, b: &Prepared) -> Self {
        let score = Score::from_centinats(found.ratio);
        let Some((_, al)) = &found.best else { return Self { score, turn: 0, pairs: Vec::new(), inside: [0; 2] } };
        let off = |i: usize| u8::try_from(u32::from(al.off[i]).isqrt()).unwrap_or(u8::MAX);
        let pair = |(i, j): (usize, usize)| Pair {
            a: a.origin[i],
            b: b.origin[j],
            off: off(i),
            askew: apart(b.turn[j], a.turn[i].wrapping_add(al.motion.turn)),
        };
        // Pairs that coincide exactly have no distance; the places are known to lie in both prints.
        debug_assert!(al.pairs.iter().all(|(i, j)| point(a, i)[0] < 16_383 && point(b, j)[0] < 16_383));
        Self { score, turn: al.motion.turn, pairs: al.pairs.iter().map(pair).collect(), inside: al.inside }
    }

    /// The same with the prints changed about.
    pub(super) fn swapped(mut self) -> Self {
        self.turn = self.turn.wrapping_neg();
        self.inside.swap(0, 1);
        for p in &mut self.pairs {
            std::mem::swap(&mut p.a, &mut p.b);
        }
        self.pairs.sort_unstable_by_key(|p| p.a);
        self
    }
}

/// Minutiae are biometric data: they are counted, not shown.
impl std::fmt::Debug for Pairing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pairing({}, {} pairs)", self.score, self.pairs.len())
    }
}
