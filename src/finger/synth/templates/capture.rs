//! One capture of a finger: which minutiae are seen, where, and how well; and some that are none.

use super::draw::{disc, exponential, normal, sensed};
use super::sway::Sway;
use super::touch::Touch;
use super::tuning::{
    ENDINGS, FALSE, FALSE_CLEAR, FALSE_OPPOSITE, JITTER, LOOK, MISTAKEN, MOST, OPPOSITE_REACH, PICTURE, POOR, STATE, STRAIN,
    TOLD, WAVER, WILD, WILD_WAVER,
};
use super::{Finger, count};
use crate::finger::synth::Draws;
use crate::finger::template::{Minutia, MinutiaKind};

/// What is being captured, and the luck of it.
pub(super) struct Look<'a> {
    finger: &'a Finger,
    draws: Draws,
    touch: Touch,
    sway: Sway,
    /// What person, finger, session and capture add to all odds.
    state: f32,
}

/// A minutia as it is before the looking.
struct Seen {
    at: [f32; 2],
    along: [f32; 2],
    ending: bool,
    odds: f32,
}

impl<'a> Look<'a> {
    /// Begins a capture; `state` is what person, finger and session add to the odds.
    pub fn new(finger: &'a Finger, mut draws: Draws, state: f32) -> Self {
        let poor = ill(&mut draws, POOR);
        let state = state + STATE[3] * normal(&mut draws) - poor;
        let strain = libm::expf(STRAIN * normal(&mut draws) - 0.5 * STRAIN * STRAIN);
        let touch = Touch::draw(&mut draws, finger.size, strain);
        let sway = Sway::draw(&mut draws);
        Self { finger, draws, touch, sway, state }
    }

    /// The minutiae of the capture, best first.
    pub fn minutiae(mut self) -> Vec<Minutia> {
        let finger = self.finger;
        let mut told = Vec::with_capacity(64);
        for m in finger.minutiae.all() {
            if self.touch.rim(m.x, m.y) < 1.0 {
                let odds = m.clear + LOOK * normal(&mut self.draws);
                let seen = Seen { at: [m.x, m.y], along: m.along, ending: m.ending, odds };
                self.tell(&seen, &mut told);
            }
        }
        let none = (FALSE[0] - FALSE[1] * self.state).max(2.0);
        let none = none + none.sqrt() * normal(&mut self.draws);
        let mut made = 0;
        while count(made) < none {
            made += 1;
            let seen = self.made_up();
            self.tell(&seen, &mut told);
            if self.draws.chance(FALSE_OPPOSITE) {
                made += 1;
                let [dx, dy] = disc(&mut self.draws).map(|v| v * OPPOSITE_REACH[1]);
                let along = seen.along.map(|v| -v);
                let odds = seen.odds + normal(&mut self.draws);
                self.tell(&Seen { at: [seen.at[0] + dx, seen.at[1] + dy], along, odds, ..seen }, &mut told);
            }
        }
        told.sort_unstable_by_key(|m| (std::cmp::Reverse(m.quality), m.y, m.x, m.angle));
        told.truncate(MOST);
        told
    }

    /// A minutia that the finger has not.
    fn made_up(&mut self) -> Seen {
        let place = disc(&mut self.draws);
        let [x, y] = self.touch.within(place);
        let run = self.finger.flow.at(x, y);
        let sense = sensed(&mut self.draws, 0.5 * self.finger.flow.lean(&run));
        Seen {
            at: [x, y],
            along: run.along.map(|v| v * sense),
            ending: self.draws.chance(ENDINGS),
            odds: FALSE_CLEAR[0] + FALSE_CLEAR[1] * normal(&mut self.draws) - self.state,
        }
    }

    /// Tells of a minutia, if the odds are enough.
    #[inline]
    fn tell(&mut self, seen: &Seen, told: &mut Vec<Minutia>) {
        let [x, y] = seen.at;
        let odds = seen.odds + self.state - self.touch.smudged(x, y);
        if odds < TOLD {
            return;
        }
        let sway = self.sway.at(x, y);
        let draws = &mut self.draws;
        let quality = 1.0 / (1.0 + libm::expf(-odds));
        let between = |[clear, least]: [f32; 2]| clear + (least - clear) * (1.0 - quality);
        let ([x, y], [c, s]) = self.touch.lay(seen.at, seen.along);
        let jitter = between(JITTER);
        let (x, y) = (x + jitter * normal(draws), y + jitter * normal(draws));
        let waver = sway + normal(draws) * if draws.chance(WILD) { WILD_WAVER } else { between(WAVER) };
        let mistaken = draws.chance(between(MISTAKEN));
        told.extend(minutia([x, y], [c - s * waver, s + c * waver], seen.ending != mistaken, quality));
    }
}

/// What an ill of this frequency and mean takes from the odds.
pub(super) fn ill(draws: &mut Draws, [often, mean]: [f32; 2]) -> f32 {
    if draws.chance(often) { mean * exponential(draws) } else { 0.0 }
}

/// A minutia in the numbers of a template; `None` off the picture.
#[inline]
fn minutia([x, y]: [f32; 2], [c, s]: [f32; 2], ending: bool, quality: f32) -> Option<Minutia> {
    if x < 0.0 || y < 0.0 || x >= f32::from(PICTURE[0]) || y >= f32::from(PICTURE[1]) {
        return None;
    }
    let turn = libm::atan2f(s, c) * (128.0 / std::f32::consts::PI);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // within the picture, a turn of 256, percent
    Some(Minutia {
        x: x as u16,
        y: y as u16,
        angle: ((turn + 256.5) as u16 & 0xFF) as u8,
        kind: if ending { MinutiaKind::Ending } else { MinutiaKind::Bifurcation },
        quality: (quality * 100.0 + 0.5).clamp(1.0, 100.0) as u8,
    })
}
