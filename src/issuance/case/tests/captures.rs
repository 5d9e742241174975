//! What a whole capture is, and each way in which one is not.

use super::world::*;
use crate::finger::FingerPosition::{self, LeftLittle, RightIndex, RightThumb};
use crate::issuance::case::capture::{CaptureError, Examiner, Taken};
use crate::issuance::case::{self, CaseError};
use crate::issuance::desk::By;
use crate::issuance::role::RoleError;
use crate::limits::IMAGE_BYTES;
use crate::reason::{Reason, Refusal as _};
use crate::record::{PassedOver, PictureError};
use zeroize::Zeroizing;

fn renamed(mut taken: Taken, from: &str, to: &str) -> Taken {
    let file = taken.files.iter_mut().find(|(name, _)| name.as_str() == from).unwrap();
    file.0 = to.parse().unwrap();
    taken
}

fn replaced(mut taken: Taken, name: &str, bytes: Vec<u8>) -> Taken {
    taken.files.iter_mut().find(|(known, _)| known.as_str() == name).unwrap().1 = Zeroizing::new(bytes);
    taken
}

fn refused(taken: &Taken) -> CaptureError {
    taken.check().unwrap_err()
}

#[test]
fn ten_fingers_each_once_in_their_order() {
    let taken = whole();
    let order: Vec<FingerPosition> = taken.check().unwrap().into_iter().map(|(position, _)| position).collect();
    assert_eq!(order, FingerPosition::ALL);
    let mut less = whole();
    less.files.retain(|(name, _)| name.as_str() != "left-little.png");
    assert_eq!(refused(&less), CaptureError::Missing(LeftLittle));
    assert_eq!(refused(&renamed(whole(), "left-little.png", "right-thumb.bmp")), CaptureError::Twice(RightThumb));
    let mut both = whole();
    both.exceptions.push((RightIndex, PassedOver::Bandaged));
    assert_eq!(refused(&both), CaptureError::Twice(RightIndex));
    let mut twice = without(&[RightIndex]);
    twice.exceptions.push((RightIndex, PassedOver::Bandaged));
    assert_eq!(refused(&twice), CaptureError::Twice(RightIndex));
    assert_eq!(without(&[RightIndex, LeftLittle]).check().unwrap().len(), 8);
}

#[test]
fn without_any_finger_hands_and_irises_are_taken_and_else_not() {
    let none = || without(&FingerPosition::ALL);
    assert_eq!(none().check(), Ok(vec![]));
    for name in ["hands", "iris-right", "iris-left"] {
        let mut less = none();
        less.files.retain(|(known, _)| !known.as_str().starts_with(name));
        assert_eq!(refused(&less), CaptureError::NoPicture(name));
    }
    let mut more = whole();
    more.files.push(("hands.png".parse().unwrap(), Zeroizing::new(picture(480, 320))));
    assert_eq!(refused(&more), CaptureError::Unexpected("hands".into()), "of whom fingers are taken, no more is");
    let mut two = whole();
    two.files.push(("portrait.png".parse().unwrap(), Zeroizing::new(picture(240, 300))));
    assert_eq!(refused(&two), CaptureError::Unexpected("portrait".into()));
    let portrait = |bytes: Vec<u8>| refused(&replaced(whole(), "portrait.jpg", bytes));
    let picture_error = |error| CaptureError::Picture { name: "portrait", error };
    assert_eq!(portrait(vec![0; 10]), picture_error(PictureError::UnknownKind));
    assert_eq!(portrait(picture(100, 120)), picture_error(PictureError::TooSmall { width: 240, height: 300 }));
    assert_eq!(portrait(vec![0; IMAGE_BYTES + 1]), picture_error(PictureError::TooLarge { max: IMAGE_BYTES }));
    let mut less = whole();
    less.files.retain(|(name, _)| name.as_str() != "signature.png");
    assert_eq!(refused(&less), CaptureError::NoPicture("signature"));
}

/// Finds what it is told to find.
struct Finds(CaptureError);

impl Examiner for Finds {
    fn examine(&self, _: &[(FingerPosition, &[u8])]) -> Result<Vec<u8>, CaptureError> {
        Err(self.0.clone())
    }
}

#[test]
fn an_exception_takes_a_second_officer_and_what_the_examiner_finds_refuses() {
    let mut world = World::new();
    let a = world.new_case();
    world.verify_data(&a);
    let (operator, supervisor, job) = (officer(3), officer(4), world.job());
    let taken = without(&[RightIndex]);
    let alone = world.at(POINT, |desk| case::capture(desk, &job, &a, (&taken, &Good), By::one(&operator)));
    assert_eq!(alone, Err(RoleError::SecondMissing.into()));
    // Any second person does not do.
    for seed in [2, 5, 14, 15] {
        let other = officer(seed);
        let (role, _) = other.place();
        let wrong = world.at(POINT, |desk| case::capture(desk, &job, &a, (&taken, &Good), By::two(&operator, &other)));
        assert_eq!(wrong, Err(RoleError::WrongSecond(role).into()));
    }
    let twice = world.at(POINT, |desk| case::capture(desk, &job, &a, (&taken, &Good), By::two(&operator, &operator)));
    assert_eq!(twice, Err(RoleError::SamePerson.into()));
    for (found, reason) in [
        (CaptureError::Poor(RightThumb), Reason::SampleTooPoor),
        (CaptureError::Unreadable(RightThumb), Reason::FingerImageInvalid),
        (CaptureError::Alike(RightThumb, LeftLittle), Reason::FingersAlike),
    ] {
        assert_eq!(found.reason(), reason);
        let refused =
            world.at(POINT, |desk| case::capture(desk, &job, &a, (&whole(), &Finds(found.clone())), By::one(&operator)));
        assert_eq!(refused, Err(CaseError::Capture(found)));
    }
    let none = without(&FingerPosition::ALL);
    world.at(POINT, |desk| case::capture(desk, &job, &a, (&none, &Good), By::two(&operator, &supervisor))).unwrap();
    world.verified();
}
