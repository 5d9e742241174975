//! From skin to pixels: the skin is stretched, inked by where it touches the glass, and seen by a sensor.

use super::master::Master;
use super::press::Press;
use super::raster::{Field, Raster, ease, mix, pixels, ramp, usize_of};
use crate::finger::synth::random::{Draws, Seed};

/// A line in the skin or on it: through a place, along a direction, half as long as `reach`.
struct Mark {
    place: [f32; 2],
    along: [f32; 2],
    reach: f32,
    width: f32,
}

/// Random fields over the glass.
struct Fields {
    edge: Field,
    wet: Field,
    blotch: Field,
    grain: Field,
    bare: Field,
    ink: Field,
    paper: Field,
}

impl Fields {
    fn draw((width, height): (usize, usize), draws: &mut Draws) -> Self {
        let mut field = |pitch| Field::draw(width, height, pitch, draws);
        Self {
            edge: field(44.0),
            wet: field(60.0),
            blotch: field(9.0),
            grain: field(2.4),
            bare: field(38.0),
            ink: field(34.0),
            paper: field(90.0),
        }
    }
}

/// The grey values of a capture on a glass of `size` pixels.
pub(super) fn render(master: &Master, press: &Press, life: Seed, capture: Seed, size: (usize, usize)) -> Vec<u8> {
    let mut draws = capture.of(1).draws();
    let fields = Fields::draw(size, &mut draws);
    let lasting = marks(life, master.size);
    let passing = scratches(press, &mut draws);
    let pores = Pores::new(life.of(9));
    let ink = Raster::of(size.0, size.1, |x, y| {
        let glass = [pixels(x), pixels(y)];
        let from = [glass[0] - pixels(size.0) / 2.0 - press.shift[0], glass[1] - pixels(size.1) / 2.0 - press.shift[1]];
        let turned = turn(from, press.turn);
        let touched = touch(turned, press, fields.edge.at(glass[0], glass[1]));
        if touched <= 0.0 {
            return 0.0;
        }
        let place = stretch(turned, press);
        let place = [place[0] + press.contact[0], place[1] + press.contact[1]];
        let touched = touched.min(master.skin(place[0], place[1]));
        let mut contact = master.ridge(place[0], place[1]);
        contact -= pores.at(place);
        contact += press.moisture + 0.3 * fields.wet.at(glass[0], glass[1]) - 2.2 * (1.0 - touched);
        contact += press.grain * fields.grain.at(glass[0], glass[1]) + press.blotch * fields.blotch.at(glass[0], glass[1]);
        let bare = fields.bare.at(glass[0], glass[1]) + 0.25 * fields.blotch.at(glass[0], glass[1]);
        contact -= 1.2 * ramp(bare, 0.9 - 1.5 * press.bare, 1.5 - 1.2 * press.bare);
        contact -= 2.5 * (across(&lasting, place) + across(&passing, glass));
        ease(0.5 + 0.5 * contact)
    });
    expose(&ink.softened(0.45), &fields, &mut draws)
}

/// What the sensor makes of the ink.
fn expose(ink: &Raster, fields: &Fields, draws: &mut Draws) -> Vec<u8> {
    let (paper, black) = (draws.between(215.0, 245.0), draws.between(45.0, 95.0));
    let noise = draws.between(1.5, 4.0);
    let mut at = 0;
    ink.data
        .iter()
        .map(|covered| {
            let (x, y) = (pixels(at % ink.width), pixels(at / ink.width));
            at += 1;
            let ground = paper + 7.0 * fields.paper.at(x, y);
            let dark = black + 16.0 * fields.ink.at(x, y);
            grey(mix(ground, dark, *covered) + noise * draws.normal())
        })
        .collect()
}

/// How firmly a place of the contact touches the glass: 1 in the middle, 0 outside.
fn touch(from: [f32; 2], press: &Press, ragged: f32) -> f32 {
    let (x, y) = (from[0] / press.axes[0], from[1] / press.axes[1]);
    // A finger's contact is flat at the side of the crease.
    let y = if y > 0.0 { y * 0.82 } else { y };
    let out = (x * x + y * y).sqrt() + 0.05 * ragged;
    1.0 - ramp(out, 0.74, 1.05)
}

