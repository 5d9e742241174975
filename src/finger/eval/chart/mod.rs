//! Line charts as SVG and PNG: axes with a scale, grid, curves, a legend. No fonts and no renderer are needed.

mod glyphs;
mod paint;
mod svg;

pub use paint::png;
pub use svg::svg;

/// Width and height of a chart, in pixels of the SVG; the PNG has twice as many.
pub const SIZE: (f64, f64) = (760.0, 560.0);
/// Left, top, right and bottom edge of the plot's area.
const AREA: (f64, f64, f64, f64) = (84.0, 48.0, 736.0, 496.0);
/// Line colours in the order of the curves: told apart by the colour-blind too (Okabe and Ito 2008).
const COLOURS: [[u8; 3]; 7] =
    [[0, 114, 178], [213, 94, 0], [0, 158, 115], [204, 121, 167], [230, 159, 0], [86, 180, 233], [0, 0, 0]];
const INK: [u8; 3] = [34, 34, 34];
const GRID: [u8; 3] = [221, 221, 221];

/// How values lie along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Evenly.
    Linear,
    /// By their logarithm; values from above 0.
    Log,
    /// By the quantile of the normal distribution; values between 0 and 1. Normal scores make a DET curve straight.
    Probit,
}

/// One axis.
#[derive(Debug, Clone)]
pub struct Axis {
    /// What it measures, with the unit.
    pub title: String,
    /// How values lie along it.
    pub scale: Scale,
    /// The ends; what lies beyond is drawn at the end.
    pub range: (f64, f64),
    /// Where the grid is drawn, and what stands there.
    pub ticks: Vec<(f64, String)>,
}

/// One curve.
#[derive(Debug, Clone)]
pub struct Series {
    /// What stands in the legend.
    pub name: String,
    /// The points, in order.
    pub points: Vec<(f64, f64)>,
}

/// A chart.
#[derive(Debug, Clone)]
pub struct Chart {
    /// What stands above it.
    pub title: String,
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// The curves.
    pub series: Vec<Series>,
}

/// Which way a text runs from its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Anchor {
    Middle,
    End,
    /// Upwards, its middle at the place.
    Upwards,
}

/// What a chart is drawn of.
enum Mark {
    Line { points: Vec<(f64, f64)>, colour: [u8; 3], width: f64 },
    Text { at: (f64, f64), text: String, size: f64, anchor: Anchor },
}

impl Axis {
    /// Where a value lies between the ends, 0 to 1.
    fn place(&self, value: f64) -> f64 {
        let along = |v: f64| match self.scale {
            Scale::Linear => v,
            Scale::Log => libm::log(v.max(f64::MIN_POSITIVE)),
            Scale::Probit => probit(v),
        };
        let (low, high) = (along(self.range.0), along(self.range.1));
        if high > low { ((along(value) - low) / (high - low)).clamp(0.0, 1.0) } else { 0.0 }
    }
}

impl Chart {
    /// Everything to be drawn, from back to front.
    fn marks(&self) -> Vec<Mark> {
        let mut marks = Vec::new();
        self.grid(&mut marks);
        for (series, colour) in self.series.iter().zip(COLOURS.iter().cycle()) {
            let points = series.points.iter().map(|p| self.at(*p)).collect();
            marks.push(Mark::Line { points, colour: *colour, width: 2.0 });
        }
        self.legend(&mut marks);
        marks
    }

    fn at(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let (left, top, right, bottom) = AREA;
        (left + self.x.place(x) * (right - left), bottom - self.y.place(y) * (bottom - top))
    }

    fn grid(&self, marks: &mut Vec<Mark>) {
        let (left, top, right, bottom) = AREA;
        let middle = ((left + right) / 2.0, (top + bottom) / 2.0);
        let mut text = |at, text: &str, size, anchor| marks.push(Mark::Text { at, text: text.to_owned(), size, anchor });
        text((middle.0, 28.0), &self.title, 16.0, Anchor::Middle);
        text((middle.0, SIZE.1 - 18.0), &self.x.title, 13.0, Anchor::Middle);
        text((20.0, middle.1), &self.y.title, 13.0, Anchor::Upwards);
        for (value, label) in &self.x.ticks {
            let x = left + self.x.place(*value) * (right - left);
            text((x, bottom + 20.0), label, 12.0, Anchor::Middle);
        }
        for (value, label) in &self.y.ticks {
            let y = bottom - self.y.place(*value) * (bottom - top);
            text((left - 8.0, y + 4.0), label, 12.0, Anchor::End);
        }
        let mut line = |points, colour, width| marks.push(Mark::Line { points, colour, width });
        for (value, _) in &self.x.ticks {
            let x = left + self.x.place(*value) * (right - left);
            line(vec![(x, top), (x, bottom)], GRID, 1.0);
        }
        for (value, _) in &self.y.ticks {
            let y = bottom - self.y.place(*value) * (bottom - top);
            line(vec![(left, y), (right, y)], GRID, 1.0);
        }
        line(vec![(left, top), (right, top), (right, bottom), (left, bottom), (left, top)], INK, 1.2);
    }

    /// At the upper right, where falling curves leave room.
    fn legend(&self, marks: &mut Vec<Mark>) {
        let (_, top, right, _) = AREA;
        let mut y = top + 20.0;
        for (series, colour) in self.series.iter().zip(COLOURS.iter().cycle()) {
            marks.push(Mark::Line {
                points: vec![(right - 40.0, y - 4.0), (right - 12.0, y - 4.0)],
                colour: *colour,
                width: 3.0,
            });
            marks.push(Mark::Text { at: (right - 48.0, y), text: series.name.clone(), size: 12.0, anchor: Anchor::End });
            y += 18.0;
        }
    }
}

/// The quantile of the normal distribution, by halving its error function; ±8.2 at the ends.
fn probit(p: f64) -> f64 {
    let (mut low, mut high) = (-8.2, 8.2);
    for _ in 0..50 {
        let middle = (low + high) / 2.0;
        if libm::erfc(-middle / std::f64::consts::SQRT_2) / 2.0 < p {
            low = middle;
        } else {
            high = middle;
        }
    }
    (low + high) / 2.0
}

#[cfg(test)]
mod tests;
