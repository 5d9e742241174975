//! The list of faults that every APDU of a personalization is put through.

use crate::softchip::faults::Fault;

/// Kinds of faults at one APDU, each with parameters worth trying.
fn kinds() -> Vec<Vec<Fault>> {
    let mut kinds: Vec<Vec<Fault>> = [
        Fault::NotDelivered,
        Fault::NoAnswer,
        Fault::LateAnswer,
        Fault::RemovedBefore,
        Fault::RemovedAfter,
        Fault::DeliveredTwice,
        Fault::EmptyAnswer,
        Fault::ForeignReset,
        Fault::Swapped,
    ]
    .map(|fault| vec![fault])
    .into();
    kinds.push([1, 70_000].map(Fault::Oversize).into());
    kinds.push([0, 1, 7, 40, 180, 400].map(Fault::TornAfter).into());
    kinds.push([1, 2, 9].map(Fault::Truncated).into());
    kinds.push([3, 40, 100].map(Fault::BitFlippedIn).into());
    kinds.push([0, 80, 95].map(Fault::BitFlippedOut).into());
    kinds.push(Fault::WRONG_STATUS.map(Fault::WrongStatusInstead).into());
    kinds.push(Fault::WRONG_STATUS.map(Fault::WrongStatusAfter).into());
    kinds.push([0x6110, 0x6C10, 0x9000].map(Fault::WrongStatusInstead).into());
    kinds.push([0x61FF, 0x6C10].map(Fault::WrongStatusAfter).into());
    kinds
}

/// Every kind with every parameter.
pub(super) fn all() -> Vec<Fault> {
    kinds().concat()
}

/// The faults of one APDU: every kind once, its parameter turning with the index; with `EKTP_MATRIX=full`, every parameter.
pub(super) fn at(index: u64) -> Vec<Fault> {
    let full = std::env::var_os("EKTP_MATRIX").is_some_and(|v| v == "full");
    let turn = usize::try_from(index).unwrap();
    kinds().into_iter().flat_map(|kind| if full { kind } else { vec![kind[turn % kind.len()].clone()] }).collect()
}
