//! Writing the stream from wherever the chip stands, checked by the chip's own hash.

use super::command::{self, ChipStatus};
use super::desk::Desk;
use super::door::Door;
use super::lock::Personalized;
use crate::crypto::hash::sha256;
use crate::lds::file_id::FileId;
use crate::lds::files::CardFiles;
use crate::perso::chunk::chunks;
use crate::perso::error::PersoError;
use crate::perso::state::{Intent, State};
use crate::perso::stream::PassTwo;

/// PERSO_OPEN: the stream may be anywhere.
pub(super) struct Opened {
    door: Door,
    status: ChipStatus,
}

/// Pass 1 is on the chip.
pub(super) struct Written {
    pub(super) door: Door,
    pub(super) status: ChipStatus,
}

/// All three files of pass 2 are known and durable.
pub(super) struct Signed {
    pub(super) door: Door,
    pub(super) mark: usize,
    pub(super) pass_two: PassTwo,
}

impl Opened {
    pub(super) fn new(door: Door, status: ChipStatus) -> Self {
        Self { door, status }
    }

    /// Writes what is left of pass 1 and has the chip confirm all of it.
    pub(super) fn write_pass_one(mut self, desk: &mut Desk<'_, '_, '_>) -> Result<Written, PersoError> {
        let length = desk.pass_one.len();
        let mark = position(&self.status)?;
        if mark < length {
            check_prefix(&self.status, &desk.pass_one)?;
            write(desk, &mut self.door, &desk.pass_one.clone(), mark)?;
            self.status = self.door.status(desk)?;
            if position(&self.status)? != length {
                return Err(PersoError::Unexpected("GET STATUS"));
            }
        }
        if position(&self.status)? == length {
            check_prefix(&self.status, &desk.pass_one)?;
        }
        desk.advance(State::Written)?;
        Ok(Written { door: self.door, status: self.status })
    }
}

impl Signed {
    /// Writes what is left of pass 2 and commits. The chip compares the digest of all files with its own.
    pub(super) fn commit(mut self, desk: &mut Desk<'_, '_, '_>) -> Result<Personalized, PersoError> {
        let pass_two = self.pass_two.encode(desk.work.reserve)?;
        let done = self.mark.saturating_sub(desk.pass_one.len());
        if done > 0 {
            let status = self.door.status(desk)?;
            check_prefix(&status, &[&desk.pass_one[..], &pass_two].concat())?;
        }
        write(desk, &mut self.door, &pass_two, done)?;
        let digest = whole(desk, &self.pass_two).commit_digest();
        desk.intend(Intent::Commit)?;
        self.door.send(desk, "COMMIT", &command::commit(&digest))?;
        if self.door.vouches() {
            desk.advance(State::Personalized)?;
        }
        Ok(Personalized::seen())
    }
}

/// Every file that the chip must hold.
pub(super) fn whole(desk: &Desk<'_, '_, '_>, later: &PassTwo) -> CardFiles {
    let mut files = desk.work.files.clone();
    files.insert(FileId::Dg14, later.dg14.clone());
    if let Some(dg15) = &later.dg15 {
        files.insert(FileId::Dg15, dg15.clone());
    }
    files.insert(FileId::Sod, later.sod.clone());
    files
}

fn position(status: &ChipStatus) -> Result<usize, PersoError> {
    usize::try_from(status.mark).map_err(|_| PersoError::Unexpected("GET STATUS"))
}

/// The chip's hash must be that of the same bytes of our stream.
fn check_prefix(status: &ChipStatus, stream: &[u8]) -> Result<(), PersoError> {
    match stream.get(..position(status)?) {
        Some(prefix) if sha256(prefix) == status.hash => Ok(()),
        _ => Err(PersoError::ForeignStream(status.mark)),
    }
}

fn write(desk: &mut Desk<'_, '_, '_>, door: &mut Door, pass: &[u8], done: usize) -> Result<(), PersoError> {
    let mut at = done;
    for chunk in chunks(pass, done, desk.station.options.chunk) {
        door.store(desk, chunk.data, chunk.last)?;
        at += chunk.data.len();
        desk.station.progress.written(at, pass.len());
    }
    Ok(())
}