/// Where the skin that lies here would lie without the push (Cappelli, Maio and Maltoni 2001): the middle sticks, the rest follows.
fn stretch([x, y]: [f32; 2], press: &Press) -> [f32; 2] {
    let (u, v) = (x / press.axes[0], y / press.axes[1]);
    let loose = ease(((u * u + v * v).sqrt() - press.stuck) / 0.9);
    let moved = [x - press.twist * y + press.push[0], y + press.twist * x + press.push[1]];
    [mix(x, moved[0], loose), mix(y, moved[1], loose)]
}

fn turn([x, y]: [f32; 2], [c, s]: [f32; 2]) -> [f32; 2] {
    [c * x + s * y, c * y - s * x]
}

/// Creases and scars that a finger keeps.
fn marks(life: Seed, size: f32) -> Vec<Mark> {
    let mut draws = life.of(5).draws();
    let count = [0, 0, 0, 0, 1, 1, 1, 2].get(draws.below(8) as usize).copied().unwrap_or(0);
    (0..count)
        .map(|_| {
            let place = [draws.normal() * 75.0 * size, draws.normal() * 95.0 * size];
            let angle = draws.between(0.0, core::f32::consts::PI);
            let (reach, width) = (draws.between(10.0, 55.0), draws.between(0.3, 1.8));
            Mark { place, along: [libm::cosf(angle), libm::sinf(angle)], reach, width }
        })
        .collect()
}

/// Hairs, dust and scratches of one capture, on the glass.
fn scratches(press: &Press, draws: &mut Draws) -> Vec<Mark> {
    (0..press.scratches)
        .map(|_| {
            let place = [draws.between(0.0, 300.0), draws.between(0.0, 400.0)];
            let angle = draws.between(0.0, core::f32::consts::PI);
            let (reach, width) = (draws.between(6.0, 35.0), draws.between(0.2, 1.1));
            Mark { place, along: [libm::cosf(angle), libm::sinf(angle)], reach, width }
        })
        .collect()
}

/// 1 on a mark, 0 away from all.
fn across(marks: &[Mark], [x, y]: [f32; 2]) -> f32 {
    marks.iter().fold(0.0, |most, m| {
        let (dx, dy) = (x - m.place[0], y - m.place[1]);
        let (along, aside) = (dx * m.along[0] + dy * m.along[1], dx * m.along[1] - dy * m.along[0]);
        let bent = aside + 0.002 * along * along;
        let here = (1.0 - ramp(bent.abs(), m.width, m.width + 1.2)) * (1.0 - ramp(along.abs(), 0.7 * m.reach, m.reach));
        here.max(most)
    })
}

/// Pores along the ridges: a light dot in most cells of a fine grid.
struct Pores {
    seed: Seed,
}

impl Pores {
    const PITCH: f32 = 9.5;

    fn new(seed: Seed) -> Self {
        Self { seed }
    }

    fn at(&self, [x, y]: [f32; 2]) -> f32 {
        let (x, y) = ((x + 4_000.0) / Self::PITCH, (y + 4_000.0) / Self::PITCH);
        let (i, j) = (x.floor(), y.floor());
        let cell = usize_of(i) as u64 * 4_096 + usize_of(j) as u64;
        let mut draws = self.seed.of(cell).draws();
        let (u, v) = (draws.between(0.2, 0.8), draws.between(0.2, 0.8));
        let (dx, dy) = ((x - i - u) * Self::PITCH, (y - j - v) * Self::PITCH);
        0.7 * (1.0 - ramp((dx * dx + dy * dy).sqrt(), 0.6, 1.9))
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // clamped
fn grey(v: f32) -> u8 {
    (v.clamp(0.0, 255.0) + 0.5) as u8
}
