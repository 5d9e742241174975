//! The ridge period of each place, by the answers of kernels of every period in the direction of the flow.

use super::bank::{self, PERIODS, WIDE};
use super::filter::{self, Field};
use super::flow::{Flow, PITCH};
use super::plane::{Plane, smooth};
use super::waves::{Waves, pixel};

/// Grid points over which energies are smoothed.
const SMOOTH: f32 = 2.0;
/// Steps of the bank by which a finger's periods spread about their median: ridges of one finger differ by less than a half.
const SPREAD: f32 = 4.0;

/// The flow with the period of each grid point.
pub(super) fn measure(field: &Field, width: usize, height: usize, flow: Flow) -> Waves {
    let mut energies: Vec<Plane> = (0..PERIODS).map(|p| energy(field, width, height, &flow, p)).collect();
    expect_median(&mut energies);
    let mut step = Plane::new(flow.cos.width, flow.cos.height);
    step.data.iter_mut().enumerate().for_each(|(i, v)| *v = peak(&energies, i));
    Waves { flow, step }
}

/// The smoothed energy of one period in the middle of each cell.
fn energy(field: &Field, width: usize, height: usize, flow: &Flow, period: usize) -> Plane {
    let middle = |cell: usize, len: usize| (cell * PITCH + PITCH / 2).min(len - 1);
    let columns = flow.cos.width;
    let directions = flow.cos.data.iter().zip(&flow.sin.data).map(|(c, s)| bank::nearest_direction(*c, *s));
    let places: Vec<_> = directions
        .enumerate()
        .map(|(i, d)| (middle(i % columns, width), middle(i / columns, height), filter::index(d, period)))
        .collect();
    smooth(&Plane { width: columns, height: flow.cos.height, data: field.energies(&WIDE, &places) }, SMOOTH)
}

/// The period of most energy at a grid point.
fn best(energies: &[Plane], i: usize) -> usize {
    let at = |p: usize| energies.get(p).map_or(0.0, |e| e.data[i]);
    (0..PERIODS).fold(0, |b, p| if at(p) > at(b) { p } else { b })
}

/// Weighs energies by how near their period is to the finger's median, so that a wrinkle or a blot does not pass for a wide ridge.
fn expect_median(energies: &mut [Plane]) {
    let points = energies.first().map_or(0, |e| e.data.len());
    let mut share = [0.0f32; PERIODS];
    for i in 0..points {
        let p = best(energies, i);
        share[p] += energies[p].data[i];
    }
    let half = 0.5 * share.iter().sum::<f32>();
    let mut sum = 0.0;
    let median = share.iter().position(|s| {
        sum += s;
        sum >= half
    });
    let median = pixel(median.unwrap_or(PERIODS / 2));
    for (p, plane) in energies.iter_mut().enumerate() {
        let off = (pixel(p) - median) / SPREAD;
        let weight = libm::expf(-0.5 * off * off);
        plane.data.iter_mut().for_each(|v| *v *= weight);
    }
}

/// The step of most energy, between steps by a parabola.
fn peak(energies: &[Plane], i: usize) -> f32 {
    let p = best(energies, i);
    let (Some(l), Some(m), Some(r)) = (p.checked_sub(1).and_then(|l| energies.get(l)), energies.get(p), energies.get(p + 1))
    else {
        return pixel(p);
    };
    let (l, m, r) = (l.data[i], m.data[i], r.data[i]);
    pixel(p) + (0.5 * (l - r) / (l - 2.0 * m + r).min(-1e-9)).clamp(-0.5, 0.5)
}

#[cfg(test)]
mod tests {
    use super::super::filter::Path;
    use super::super::flow::gradients;
    use super::*;

    #[test]
    fn the_period_of_stripes_is_found_between_the_steps() {
        for period in [3.0f32, 4.4, 6.1] {
            let mut plane = Plane::new(96, 96);
            let k = 2.0 * std::f32::consts::PI / period;
            plane
                .data
                .iter_mut()
                .enumerate()
                .for_each(|(i, v)| *v = libm::cosf(k * (0.8 * (i % 96) as f32 + 0.6 * (i / 96) as f32)));
            let waves = measure(&Field::new(&plane, Path::Widest), 96, 96, gradients(&plane).flow(1.1));
            let found = bank::SHORTEST * libm::powf(bank::STEP, waves.step.at(12, 12));
            assert!((found / period - 1.0).abs() < 0.04, "{period}: {found}");
        }
    }
}
