//! What can be said of a dislocation: where its minutia lies and points, which kind it is, and what speaks for it.

use super::angle::angle;
use super::bank::{self, FINE};
use super::dislocation::{Dislocation, nearest};
use super::filter;
use super::flow::PITCH;
use super::mask::{cells, mean_over};
use super::pieces::depth;
use super::plane::Plane;
use super::quality::probability;
use super::ring::{Ring, ring};
use super::steps::Seen;
use super::waves::{grid_place, pixel};
use std::f32::consts::PI;

/// How many numbers speak for or against a minutia.
pub(super) const EVIDENCE: usize = 15;
/// Ridge periods within which other dislocations matter.
const REACH: f32 = 4.0;

/// A minutia that may be one.
pub(super) struct Candidate {
    /// Place in pixels of the picture.
    pub(super) x: f32,
    pub(super) y: f32,
    /// Direction in radians, counter-clockwise from the x axis as seen: towards the side with one ridge more, as ISO/IEC 19794-2 has it.
    pub(super) angle: f32,
    /// Whether it is a ridge that ends; otherwise a valley ends and a ridge splits.
    pub(super) ending: bool,
    /// How likely another look at the finger finds it again, 0 to 1.
    pub(super) probability: f32,
}

/// What all candidates of a picture share.
struct Ground<'a> {
    seen: &'a Seen,
    depth: Plane,
    /// The finger's mean contrast in grey levels.
    contrast: f32,
}

/// The candidates on the finger.
pub(super) fn candidates(seen: &Seen) -> Vec<Candidate> {
    let contrast = mean_over(&cells(&seen.normalized.spread), &seen.finger).max(1.0);
    let ground = Ground { seen, depth: depth(&seen.finger), contrast };
    let cell = |d: &&Dislocation| seen.finger.at(d.cell.0 / PITCH, d.cell.1 / PITCH);
    seen.fine.iter().filter(cell).map(|d| ground.candidate(d)).collect()
}

impl Ground<'_> {
    fn candidate(&self, d: &Dislocation) -> Candidate {
        let (direction, step) = filter::parts(self.seen.choice.at(d.cell.0, d.cell.1));
        let period = bank::period(step);
        let across = self.across(d, FINE.kernel(direction, step).wave);
        let along = (d.sense * across.1, -d.sense * across.0);
        let wave = (across.0 * 2.0 * PI / period, across.1 * 2.0 * PI / period);
        let rings = [0.5, 1.0, 2.0].map(|r| ring(self.seen, d, wave, r * period, direction));
        let evidence = self.evidence(d, &rings, across, along, period);
        Candidate {
            x: 2.0 * d.x + 0.5,
            y: 2.0 * d.y + 0.5,
            angle: angle(-along.1, along.0),
            ending: self.dark(d, along, period),
            probability: probability(&evidence),
        }
    }

    /// The unit vector across the ridges, in the sense of the kernel's wave.
    fn across(&self, d: &Dislocation, wave: [f32; 2]) -> (f32, f32) {
        let at = grid_place(d.x, d.y);
        let flow = &self.seen.waves.flow;
        let half = 0.5 * angle(flow.sin.between(at), flow.cos.between(at));
        let (x, y) = (libm::cosf(half), libm::sinf(half));
        if x * wave[0] + y * wave[1] < 0.0 { (-x, -y) } else { (x, y) }
    }

    /// Whether the line that is one more is dark.
    fn dark(&self, d: &Dislocation, along: (f32, f32), period: f32) -> bool {
        let tone = |i: u8| {
            let r = period * 0.2 * f32::from(i);
            self.seen.answer.re.between((d.x + along.0 * r, d.y + along.1 * r))
        };
        (2..=6).map(tone).sum::<f32>() < 0.0
    }

    fn evidence(
        &self,
        d: &Dislocation,
        rings: &[Ring; 3],
        across: (f32, f32),
        along: (f32, f32),
        period: f32,
    ) -> [f32; EVIDENCE] {
        let seen = self.seen;
        let at = grid_place(d.x, d.y);
        let [near, middle, far] = rings;
        let other = |list, sense, except| nearest(list, sense, (d.x, d.y), REACH * period, except) / period;
        let double = (across.0 * across.0 - across.1 * across.1, 2.0 * across.0 * across.1);
        let first = (seen.gradients.cos.between(at), seen.gradients.sin.between(at));
        let sharp = d.slope * period * period / (middle.mean * middle.mean + 1e-3);
        let contrast = seen.normalized.spread.at(d.cell.0, d.cell.1).max(1.0);
        [
            near.mean,
            middle.mean,
            far.mean,
            far.least,
            near.turn,
            middle.turn,
            seen.waves.flow.certainty.between(at),
            libm::logf(sharp.max(1e-3)),
            libm::logf(contrast / self.contrast),
            other(&seen.fine, -d.sense, None),
            other(&seen.fine, d.sense, Some(d.cell)),
            other(&seen.coarse, d.sense, None).min(2.0),
            self.depth.between(at),
            double.0 * first.0 + double.1 * first.1,
            self.bend(d, along, period),
        ]
    }

    /// How alike the flow is two periods ahead and two behind: 1 where ridges are straight.
    fn bend(&self, d: &Dislocation, along: (f32, f32), period: f32) -> f32 {
        let flow = &self.seen.waves.flow;
        let at = |r: f32| {
            let place = grid_place(d.x + r * along.0, d.y + r * along.1);
            (flow.cos.between(place), flow.sin.between(place))
        };
        let (a, b) = (at(2.0 * period), at(-2.0 * period));
        let lengths = ((a.0 * a.0 + a.1 * a.1) * (b.0 * b.0 + b.1 * b.1)).sqrt();
        (a.0 * b.0 + a.1 * b.1) / lengths.max(pixel(1) * 1e-3)
    }
}
