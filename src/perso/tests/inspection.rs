//! Quality control that looks into the chip's memory from the side: quick, and independent of the reading code.

use crate::chip::link::Counters;
use crate::chip::port::Port;
use crate::lds::file_id::FileId;
use crate::lds::files::CardFiles;
use crate::perso::inspect::{Expected, InspectError, Inspector, Matched};
use crate::perso::stream::Passwords;
use crate::pki::sod::SodRead;
use crate::softchip::{SharedChip, State};
use jiff::Timestamp;

/// Looks for every file's bytes in the chip's memory.
pub(super) struct Peek {
    pub(super) chip: SharedChip,
    pub(super) sod: Option<Vec<u8>>,
    pub(super) ready: bool,
}

impl Peek {
    pub(super) fn new(chip: &SharedChip, sod: Option<Vec<u8>>) -> Self {
        Self { chip: chip.clone(), sod, ready: true }
    }
}

/// Files whose bytes the chip does not hold in one piece.
pub(super) fn missing(chip: &SharedChip, files: &CardFiles) -> Vec<&'static str> {
    let memory = chip.lock().unwrap().save();
    let holds = |content: &[u8]| memory.windows(content.len()).any(|w| w == content);
    files.iter().filter(|(_, content)| !holds(content)).map(|(id, _)| id.name()).collect()
}

impl Inspector for Peek {
    fn ready(&self, _: Timestamp) -> Result<(), InspectError> {
        if self.ready { Ok(()) } else { Err(InspectError::NoTerminal("expired")) }
    }

    fn believes(&self, _: SodRead, _: Timestamp) -> Result<(), InspectError> {
        Ok(())
    }

    fn read_back(&mut self, _: &mut dyn Port, expected: &Expected<'_>, _: &mut Counters) -> Result<Matched, InspectError> {
        if self.chip.lock().unwrap().state() != State::Personalized {
            return Err(InspectError::Differs("not readable".into()));
        }
        match missing(&self.chip, expected.files).first() {
            None => {
                self.sod = expected.files.get(FileId::Sod).map(<[u8]>::to_vec);
                Ok(Matched::unread())
            }
            Some(name) => Err(InspectError::Differs((*name).into())),
        }
    }

    fn security_object(&mut self, _: &mut dyn Port, _: &Passwords, _: &mut Counters) -> Result<Vec<u8>, InspectError> {
        Ok(self.sod.clone().unwrap_or_default())
    }

    fn certificate(&self) -> String {
        "IDQCTEST00001".into()
    }
}
