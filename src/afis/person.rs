//! A person as the gallery knows one: ten fingers, each a print or the reason why there is none.

use super::code::Code;
use super::packed::Packed;
use crate::finger::matching::{Fmr, Prepared, Threshold, Workspace};
use crate::finger::position::{FingerName, FingerPosition, Hand};
use crate::finger::template::Template;
use crate::limits::FINGER_QUALITY_LEAST;
use crate::reason::{Reason, Refusal};
use crate::record::PassedOver;

/// Fingers of a person.
pub const FINGERS: usize = 10;
/// Longest identifier, in characters.
pub const ID_CHARACTERS: usize = 16;

/// Why something is no person for the gallery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PersonError {
    /// Empty, too long, with other characters than visible ASCII, or sixteen digits.
    #[error("an identifier has 1 to {ID_CHARACTERS} visible ASCII characters without spaces, and is no NIK")]
    Id,
    /// A finger told of twice.
    #[error("{0}: told of twice")]
    Twice(FingerPosition),
    /// The template is of another finger, by its own word.
    #[error("{0}: the template is of another finger")]
    OtherFinger(FingerPosition),
    /// One print told for two fingers, which would count twice.
    #[error("{0} and {1}: the same print is told for both")]
    SamePrint(FingerPosition, FingerPosition),
}

impl Refusal for PersonError {
    fn reason(&self) -> Reason {
        match self {
            Self::SamePrint(..) => Reason::FingersAlike,
            Self::Id | Self::Twice(_) | Self::OtherFinger(_) => Reason::InputInvalid,
        }
    }
}

/// What names a person in the gallery: the caller's, and opaque here. A NIK does not belong in it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PersonId([u8; ID_CHARACTERS]);

impl PersonId {
    /// The bytes, filled up with zeroes.
    #[must_use]
    pub const fn bytes(&self) -> [u8; ID_CHARACTERS] {
        self.0
    }

    /// The identifier of such bytes.
    ///
    /// # Errors
    /// [`PersonError::Id`].
    pub fn from_bytes(bytes: [u8; ID_CHARACTERS]) -> Result<Self, PersonError> {
        let length = bytes.iter().position(|b| *b == 0).unwrap_or(ID_CHARACTERS);
        let (text, rest) = bytes.split_at(length);
        // Sixteen digits are a NIK, or look like one: personal data, which the gallery has nothing to do with.
        let personal = length == ID_CHARACTERS && text.iter().all(u8::is_ascii_digit);
        let valid = length > 0 && text.iter().all(u8::is_ascii_graphic) && rest.iter().all(|b| *b == 0) && !personal;
        if valid { Ok(Self(bytes)) } else { Err(PersonError::Id) }
    }
}

impl std::str::FromStr for PersonId {
    type Err = PersonError;

    fn from_str(text: &str) -> Result<Self, PersonError> {
        let mut bytes = [0; ID_CHARACTERS];
        bytes.get_mut(..text.len()).ok_or(PersonError::Id)?.copy_from_slice(text.as_bytes());
        Self::from_bytes(bytes)
    }
}

impl std::fmt::Display for PersonId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().take_while(|b| **b != 0).try_for_each(|b| write!(f, "{}", char::from(*b)))
    }
}

impl std::fmt::Debug for PersonId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PersonId({self})")
    }
}

/// A print with its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Print {
    /// The minutiae.
    pub packed: Packed,
    /// The code of these minutiae.
    pub code: Code,
}

impl Print {
    /// A print with its code computed.
    #[must_use]
    pub fn new(packed: Packed) -> Self {
        Self { packed, code: Code::of(&packed) }
    }
}

/// One of ten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finger {
    /// A usable print.
    Print(Print),
    /// No usable print, and why.
    Exception(PassedOver),
}

impl Finger {
    /// The first view of a template that is good enough to say anything; else an exception of low quality. A view is good enough whose
    /// minutiae are [`super::packed::USABLE`] or more, and whose quality, where it tells one, is [`FINGER_QUALITY_LEAST`] or better.
    #[must_use]
    pub fn of(template: &Template) -> Self {
        let good = template.views.iter().filter(|v| v.quality == 0 || v.quality >= FINGER_QUALITY_LEAST);
        let mut packed = good.filter_map(|v| Packed::from_minutiae(&v.minutiae, template.x_resolution, template.y_resolution));
        packed.next().map_or(Self::Exception(PassedOver::LowQuality), |packed| Self::Print(Print::new(packed)))
    }
}

/// A person: an identifier and ten fingers, none left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    id: PersonId,
    fingers: [Finger; FINGERS],
}

