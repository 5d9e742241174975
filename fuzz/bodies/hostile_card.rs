//! A hostile card before an honest reader: whatever it answers, the reading ends within a step limit, and a card that is not the
//! honest one is never *genuine*.
//!
//! Either the input is the script of every answer, or a chip with keys of its own holds what the input says behind a channel that is
//! real, signed by the authority or not, and the answers are bent on their way.

use super::input::Input;
use super::world::{self, sample};
use ektp::chip::port::memory::MemoryPort;
use ektp::chip::port::{PortError, PortLimits};
use ektp::lds::file_id::FileId;
use ektp::read::{Field, Reading, Want};
use ektp::softchip::faults::{Fault, FaultPlan};
use ektp::softchip::{SoftPort, State};
use ektp::verify::{Decision, Evidence, Mode, judge};

/// Most exchanges of a reading: the reader's own bound, and the resets between.
pub const STEPS: usize = ektp::limits::LINK_EXCHANGES + 100;

pub fn run(data: &[u8]) {
    let _ = outcome(data);
}

/// What the judge decided about what was read; none if nothing was.
pub fn outcome(data: &[u8]) -> Option<Decision> {
    let mut input = Input(data);
    let flags = input.byte()?;
    let want = match flags >> 4 & 3 {
        0 => Want::Everything,
        1 => Want::Inventory,
        _ => Want::Fields([Field::Portrait].into()),
    };
    let (terminal, extended) = (flags & 2 != 0, flags & 4 != 0);
    if flags & 1 != 0 {
        let repeats = flags & 8 != 0;
        let mut port = MemoryPort::new(scripted(input, repeats)).with_limits(if extended {
            PortLimits::EXTENDED
        } else {
            PortLimits::SHORT
        });
        let reading = world::read_port(&mut port, &want, terminal, extended);
        assert!(reading.is_err(), "a script without keys opens no channel");
        return None;
    }
    let (mut port, honest) = bent(&mut input, flags & 8 != 0)?;
    let reading = world::read_port(&mut port, &want, terminal, extended).ok()?;
    Some(weigh(&reading, honest && want.all()))
}

/// Answers from the input, one after the other; then the card is gone, or says its last word for ever.
fn scripted(mut input: Input<'_>, repeats: bool) -> impl FnMut(Option<&[u8]>) -> Result<Vec<u8>, PortError> + Send {
    let mut steps = 0;
    let mut last = vec![0x90, 0x00];
    move |apdu| {
        steps += 1;
        assert!(steps <= STEPS, "the reading does not end");
        if apdu.is_none() {
            return Ok(Vec::new());
        }
        last = match input.byte() {
            None if repeats => return Ok(last.clone()),
            None => return Err(PortError::CardRemoved),
            Some(0) => return Err(PortError::Timeout),
            Some(1) => return Err(PortError::CardReset),
            Some(kind @ 2..=0x7F) => [input.short().unwrap_or_default(), &status(kind)].concat(),
            Some(0x80..=0xBF) => input.short().unwrap_or_default().to_vec(),
            Some(_) => [input.long().unwrap_or_default(), &[0x90, 0x00]].concat(),
        };
        Ok(last.clone())
    }
}

fn status(kind: u8) -> [u8; 2] {
    match kind {
        2..=0x3F => [0x90, 0x00],
        0x40 => [0x62, 0x82],
        0x41 => [0x61, 0x10],
        0x42 => [0x6C, 0x10],
        0x43 => [0x69, 0x82],
        0x44 => [0x6A, 0x82],
        other => [0x60 | other & 0x0F, other],
    }
}

/// A chip that holds what the input says, and answers bent as the input says; true if nothing was changed.
fn bent(input: &mut Input<'_>, signed: bool) -> Option<(SoftPort, bool)> {
    let mut files = sample().card.files.clone();
    let mut honest = true;
    for _ in 0..input.byte()? % 4 {
        let file = FileId::ALL[usize::from(input.byte()?) % FileId::ALL.len()];
        let bytes = input.long()?;
        honest &= files.get(file) == Some(bytes) || !world::is_vouched(file);
        if bytes.is_empty() {
            files.0.remove(&file);
        } else {
            files.insert(file, bytes.to_vec());
        }
    }
    if signed {
        world::sign(&mut files, &sample().kit);
    }
    let chip = world::chip(files, 2)?;
    assert_eq!(chip.state(), State::Locked);
    let mut plan = FaultPlan::none();
    for _ in 0..8 {
        let (Some(at), Some(kind), Some(amount)) = (input.byte(), input.byte(), input.number()) else { break };
        plan = plan.and(u64::from(at), fault(kind, amount));
    }
    Some((SoftPort::new(chip).with_faults(plan).with_limits(PortLimits::EXTENDED), honest))
}

/// A fault by number.
pub fn fault(kind: u8, amount: u16) -> Fault {
    let count = usize::from(amount);
    match kind % 14 {
        0 => Fault::NotDelivered,
        1 => Fault::NoAnswer,
        2 => Fault::LateAnswer,
        3 => Fault::RemovedAfter,
        4 => Fault::WrongStatusInstead(amount),
        5 => Fault::WrongStatusAfter(amount),
        6 => Fault::DeliveredTwice,
        7 => Fault::Truncated(count % 300),
        8 => Fault::Oversize(count),
        9 => Fault::EmptyAnswer,
        10 => Fault::BitFlippedIn(count),
        11 => Fault::BitFlippedOut(count),
        12 => Fault::TornAfter(u64::from(amount)),
        _ => Fault::ForeignReset,
    }
}

/// The verdict over what was read; evidence that was read is evidence that reads back.
fn weigh(reading: &Reading, honest: bool) -> Decision {
    let verdict = judge(&reading.evidence, &Mode::Live(&reading.proof), &sample().store, &world::policy());
    if !honest && verdict.decision() == Decision::Genuine {
        let told = |file| reading.evidence.file(file) == sample().card.files.get(file);
        let changed: Vec<FileId> = FileId::ALL.into_iter().filter(|f| world::is_vouched(*f) && !told(*f)).collect();
        let signed = reading.evidence.file(FileId::Sod) != sample().card.files.get(FileId::Sod);
        assert!(signed || changed.iter().all(|f| reading.evidence.file(*f).is_none()), "genuine with {changed:?}");
    }
    let kept = Evidence::from_json(&reading.evidence.to_json());
    assert_eq!(kept.as_ref(), Ok(&reading.evidence), "evidence reads back");
    verdict.decision()
}
