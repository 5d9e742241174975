//! Where ridges run: a grid of double-angle vectors, first from the structure tensor of the grey values.

use super::plane::{Plane, smooth};

/// Pixels of the 250 dpi plane between grid points, on each side.
pub(super) const PITCH: usize = 4;

/// A grid of directions across the ridges, as the vector (cos 2φ, sin 2φ) times how sure it is (0 to 1), and of that certainty.
pub(super) struct Flow {
    pub(super) cos: Plane,
    pub(super) sin: Plane,
    /// Length of the vector: 1 where all gradients agree.
    pub(super) certainty: Plane,
}

/// Sums of products over a grid cell, whose smoothed ratio is the flow.
pub(super) struct Products {
    pub(super) cos: Plane,
    pub(super) sin: Plane,
    pub(super) all: Plane,
}

impl Products {
    pub(super) fn new(width: usize, height: usize) -> Self {
        let (w, h) = (width.div_ceil(PITCH), height.div_ceil(PITCH));
        Self { cos: Plane::new(w, h), sin: Plane::new(w, h), all: Plane::new(w, h) }
    }

    /// Adds a vector across the ridges at a pixel.
    pub(super) fn add(&mut self, x: usize, y: usize, gx: f32, gy: f32) {
        let i = y / PITCH * self.cos.width + x / PITCH;
        self.cos.data[i] += gx * gx - gy * gy;
        self.sin.data[i] += 2.0 * gx * gy;
        self.all.data[i] += gx * gx + gy * gy;
    }

    /// The flow over a Gaussian neighbourhood of `sigma` grid points.
    pub(super) fn flow(&self, sigma: f32) -> Flow {
        let (mut cos, mut sin, all) = (smooth(&self.cos, sigma), smooth(&self.sin, sigma), smooth(&self.all, sigma));
        for ((c, s), a) in cos.data.iter_mut().zip(&mut sin.data).zip(&all.data) {
            let scale = 1.0 / a.max(1e-6);
            (*c, *s) = (*c * scale, *s * scale);
        }
        let mut certainty = cos.clone();
        certainty.data.iter_mut().zip(&sin.data).for_each(|(c, s)| *c = (*c * *c + s * s).sqrt());
        Flow { cos, sin, certainty }
    }
}

/// The products of the gradients of a normalized plane.
pub(super) fn gradients(plane: &Plane) -> Products {
    let mut products = Products::new(plane.width, plane.height);
    for y in 1..plane.height.saturating_sub(1) {
        let (up, here, down) = (plane.row(y - 1), plane.row(y), plane.row(y + 1));
        for x in 1..plane.width.saturating_sub(1) {
            let (l, r) = (x - 1, x + 1);
            let gx = (up[r] - up[l]) + 2.0 * (here[r] - here[l]) + (down[r] - down[l]);
            let gy = (down[l] - up[l]) + 2.0 * (down[x] - up[x]) + (down[r] - up[r]);
            products.add(x, y, gx, gy);
        }
    }
    products
}
