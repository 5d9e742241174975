//! The complex answer of a plane to the kernel chosen for each pixel. One order of operations on every processor, and no fused
//! multiply-add, so that the answer is the same to the last bit whatever vectors the processor has.

use super::bank::{Bank, Kernel, PERIODS, REACH, ROW};
use super::plane::{Plane, clamp};

/// A complex number per pixel: how strong a wave is, and where in its period the pixel stands (0 on a bright line, π on a dark one).
pub(super) struct Answer {
    pub(super) re: Plane,
    pub(super) im: Plane,
}

/// No kernel for this pixel: the answer is zero.
pub(super) const NONE: u16 = u16::MAX;

/// Which code does the sums.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Path {
    /// The widest vectors that this processor has.
    Widest,
    /// Whatever the program was compiled for.
    #[cfg_attr(not(test), allow(dead_code))] // the other path's measure
    Portable,
}

/// The index of a kernel.
pub(super) fn index(direction: usize, period: usize) -> u16 {
    u16::try_from(direction * PERIODS + period).unwrap_or(NONE)
}

/// The direction and period of an index.
pub(super) fn parts(index: u16) -> (usize, usize) {
    (usize::from(index) / PERIODS, usize::from(index) % PERIODS)
}

/// The answers of `plane` to the kernels named in `choice`.
pub(super) fn answer(plane: &Plane, bank: &Bank, choice: &Plane<u16>, path: Path) -> Answer {
    let job = Job { padded: pad(plane), bank, choice };
    match path {
        Path::Widest => pulp::Arch::new().dispatch(|| job.run()),
        Path::Portable => job.run(),
    }
}

struct Job<'a> {
    padded: Plane,
    bank: &'a Bank,
    choice: &'a Plane<u16>,
}

impl Job<'_> {
    #[inline(always)]
    fn run(&self) -> Answer {
        let (w, h) = (self.choice.width, self.choice.height);
        let mut out = Answer { re: Plane::new(w, h), im: Plane::new(w, h) };
        for y in 0..h {
            for x in 0..w {
                let chosen = self.choice.at(x, y);
                if chosen != NONE {
                    let (d, p) = parts(chosen);
                    let (re, im) = dot(&self.padded, x, y, self.bank.kernel(d, p));
                    out.re.data[y * w + x] = re;
                    out.im.data[y * w + x] = im;
                }
            }
        }
        out
    }
}

#[inline(always)]
fn dot(padded: &Plane, x: usize, y: usize, kernel: &Kernel) -> (f32, f32) {
    let (mut re, mut im) = ([0.0f32; ROW], [0.0f32; ROW]);
    let rows = padded.data[y * padded.width + x..].chunks(padded.width);
    for ((values, kr), ki) in rows.zip(&kernel.re).zip(&kernel.im) {
        let Some(values) = values.first_chunk::<ROW>() else { continue };
        for l in 0..ROW {
            re[l] += values[l] * kr[l];
            im[l] += values[l] * ki[l];
        }
    }
    (fold(re), fold(im))
}

/// Sums in one fixed order.
#[inline(always)]
fn fold(mut lanes: [f32; ROW]) -> f32 {
    let mut half = ROW / 2;
    while half > 0 {
        for l in 0..half {
            lanes[l] += lanes[l + half];
        }
        half /= 2;
    }
    lanes[0]
}

/// The plane with its edges repeated outwards as far as a kernel reaches, rows of whole kernels.
fn pad(plane: &Plane) -> Plane {
    let (w, h) = (plane.width + ROW, plane.height + 2 * REACH);
    let mut out = Plane::new(w, h);
    for y in 0..h {
        let row = plane.row(clamp(signed(y) - signed(REACH), plane.height));
        for (x, v) in out.data[y * w..(y + 1) * w].iter_mut().enumerate() {
            *v = row[clamp(signed(x) - signed(REACH), plane.width)];
        }
    }
    out
}

fn signed(v: usize) -> isize {
    isize::try_from(v).unwrap_or(isize::MAX)
}
