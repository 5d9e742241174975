//! Local normalization: every neighbourhood brought to mean 0 and spread 1, so that pressure and lighting fall away.

use super::plane::Plane;

/// Neighbourhood in pixels of the 250 dpi plane on each side: about a period and a half.
const REACH: usize = 7;
/// Spread in grey levels below which a neighbourhood is flat; it keeps flat ground from being blown up to noise.
const FLAT: f32 = 6.0;
/// Values beyond this many spreads are cut: blots and specks count no more than ridges.
const CUT: f32 = 2.0;
/// Variance in grey levels squared below which a whole neighbourhood is no signal of a sensor.
const DEAD: f32 = 0.05;

/// A plane of mean 0 and spread about 1, with what was taken out.
pub(super) struct Normalized {
    pub(super) plane: Plane,
    /// Local mean in grey levels.
    pub(super) mean: Plane,
    /// Local standard deviation in grey levels.
    pub(super) spread: Plane,
}

/// Normalizes what lies in the sensor's window; outside of it all is zero.
pub(super) fn normalize(half: &Plane) -> Normalized {
    let live = live(half);
    let share = box_mean(&live);
    let within = |p: &Plane| ratio(&box_mean(&product(p, &live)), &share);
    let mean = within(half);
    let mut spread = within(&product(half, half));
    spread.data.iter_mut().zip(&mean.data).for_each(|(s, m)| *s = (*s - m * m).max(0.0).sqrt());
    let mut plane = half.clone();
    for (((v, m), s), l) in plane.data.iter_mut().zip(&mean.data).zip(&spread.data).zip(&live.data) {
        *v = l * ((*v - m) / (s * s + FLAT * FLAT).sqrt()).clamp(-CUT, CUT);
    }
    Normalized { plane, mean, spread }
}

/// 1 where the sensor gives a signal, 0 around places whose whole neighbourhood is one value: what lies outside its window, whose
/// edge must not be taken for a ridge.
fn live(half: &Plane) -> Plane {
    let (mean, square) = (box_mean(half), box_mean(&product(half, half)));
    let mut dead = square;
    dead.data.iter_mut().zip(&mean.data).for_each(|(s, m)| *s = if *s - m * m < DEAD { 1.0 } else { 0.0 });
    box_mean(&dead).map(|d| if *d > 0.0 { 0.0 } else { 1.0 })
}

fn product(a: &Plane, b: &Plane) -> Plane {
    let mut out = a.clone();
    out.data.iter_mut().zip(&b.data).for_each(|(v, w)| *v *= w);
    out
}

fn ratio(a: &Plane, b: &Plane) -> Plane {
    let mut out = a.clone();
    out.data.iter_mut().zip(&b.data).for_each(|(v, w)| *v /= w.max(1e-3));
    out
}

/// The mean over a square neighbourhood, cut at the edges. Sums of quarters and sixteenths of integers are exact in `f64`.
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
        for (p, c) in prefix.iter_mut().skip(1).zip(&columns) {
            sum += c;
            *p = sum;
        }
        means(row, &prefix, (y + REACH).min(h - 1) - y.saturating_sub(REACH) + 1);
    }
    out
}

/// The means of a row from the running sums of its columns.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)] // means of grey levels; counts below 2^53
fn means(row: &mut [f32], prefix: &[f64], rows: usize) {
    let w = row.len();
    for (x, v) in row.iter_mut().enumerate() {
        let (from, to) = (x.saturating_sub(REACH), (x + REACH).min(w - 1) + 1);
        *v = ((prefix[to] - prefix[from]) / ((to - from) * rows) as f64) as f32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stripes(low: f32, high: f32) -> Plane {
        let mut p = Plane::new(80, 80);
        p.data.iter_mut().enumerate().for_each(|(i, v)| *v = if i % 80 % 4 < 2 { low } else { high });
        p
    }

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
        let (soft, hard) = (normalize(&stripes(100.0, 160.0)), normalize(&stripes(10.0, 240.0)));
        assert!(soft.plane.data.iter().zip(&hard.plane.data).all(|(a, b)| (a - b).abs() < 0.1));
        assert!((hard.spread.at(40, 40) - 115.0).abs() < 1.0);
        assert!((soft.mean.at(40, 40) - 130.0).abs() < 5.0);
    }

    #[test]
    fn the_edge_of_the_sensors_window_is_no_ridge() {
        let mut p = stripes(100.0, 160.0);
        p.data.iter_mut().enumerate().filter(|(i, _)| i % 80 >= 40).for_each(|(_, v)| *v = 255.0);
        let n = normalize(&p);
        assert!(n.plane.data.iter().enumerate().filter(|(i, _)| i % 80 >= 50).all(|(_, v)| *v == 0.0));
        assert!((n.mean.at(30, 40) - 130.0).abs() < 12.0, "{}", n.mean.at(30, 40));
    }
}
