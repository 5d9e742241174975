//! Where ridges run: a grid of double-angle vectors out of sums of gradients, as in a structure tensor.

use super::plane::{Plane, smooth};

/// Pixels of the 250 dpi plane between grid points, on each side: 8 pixels of the picture.
pub(super) const PITCH: usize = 4;

/// A grid of directions across the ridges, as the vector (cos 2φ, sin 2φ) times its certainty.
pub(super) struct Flow {
    pub(super) cos: Plane,
    pub(super) sin: Plane,
    /// Length of the vector: 1 where all gradients agree.
    pub(super) certainty: Plane,
}

/// Sums over grid cells of products of vectors across the ridges.
pub(super) struct Products {
    cos: Plane,
    sin: Plane,
    all: Plane,
}

impl Products {
    /// No vectors yet, for a plane of this size.
    pub(super) fn new(width: usize, height: usize) -> Self {
        let empty = Plane::new(width.div_ceil(PITCH), height.div_ceil(PITCH));
        Self { cos: empty.clone(), sin: empty.clone(), all: empty }
    }

    /// Adds a vector across the ridges at a pixel.
    pub(super) fn add(&mut self, x: usize, y: usize, gx: f32, gy: f32) {
        let i = y / PITCH * self.cos.width + x / PITCH;
        self.cos.data[i] += gx * gx - gy * gy;
        self.sin.data[i] += 2.0 * gx * gy;
        self.all.data[i] += gx * gx + gy * gy;
    }

    /// The flow over Gaussian neighbourhoods of `sigma` grid points.
    pub(super) fn flow(&self, sigma: f32) -> Flow {
        let (mut cos, mut sin, all) = (smooth(&self.cos, sigma), smooth(&self.sin, sigma), smooth(&self.all, sigma));
        let mut certainty = Plane::new(cos.width, cos.height);
        let vectors = cos.data.iter_mut().zip(&mut sin.data).zip(&mut certainty.data);
        for (((c, s), l), a) in vectors.zip(&all.data) {
            let scale = 1.0 / a.max(1e-6);
            (*c, *s) = (*c * scale, *s * scale);
            *l = (*c * *c + *s * *s).sqrt();
        }
        Flow { cos, sin, certainty }
    }
}

/// The products of the gradients between each four pixels: the shortest there are, since the finest ridges are two pixels and a half
/// apart at 250 dpi and anything wider would see blots rather than ridges.
pub(super) fn gradients(plane: &Plane) -> Products {
    let mut products = Products::new(plane.width, plane.height);
    for y in 0..plane.height.saturating_sub(1) {
        let pairs = plane.row(y).windows(2).zip(plane.row(y + 1).windows(2));
        for (x, (above, below)) in pairs.enumerate() {
            let (a, b, c, d) = (above[0], above[1], below[0], below[1]);
            products.add(x, y, b - a + d - c, c - a + d - b);
        }
    }
    products
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stripes_have_one_direction_and_it_is_certain() {
        for turn in [0.0f32, 0.4, 0.9, 1.5, 2.6] {
            let mut plane = Plane::new(64, 64);
            let (kx, ky) = (libm::cosf(turn) * 1.2, libm::sinf(turn) * 1.2);
            plane.data.iter_mut().enumerate().for_each(|(i, v)| *v = libm::cosf(kx * (i % 64) as f32 + ky * (i / 64) as f32));
            let flow = gradients(&plane).flow(1.0);
            let found = 0.5 * libm::atan2f(flow.sin.at(8, 8), flow.cos.at(8, 8));
            let off = libm::fabsf(libm::remainderf(found - turn, std::f32::consts::PI));
            assert!(off < 0.05, "{turn}: {found}");
            assert!(flow.certainty.at(8, 8) > 0.95);
        }
    }
}
