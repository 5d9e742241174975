//! The direction of the ridges: zeros and poles at cores and deltas (Sherlock and Monro 1993), the dome of the finger tip, and chance.

use super::raster::{Field, mix, ramp};
use crate::finger::synth::Pattern;
use crate::finger::synth::random::Draws;

/// A place on the finger in pixels at 500 dpi from the middle of the print, y up.
type Place = [f32; 2];

/// Degrees in radians.
const DEGREE: f32 = core::f32::consts::PI / 180.0;

/// Degrees by which fingers differ from their class over the breadth of a finger, and over a few ridges.
const WIDE: f32 = 6.0;
const NARROW: f32 = 3.0;

/// The direction field of one finger.
pub(super) struct Flow {
    cores: Vec<Place>,
    deltas: Vec<Place>,
    /// Radians by which ridges fall off to both sides of the tip, beyond what cores and deltas make them.
    dome: f32,
    /// Radians by which an arch rises.
    rise: f32,
    /// Half width of the finger.
    reach: f32,
    /// Height of the core, or of an arch's summit.
    level: f32,
    wide: Field,
    narrow: Field,
}

impl Flow {
    /// The field of a finger `size` times the usual, on a canvas of `width` x `height` pixels.
    pub(super) fn draw(pattern: Pattern, size: f32, (width, height): (usize, usize), draws: &mut Draws) -> Self {
        let core = [draws.normal() * 8.0 * size, (22.0 + draws.normal() * 14.0) * size];
        let mut flow = Self {
            cores: Vec::new(),
            deltas: Vec::new(),
            dome: (24.0 + draws.normal() * 5.0) * DEGREE,
            rise: 0.0,
            reach: 150.0 * size,
            level: core[1],
            wide: Field::draw(width, height, 130.0, draws),
            narrow: Field::draw(width, height, 55.0, draws),
        };
        match pattern {
            Pattern::Arch => flow.rise = draws.between(28.0, 48.0) * DEGREE,
            Pattern::TentedArch => flow.tented(core, size, draws),
            Pattern::LeftLoop => flow.looped(core, size, 1.0, draws),
            Pattern::RightLoop => flow.looped(core, size, -1.0, draws),
            Pattern::Whorl => flow.whorled(core, size, draws),
        }
        flow
    }

    fn tented(&mut self, core: Place, size: f32, draws: &mut Draws) {
        self.cores.push(core);
        self.deltas.push([core[0] + draws.normal() * 6.0 * size, core[1] - draws.between(45.0, 100.0) * size]);
    }

    /// The delta stands on the side to which the loop does not open.
    fn looped(&mut self, core: Place, size: f32, side: f32, draws: &mut Draws) {
        self.cores.push(core);
        let aside = (85.0 + draws.normal() * 20.0).clamp(35.0, 135.0) * size;
        let below = (95.0 + draws.normal() * 22.0).clamp(45.0, 160.0) * size;
        self.deltas.push([core[0] + side * aside, core[1] - below]);
    }

    fn whorled(&mut self, core: Place, size: f32, draws: &mut Draws) {
        let apart = (38.0 + draws.normal() * 18.0).clamp(10.0, 95.0) * size;
        let lean = draws.normal() * 0.35 * apart;
        self.dome *= 0.6;
        self.cores.push([core[0] - lean / 2.0, core[1] + 10.0 * size]);
        self.cores.push([core[0] + lean / 2.0, core[1] + 10.0 * size - apart]);
        let fall = 95.0 + draws.normal() * 16.0;
        for side in [-1.0, 1.0] {
            let aside = (105.0 + draws.normal() * 18.0).clamp(60.0, 150.0);
            let below = (fall + draws.normal() * 16.0).clamp(50.0, 150.0) + apart / size * 0.4;
            self.deltas.push([core[0] + side * aside * size, core[1] - below * size]);
        }
    }

    /// Cosine and sine of twice the ridge direction (y up) at a place; `canvas` is the same place in pixels of the canvas.
    pub(super) fn at(&self, place: Place, canvas: [f32; 2]) -> [f32; 2] {
        let mut turned = self.chance(place, canvas);
        for core in &self.cores {
            turned = product(turned, unit([place[0] - core[0], place[1] - core[1]]));
        }
        for delta in &self.deltas {
            turned = product(turned, unit([place[0] - delta[0], delta[1] - place[1]]));
        }
        turned
    }

    /// What does not come from cores and deltas, as a doubled angle.
    fn chance(&self, [x, y]: Place, canvas: [f32; 2]) -> [f32; 2] {
        let side = x / (x.abs() + 0.6 * self.reach) * 1.6;
        let tip = mix(0.1, 1.0, ramp(y, self.level - 130.0, self.level + 10.0));
        let over = x / self.reach;
        let arch = 3.0 * over / (1.0 + 2.2 * over * over) * ramp(y, self.level - 150.0, self.level);
        let chance = self.wide.at(canvas[0], canvas[1]) * WIDE * DEGREE + self.narrow.at(canvas[0], canvas[1]) * NARROW * DEGREE;
        let twice = 2.0 * (chance - self.dome * side * tip - self.rise * arch);
        [libm::cosf(twice), libm::sinf(twice)]
    }
}

/// Complex product.
fn product(a: [f32; 2], b: [f32; 2]) -> [f32; 2] {
    [a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]]
}

/// The same direction, of length 1.
fn unit(v: [f32; 2]) -> [f32; 2] {
    let length = (v[0] * v[0] + v[1] * v[1]).sqrt().max(1e-3);
    [v[0] / length, v[1] / length]
}
