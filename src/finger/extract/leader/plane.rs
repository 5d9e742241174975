//! Feature maps: panels of 16 channels, each a picture with a border of zeros, a pixel's 16 values side by side.

/// Channels of a panel.
pub(super) const PANEL: usize = 16;
/// One pixel's values of a panel.
pub(super) type Panel = [f32; PANEL];

/// Pixels beyond the last border that may be read, by sums whose answers are dropped.
const SLACK: usize = 64;

/// Channels over a picture.
pub(super) struct Plane {
    pub(super) width: usize,
    pub(super) height: usize,
    border: usize,
    data: Vec<Panel>,
}

impl Plane {
    /// Zeros. `border` is how far a filter may reach over the edge.
    pub(super) fn new(panels: usize, width: usize, height: usize, border: usize) -> Self {
        let pixels = panels * (width + 2 * border) * (height + 2 * border) + SLACK;
        Self { width, height, border, data: vec![[0.0; PANEL]; pixels] }
    }

    fn at(&self, panel: usize, x: usize, y: usize) -> usize {
        let (row, rows) = (self.width + 2 * self.border, self.height + 2 * self.border);
        (panel * rows + y + self.border) * row + x + self.border
    }

    /// The pixels from one that lies (`dx`, `dy`) from another, as far as memory goes; neither may be further out than the border.
    #[inline(always)]
    pub(super) fn run(&self, panel: usize, x: usize, y: usize, dx: isize, dy: isize) -> &[Panel] {
        let row = (self.width + 2 * self.border).cast_signed();
        &self.data[self.at(panel, x, y).wrapping_add_signed(dy * row + dx)..]
    }

    #[inline(always)]
    pub(super) fn pixel(&self, panel: usize, x: usize, y: usize) -> &Panel {
        &self.data[self.at(panel, x, y)]
    }

    #[inline(always)]
    pub(super) fn pixel_mut(&mut self, panel: usize, x: usize, y: usize) -> &mut Panel {
        let at = self.at(panel, x, y);
        &mut self.data[at]
    }
}
