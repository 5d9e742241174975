//! Fingers for the chip: at most one a hand, in the order index, middle, ring, thumb, and why earlier ones were passed over.

use super::Picture;
use super::coded::coded;
use crate::finger::{FingerPosition, Hand, Template};
use crate::reason::{Reason, Refusal};

coded! {
    /// Why a finger was passed over.
    PassedOver, "reasons for passing over a finger" {
        Amputated = 1, "amputated", "TIDAK ADA", "AMPUTATED";
        Bandaged = 2, "bandaged", "DIPERBAN", "BANDAGED";
        Damaged = 3, "damaged", "RUSAK", "DAMAGED";
        LowQuality = 4, "low_quality", "MUTU RENDAH", "LOW QUALITY";
        NotCaptured = 5, "not_captured", "TIDAK DIREKAM", "NOT CAPTURED";
    }
}

/// Fewest minutiae of a finger for the chip; with fewer it is passed over as of low quality.
pub const MINUTIAE_MIN: usize = 12;

/// A rule of choosing fingers that is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FingersError {
    /// Little fingers are never on the chip, so they are neither taken nor passed over.
    #[error("{0}: a little finger is never tried")]
    LittleFinger(FingerPosition),
    /// A finger that stands twice.
    #[error("{0}: stands twice")]
    Twice(FingerPosition),
    /// A second finger of one hand.
    #[error("{0}: the second finger of this hand")]
    SecondOfHand(FingerPosition),
    /// A finger that comes earlier in the order, or any finger of an empty hand, without a reason.
    #[error("{0}: comes earlier in the order and no reason tells why it was passed over")]
    NotExplained(FingerPosition),
    /// A finger passed over that comes later in the order than the one taken.
    #[error("{0}: comes later in the order than the finger taken")]
    NotTried(FingerPosition),
    /// The template is of another finger, by its own word.
    #[error("{0}: the template is of another finger")]
    OtherFinger(FingerPosition),
    /// The template has no view or more than one.
    #[error("{0}: the template does not have exactly one view")]
    NotOneView(FingerPosition),
    /// Too few minutiae.
    #[error("{0}: fewer than {MINUTIAE_MIN} minutiae")]
    TooFewMinutiae(FingerPosition),
    /// Quality beyond 100.
    #[error("{0}: quality is beyond 100")]
    Quality(FingerPosition),
}

impl Refusal for FingersError {
    fn reason(&self) -> Reason {
        Reason::RecordInvalid
    }
}

/// A finger that goes to the chip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FingerEntry {
    /// Which finger.
    pub position: FingerPosition,
    /// Its template: one view, of this finger.
    pub template: Template,
    /// Quality, 0 to 100.
    pub quality: u8,
    /// The print itself, grey, at 500 dpi, for cards that hold DG3.
    pub image: Option<Picture>,
}

/// The fingers of a record, right hand first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fingers {
    /// Fingers for the chip, at most one a hand.
    pub taken: Vec<FingerEntry>,
    /// Fingers passed over, with the reason.
    pub passed_over: Vec<(FingerPosition, PassedOver)>,
}

impl Fingers {
    /// Puts fingers in order and checks the rules.
    ///
    /// # Errors
    /// [`FingersError`].
    pub fn new(mut taken: Vec<FingerEntry>, mut passed_over: Vec<(FingerPosition, PassedOver)>) -> Result<Self, FingersError> {
        let mut named: Vec<FingerPosition> = taken.iter().map(|t| t.position).chain(passed_over.iter().map(|p| p.0)).collect();
        named.sort_unstable();
        if let Some(little) = named.iter().find(|p| p.chip_rank().is_none()) {
            return Err(FingersError::LittleFinger(*little));
        }
        if let Some(twice) = named.windows(2).find(|w| w.first() == w.last()).and_then(<[_]>::first) {
            return Err(FingersError::Twice(*twice));
        }
        taken.iter_mut().try_for_each(check_entry)?;
        for hand in [Hand::Right, Hand::Left] {
            check_hand(hand, &taken, &passed_over)?;
        }
        taken.sort_by_key(|t| t.position);
        passed_over.sort_by_key(|p| (p.0.hand(), p.0.chip_rank()));
        Ok(Self { taken, passed_over })
    }

    /// The finger of a hand, if one is taken.
    #[must_use]
    pub fn of(&self, hand: Hand) -> Option<&FingerEntry> {
        self.taken.iter().find(|t| t.position.hand() == hand)
    }
}

/// One finger by itself. A template that names no finger is of the one that the record names.
fn check_entry(entry: &mut FingerEntry) -> Result<(), FingersError> {
    let position = entry.position;
    let [view] = entry.template.views.as_mut_slice() else {
        return Err(FingersError::NotOneView(position));
    };
    if *view.position.get_or_insert(position) != position {
        return Err(FingersError::OtherFinger(position));
    }
    if view.minutiae.len() < MINUTIAE_MIN {
        return Err(FingersError::TooFewMinutiae(position));
    }
    if entry.quality > 100 {
        return Err(FingersError::Quality(position));
    }
    Ok(())
}

