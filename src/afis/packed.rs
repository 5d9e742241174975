//! A print as the gallery keeps it: its best minutiae, four bytes each, in the quarter pixels that the matcher itself works in.

use crate::finger::matching::Prepared;
use crate::finger::matching::geometry::apart;
use crate::finger::template::{Minutia, MinutiaKind, Template};

/// Most minutiae that are kept of a print, best first.
pub const KEPT: usize = 34;
/// Fewest minutiae with which a print says anything about a person.
pub const USABLE: usize = 12;
/// Bytes of one packed minutia.
pub const MINUTIA_BYTES: usize = 4;

/// Quarter pixels at 500 dpi, per centimetre.
const QUARTERS_PER_CM: u16 = 197 * 4;
/// Half the side of the square that coordinates can tell, in quarter pixels: 13 mm either way of the centre.
const HALF: i32 = 1 << 10;
/// As [`crate::finger::matching`] has it: closer than this and alike in direction, a minutia was found twice.
const TWIN: i32 = 12;
const TWIN_TURN: u8 = 32;

/// Up to [`KEPT`] minutiae of one print, best first, about their centre. Biometric data.
///
/// A minutia is a number of 32 bits: x and y from the centre plus 1,024, in quarter pixels at 500 dpi (11 bits each, x lowest, y
/// downwards), direction in 1/256 of a turn (8 bits), kind (2 bits, as in ISO/IEC 19794-2).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Packed {
    count: u8,
    minutiae: [u32; KEPT],
}

impl Packed {
    /// The best minutiae of a template's first view; `None` if fewer than [`USABLE`] can be kept, or the template has no resolution.
    #[must_use]
    pub fn of(template: &Template) -> Option<Self> {
        let minutiae = &template.views.first()?.minutiae;
        Self::from_minutiae(minutiae, template.x_resolution, template.y_resolution)
    }

    /// The best minutiae of a list measured at so many pixels per centimetre; the order of the list is that of quality where the
    /// minutiae tell none. `None` as for [`Packed::of`].
    #[must_use]
    pub fn from_minutiae(minutiae: &[Minutia], x_per_cm: u16, y_per_cm: u16) -> Option<Self> {
        let mut order: Vec<&Minutia> = minutiae.iter().collect();
        if order.len() > KEPT {
            order.sort_by_key(|m| std::cmp::Reverse(m.quality));
        }
        let mut best: Vec<(i32, i32, &Minutia)> = Vec::with_capacity(KEPT);
        for m in order {
            let (x, y) = (quarters(m.x, x_per_cm)?, quarters(m.y, y_per_cm)?);
            let twin = |o: &(i32, i32, &Minutia)| {
                (o.0 - x).abs() < TWIN && (o.1 - y).abs() < TWIN && apart(o.2.angle, m.angle) < TWIN_TURN
            };
            if best.len() < KEPT && !best.iter().any(twin) {
                best.push((x, y, m));
            }
        }
        Self::centred(&best)
    }

    fn centred(best: &[(i32, i32, &Minutia)]) -> Option<Self> {
        let count = i32::try_from(best.len()).ok().filter(|n| *n > 0)?;
        let centre = [best.iter().map(|b| b.0).sum::<i32>() / count, best.iter().map(|b| b.1).sum::<i32>() / count];
        let mut packed = Self { count: 0, minutiae: [0; KEPT] };
        for (x, y, m) in best {
            let (x, y) = (x - centre[0] + HALF, y - centre[1] + HALF);
            let inside = (0..2 * HALF).contains(&x) && (0..2 * HALF).contains(&y);
            if let (true, Some(slot)) = (inside, packed.minutiae.get_mut(usize::from(packed.count))) {
                *slot = x.unsigned_abs() | y.unsigned_abs() << 11 | u32::from(m.angle) << 22 | u32::from(m.kind.code()) << 30;
                packed.count += 1;
            }
        }
        (packed.len() >= USABLE).then_some(packed)
    }

    /// The print of numbers that [`Packed::words`] gave; `None` where they cannot be.
    #[must_use]
    pub fn from_words(words: &[u32]) -> Option<Self> {
        let mut packed = Self { count: u8::try_from(words.len()).ok()?, minutiae: [0; KEPT] };
        packed.minutiae.get_mut(..words.len())?.copy_from_slice(words);
        (words.len() >= USABLE && words.iter().all(|w| w >> 30 < 3)).then_some(packed)
    }

    /// Minutiae that are kept.
    #[must_use]
    #[allow(clippy::len_without_is_empty)] // Never empty.
    pub const fn len(&self) -> usize {
        self.count as usize
    }

