//! What is counted in a print: its pairs of neighbouring minutiae, by distance, angles and direction on the finger.

use crate::afis::packed::{KEPT, Packed};
use crate::finger::matching::geometry::{direction, root};

/// Neighbours of a minutia that pairs are made with, nearest first.
const NEIGHBOURS: usize = 12;
/// Longest pair, in quarter pixels at 500 dpi.
const REACH: i32 = 480;

/// Steps of the distance.
const DISTANCES: usize = 4;
/// Steps of the angle between the first minutia's direction and the line to the second.
const LINES: usize = 8;
/// Steps of the angle between the two directions.
const TURNS: usize = 12;
/// Steps of the line's direction on the finger, which stands upright on a sensor to within some 30 degrees.
const UPRIGHTS: usize = 6;

/// Cells that pairs are counted in.
pub const CELLS: usize = DISTANCES * LINES * TURNS * UPRIGHTS;

/// Square roots of the counts: a pair that falls whole into one cell counts 65,536, so that the root of one pair is 256.
pub type Features = [u16; CELLS];

/// Counts the pairs of a print. Each is shared out among the sixteen cells about it, so that a small change of a minutia is a small
/// change of the counts.
#[must_use]
pub fn features(print: &Packed) -> Box<Features> {
    let points: Vec<(i32, i32, u8)> = print.points().collect();
    let mut counts = vec![0u32; CELLS];
    for (i, from) in points.iter().enumerate() {
        for to in nearest(&points, i).iter().filter_map(|j| points.get(usize::from(*j))) {
            count(&mut counts, *from, *to);
        }
    }
    let mut roots = Box::new([0; CELLS]);
    for (root_of, count) in roots.iter_mut().zip(&counts).filter(|(_, count)| **count > 0) {
        *root_of = u16::try_from(root(*count)).unwrap_or(u16::MAX);
    }
    roots
}

/// The nearest minutiae within reach of one, nearest first; of equally near ones the better.
fn nearest(points: &[(i32, i32, u8)], i: usize) -> Nearest {
    let mut keys = [i32::MAX; KEPT];
    let Some(at) = points.get(i) else { return Nearest { list: [0; NEIGHBOURS], count: 0 } };
    let mut within = 0;
    for (j, p) in (0i32..).zip(points) {
        let (dx, dy) = (p.0 - at.0, p.1 - at.1);
        let square = dx * dx + dy * dy;
        if square < REACH * REACH
            && usize::try_from(j) != Ok(i)
            && let Some(key) = keys.get_mut(within)
        {
            *key = square << 6 | j;
            within += 1;
        }
    }
    let keys = keys.get_mut(..within).unwrap_or_default();
    if within > NEIGHBOURS {
        keys.select_nth_unstable(NEIGHBOURS - 1);
    }
    let mut nearest = Nearest { list: [0; NEIGHBOURS], count: within.min(NEIGHBOURS) };
    for (slot, key) in nearest.list.iter_mut().zip(keys) {
        *slot = u8::try_from(*key & 63).unwrap_or_default();
    }
    nearest
}

struct Nearest {
    list: [u8; NEIGHBOURS],
    count: usize,
}

impl Nearest {
    fn iter(&self) -> impl Iterator<Item = &u8> {
        self.list.iter().take(self.count)
    }
}

/// Counts one pair. Positions along each axis are in sixteenths of a cell.
fn count(counts: &mut [u32], from: (i32, i32, u8), to: (i32, i32, u8)) {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let line = direction(dx, dy);
    let length = i32::try_from(root((dx * dx + dy * dy).unsigned_abs())).unwrap_or(REACH);
    let steps = |n: usize| u16::try_from(n).unwrap_or_default();
    let along = (length * 64 / REACH - 8).clamp(0, 48).unsigned_abs();
    let round = |angle: u8, cells: usize| u32::from(u16::from(angle) * steps(cells) / 16);
    let axes = [
        Axis::new(along, DISTANCES),
        Axis::new(round(line.wrapping_sub(from.2), LINES), LINES),
        Axis::new(round(to.2.wrapping_sub(from.2), TURNS), TURNS),
        Axis::new(round(line, UPRIGHTS), UPRIGHTS),
    ];
    for corner in 0..16usize {
        let (mut cell, mut weight) = (0, 1);
        for (n, axis) in axes.iter().enumerate() {
            let side = corner >> n & 1;
            let [place, share] = if side == 0 { [axis.low, axis.low_share] } else { [axis.high, 16 - axis.low_share] };
            cell = cell * axis.cells + place;
            weight *= share;
        }
        if let Some(count) = usize::try_from(cell).ok().and_then(|cell| counts.get_mut(cell)) {
            *count += weight;
        }
    }
}

/// A value between two cells of an axis; the last cell is followed by the first.
struct Axis {
    cells: u32,
    low: u32,
    high: u32,
    low_share: u32,
}

impl Axis {
    fn new(sixteenths: u32, cells: usize) -> Self {
        let cells = u32::try_from(cells).unwrap_or(1);
        let low = (sixteenths / 16).min(cells - 1);
        Self { cells, low, high: (low + 1) % cells, low_share: 16 - sixteenths % 16 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finger::position::FingerPosition::RightIndex;
    use crate::finger::template::synthetic;

    #[test]
    fn every_pair_is_counted_whole() {
        let mut counts = vec![0; CELLS];
        count(&mut counts, (0, 0, 0), (100, 37, 19));
        assert_eq!(counts.iter().sum::<u32>(), 1 << 16);
        assert!(counts.iter().filter(|c| **c > 0).count() <= 16);
        // 60 px along the direction of both, pointing right: the first cell of every angle, the second distance.
        let mut counts = vec![0; CELLS];
        count(&mut counts, (0, 0, 0), (180, 0, 0));
        let second = LINES * TURNS * UPRIGHTS;
        assert_eq!(counts[second], 1 << 16);
    }

    #[test]
    fn the_place_on_the_sensor_does_not_matter() {
        let template = synthetic::template(3, RightIndex, 30);
        let mut moved = template.clone();
        for m in &mut moved.views[0].minutiae {
            (m.x, m.y) = (m.x + 40, m.y + 11);
        }
        let of = |t| features(&Packed::of(t).unwrap());
        assert_eq!(of(&template), of(&moved));
        assert!(of(&template).iter().any(|f| *f > 0));
    }
}
