//! Which minutiae go to the chip: the best ones, best first.

use super::{Template, View};
use crate::limits;

impl View {
    /// The same view with at most `max` minutiae in quality order. Minutiae of equal quality, or of a template that tells none, keep
    /// their order, because extractors write the best first.
    #[must_use]
    pub fn best(&self, max: usize) -> Self {
        let mut minutiae = self.minutiae.clone();
        minutiae.sort_by_key(|m| std::cmp::Reverse(m.quality));
        minutiae.truncate(max);
        Self { minutiae, extended: Vec::new(), ..self.clone() }
    }
}

impl Template {
    /// The template as it goes to the chip: first view, minutiae in quality order and cut to [`limits::CHIP_MINUTIAE`], no extended
    /// data. Losing an arbitrary minutia costs accuracy; losing the poorest costs nearly none.
    #[must_use]
    pub fn for_chip(&self) -> Self {
        let views = self.views.iter().take(1).map(|v| v.best(limits::CHIP_MINUTIAE)).collect();
        Self { views, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finger::position::FingerPosition;
    use crate::finger::template::synthetic;

    #[test]
    fn the_best_come_first_and_the_rest_is_cut() {
        let t = synthetic::template(7, FingerPosition::LeftIndex, 90);
        let chip = t.for_chip();
        let view = &chip.views[0];
        assert_eq!(view.minutiae.len(), limits::CHIP_MINUTIAE);
        assert!(view.minutiae.windows(2).all(|w| w[0].quality >= w[1].quality));
        let worst = view.minutiae.last().unwrap().quality;
        let dropped = t.views[0].minutiae.iter().filter(|m| !view.minutiae.contains(m));
        assert!(dropped.clone().count() >= 30 && dropped.into_iter().all(|m| m.quality <= worst));
    }

    #[test]
    fn without_qualities_the_order_stands() {
        let mut t = synthetic::template(8, FingerPosition::LeftIndex, 80);
        t.views[0].minutiae.iter_mut().for_each(|m| m.quality = 0);
        assert_eq!(t.for_chip().views[0].minutiae, t.views[0].minutiae[..limits::CHIP_MINUTIAE]);
    }
}