impl Person {
    /// A person of ten fingers in the order of [`FingerPosition::ALL`], taken for ten different ones at the caller's word. For fingers
    /// that were compared before, as a gallery's own are, and for invented ones, of which a bench makes a million. Whoever enrols what
    /// comes from outside uses [`Person::of`], or asks [`Person::distinct`]: one print told for several fingers would count as often, for
    /// a duplicate that is none or against one that is.
    #[must_use]
    pub const fn assume_distinct(id: PersonId, fingers: [Finger; FINGERS]) -> Self {
        Self { id, fingers }
    }

    /// A person of templates and exceptions. A finger that neither tells of was not captured; a template that names no finger is of the
    /// one it is given for; one that is not good enough ([`Finger::of`]) is an exception of low quality.
    ///
    /// # Errors
    /// [`PersonError::Twice`], [`PersonError::OtherFinger`], [`PersonError::SamePrint`].
    pub fn of<'a>(
        id: PersonId,
        templates: impl IntoIterator<Item = (FingerPosition, &'a Template)>,
        exceptions: impl IntoIterator<Item = (FingerPosition, PassedOver)>,
    ) -> Result<Self, PersonError> {
        let mut fingers = [None; FINGERS];
        for (position, template) in templates {
            if template.views.iter().any(|v| v.position.is_some_and(|p| p != position)) {
                return Err(PersonError::OtherFinger(position));
            }
            tell(&mut fingers, position, Finger::of(template))?;
        }
        for (position, why) in exceptions {
            tell(&mut fingers, position, Finger::Exception(why))?;
        }
        let person = Self { id, fingers: fingers.map(|f| f.unwrap_or(Finger::Exception(PassedOver::NotCaptured))) };
        person.distinct()?;
        Ok(person)
    }

    /// Compares the person's own prints with each other: fingers count as independent evidence, and one print told for several of them
    /// would count as often. Of persons of ten different fingers, one in a million is refused by the rate of false matches.
    ///
    /// # Errors
    /// [`PersonError::SamePrint`].
    pub fn distinct(&self) -> Result<(), PersonError> {
        let prints: Vec<(usize, &Packed, Prepared)> =
            self.prints().map(|(place, print)| (place, &print.packed, print.packed.prepared())).collect();
        let alike = Threshold::at_fmr(Fmr::E6, 1).for_best_of(FINGERS * (FINGERS - 1) / 2).score;
        let mut workspace = Workspace::new();
        for (n, (place, packed, print)) in prints.iter().enumerate() {
            let mut others = prints.iter().skip(n + 1);
            let same = others.find(|other| other.1 == *packed || workspace.score(print, &other.2) >= alike);
            if let Some((other, ..)) = same {
                return Err(PersonError::SamePrint(at_place(*place), at_place(*other)));
            }
        }
        Ok(())
    }

    /// The identifier.
    #[must_use]
    pub const fn id(&self) -> PersonId {
        self.id
    }

    /// The fingers, in the order of [`FingerPosition::ALL`].
    #[must_use]
    pub const fn fingers(&self) -> &[Finger; FINGERS] {
        &self.fingers
    }

    /// The prints, each with its finger's place among ten.
    pub fn prints(&self) -> impl Iterator<Item = (usize, &Print)> {
        self.fingers.iter().enumerate().filter_map(|(place, finger)| match finger {
            Finger::Print(print) => Some((place, print)),
            Finger::Exception(_) => None,
        })
    }

    /// Fingers with a usable print.
    #[must_use]
    pub fn usable(&self) -> usize {
        self.prints().count()
    }
}

fn tell(fingers: &mut [Option<Finger>; FINGERS], position: FingerPosition, finger: Finger) -> Result<(), PersonError> {
    match fingers.get_mut(place(position)) {
        Some(slot @ None) => {
            *slot = Some(finger);
            Ok(())
        }
        _ => Err(PersonError::Twice(position)),
    }
}

/// A finger's place among ten.
#[must_use]
pub fn place(position: FingerPosition) -> usize {
    usize::from(position.code()) - 1
}

/// The finger at a place; [`FingerPosition::RightThumb`] beyond ten.
#[must_use]
pub fn at_place(place: usize) -> FingerPosition {
    FingerPosition::ALL.get(place).copied().unwrap_or(FingerPosition::RightThumb)
}

/// The same finger of the other hand.
#[must_use]
pub fn other_hand(place: usize) -> usize {
    (place + FINGERS / 2) % FINGERS
}

