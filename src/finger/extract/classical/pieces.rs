//! Connected pieces of a mask on the grid, and how deep inside of it a place lies.

use super::plane::{Plane, clamp};

/// Numbers the four-connected pieces of a value from 1, 0 elsewhere; and their sizes.
pub(super) fn pieces(mask: &Plane<bool>, value: bool) -> (Plane<usize>, Vec<usize>) {
    let mut labels = Plane::<usize>::new(mask.width, mask.height);
    let mut sizes = Vec::new();
    for start in 0..mask.data.len() {
        if mask.data[start] == value && labels.data[start] == 0 {
            sizes.push(flood(mask, &mut labels, start, sizes.len() + 1));
        }
    }
    (labels, sizes)
}

/// Labels the piece around `start`; each cell is put on the stack once.
fn flood(mask: &Plane<bool>, labels: &mut Plane<usize>, start: usize, label: usize) -> usize {
    let (mut size, mut stack) = (0, vec![start]);
    labels.data[start] = label;
    while let Some(i) = stack.pop() {
        size += 1;
        for j in around(i, mask.width, mask.height) {
            if mask.data[j] == mask.data[start] && labels.data[j] == 0 {
                labels.data[j] = label;
                stack.push(j);
            }
        }
    }
    size
}

/// The indices of the cells above, below and beside.
fn around(i: usize, w: usize, h: usize) -> impl Iterator<Item = usize> {
    let (x, y) = (i % w, i / w);
    [(x > 0).then(|| i - 1), (x + 1 < w).then(|| i + 1), (y > 0).then(|| i - w), (y + 1 < h).then(|| i + w)].into_iter().flatten()
}

/// Whether each cell and its eight neighbours hold at least `least` that are set, edges repeated.
pub(super) fn neighbours(mask: &Plane<bool>, least: usize) -> Plane<bool> {
    let signed = |v: usize| isize::try_from(v).unwrap_or(isize::MAX);
    let mut out = mask.clone();
    for y in 0..mask.height {
        for x in 0..mask.width {
            let set = |dx: isize, dy: isize| mask.at(clamp(signed(x) + dx, mask.width), clamp(signed(y) + dy, mask.height));
            let n = (-1..=1).map(|dy| (-1..=1).filter(|dx| set(*dx, dy)).count()).sum::<usize>();
            out.data[y * mask.width + x] = n >= least;
        }
    }
    out
}

/// Deepest that [`depth`] counts.
pub(super) const DEPTH: u8 = 6;

/// How many cells lie between each cell and the outside, itself included; beyond the plane is outside.
pub(super) fn depth(mask: &Plane<bool>) -> Plane {
    let mut out = Plane::<f32>::new(mask.width, mask.height);
    let mut now = mask.clone();
    for _ in 0..DEPTH {
        out.data.iter_mut().zip(&now.data).filter(|(_, n)| **n).for_each(|(o, _)| *o += 1.0);
        let mut next = now.clone();
        for (i, n) in next.data.iter_mut().enumerate() {
            *n = now.data[i] && around(i, mask.width, mask.height).filter(|j| now.data[*j]).count() == 4;
        }
        now = next;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(rows: &[&str]) -> Plane<bool> {
        let data = rows.iter().flat_map(|r| r.bytes().map(|b| b == b'#')).collect();
        Plane { width: rows[0].len(), height: rows.len(), data }
    }

    #[test]
    fn pieces_touch_by_their_sides() {
        let m = mask(&["##..", "#..#", "..#."]);
        assert_eq!(pieces(&m, true).1, [3, 1, 1]);
        assert_eq!(pieces(&m, false).1, [6, 1]);
    }

    #[test]
    fn depth_counts_from_the_outside() {
        let m = mask(&["#####", "#####", "#####"]);
        assert_eq!(depth(&m).data, [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]);
    }

    #[test]
    fn neighbours_are_counted_with_the_cell_itself() {
        let m = mask(&["...", ".#.", "..."]);
        assert!(neighbours(&m, 1).data.iter().all(|v| *v));
        assert!(!neighbours(&m, 2).data.iter().any(|v| *v));
    }
}