/// One hand: at most one finger taken, every earlier one explained, no later one passed over.
fn check_hand(hand: Hand, taken: &[FingerEntry], passed_over: &[(FingerPosition, PassedOver)]) -> Result<(), FingersError> {
    let mut of_hand = taken.iter().map(|t| t.position).filter(|p| p.hand() == hand);
    let chosen = of_hand.next();
    if let Some(second) = of_hand.next() {
        return Err(FingersError::SecondOfHand(second));
    }
    for name in crate::finger::position::CHIP_ORDER {
        let position = FingerPosition::of(hand, name);
        let explained = passed_over.iter().any(|p| p.0 == position);
        let earlier = chosen.is_none_or(|c| position.chip_rank() < c.chip_rank());
        match (earlier, explained) {
            (true, false) => return Err(FingersError::NotExplained(position)),
            (false, true) => return Err(FingersError::NotTried(position)),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finger::template::synthetic;
    use FingerPosition::*;

    fn entry(position: FingerPosition) -> FingerEntry {
        FingerEntry { position, template: synthetic::template(5, position, 40), quality: 80, image: None }
    }

    fn new(taken: &[FingerPosition], passed: &[FingerPosition]) -> Result<Fingers, FingersError> {
        let passed = passed.iter().map(|p| (*p, PassedOver::Bandaged)).collect();
        Fingers::new(taken.iter().map(|p| entry(*p)).collect(), passed)
    }

    const NO_LEFT: [FingerPosition; 4] = [LeftIndex, LeftMiddle, LeftRing, LeftThumb];
    const NO_RIGHT: [FingerPosition; 4] = [RightIndex, RightMiddle, RightRing, RightThumb];

    #[test]
    fn two_hands_one_hand_and_none() {
        let both = new(&[LeftIndex, RightIndex], &[]).unwrap();
        assert_eq!(both.taken.iter().map(|t| t.position).collect::<Vec<_>>(), [RightIndex, LeftIndex], "right hand first");
        assert_eq!(new(&[RightIndex], &NO_LEFT).unwrap().of(Hand::Left), None);
        assert!(new(&[], &[NO_LEFT, NO_RIGHT].concat()).unwrap().taken.is_empty());
        let thumb = new(&[RightThumb, LeftIndex], &[RightRing, RightIndex, RightMiddle]).unwrap();
        assert_eq!(thumb.passed_over.iter().map(|p| p.0).collect::<Vec<_>>(), [RightIndex, RightMiddle, RightRing]);
    }

    #[test]
    fn the_order_is_held() {
        assert_eq!(new(&[RightMiddle, LeftIndex], &[]), Err(FingersError::NotExplained(RightIndex)));
        assert_eq!(new(&[RightIndex], &[]), Err(FingersError::NotExplained(LeftIndex)));
        assert_eq!(new(&[RightIndex, LeftIndex], &[RightRing]), Err(FingersError::NotTried(RightRing)));
        assert_eq!(new(&[RightIndex, RightThumb, LeftIndex], &[]), Err(FingersError::SecondOfHand(RightThumb)));
        assert_eq!(new(&[RightLittle, LeftIndex], &[]), Err(FingersError::LittleFinger(RightLittle)));
        assert_eq!(new(&[LeftIndex, RightIndex, LeftIndex], &[]), Err(FingersError::Twice(LeftIndex)));
        assert_eq!(new(&[LeftIndex, RightIndex], &[RightIndex]), Err(FingersError::Twice(RightIndex)));
    }

    #[test]
    fn templates_are_of_their_finger_and_good_enough() {
        let with = |change: fn(&mut FingerEntry)| {
            let mut wrong = entry(RightIndex);
            change(&mut wrong);
            Fingers::new(vec![wrong, entry(LeftIndex)], Vec::new())
        };
        assert_eq!(with(|e| e.template.views[0].position = Some(RightRing)), Err(FingersError::OtherFinger(RightIndex)));
        assert_eq!(with(|e| e.template.views.clear()), Err(FingersError::NotOneView(RightIndex)));
        assert_eq!(with(|e| e.template.views[0].minutiae.truncate(11)), Err(FingersError::TooFewMinutiae(RightIndex)));
        assert_eq!(with(|e| e.quality = 101), Err(FingersError::Quality(RightIndex)));
        let silent = with(|e| e.template.views[0].position = None).unwrap();
        assert_eq!(silent.taken[0].template.position(), Some(RightIndex), "a silent template is of the finger the record names");
    }
}
