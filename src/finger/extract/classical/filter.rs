//! The complex answer of a plane to the kernel chosen for each pixel. One order of operations on every processor, and no fused
//! multiply-add, so that the answer is the same to the last bit whatever vectors the processor has.

use super::bank::{Bank, DIRECTIONS, Kernel, PERIODS, REACH, ROW};
use super::plane::{Plane, clamp};

/// A complex number per pixel: how strong a wave is, and where in its period the pixel stands (0 on a bright line, π on a dark one).
pub(super) struct Answer {
    pub(super) re: Plane,
    pub(super) im: Plane,
}

/// The kernel of a pixel by its index, or none: then the answer is zero.
pub(super) const NONE: u16 = u16::MAX;

/// Which code does the sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Path {
    /// The widest vectors that this processor has.
    Widest,
    /// Whatever the program was compiled for.
    #[cfg_attr(not(test), allow(dead_code))] // what the widest is held against
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

/// A plane with its edges repeated outwards as far as a kernel reaches.
pub(super) struct Field {
    padded: Plane,
    path: Path,
}

impl Field {
    pub(super) fn new(plane: &Plane, path: Path) -> Self {
        let (w, h) = (plane.width + ROW, plane.height + 2 * REACH);
        let mut padded = Plane::new(w, h);
        for (y, out) in padded.data.chunks_exact_mut(w).enumerate() {
            let row = plane.row(clamp(signed(y) - signed(REACH), plane.height));
            out.iter_mut().enumerate().for_each(|(x, v)| *v = row[clamp(signed(x) - signed(REACH), plane.width)]);
        }
        Self { padded, path }
    }

    /// The answers to the kernels named in `choice`.
    pub(super) fn answer(&self, bank: &Bank, choice: &Plane<u16>) -> Answer {
        match self.path {
            Path::Widest => pulp::Arch::new().dispatch(EveryPixel(self, bank, choice)),
            Path::Portable => self.every_pixel(bank, choice),
        }
    }

    /// The energy of the answers at some pixels, each with the index of its kernel.
    pub(super) fn energies(&self, bank: &Bank, places: &[(usize, usize, u16)]) -> Vec<f32> {
        match self.path {
            Path::Widest => pulp::Arch::new().dispatch(SomePixels(self, bank, places)),
            Path::Portable => self.some_pixels(bank, places),
        }
    }

    #[inline(always)]
    fn every_pixel(&self, bank: &Bank, choice: &Plane<u16>) -> Answer {
        let (w, h) = (choice.width, choice.height);
        let mut out = Answer { re: Plane::new(w, h), im: Plane::new(w, h) };
        let answers = out.re.data.iter_mut().zip(&mut out.im.data);
        for (i, ((re, im), chosen)) in answers.zip(&choice.data).enumerate() {
            if *chosen != NONE {
                let (d, p) = parts(*chosen);
                (*re, *im) = self.dot(i % w, i / w, bank.kernel(d, p));
            }
        }
        out
    }

    #[inline(always)]
    fn some_pixels(&self, bank: &Bank, places: &[(usize, usize, u16)]) -> Vec<f32> {
        let mut out = vec![0.0; places.len()];
        for (energy, (x, y, chosen)) in out.iter_mut().zip(places) {
            let (d, p) = parts(*chosen);
            let (re, im) = self.dot(*x, *y, bank.kernel(d, p));
            *energy = re * re + im * im;
        }
        out
    }

    #[inline(always)]
    fn dot(&self, x: usize, y: usize, kernel: &Kernel) -> (f32, f32) {
        let (mut re, mut im) = ([0.0f32; ROW], [0.0f32; ROW]);
        let rows = self.padded.data[y * self.padded.width + x..].chunks(self.padded.width);
        for ((values, kr), ki) in rows.zip(&kernel.re).zip(&kernel.im) {
            let Some(values) = values.first_chunk::<ROW>() else { continue };
            for l in 0..ROW {
                re[l] += values[l] * kr[l];
                im[l] += values[l] * ki[l];
            }
        }
        (fold(&re), fold(&im))
    }
}

/// The sums as jobs that are compiled for every kind of vector.
struct EveryPixel<'a>(&'a Field, &'a Bank, &'a Plane<u16>);
struct SomePixels<'a>(&'a Field, &'a Bank, &'a [(usize, usize, u16)]);

impl pulp::WithSimd for EveryPixel<'_> {
    type Output = Answer;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> Answer {
        self.0.every_pixel(self.1, self.2)
    }
}

impl pulp::WithSimd for SomePixels<'_> {
    type Output = Vec<f32>;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> Vec<f32> {
        self.0.some_pixels(self.1, self.2)
    }
}

/// Sums in one fixed order. Not inlined: the compiler would weave this order into the loop over rows and lose its vectors.
#[inline(never)]
fn fold(lanes: &[f32; ROW]) -> f32 {
    let mut lanes = *lanes;
    let mut half = ROW / 2;
    while half > 0 {
        for l in 0..half {
            lanes[l] += lanes[l + half];
        }
        half /= 2;
    }
    lanes[0]
}

fn signed(v: usize) -> isize {
    isize::try_from(v).unwrap_or(isize::MAX)
}

impl Answer {
    /// The answer of a pixel, whose kernel has the direction `own`, as seen along `direction`: conjugate where the two look apart.
    pub(super) fn seen(&self, x: usize, y: usize, own: usize, direction: usize) -> (f32, f32) {
        let (re, im) = (self.re.at(x, y), self.im.at(x, y));
        (re, if own.abs_diff(direction) > DIRECTIONS / 2 { -im } else { im })
    }
}

#[cfg(test)]
mod tests {
    use super::super::bank::{FINE, WIDE};
    use super::*;

    /// Values without a pattern.
    fn rough() -> Plane {
        let mut state = 1u32;
        let mut plane = Plane::new(61, 47);
        for v in &mut plane.data {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *v = f32::from((state >> 16) as u16) / 13_107.0 - 2.5;
        }
        plane
    }

    #[test]
    fn the_widest_vectors_and_the_portable_code_give_the_same_bits() {
        let plane = rough();
        let mut choice = Plane::<u16>::new(61, 47);
        choice.data.iter_mut().enumerate().for_each(|(i, c)| *c = u16::try_from(i * 7 % (DIRECTIONS * PERIODS)).unwrap());
        let [wide, portable] = [Path::Widest, Path::Portable].map(|p| Field::new(&plane, p).answer(&FINE, &choice));
        let bits = |p: &Plane| p.data.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&wide.re), bits(&portable.re));
        assert_eq!(bits(&wide.im), bits(&portable.im));
        let places = [(3, 3, 5), (60, 46, 100)];
        let [wide, portable] = [Path::Widest, Path::Portable].map(|p| Field::new(&plane, p).energies(&WIDE, &places));
        assert_eq!(
            wide.iter().map(|v| v.to_bits()).collect::<Vec<_>>(),
            portable.iter().map(|v| v.to_bits()).collect::<Vec<_>>()
        );
    }

    #[test]
    fn no_kernel_no_answer() {
        let choice = Plane { width: 61, height: 47, data: vec![NONE; 61 * 47] };
        let answer = Field::new(&rough(), Path::Widest).answer(&FINE, &choice);
        assert!(answer.re.data.iter().chain(&answer.im.data).all(|v| *v == 0.0));
    }
}
