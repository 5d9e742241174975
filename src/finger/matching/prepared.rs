//! A print made ready for comparison: its best minutiae about their centre, and the edges between neighbours.

use super::edges::Edges;
use super::geometry::{Turn, apart};
use super::tuning::{MINUTIAE, PER_CM, QUARTERS, TWIN, TWIN_TURN};
use crate::finger::template::Minutia;
use std::cmp::Ordering;

/// One value per minutia, in arrays of fixed length so that the compiler can use wide registers.
pub(super) type Lanes<T> = [T; MINUTIAE];

/// Coordinate of a place that holds no minutia: far from all, and squares of differences stay within 31 bits.
const NOWHERE: i16 = 16_383;

/// A print ready for comparison. It holds minutiae, hence biometric data: some 3 kB, made in microseconds, and not to be stored.
#[derive(Clone)]
pub struct Prepared {
    /// Minutiae in use.
    pub(super) count: usize,
    /// Right of the centre, in quarter pixels at 500 dpi.
    pub(super) x: Lanes<i16>,
    /// Above the centre.
    pub(super) y: Lanes<i16>,
    pub(super) turn: Lanes<Turn>,
    pub(super) kind: Lanes<u8>,
    /// Where each stood in the list it came from.
    pub(super) origin: Lanes<u8>,
    pub(super) edges: Edges,
}

impl Prepared {
    /// Prepares minutiae measured at so many pixels per centimetre, in x and in y. The order of the list is taken as order of
    /// quality where the minutiae tell none; the best [`MINUTIAE`] count. A resolution of zero leaves nothing to compare.
    #[must_use]
    pub fn new(minutiae: &[Minutia], x_per_cm: u16, y_per_cm: u16) -> Self {
        let mut order: Vec<u8> = (0..=u8::MAX).take(minutiae.len()).collect();
        let quality = |i: &u8| minutiae.get(usize::from(*i)).map_or(0, |m| m.quality);
        if minutiae.len() > MINUTIAE {
            order.sort_by_key(|i| std::cmp::Reverse(quality(i)));
        }
        let mut kept = Kept::default();
        for i in order {
            if let Some(m) = minutiae.get(usize::from(i))
                && let (Some(x), Some(y)) = (scaled(m.x, x_per_cm), scaled(m.y, y_per_cm))
                && !kept.add(x, -y, m, i)
            {
                break;
            }
        }
        kept.centred()
    }

    /// Minutiae that take part in a comparison.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.count
    }

    /// Whether there is nothing to compare.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// An order of prints by content, so that a comparison can begin with the same one whichever way it is asked.
    pub(super) fn rank(&self, other: &Self) -> Ordering {
        let key = |p: &Self| (p.count, p.x, p.y, p.turn, p.kind);
        self.count.cmp(&other.count).then_with(|| key(self).cmp(&key(other)))
    }
}

/// Minutiae are biometric data: they are counted, not shown.
impl std::fmt::Debug for Prepared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Prepared({} minutiae)", self.count)
    }
}

/// Quarter pixels at 500 dpi, rounded to the nearest.
fn scaled(value: u16, per_cm: u16) -> Option<i32> {
    let (value, per_cm) = (u32::from(value) * PER_CM * QUARTERS.unsigned_abs(), u32::from(per_cm));
    i32::try_from((value + per_cm / 2).checked_div(per_cm)?).ok()
}

/// The minutiae kept so far, not yet centred.
struct Kept {
    count: usize,
    x: Lanes<i32>,
    y: Lanes<i32>,
    turn: Lanes<Turn>,
    kind: Lanes<u8>,
    origin: Lanes<u8>,
}

impl Default for Kept {
    fn default() -> Self {
        let none = [0; MINUTIAE];
        Self { count: 0, x: [0; MINUTIAE], y: [0; MINUTIAE], turn: none, kind: none, origin: none }
    }
}

impl Kept {
    /// Takes a minutia unless it is a twin of a better one; false when full.
    fn add(&mut self, x: i32, y: i32, m: &Minutia, origin: u8) -> bool {
        let i = self.count;
        if i >= MINUTIAE {
            return false;
        }
        let near = |k: usize| (self.x[k] - x).abs() < TWIN && (self.y[k] - y).abs() < TWIN;
        if !(0..i).any(|k| near(k) && apart(self.turn[k], m.angle) < TWIN_TURN) {
            (self.x[i], self.y[i], self.turn[i], self.kind[i], self.origin[i]) = (x, y, m.angle, m.kind.code(), origin);
            self.count += 1;
        }
        true
    }

    fn centred(self) -> Prepared {
        let n = i32::try_from(self.count).unwrap_or(1).max(1);
        // Three twentieths of a metre either way: no finger comes near it, and squares of differences stay within 30 bits.
        let centre = |v: &Lanes<i32>| {
            let mean = v[..self.count].iter().map(|v| i64::from(*v)).sum::<i64>() / i64::from(n);
            let mean = i32::try_from(mean).unwrap_or(0);
            let mut centred = [NOWHERE; MINUTIAE];
            for (to, from) in centred.iter_mut().zip(v).take(self.count) {
                *to = i16::try_from((from - mean).clamp(-8191, 8191)).unwrap_or(0);
            }
            centred
        };
        let (x, y) = (centre(&self.x), centre(&self.y));
        let edges = Edges::between(&x, &y, &self.turn, self.count);
        Prepared { count: self.count, x, y, turn: self.turn, kind: self.kind, origin: self.origin, edges }
    }
}
