//! Numbers on a grid, and smooth random fields on one.

use crate::finger::synth::random::Draws;

/// Numbers on a grid of pixels.
#[derive(Clone)]
pub(super) struct Raster {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) data: Vec<f32>,
}

impl Raster {
    /// What a function says of each pixel's column and row.
    pub(super) fn of(width: usize, height: usize, mut value: impl FnMut(usize, usize) -> f32) -> Self {
        let mut data = Vec::with_capacity(width * height);
        for y in 0..height {
            data.extend((0..width).map(|x| value(x, y)));
        }
        Self { width, height, data }
    }

    /// The number of a pixel; the nearest one's outside.
    pub(super) fn at(&self, x: i32, y: i32) -> f32 {
        let (x, y) = (inside(x, self.width), inside(y, self.height));
        self.data.get(y * self.width + x).copied().unwrap_or_default()
    }

    /// Between the pixels, by straight lines.
    pub(super) fn between(&self, x: f32, y: f32) -> f32 {
        let (left, top) = (x.floor(), y.floor());
        let (u, v) = (x - left, y - top);
        let (i, j) = (whole(left), whole(top));
        let upper = mix(self.at(i, j), self.at(i + 1, j), u);
        let lower = mix(self.at(i, j + 1), self.at(i + 1, j + 1), u);
        mix(upper, lower, v)
    }

    /// Each pixel mixed with the mean of its neighbours in `share`, along rows and then along columns.
    pub(super) fn softened(&self, share: f32) -> Self {
        let across = Self::of(self.width, self.height, |x, y| {
            let (x, y) = (column(x), column(y));
            mix(self.at(x, y), (self.at(x - 1, y) + self.at(x + 1, y)) / 2.0, share)
        });
        Self::of(self.width, self.height, |x, y| {
            let (x, y) = (column(x), column(y));
            mix(across.at(x, y), (across.at(x, y - 1) + across.at(x, y + 1)) / 2.0, share)
        })
    }
}

/// A smooth random field: normal numbers on a coarse grid, eased between.
pub(super) struct Field {
    grid: Raster,
    pitch: f32,
}

impl Field {
    /// A field over `width` x `height` pixels whose features are about `pitch` pixels wide.
    pub(super) fn draw(width: usize, height: usize, pitch: f32, draws: &mut Draws) -> Self {
        let cells = |side: usize| usize_of(pixels(side) / pitch) + 3;
        Self { grid: Raster::of(cells(width), cells(height), |_, _| draws.normal()), pitch }
    }

    /// The field's value, of mean 0 and a deviation under 1.
    pub(super) fn at(&self, x: f32, y: f32) -> f32 {
        let (x, y) = (x / self.pitch, y / self.pitch);
        let (left, top) = (x.floor(), y.floor());
        let (u, v) = (ease(x - left), ease(y - top));
        let (i, j) = (whole(left), whole(top));
        let upper = mix(self.grid.at(i, j), self.grid.at(i + 1, j), u);
        let lower = mix(self.grid.at(i, j + 1), self.grid.at(i + 1, j + 1), u);
        mix(upper, lower, v)
    }
}

/// Between two numbers.
pub(super) fn mix(a: f32, b: f32, part: f32) -> f32 {
    a + (b - a) * part
}

/// 0 below 0, 1 above 1, and a smooth way between.
pub(super) fn ease(t: f32) -> f32 {
    let t = t.clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// How far `v` has come from `low` to `high`, eased.
pub(super) fn ramp(v: f32, low: f32, high: f32) -> f32 {
    ease((v - low) / (high - low))
}

/// A count of pixels as a length.
#[allow(clippy::cast_precision_loss)] // under 2^24
pub(super) fn pixels(n: usize) -> f32 {
    n as f32
}

/// A column or row with a sign.
#[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap)] // grids are under 2^15 wide
pub(super) fn column(n: usize) -> i32 {
    n as i32
}

#[allow(clippy::cast_possible_truncation)] // saturates
fn whole(v: f32) -> i32 {
    v as i32
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // saturates
pub(super) fn usize_of(v: f32) -> usize {
    v as usize
}

#[allow(clippy::cast_sign_loss)] // clamped
fn inside(n: i32, side: usize) -> usize {
    (n.max(0) as usize).min(side.saturating_sub(1))
}
