//! The inverse wavelet transform: two halves of a line become the line, whose ends are mirrored.

use super::subbands::{Region, Tree};

/// Both synthesis filters as they meet a line in which low and high coefficients alternate.
pub(super) struct Synthesis {
    radius: usize,
    /// Weights of the neighbours from `-radius` to `radius` of a place with an even number, and with an odd one.
    kernels: [Vec<f32>; 2],
}

impl Synthesis {
    /// From halves of the analysis filters, centre first. The low synthesis filter is the high analysis filter with every other tap
    /// negated, and the high one the low one (specification, part 2: perfect reconstruction).
    pub fn of(low: &[f32], high: &[f32]) -> Self {
        let radius = low.len().max(high.len()).saturating_sub(1);
        let alternating = |half: &[f32], distance: usize| {
            let tap = half.get(distance).copied().unwrap_or(0.0);
            if distance.is_multiple_of(2) { tap } else { -tap }
        };
        let kernel = |parity: usize| {
            let weight = |place: usize| {
                let distance = place.abs_diff(radius);
                let neighbour_is_low = (distance + parity).is_multiple_of(2);
                alternating(if neighbour_is_low { high } else { low }, distance)
            };
            (0..=2 * radius).map(weight).collect()
        };
        Self { radius, kernels: [kernel(0), kernel(1)] }
    }
}

/// Joins all splits, the innermost first; the plane of coefficients becomes the picture's values.
pub(super) fn synthesize(plane: &mut [f32], tree: &Tree, synthesis: &Synthesis) {
    let mut columns = Vec::new();
    for region in tree.splits.iter().rev() {
        join_columns(plane, tree.width, region, synthesis, &mut columns);
        join_rows(plane, tree.width, region, synthesis);
    }
}

/// Where the coefficient at `place` of the alternating line stands among the two halves.
const fn stored(place: usize, length: usize, turned: bool) -> usize {
    let low_start = if turned { length / 2 } else { 0 };
    let high_start = if turned { 0 } else { length.div_ceil(2) };
    if place.is_multiple_of(2) { low_start + place / 2 } else { high_start + place / 2 }
}

/// Where a place before or after a line of `length` is mirrored to; the ends are not repeated.
fn mirrored(place: usize, radius: usize, length: usize) -> usize {
    let period = 2 * length.saturating_sub(1).max(1);
    let inside = (place + period * radius.div_ceil(period) - radius) % period;
    inside.min(period - inside).min(length.saturating_sub(1))
}

fn join_columns(plane: &mut [f32], pitch: usize, region: &Region, synthesis: &Synthesis, scratch: &mut Vec<f32>) {
    let Region { x, y, width, height, turned_y, .. } = *region;
    scratch.clear();
    for row in plane.chunks_exact(pitch).skip(y).take(height) {
        scratch.extend_from_slice(row.get(x..x + width).unwrap_or_default());
    }
    for (n, row) in plane.chunks_exact_mut(pitch).skip(y).take(height).enumerate() {
        let Some(out) = row.get_mut(x..x + width) else { continue };
        out.fill(0.0);
        for (k, weight) in synthesis.kernels[n % 2].iter().enumerate() {
            let from = stored(mirrored(n + k, synthesis.radius, height), height, turned_y);
            let source = scratch.get(from * width..(from + 1) * width).unwrap_or_default();
            out.iter_mut().zip(source).for_each(|(o, s)| *o += weight * s);
        }
    }
}

fn join_rows(plane: &mut [f32], pitch: usize, region: &Region, synthesis: &Synthesis) {
    let Region { x, y, width, height, turned_x, .. } = *region;
    let order: Vec<usize> = (0..width + 2 * synthesis.radius)
        .map(|place| stored(mirrored(place, synthesis.radius, width), width, turned_x))
        .collect();
    let mut line = vec![0.0; order.len()];
    for row in plane.chunks_exact_mut(pitch).skip(y).take(height) {
        let Some(values) = row.get_mut(x..x + width) else { continue };
        for (place, from) in line.iter_mut().zip(&order) {
            *place = values.get(*from).copied().unwrap_or_default();
        }
        let windows = line.windows(2 * synthesis.radius + 1);
        for ((value, window), kernel) in values.iter_mut().zip(windows).zip(synthesis.kernels.iter().cycle()) {
            *value = window.iter().zip(kernel).map(|(w, k)| w * k).sum();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_mirrored_without_repeating() {
        let around = |length: usize| (0..length + 8).map(|place| mirrored(place, 4, length)).collect::<Vec<_>>();
        assert_eq!(around(6), [4, 3, 2, 1, 0, 1, 2, 3, 4, 5, 4, 3, 2, 1]);
        assert_eq!(around(2), [0, 1, 0, 1, 0, 1, 0, 1, 0, 1]);
    }

    #[test]
    fn halves_alternate() {
        let line = |length, turned| (0..length).map(|place| stored(place, length, turned)).collect::<Vec<_>>();
        assert_eq!(line(5, false), [0, 3, 1, 4, 2]);
        assert_eq!(line(5, true), [2, 0, 3, 1, 4]);
        assert_eq!(line(4, true), [2, 0, 3, 1]);
    }

    #[test]
    fn a_constant_comes_back_constant() {
        // The 9/7 filters: a constant c has low coefficients c times the sum of the low filter, and no high ones.
        let low = [0.852_698_6, 0.377_402_8, -0.110_624_4, -0.023_849_465, 0.037_828_455];
        let high = [0.788_485_6, -0.418_092_3, -0.040_689_418, 0.064_538_88];
        let synthesis = Synthesis::of(&low, &high);
        let gain: f32 = low[0] + 2.0 * low[1..].iter().sum::<f32>();
        let region = Region { width: 7, height: 1, ..Region::default() };
        let mut plane = vec![50.0 * gain; 4];
        plane.extend([0.0; 3]);
        join_rows(&mut plane, 7, &region, &synthesis);
        assert!(plane.iter().all(|v| (v - 50.0).abs() < 0.001), "{plane:?}");
    }
}