    /// The minutiae as numbers.
    #[must_use]
    pub fn words(&self) -> &[u32] {
        self.minutiae.get(..self.len()).unwrap_or_default()
    }

    /// Ready for the exact matcher: what [`Prepared::new`] makes of the same minutiae, to the bit.
    #[must_use]
    pub fn prepared(&self) -> Prepared {
        Prepared::new(&self.minutiae(), QUARTERS_PER_CM, QUARTERS_PER_CM)
    }

    /// The minutiae in quarter pixels.
    fn minutiae(&self) -> Vec<Minutia> {
        let part = |word: u32, shift: u32, bits: u32| u16::try_from(word >> shift & ((1 << bits) - 1)).unwrap_or_default();
        let minutia = |w: &u32| Minutia {
            x: part(*w, 0, 11),
            y: part(*w, 11, 11),
            angle: u8::try_from(part(*w, 22, 8)).unwrap_or_default(),
            kind: u8::try_from(w >> 30).ok().and_then(MinutiaKind::from_code).unwrap_or(MinutiaKind::Other),
            quality: 0,
        };
        self.words().iter().map(minutia).collect()
    }

    /// x and y (upwards) in quarter pixels and the direction of each minutia.
    pub(super) fn points(&self) -> impl Iterator<Item = (i32, i32, u8)> + '_ {
        self.words().iter().map(|w| {
            let coordinate = |shift: u32| i32::try_from(w >> shift & 0x7FF).unwrap_or_default() - HALF;
            (coordinate(0), -coordinate(11), u8::try_from(w >> 22 & 0xFF).unwrap_or_default())
        })
    }
}

/// Minutiae are biometric data: they are counted, not shown.
impl std::fmt::Debug for Packed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Packed({} minutiae)", self.count)
    }
}

/// Quarter pixels at 500 dpi, rounded to the nearest; `None` at a resolution of zero.
fn quarters(value: u16, per_cm: u16) -> Option<i32> {
    let (value, per_cm) = (u32::from(value) * u32::from(QUARTERS_PER_CM), u32::from(per_cm));
    i32::try_from((value + per_cm / 2).checked_div(per_cm)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finger::matching::score;
    use crate::finger::position::FingerPosition::RightIndex;
    use crate::finger::template::synthetic;

    #[test]
    fn what_is_unpacked_is_what_the_matcher_would_have_had() {
        let template = synthetic::template(7, RightIndex, KEPT);
        let probe = synthetic::template(7, RightIndex, 50);
        let prepared = |t: &Template| Prepared::new(&t.views[0].minutiae, t.x_resolution, t.y_resolution);
        let packed = Packed::of(&template).unwrap();
        assert_eq!(packed.len(), KEPT);
        assert_eq!(score(&prepared(&probe), &packed.prepared()), score(&prepared(&probe), &prepared(&template)));
        assert_eq!(Packed::from_words(packed.words()), Some(packed));
    }

    #[test]
    fn the_best_are_kept_and_too_few_are_none() {
        let whole = synthetic::template(7, RightIndex, 60);
        let best = Template { views: vec![whole.views[0].clone()], ..whole.clone() };
        let mut best = best;
        best.views[0].minutiae.truncate(KEPT);
        assert_eq!(Packed::of(&whole), Packed::of(&best), "best first");
        let mut few = whole.clone();
        few.views[0].minutiae.truncate(USABLE - 1);
        assert_eq!(Packed::of(&few), None);
        assert_eq!(Packed::of(&Template { x_resolution: 0, ..whole.clone() }), None);
        assert_eq!(Packed::of(&Template { views: Vec::new(), ..whole.clone() }), None);
        let mut twice = whole.clone();
        let first = twice.views[0].minutiae[0];
        twice.views[0].minutiae = vec![first; 40];
        assert_eq!(Packed::of(&twice), None, "one minutia found forty times");
        assert_eq!(format!("{:?}", Packed::of(&whole).unwrap()), "Packed(34 minutiae)");
    }

    #[test]
    fn numbers_that_no_print_has_are_refused() {
        let words = Packed::of(&synthetic::template(7, RightIndex, 40)).unwrap().words().to_vec();
        assert_eq!(Packed::from_words(&words[..USABLE - 1]), None);
        assert_eq!(Packed::from_words(&[words.clone(), words.clone()].concat()), None);
        assert_eq!(Packed::from_words(&[&words[..20], &[3 << 30]].concat()), None);
    }
}
