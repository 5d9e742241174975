//! The minutiae that a finger has for life.

use super::draw::{disc, normal, sensed};
use super::flow::Flow;
use super::tuning::{
    CLEAR, COUNT, ENDINGS, FACING, FACING_REACH, FELLOW, FELLOW_REACH, GATHERED, GATHERED_REACH, LASTING, MIDDLE, OPPOSITE,
    OPPOSITE_REACH, PAD, SKEW,
};
use crate::finger::synth::Draws;

/// One of them, about the middle of the pad, y upwards.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Lasting {
    pub x: f32,
    pub y: f32,
    /// Unit vector of its direction, as ISO/IEC 19794-2 has it.
    pub along: [f32; 2],
    pub ending: bool,
    /// The odds that it is seen.
    pub clear: f32,
}

/// All of them.
#[derive(Debug, Clone)]
pub(super) struct Minutiae {
    places: [Lasting; LASTING],
    count: usize,
}

impl Minutiae {
    /// Draws the minutiae of a finger of this size whose ridges run so.
    pub fn draw(draws: &mut Draws, flow: &Flow, size: f32) -> Self {
        let mut found = Self { places: [Lasting::default(); LASTING], count: 0 };
        let wanted = (COUNT[0] + COUNT[1] * normal(draws)) * size * size;
        let mut taken = Taken::default();
        // Places that are taken are few; the bound is never met.
        for _ in 0..4 * LASTING {
            if found.count >= LASTING || super::count(found.count) >= wanted {
                break;
            }
            let Some([x, y]) = place(draws, flow, size) else { continue };
            if taken.take(x, y) {
                let m = minutia(draws, flow, [x, y]);
                found.add(m);
                found.add_company(draws, flow, &m, &mut taken);
            }
        }
        found
    }

    /// Adds what a minutia has near it.
    #[inline]
    fn add_company(&mut self, draws: &mut Draws, flow: &Flow, m: &Lasting, taken: &mut Taken) {
        // Fellows of fellows: they come in crowds.
        let mut last = *m;
        while self.count < LASTING && draws.chance(FELLOW) {
            let [x, y] = around(draws, &last, FELLOW_REACH);
            if taken.take(x, y) {
                last = companion(draws, flow, &last, [x, y], 1.0);
                self.add(last);
            }
        }
        let which = draws.unit();
        if which < FACING {
            // Ahead: the ridge that is one more ends again.
            let far = FACING_REACH[0] + (FACING_REACH[1] - FACING_REACH[0]) * draws.unit();
            let aside = 0.35 * normal(draws);
            let (x, y) = (m.x + far * (m.along[0] - aside * m.along[1]), m.y + far * (m.along[1] + aside * m.along[0]));
            if taken.take(x, y) {
                self.add(companion(draws, flow, m, [x, y], -1.0));
            }
        } else if which < FACING + OPPOSITE {
            let place = around(draws, m, OPPOSITE_REACH);
            self.add(companion(draws, flow, m, place, -1.0));
        }
    }

    fn add(&mut self, minutia: Lasting) {
        if let Some(place) = self.places.get_mut(self.count) {
            *place = minutia;
            self.count += 1;
        }
    }

    pub fn all(&self) -> &[Lasting] {
        self.places.get(..self.count).unwrap_or_default()
    }
}

/// A place on the pad, more often where ridges part.
#[inline]
fn place(draws: &mut Draws, flow: &Flow, size: f32) -> Option<[f32; 2]> {
    let (a, b) = (PAD[0] * size, PAD[1] * size);
    let singularities = flow.singularities();
    if singularities.is_empty() || !draws.chance(GATHERED) {
        let [x, y] = disc(draws);
        // Denser in the middle of the pad than at its rim.
        let far = (1.0 - MIDDLE) + MIDDLE * (x * x + y * y).sqrt();
        return Some([a * x * far, b * y * far]);
    }
    // Even in distance, hence denser the nearer.
    let at = singularities.get(usize::try_from(draws.bits() >> 62).unwrap_or(0) % singularities.len())?;
    let [x, y] = disc(draws);
    let far = (x * x + y * y).sqrt();
    let reach = GATHERED_REACH[0] + (GATHERED_REACH[1] - GATHERED_REACH[0]) * far * far;
    let stretch = reach / far.max(1e-3);
    let (x, y) = (at.x + x * stretch, at.y + y * stretch);
    let (u, v) = (x / a, y / b);
    (u * u + v * v < 1.0).then_some([x, y])
}

/// A minutia at a place: where ridges part, more of them begin than end.
#[inline]
fn minutia(draws: &mut Draws, flow: &Flow, [x, y]: [f32; 2]) -> Lasting {
    let run = flow.at(x, y);
    let sense = sensed(draws, flow.lean(&run));
    let clear = CLEAR[0] + CLEAR[1] * normal(draws);
    Lasting { x, y, along: skewed(draws, run.along, sense), ending: draws.chance(ENDINGS), clear }
}

/// A place about a minutia, within the reach.
#[inline]
fn around(draws: &mut Draws, of: &Lasting, [least, most]: [f32; 2]) -> [f32; 2] {
    let [x, y] = disc(draws);
    let far = (x * x + y * y).sqrt().max(1e-3);
    let stretch = (least + (most - least) * far * far) / far;
    [of.x + x * stretch, of.y + y * stretch]
}

/// A minutia near another, of its sense (1) or of the other (-1).
#[inline]
fn companion(draws: &mut Draws, flow: &Flow, of: &Lasting, [x, y]: [f32; 2], sense: f32) -> Lasting {
    let run = flow.at(x, y);
    let like = run.along[0] * of.along[0] + run.along[1] * of.along[1];
    let sense = if like < 0.0 { -sense } else { sense };
    let clear = of.clear + 0.6 * (CLEAR[0] - of.clear) + 0.8 * CLEAR[1] * normal(draws);
    Lasting { x, y, along: skewed(draws, run.along, sense), ending: draws.chance(ENDINGS), clear }
}

/// A direction along the ridge, one way or the other, and a little off.
#[inline]
fn skewed(draws: &mut Draws, along: [f32; 2], sense: f32) -> [f32; 2] {
    let skew = SKEW * normal(draws);
    let [c, s] = along.map(|v| v * sense);
    [c - s * skew, s + c * skew]
}

/// Which cells of the pad hold a minutia: neighbours keep about half a ridge period apart at least.
struct Taken {
    rows: [u64; 128],
}

/// Side of a cell in pixels.
const CELL: f32 = 7.0;

impl Default for Taken {
    fn default() -> Self {
        Self { rows: [0; 128] }
    }
}

impl Taken {
    /// Takes the cell of a place, unless it or one of the eight around it is taken.
    #[inline]
    fn take(&mut self, x: f32, y: f32) -> bool {
        // Within the pad of the largest finger: cells 1 to 62 across, 1 to 126 up.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // clamped
        let (column, row) = ((x / CELL + 32.0).clamp(1.0, 62.0) as usize, (y / CELL + 64.0).clamp(1.0, 126.0) as usize);
        let near: u64 = [row - 1, row, row + 1].iter().filter_map(|r| self.rows.get(*r)).fold(0, |all, row| all | row);
        if near & 0b111 << (column - 1) != 0 {
            return false;
        }
        if let Some(own) = self.rows.get_mut(row) {
            *own |= 1 << column;
        }
        true
    }
}
