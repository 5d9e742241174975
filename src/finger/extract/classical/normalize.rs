//! Local normalization: every neighbourhood brought to mean 0 and spread 1, so that pressure and lighting fall away.

use super::plane::Plane;

/// Neighbourhood in pixels of the 250 dpi plane on each side: about one and a half ridge periods.
const REACH: usize = 7;
/// Spread in grey levels below which a neighbourhood is flat; it keeps flat ground from being blown up to noise.
const FLAT: f32 = 6.0;
/// Values beyond this many spreads are cut.
const CUT: f32 = 2.5;

/// A plane of mean 0 and spread about 1, with what was taken out.
pub(super) struct Normalized {
    pub(super) plane: Plane,
    /// Local mean in grey levels.
    pub(super) mean: Plane,
    /// Local standard deviation in grey levels.
    pub(super) spread: Plane,
}

pub(super) fn normalize(half: &Plane) -> Normalized {
    let mean = box_mean(half);
    let square = box_mean(&half.map(|v| v * v));
    let mut spread = square;
    spread.data.iter_mut().zip(&mean.data).for_each(|(s, m)| *s = (*s - m * m).max(0.0).sqrt());
    let mut plane = half.clone();
    for ((v, m), s) in plane.data.iter_mut().zip(&mean.data).zip(&spread.data) {
        *v = ((*v - m) / (s * s + FLAT * FLAT).sqrt()).clamp(-CUT, CUT);
    }
    Normalized { plane, mean, spread }
}

/// The mean over a square neighbourhood, cut at the edges. Sums of quarters of integers below 2^24 are exact in `f64`.
fn box_mean(plane: &Plane) -> Plane {
    let (w, h) = (plane.width, plane.height);
    let mut columns = vec![0.0f64; w];
    for y in 0..REACH.min(h) {
        columns.iter_mut().zip(plane.row(y)).for_each(|(c, v)| *c += f64::from(*v));
    }
    let mut out = Plane::new(w, h);
    let mut prefix = vec![0.0f64; w + 1];
    for (y, row) in out.data.chunks_exact_mut(w).enumerate() {
        if y + REACH < h {
            columns.iter_mut().zip(plane.row(y + REACH)).for_each(|(c, v)| *c += f64::from(*v));
        }
        if y > REACH {
            columns.iter_mut().zip(plane.row(y - REACH - 1)).for_each(|(c, v)| *c -= f64::from(*v));
        }
        let mut sum = 0.0;
        prefix.iter_mut().skip(1).zip(&columns).for_each(|(p, c)| {
            sum += c;
            *p = sum;
        });
        let rows = (y + REACH).min(h - 1) - y.saturating_sub(REACH) + 1;
        for (x, v) in row.iter_mut().enumerate() {
            let (from, to) = (x.saturating_sub(REACH), (x + REACH).min(w - 1) + 1);
            #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)] // a mean of grey levels
            {
                *v = ((prefix[to] - prefix[from]) / ((to - from) * rows) as f64) as f32;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_is_that_of_the_neighbourhood_cut_at_the_edges() {
        let mut plane = Plane::new(40, 40);
        plane.data[0] = 64.0;
        let m = box_mean(&plane);
        assert_eq!(m.at(0, 0), 1.0, "eight by eight values");
        assert_eq!(m.at(7, 7), 64.0 / 225.0);
        assert_eq!(m.at(8, 0), 0.0);
    }

    #[test]
    fn stripes_of_any_contrast_come_out_alike() {
        let stripes = |low: f32, high: f32| {
            let mut p = Plane::new(60, 60);
            p.data.iter_mut().enumerate().for_each(|(i, v)| *v = if i % 60 % 4 < 2 { low } else { high });
            normalize(&p)
        };
        let (soft, hard) = (stripes(100.0, 160.0), stripes(10.0, 240.0));
        assert!(soft.plane.data.iter().zip(&hard.plane.data).all(|(a, b)| (a - b).abs() < 0.1));
        assert!((hard.spread.at(30, 30) - 115.0).abs() < 1.0);
        assert!((soft.mean.at(30, 30) - 130.0).abs() < 5.0);
    }
}
