//! How a finger lies on the glass in one capture: which part touches, where it comes to lie, and how the skin is pulled.

use super::draw::{normal, square};
use super::tuning::{
    ASKEW, ASKEW_SHIFT, CURVE, PART, PICTURE, PLACE, PULL, PULL_WIDTH, PULLS, SMUDGE, SMUDGE_WIDTH, SMUDGES, STRETCH, TOUCH,
    TOUCH_SHIFT, TOUCH_SIZE, TURN,
};
use crate::finger::synth::Draws;

/// A place of the pad, and what holds about it.
#[derive(Debug, Clone, Copy, Default)]
struct Spot {
    at: [f32; 2],
    pull: [f32; 2],
}

/// One touch.
#[derive(Debug, Clone)]
pub(super) struct Touch {
    /// Middle of the area that touches, and half its width and height.
    middle: [f32; 2],
    half: [f32; 2],
    /// Cosine and sine of the turn.
    turn: [f32; 2],
    /// Where the middle of the area comes to lie, from the picture's top left.
    to: [f32; 2],
    linear: [f32; 4],
    curve: [f32; 6],
    pulls: [Spot; PULLS],
    smudges: [([f32; 2], f32); SMUDGES],
}

impl Touch {
    /// Draws the touch of a finger of this size; `strain` (1 is ordinary) is how much the skin is pulled.
    pub fn draw(draws: &mut Draws, size: f32, strain: f32) -> Self {
        let far = if draws.chance(ASKEW) { ASKEW_SHIFT } else { 1.0 };
        let middle = TOUCH_SHIFT.map(|d| d * far * size * normal(draws));
        let part = if draws.chance(PART[0]) { PART[1] + (1.0 - PART[1]) * draws.unit() } else { 1.0 };
        let half = [0, 1].map(|i| TOUCH[i] * size * part * (1.0 + TOUCH_SIZE[i] * normal(draws)));
        let turn = TURN * normal(draws);
        let to = [0, 1].map(|i| f32::from(PICTURE[i]) * 0.5 + PLACE[i] * normal(draws));
        let linear = [STRETCH * strain; 4].map(|d| d * normal(draws));
        let curve = [CURVE * strain; 6].map(|d| d * normal(draws));
        let mut spot = |width: [f32; 2]| {
            let [u, v] = square(draws);
            ([middle[0] + u * width[0], middle[1] + v * width[1]], [normal(draws), normal(draws)])
        };
        let pulls = [half; PULLS].map(|half| {
            let (at, pull) = spot(half);
            Spot { at, pull: pull.map(|p| p * PULL * strain) }
        });
        let smudges = [half; SMUDGES].map(|half| {
            let (at, depth) = spot(half);
            (at, SMUDGE * depth[0].max(0.0))
        });
        Self { middle, half, turn: [libm::cosf(turn), libm::sinf(turn)], to, linear, curve, pulls, smudges }
    }

    /// How far out in the area that touches a place lies, squared: 1 is the rim.
    #[inline]
    pub fn rim(&self, x: f32, y: f32) -> f32 {
        let (u, v) = ((x - self.middle[0]) / self.half[0], (y - self.middle[1]) / self.half[1]);
        u * u + v * v
    }

    /// A place of the area.
    #[inline]
    pub fn within(&self, [u, v]: [f32; 2]) -> [f32; 2] {
        [self.middle[0] + u * self.half[0], self.middle[1] + v * self.half[1]]
    }

    /// What smudges take from the odds at a place.
    #[inline]
    pub fn smudged(&self, x: f32, y: f32) -> f32 {
        self.smudges.iter().map(|(at, depth)| depth * near(x - at[0], y - at[1], SMUDGE_WIDTH)).sum()
    }

    /// Where a place of the pad comes to lie, in pixels from the picture's top left, and where a direction there then points, y
    /// upwards; its length is near the length it had.
    #[inline]
    pub fn lay(&self, [x, y]: [f32; 2], along: [f32; 2]) -> ([f32; 2], [f32; 2]) {
        const UNIT: f32 = 0.01;
        let (dx, dy) = (x - self.middle[0], y - self.middle[1]);
        let (u, v) = (dx * UNIT, dy * UNIT);
        // Displacement, and how it grows along x and along y.
        let axis = |[a, b]: [f32; 2], [uu, uv, vv]: [f32; 3]| {
            [
                a * dx + b * dy + uu * u * u + uv * u * v + vv * v * v,
                a + UNIT * (2.0 * uu * u + uv * v),
                b + UNIT * (uv * u + 2.0 * vv * v),
            ]
        };
        let (l, c) = (self.linear, self.curve);
        let mut right = axis([l[0], l[1]], [c[0], c[1], c[2]]);
        let mut up = axis([l[2], l[3]], [c[3], c[4], c[5]]);
        for spot in &self.pulls {
            let (sx, sy) = (x - spot.at[0], y - spot.at[1]);
            let part = 1.0 / (1.0 + (sx * sx + sy * sy) * (1.0 / (PULL_WIDTH * PULL_WIDTH)));
            let fall = -4.0 / (PULL_WIDTH * PULL_WIDTH) * part * part * part;
            let pull = [part * part, fall * sx, fall * sy];
            right = [0, 1, 2].map(|i| right[i] + pull[i] * spot.pull[0]);
            up = [0, 1, 2].map(|i| up[i] + pull[i] * spot.pull[1]);
        }
        let [x, y] = self.turned([dx + right[0], dy + up[0]]);
        let [c, s] = along;
        let along = self.turned([c + right[1] * c + right[2] * s, s + up[1] * c + up[2] * s]);
        ([self.to[0] + x, self.to[1] - y], along)
    }

    /// A vector after the turn.
    #[inline]
    const fn turned(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        let [c, s] = self.turn;
        [c * x - s * y, s * x + c * y]
    }
}

/// 1 at the middle, and less with distance: a quarter at the width.
#[inline]
fn near(dx: f32, dy: f32, width: f32) -> f32 {
    let part = 1.0 / (1.0 + (dx * dx + dy * dy) / (width * width));
    part * part
}
