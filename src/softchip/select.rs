//! SELECT in the forms that readers use: MF, application by AID, elementary file by identifier.

use super::chip::SoftChip;
use super::lifecycle::State;
use super::session::{Current, Selected};
use super::status::{
    CONDITIONS_NOT_SATISFIED, Done, FILE_NOT_FOUND, SECURITY_NOT_SATISFIED, Stop, WRONG_LENGTH, WRONG_P1_P2, refuse,
};
use super::table::{self, ReadRule};
use crate::chip::apdu::Command;
use crate::lds::file_id::{Application, FileId};

/// AID of the security domain: door 1.
pub(super) const SECURITY_DOMAIN: [u8; 8] = [0xA0, 0x00, 0x00, 0x01, 0x51, 0x00, 0x00, 0x00];
/// AID of the personalization application: door 2.
pub(super) const PERSONALIZATION: [u8; 6] = [0xF0, 0x45, 0x4B, 0x54, 0x50, 0x02];

const MF: [u8; 2] = [0x3F, 0x00];

impl SoftChip {
    /// SELECT `A4`. P2 may ask for any form of file control information; there is none to give. Le may stand or not.
    pub(super) fn select(&mut self, command: &Command) -> Done {
        if !matches!(command.p2(), 0x00 | 0x04 | 0x0C) {
            return refuse(WRONG_P1_P2);
        }
        match (command.p1(), command.data()) {
            (0x04, aid) => self.select_aid(aid),
            _ if !self.store.state().is_readable() => refuse(CONDITIONS_NOT_SATISFIED),
            (0x00, []) => self.select_mf(),
            (0x00, data) if data == MF => self.select_mf(),
            (0x00 | 0x02, &[high, low]) => self.select_ef(u16::from_be_bytes([high, low])),
            (0x08, &[high, low]) => {
                self.select_mf()?;
                self.select_ef(u16::from_be_bytes([high, low]))
            }
            (0x00 | 0x02 | 0x08, _) => refuse(WRONG_LENGTH),
            _ => refuse(WRONG_P1_P2),
        }
    }

    fn select_mf(&mut self) -> Done {
        self.session.select(Selected::Mf);
        Ok(Vec::new())
    }

    fn select_aid(&mut self, aid: &[u8]) -> Done {
        let is = |application: Application| application.aid() == Some(aid);
        let (selected, open) = match aid {
            _ if is(Application::Lds1) => (Selected::Lds1, State::is_readable as fn(State) -> bool),
            _ if is(Application::National) => (Selected::National, State::is_readable as fn(State) -> bool),
            _ if aid == SECURITY_DOMAIN => (Selected::SecurityDomain, State::has_doors as fn(State) -> bool),
            _ if aid == PERSONALIZATION => (Selected::Personalization, State::has_doors as fn(State) -> bool),
            _ => return refuse(FILE_NOT_FOUND),
        };
        if !open(self.store.state()) {
            return refuse(CONDITIONS_NOT_SATISFIED);
        }
        self.session.select(selected);
        Ok(Vec::new())
    }

    fn select_ef(&mut self, fid: u16) -> Done {
        let found = self.find(|file| file.fid == fid, fid == FileId::Cvca.fid())?;
        self.session.current = Some(found);
        Ok(Vec::new())
    }

    /// The file with this short identifier in the selected application; it becomes the current one.
    pub(super) fn select_sfi(&mut self, sfi: u8) -> Done<Current> {
        let found = self.find(|file| file.sfi() == sfi, sfi == FileId::Cvca.sfi())?;
        self.session.current = Some(found);
        Ok(found)
    }

    fn find(&self, wanted: impl Fn(&table::File) -> bool, wants_cvca: bool) -> Done<Current> {
        let application = match self.session.selected {
            Selected::Mf => Application::Mf,
            Selected::Lds1 => Application::Lds1,
            Selected::National => Application::National,
            Selected::SecurityDomain | Selected::Personalization => return refuse(FILE_NOT_FOUND),
        };
        let files = table::files(&self.store);
        let file = files.into_iter().find(|f| f.application() == Some(application) && f.written.is_some() && wanted(f));
        let found = match file {
            Some(file) => Current::File(file),
            None if wants_cvca && application == Application::Lds1 && self.has_trust_point() => Current::Cvca,
            None => return refuse(FILE_NOT_FOUND),
        };
        if self.may_read(&found) { Ok(found) } else { Err(Stop::Status(SECURITY_NOT_SATISFIED)) }
    }

    /// Whether what was proven in this session opens a file.
    pub(super) fn may_read(&self, file: &Current) -> bool {
        let rule = match file {
            Current::File(file) => file.rule,
            Current::Cvca => ReadRule::Pace,
        };
        match rule {
            ReadRule::Free => true,
            ReadRule::Pace => self.session.secure.is_open(),
            ReadRule::Fingers => self.session.secure.may_read_fingers(),
        }
    }
}
