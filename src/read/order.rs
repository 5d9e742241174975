//! The order of a terminal: chip first, then small files, the portrait, and fingers at the end.

use super::error::ReadError;
use super::file::{Found, PartialFile, probe};
use super::progress::Progress;
use super::session::Session;
use crate::lds::file_id::{Application, FileId};
use crate::lds::sod::{ID_LDS_SECURITY_OBJECT, LdsSecurityObject, TAG};
use crate::lds::{com::Com, tlv};
use crate::pki::cms::SignedData;

/// Groups in the order of reading: by what a counter needs first, the large ones last.
const ORDER: [FileId; 9] =
    [FileId::Dg1, FileId::Dg11, FileId::Dg12, FileId::Dg13, FileId::Dg14, FileId::Dg15, FileId::Dg7, FileId::Dg2, FileId::Dg3];

impl Session<'_, '_, '_> {
    /// Goes on from wherever the reading stands to its end. Everything that was found is not asked for again.
    pub(super) fn proceed(&mut self) -> Result<(), ReadError> {
        self.select(Application::Lds1)?;
        self.whole(FileId::Dg14)?;
        self.chip_authentication()?;
        if self.link.broken {
            // The chip is not what it says. The rest is read under PACE alone, so that the judge sees all of it.
            self.without_chip_authentication()?;
            self.select(Application::Lds1)?;
        }
        self.whole(FileId::Sod)?;
        if self.setup.want.all() {
            self.whole(FileId::Com)?;
        }
        let listed = self.listed();
        for file in ORDER.into_iter().filter(|f| *f != FileId::Dg3 && listed.contains(f)) {
            if self.setup.want.whole(file) { self.whole(file)? } else { self.presence(file)? }
        }
        self.beyond(&listed)?;
        self.active_authentication(listed.contains(&FileId::Dg15))?;
        self.fingers(listed.contains(&FileId::Dg3))
    }

    /// Groups that EF.SOD does not list, where an inventory is asked for: one that is there was put there by nobody we know.
    fn beyond(&mut self, listed: &[FileId]) -> Result<(), ReadError> {
        if *self.setup.want == super::want::Want::Inventory {
            for file in ORDER.into_iter().filter(|f| !listed.contains(f)) {
                self.presence(file)?;
            }
        }
        Ok(())
    }

    /// Finger images and templates: with the right to them if this station has it, else DG3 is only shown to be there.
    fn fingers(&mut self, images: bool) -> Result<(), ReadError> {
        let wanted = self.setup.want.fingers() && !self.files.contains_key(&FileId::Fingers);
        if wanted {
            self.terminal_authentication()?;
        }
        if images {
            let whole = self.link.accepted && self.setup.want.whole(FileId::Dg3);
            if whole { self.whole(FileId::Dg3)? } else { self.presence(FileId::Dg3)? }
        }
        if wanted && self.link.accepted {
            self.select(Application::National)?;
            self.whole(FileId::Fingers)?;
        }
        Ok(())
    }

    /// Groups of EF.SOD; of EF.COM, or all, if EF.SOD does not say. Nothing is trusted here: the judge reads EF.SOD itself.
    fn listed(&self) -> Vec<FileId> {
        let of_sod = self.files.get(&FileId::Sod).and_then(|bytes| sod_groups(bytes));
        let of_com = || self.files.get(&FileId::Com).and_then(|bytes| Com::parse(bytes).ok()).map(|com| com.files());
        of_sod.or_else(of_com).unwrap_or_else(|| ORDER.to_vec())
    }

    /// Reads a whole file, unless that is done or was answered before; tells how far it is.
    pub(super) fn whole(&mut self, file: FileId) -> Result<(), ReadError> {
        if self.files.contains_key(&file) || self.probes.contains_key(&file) {
            return Ok(());
        }
        let kept = self.partial.take().filter(|p| p.file() == file);
        let mut partial = kept.unwrap_or_else(|| PartialFile::new(file));
        loop {
            let step = partial.step(self.channel, self.chunk);
            match step {
                Ok(Found::Answer(status)) => {
                    self.probes.insert(file, status.0);
                    return Ok(());
                }
                Ok(Found::Present) => {}
                Err(error) => {
                    self.partial = Some(partial);
                    return Err(error);
                }
            }
            self.tell(Progress::Reading { file, done: partial.done(), total: partial.total() });
            if partial.done() >= partial.total() {
                break;
            }
        }
        let bytes = partial.into_whole().ok_or(ReadError::Malformed(file))?;
        self.files.insert(file, bytes);
        if file == FileId::Dg2 {
            self.portrait_is_whole();
        }
        Ok(())
    }

    /// Asks for one byte of a file, unless that was done.
    fn presence(&mut self, file: FileId) -> Result<(), ReadError> {
        if !self.files.contains_key(&file) && !self.probes.contains_key(&file) {
            let status = probe(self.channel, file)?;
            self.probes.insert(file, status.0);
        }
        Ok(())
    }
}

/// Groups that an EF.SOD lists, without checking any signature.
fn sod_groups(bytes: &[u8]) -> Option<Vec<FileId>> {
    let outer = tlv::parse_one(bytes, TAG).ok()?;
    let message = SignedData::parse(outer.value, ID_LDS_SECURITY_OBJECT).ok()?;
    let object = LdsSecurityObject::parse(message.content()?).ok()?;
    Some(object.hashes.keys().filter_map(|n| FileId::from_data_group(*n)).collect())
}
