//! The 64 subbands: where each lies in the plane of coefficients, in what order they are sent, and how they are joined again.

use super::segments::Quantization;

/// Subbands of the decomposition.
pub(super) const SUBBANDS: usize = 64;
/// Subbands that are sent; the four of the highest frequencies never are.
const SENT: usize = 60;
/// Where the three blocks end, in subbands.
const BLOCK_ENDS: [usize; 3] = [19, 52, SENT];

/// A rectangle of the plane. Where a direction is turned, it came out of a high-pass filter, so its frequencies run backwards and its
/// high half stands first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Region {
    pub x: usize,
    pub y: usize,
    pub width: usize,
    pub height: usize,
    pub turned_x: bool,
    pub turned_y: bool,
}

impl Region {
    /// The quarters in the order top left, top right, bottom left, bottom right.
    fn quarters(&self) -> [Self; 4] {
        let (left, right) = halves(self.width, self.turned_x);
        let (top, bottom) = halves(self.height, self.turned_y);
        let quarter = |second_x: bool, second_y: bool| Self {
            x: self.x + if second_x { left } else { 0 },
            y: self.y + if second_y { top } else { 0 },
            width: if second_x { right } else { left },
            height: if second_y { bottom } else { top },
            turned_x: second_x,
            turned_y: second_y,
        };
        [quarter(false, false), quarter(true, false), quarter(false, true), quarter(true, true)]
    }

    const fn area(&self) -> usize {
        self.width * self.height
    }
}

/// Lengths of the first and the second half; the low half takes the odd one.
const fn halves(length: usize, turned: bool) -> (usize, usize) {
    let (low, high) = (length.div_ceil(2), length / 2);
    if turned { (high, low) } else { (low, high) }
}

/// The decomposition of one picture size.
pub(super) struct Tree {
    pub width: usize,
    height: usize,
    /// What is split, the whole picture first.
    pub splits: Vec<Region>,
    /// The subbands in order.
    pub leaves: Vec<Region>,
}

impl Tree {
    /// The fixed tree of the specification (part 2, figure of the 64 subbands).
    pub fn new(width: usize, height: usize) -> Self {
        let mut tree = Self { width, height, splits: Vec::new(), leaves: Vec::new() };
        let [low, right, bottom, corner] = tree.split(Region { width, height, ..Region::default() });
        let [lowest, across, along, diagonal] = tree.split(low);
        let [first, others @ ..] = tree.split(lowest);
        let [deepest, beside @ ..] = tree.split(first);
        tree.quarter(deepest);
        tree.leaves.extend(beside);
        others.into_iter().for_each(|region| tree.quarter(region));
        for region in [across, along] {
            tree.split(region).into_iter().for_each(|inner| tree.quarter(inner));
        }
        tree.leaves.push(diagonal);
        [right, bottom, corner].into_iter().for_each(|region| tree.quarter(region));
        tree
    }

    fn split(&mut self, region: Region) -> [Region; 4] {
        self.splits.push(region);
        region.quarters()
    }

    fn quarter(&mut self, region: Region) {
        let quarters = self.split(region);
        self.leaves.extend(quarters);
    }

    /// Coefficients of each block: of those of its subbands that are sent.
    pub fn block_sizes(&self, quantization: &Quantization) -> [usize; 3] {
        let size = |from: usize, to: usize| {
            let leaves = self.leaves.iter().zip(&quantization.bins).take(to).skip(from);
            leaves.filter(|(_, (bin, _))| *bin > 0.0).map(|(leaf, _)| leaf.area()).sum()
        };
        let [first, second, third] = BLOCK_ENDS;
        [size(0, first), size(first, second), size(second, third)]
    }

    /// Whether a subband is sent that never is.
    pub fn sends_beyond(quantization: &Quantization) -> bool {
        quantization.bins.iter().skip(SENT).any(|(bin, _)| *bin > 0.0)
    }

    /// The plane of coefficients, each at its place and with its value; what was not sent is 0.
    pub fn dequantize(&self, quantization: &Quantization, coefficients: &[i32]) -> Vec<f32> {
        let mut plane = vec![0.0; self.width * self.height];
        let mut values = coefficients.iter();
        let leaves = self.leaves.iter().zip(&quantization.bins).take(SENT);
        for (leaf, &(bin, zero)) in leaves.filter(|(_, (bin, _))| *bin > 0.0) {
            let rows = plane.chunks_exact_mut(self.width).skip(leaf.y).take(leaf.height);
            for row in rows {
                for (place, value) in row.iter_mut().skip(leaf.x).take(leaf.width).zip(values.by_ref()) {
                    *place = dequantized(*value, bin, zero, quantization.centre);
                }
            }
        }
        plane
    }
}

/// The value of an index: the middle of the zero bin, or `centre` of the way into another.
#[allow(clippy::cast_precision_loss)] // 17 bits
fn dequantized(index: i32, bin: f32, zero: f32, centre: f32) -> f32 {
    match index {
        0 => 0.0,
        1.. => (index as f32 - centre) * bin + zero / 2.0,
        _ => (index as f32 + centre) * bin - zero / 2.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subbands_tile_the_picture_in_order() {
        for (width, height) in [(256, 256), (301, 257), (33, 32), (545, 622)] {
            let tree = Tree::new(width, height);
            assert_eq!((tree.leaves.len(), tree.splits.len()), (SUBBANDS, 21));
            let mut seen = vec![0u8; width * height];
            for leaf in &tree.leaves {
                assert!(leaf.area() > 0, "{width} x {height}: {leaf:?}");
                for y in leaf.y..leaf.y + leaf.height {
                    seen[y * width + leaf.x..][..leaf.width].iter_mut().for_each(|s| *s += 1);
                }
            }
            assert!(seen.iter().all(|s| *s == 1));
        }
    }

    #[test]
    fn a_turned_direction_has_its_longer_half_second() {
        let tree = Tree::new(301, 301);
        // 301 is 151 low and 150 high; 151 is 76 and 75; the high 75, turned, is 37 and 38.
        let corner = tree.leaves[51];
        assert_eq!((corner.x, corner.y, corner.width, corner.height), (76, 76, 75, 75));
        assert_eq!((tree.leaves[52].x, tree.leaves[52].width), (151, 75));
        let across = tree.splits[8];
        assert_eq!((across.x, across.width, across.turned_x, across.turned_y), (76, 75, true, false));
        assert_eq!(across.quarters().map(|q| (q.x, q.width)), [(76, 37), (113, 38), (76, 37), (113, 38)]);
    }

    #[test]
    fn indices_become_values() {
        let values = [-2, -1, 0, 1, 2].map(|i| dequantized(i, 8.0, 12.0, 0.5));
        assert_eq!(values, [-18.0, -10.0, 0.0, 10.0, 18.0]);
    }
}
