//! What becomes of a command under a fault, whatever reader the chip lies on.

use super::chip::SoftChip;
use super::faults::Fault;

/// What became of a command under a fault. What a reader makes of it is the reader's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fate {
    /// This came back.
    Answered(Vec<u8>),
    /// The chip has no power: nothing comes back before the next power-on.
    Dead,
    /// Nothing came back.
    Silent,
    /// Nothing came back in time; this comes later.
    Late(Vec<u8>),
    /// The card is no longer in the field.
    Left,
    /// Somebody else reset the card; the command was not delivered yet.
    Reset,
}

/// Sends a command to the chip under a fault; `deliver` is how it is sent. [`Fault::Swapped`] is the reader's to do before.
pub(super) fn suffer(
    fault: &Fault,
    chip: &mut SoftChip,
    apdu: &[u8],
    deliver: &mut dyn FnMut(&mut SoftChip, &[u8]) -> Vec<u8>,
) -> Fate {
    match *fault {
        Fault::NotDelivered => return Fate::Silent,
        Fault::RemovedBefore => return Fate::Left,
        Fault::WrongStatusInstead(status) => return Fate::Answered(status.to_be_bytes().to_vec()),
        Fault::ForeignReset => {
            chip.power_on();
            return Fate::Reset;
        }
        Fault::TornAfter(bytes) => {
            chip.tear_after(Some(bytes));
            let answer = deliver(chip, apdu);
            chip.tear_after(None);
            return Fate::of(answer);
        }
        Fault::DeliveredTwice => drop(deliver(chip, apdu)),
        _ => {}
    }
    let answer = match *fault {
        Fault::BitFlippedIn(bit) => deliver(chip, &flip(apdu, bit)),
        _ => deliver(chip, apdu),
    };
    match (fault, Fate::of(answer)) {
        (Fault::RemovedAfter, _) => Fate::Left,
        (Fault::NoAnswer, _) => Fate::Silent,
        (Fault::LateAnswer, Fate::Answered(answer)) => Fate::Late(answer),
        (_, Fate::Answered(answer)) => Fate::Answered(altered(fault, answer)),
        (_, dead) => dead,
    }
}

impl Fate {
    /// What a chip's own answer means: nothing at all comes only from a chip without power.
    pub(super) fn of(answer: Vec<u8>) -> Self {
        if answer.is_empty() { Self::Dead } else { Self::Answered(answer) }
    }
}

/// What arrives of an answer.
fn altered(fault: &Fault, mut answer: Vec<u8>) -> Vec<u8> {
    match *fault {
        Fault::WrongStatusAfter(status) => status.to_be_bytes().to_vec(),
        Fault::Truncated(bytes) => {
            answer.truncate(answer.len().saturating_sub(bytes));
            answer
        }
        Fault::Oversize(bytes) => [&vec![0x5A; bytes][..], &answer].concat(),
        Fault::EmptyAnswer => Vec::new(),
        Fault::BitFlippedOut(bit) => flip(&answer, bit),
        _ => answer,
    }
}

/// The same bytes with one bit flipped.
fn flip(bytes: &[u8], bit: usize) -> Vec<u8> {
    let mut out = bytes.to_vec();
    if let Some(byte) = out.len().checked_mul(8).filter(|n| *n > 0).and_then(|n| out.get_mut(bit % n / 8)) {
        *byte ^= 1 << (bit % 8);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bit_flips() {
        assert_eq!(flip(&[0, 0], 9), [0, 2]);
        assert_eq!(flip(&[0, 0], 16), [1, 0]);
        assert!(flip(&[], 3).is_empty());
    }
}