const _: () = {
    let (right, left) = (FingerPosition::of(Hand::Right, FingerName::Index), FingerPosition::of(Hand::Left, FingerName::Index));
    assert!(left.code() - right.code() == 5, "the other hand's finger is five places on");
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finger::position::FingerPosition::{LeftThumb, RightIndex};
    use crate::finger::template::synthetic;

    #[test]
    fn an_identifier_is_short_visible_and_leads_back() {
        let id: PersonId = "P-0001".parse().unwrap();
        assert_eq!((id.to_string(), format!("{id:?}")), ("P-0001".to_owned(), "PersonId(P-0001)".to_owned()));
        assert_eq!(PersonId::from_bytes(id.bytes()), Ok(id));
        assert_eq!("0123456789abcdef".parse::<PersonId>().unwrap().to_string(), "0123456789abcdef");
        for bad in ["", "0123456789abcdefg", "a b", "é", "a\0b", "3171015707850013"] {
            assert_eq!(bad.parse::<PersonId>(), Err(PersonError::Id), "{bad:?}");
        }
    }

    #[test]
    fn every_finger_is_told_of_once_and_its_own() {
        let id = "x".parse().unwrap();
        let (index, poor) = (synthetic::template(1, RightIndex, 40), synthetic::template(1, LeftThumb, 8));
        let person = Person::of(id, [(RightIndex, &index), (LeftThumb, &poor)], [(at_place(4), PassedOver::Amputated)]).unwrap();
        assert_eq!(person.usable(), 1);
        assert_eq!(person.prints().next().unwrap().0, place(RightIndex));
        let told = |place: usize| match person.fingers()[place] {
            Finger::Print(_) => None,
            Finger::Exception(why) => Some(why),
        };
        assert_eq!([told(1), told(4), told(5)], [None, Some(PassedOver::Amputated), Some(PassedOver::LowQuality)]);
        assert_eq!(told(9), Some(PassedOver::NotCaptured));
        let twice = Person::of(id, [(RightIndex, &index)], [(RightIndex, PassedOver::Bandaged)]);
        assert_eq!(twice, Err(PersonError::Twice(RightIndex)));
        assert_eq!(Person::of(id, [(LeftThumb, &index)], []), Err(PersonError::OtherFinger(LeftThumb)));
        assert_eq!((other_hand(0), other_hand(7)), (5, 2));
    }

    #[test]
    fn one_print_is_not_told_for_two_fingers() {
        let id = "x".parse().unwrap();
        let untold = |seed, count| {
            let mut template = synthetic::template(seed, RightIndex, count);
            template.views[0].position = None;
            template
        };
        let of = |index: &Template, thumb: &Template| Person::of(id, [(LeftThumb, thumb), (RightIndex, index)], []);
        let refused = Err(PersonError::SamePrint(RightIndex, LeftThumb));
        for count in [12, 20, 40] {
            let print = untold(1, count);
            assert_eq!(of(&print, &print), refused, "{count}");
            // Laid down again: moved, some minutiae lost, the others not quite where they were.
            let mut again = print.clone();
            let minutiae = &mut again.views[0].minutiae;
            minutiae
                .iter_mut()
                .zip(0..)
                .for_each(|(m, n)| (m.x, m.y, m.angle) = (m.x + 20 + n % 3, m.y + 9, m.angle.wrapping_add(2)));
            if count > 12 {
                minutiae.truncate(count - 4);
                assert_eq!(of(&print, &again), refused, "{count}");
            }
            assert_eq!(of(&print, &untold(2, count)).unwrap().usable(), 2);
        }
        assert_eq!(PersonError::SamePrint(RightIndex, LeftThumb).reason(), Reason::FingersAlike);
    }

    #[test]
    fn a_print_below_the_least_quality_is_not_usable_and_a_better_view_of_it_is() {
        let id = "x".parse().unwrap();
        let usable = |template: &Template| Person::of(id, [(RightIndex, template)], []).unwrap().usable();
        let mut template = synthetic::template(1, RightIndex, 40);
        for (quality, expected) in [(0, 1), (1, 0), (FINGER_QUALITY_LEAST - 1, 0), (FINGER_QUALITY_LEAST, 1)] {
            template.views[0].quality = quality;
            assert_eq!(usable(&template), expected, "{quality}; none is told by 0");
        }
        template.views[0].quality = 1;
        template.views.push(synthetic::template(1, RightIndex, 30).views.remove(0));
        assert_eq!(usable(&template), 1);
        template.views[1].position = Some(LeftThumb);
        assert_eq!(Person::of(id, [(RightIndex, &template)], []), Err(PersonError::OtherFinger(RightIndex)));
    }
}
