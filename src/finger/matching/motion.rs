//! The turn and shift that lay one print on another, by least squares over paired minutiae.

// Numbers of minutiae are below 64, votes below 2^13, and squares of distances below 2^31 by the bounds that `prepared.rs` keeps.
#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
// Loops that run over several arrays of one length at once, which the compiler makes wide code of.
#![allow(clippy::needless_range_loop)]

use super::geometry::{TRIG_BITS, Turn, direction};

/// Sums over paired minutiae, from which the best rigid motion follows.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sums {
    pairs: i64,
    x: i64,
    y: i64,
    to_x: i64,
    to_y: i64,
    along: i64,
    across: i64,
    square: i64,
}

/// A turn about `from`, which goes to `to`; quarter pixels.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Motion {
    /// Cosine and sine in [`TRIG_BITS`] places.
    pub cos: i32,
    pub sin: i32,
    /// The turn itself, to the nearest unit.
    pub turn: Turn,
    pub from: [i32; 2],
    pub to: [i32; 2],
    /// Growth of lengths, in 1/4096.
    pub scale: u32,
}

impl Sums {
    #[inline(always)]
    pub fn add(&mut self, [x, y]: [i32; 2], [u, v]: [i32; 2]) {
        let (x, y, u, v) = (i64::from(x), i64::from(y), i64::from(u), i64::from(v));
        self.pairs += 1;
        self.x += x;
        self.y += y;
        self.to_x += u;
        self.to_y += v;
        self.along += x * u + y * v;
        self.across += x * v - y * u;
        self.square += x * x + y * y;
    }

    /// The motion; the identity where nothing tells one.
    #[inline(always)]
    pub fn motion(&self) -> Motion {
        let n = self.pairs.max(1);
        // n² times the covariances; below 2^50, as coordinates are below 2^13 and pairs at most 64.
        let c = self.along * n - self.x * self.to_x - self.y * self.to_y;
        let s = self.across * n - self.x * self.to_y + self.y * self.to_x;
        let spread = self.square * n - self.x * self.x - self.y * self.y;
        let shift = (64 - (c.unsigned_abs() | s.unsigned_abs()).leading_zeros()).saturating_sub(30);
        let (c, s) = ((c >> shift) as i32, (s >> shift) as i32);
        let (from, to) = ([self.x / n, self.y / n].map(|v| v as i32), [self.to_x / n, self.to_y / n].map(|v| v as i32));
        let length = (i64::from(c) * i64::from(c) + i64::from(s) * i64::from(s)).unsigned_abs().isqrt() as i64;
        if length == 0 {
            return Motion { cos: 1 << TRIG_BITS, sin: 0, turn: 0, from, to, scale: 4096 };
        }
        let part = |v: i32| ((i64::from(v) << TRIG_BITS) / length) as i32;
        let scale = ((length << 12) / (spread >> shift).max(1)).clamp(0, 1 << 16) as u32;
        Motion { cos: part(c), sin: part(s), turn: direction(c, s), from, to, scale }
    }
}

impl Motion {
    /// The turned vector.
    #[inline(always)]
    pub const fn rotate(&self, [x, y]: [i32; 2]) -> [i32; 2] {
        const HALF: i32 = 1 << (TRIG_BITS - 1);
        [(self.cos * x - self.sin * y + HALF) >> TRIG_BITS, (self.sin * x + self.cos * y + HALF) >> TRIG_BITS]
    }

    /// Where a point goes.
    #[inline(always)]
    pub const fn apply(&self, [x, y]: [i32; 2]) -> [i32; 2] {
        let [x, y] = self.rotate([x - self.from[0], y - self.from[1]]);
        [x + self.to[0], y + self.to[1]]
    }
}
