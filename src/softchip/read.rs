//! READ BINARY: B0 by offset and by short identifier, B1 with offset data object beyond 32,767.
//!
//! The end of a file is no warning: what is left comes with 9000, as some readers take nothing else; an offset at or past the
//! end is 6B00.

use super::chip::SoftChip;
use super::session::Current;
use super::status::{
    Done, FILE_NOT_FOUND, NO_CURRENT_FILE, PAST_END, SECURITY_NOT_SATISFIED, Stop, WRONG_DATA, WRONG_LENGTH, WRONG_P1_P2, refuse,
};
use super::{table, trust};
use crate::chip::apdu::Command;
use crate::lds::tlv;

/// Plain bytes of a short answer under AES secure messaging: 14 blocks less one byte of padding.
pub(super) const SHORT_SECURE: usize = 223;
/// Plain bytes of an extended answer: what is announced in EF.ATR/INFO may be less.
pub(super) const EXTENDED: usize = 65_000;
/// Tag of the offset data object of an odd READ BINARY.
const OFFSET: u32 = 0x54;
/// Tag of its discretionary data.
const DATA: u32 = 0x53;

impl SoftChip {
    /// READ BINARY `B0`. `most`: bytes that the answer can carry.
    pub(super) fn read_binary(&mut self, command: &Command, most: usize) -> Done {
        let [p1, p2] = [command.p1(), command.p2()];
        let (file, offset) = if p1 & 0x80 == 0 {
            let current = self.session.current.ok_or(Stop::Status(NO_CURRENT_FILE))?;
            (current, usize::from(u16::from_be_bytes([p1, p2])))
        } else {
            if p1 & 0x60 != 0 || matches!(p1 & 0x1F, 0 | 0x1F) {
                return refuse(WRONG_P1_P2);
            }
            (self.select_sfi(p1 & 0x1F)?, usize::from(p2))
        };
        let wanted = asked(command)?.min(most);
        self.part(&file, offset, wanted)
    }

    /// READ BINARY `B1`: P1-P2 is 0000 for the current file or a short identifier; the answer is one object 53.
    pub(super) fn read_binary_odd(&mut self, command: &Command, most: usize) -> Done {
        let file = match [command.p1(), command.p2()] {
            [0, 0] => self.session.current.ok_or(Stop::Status(NO_CURRENT_FILE))?,
            [0, sfi @ 1..=30] => self.select_sfi(sfi)?,
            _ => return refuse(WRONG_P1_P2),
        };
        let object = tlv::parse_one(command.data(), OFFSET).map_err(|_| Stop::Status(WRONG_DATA))?;
        if object.value.is_empty() || object.value.len() > 4 {
            return refuse(WRONG_DATA);
        }
        let offset = object.value.iter().fold(0usize, |sum, &b| sum << 8 | usize::from(b));
        let room = asked(command)?.min(most);
        // Le counts the header of the answer's object too.
        let inner = (0..=4).map(|head| room.saturating_sub(head)).find(|n| tlv::header_len(DATA, *n) + n <= room);
        let inner = inner.filter(|n| *n > 0).ok_or(Stop::Status(WRONG_LENGTH))?;
        Ok(tlv::encode(DATA, &self.part(&file, offset, inner)?))
    }

    fn part(&self, file: &Current, offset: usize, wanted: usize) -> Done {
        if !self.may_read(file) {
            return refuse(SECURITY_NOT_SATISFIED);
        }
        let made;
        let contents = match file {
            Current::File(file) => table::contents(&self.store, file).ok_or(Stop::Status(FILE_NOT_FOUND))?,
            Current::Cvca => {
                made = trust::state(&self.store).ok_or(Stop::Status(FILE_NOT_FOUND))?.ef_cvca();
                &made[..]
            }
        };
        let rest = contents.get(offset..).filter(|rest| !rest.is_empty()).ok_or(Stop::Status(PAST_END))?;
        Ok(rest.get(..wanted.min(rest.len())).unwrap_or_default().to_vec())
    }
}

fn asked(command: &Command) -> Done<usize> {
    let le = command.le().ok_or(Stop::Status(WRONG_LENGTH))?;
    usize::try_from(le).map_err(|_| Stop::Status(WRONG_LENGTH))
}
