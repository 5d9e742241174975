//! STORE DATA: one stream of DGIs whose chunks may end anywhere (specs/card-profile.md 6.2).
//!
//! A chunk's data go where nothing refers to them yet; then one transaction moves the high-water mark over them. A chunk that
//! is torn or refused is not there at all.

use super::controls;
use super::progress::{CONTROLS, HEADER, Progress};
use super::status::{Done, NO_MEMORY, Stop, WRONG_DATA, refuse};
use super::store::Store;
use super::table::{self, File, TableFault};
use super::trust;
use sha2::Digest;
use std::ops::Range;

/// Control DGIs wait for their end in the last bytes of the memory, each at its place in the stream: a certificate body with
/// domain parameters fits several times.
const CONTROL_BYTES: usize = 2_048;

struct Parser<'a> {
    store: &'a mut Store,
    progress: Progress,
    files: Vec<File>,
    whole: Vec<(usize, usize)>,
    /// Bytes of this chunk that were taken.
    taken: usize,
    /// Where an unfinished control DGI of earlier chunks waits: not to be overwritten, for this chunk may come again.
    waiting: Range<usize>,
}

/// Appends one chunk; `last` says that the pass ends with it.
pub(super) fn append(store: &mut Store, chunk: &[u8], last: bool) -> Done<()> {
    let progress = Progress::load(store);
    let files = table::files(store);
    let mut parser = Parser { store, progress, files, whole: Vec::new(), taken: 0, waiting: 0..0 };
    parser.waiting = parser.waiting_control()?;
    parser.feed(chunk)?;
    let Parser { mut progress, whole, store, .. } = parser;
    if last && (progress.dgi.is_some() || !progress.header.is_empty()) {
        return refuse(WRONG_DATA);
    }
    let more = u32::try_from(chunk.len()).map_err(|_| Stop::Status(WRONG_DATA))?;
    progress.mark = progress.mark.checked_add(more).ok_or(Stop::Status(WRONG_DATA))?;
    progress.hash.update(chunk);
    store.atomically(|s| {
        progress.save(s)?;
        whole.iter().try_for_each(|(index, length)| table::set_whole(s, *index, *length))
    })?;
    Ok(())
}

impl Parser<'_> {
    fn waiting_control(&self) -> Done<Range<usize>> {
        match self.progress.dgi.filter(|dgi| CONTROLS.contains(dgi)) {
            Some(dgi) => self.place(dgi).map(|at| at..at + self.progress.got),
            None => Ok(0..0),
        }
    }

    fn feed(&mut self, chunk: &[u8]) -> Done<()> {
        let mut rest = chunk;
        while !rest.is_empty() {
            match self.progress.dgi {
                None => {
                    let (&byte, tail) = rest.split_first().unwrap_or((&0, &[]));
                    self.progress.header.push(byte);
                    self.taken += 1;
                    rest = tail;
                    self.open_if_announced()?;
                }
                Some(dgi) => {
                    let missing = self.progress.declared.saturating_sub(self.progress.got);
                    let (part, tail) = rest.split_at(missing.min(rest.len()));
                    let at = self.place(dgi)? + self.progress.got;
                    if at < self.waiting.end && self.waiting.start < at + part.len() {
                        return refuse(WRONG_DATA);
                    }
                    self.store.nvm.write_fresh(at, part)?;
                    self.progress.got += part.len();
                    self.taken += part.len();
                    rest = tail;
                }
            }
            self.close_if_complete()?;
        }
        Ok(())
    }

    fn open_if_announced(&mut self) -> Done<()> {
        let (dgi, declared) = match *self.progress.header {
            [_, _, length] if length != 0xFF => (self.announced(), usize::from(length)),
            [_, _, 0xFF, high, low] => (self.announced(), usize::from(u16::from_be_bytes([high, low]))),
            _ if self.progress.header.len() < HEADER => return Ok(()),
            _ => return refuse(WRONG_DATA),
        };
        self.may_open(dgi, declared)?;
        self.progress.header.clear();
        self.progress.dgi = Some(dgi);
        self.progress.declared = declared;
        self.progress.got = 0;
        Ok(())
    }

    fn announced(&self) -> u16 {
        self.progress.header.first_chunk().map_or(0, |b| u16::from_be_bytes(*b))
    }

    fn may_open(&self, dgi: u16, declared: usize) -> Done<()> {
        let good = if CONTROLS.contains(&dgi) {
            let first = dgi == *CONTROLS.start();
            let before_files = self.files.iter().all(|f| f.written.is_none());
            let fits = self.position().saturating_add(declared) <= CONTROL_BYTES;
            first != self.progress.has(0x8001) && !self.progress.is_past(dgi) && before_files && fits
        } else {
            self.files.iter().any(|f| f.dgi == dgi && f.written.is_none() && declared <= f.size)
        };
        if good { Ok(()) } else { refuse(WRONG_DATA) }
    }

    /// Bytes of the stream that were taken, this chunk's included.
    fn position(&self) -> usize {
        usize::try_from(self.progress.mark).unwrap_or(usize::MAX).saturating_add(self.taken)
    }

    /// Where a DGI's data go.
    fn place(&self, dgi: u16) -> Done<usize> {
        let file = || self.files.iter().find(|f| f.dgi == dgi).map(|f| f.at);
        let control = || {
            let base = self.store.nvm.bytes().len().checked_sub(CONTROL_BYTES)?;
            self.position().checked_sub(self.progress.got)?.checked_add(base)
        };
        let place = if CONTROLS.contains(&dgi) { control() } else { file() };
        place.ok_or(Stop::Status(WRONG_DATA))
    }

    fn close_if_complete(&mut self) -> Done<()> {
        let Some(dgi) = self.progress.dgi.filter(|_| self.progress.got == self.progress.declared) else { return Ok(()) };
        let length = self.progress.got;
        let place = self.place(dgi)?;
        self.progress.dgi = None;
        if CONTROLS.contains(&dgi) {
            let data = zeroize::Zeroizing::new(self.store.nvm.read(place, length).to_vec());
            self.take_control(dgi, &data)?;
            self.progress.note(dgi);
        } else if let Some(index) = self.files.iter().position(|f| f.dgi == dgi) {
            self.whole.push((index, length));
            if let Some(file) = self.files.get_mut(index) {
                file.written = Some(length);
            }
        }
        Ok(())
    }

    fn take_control(&mut self, dgi: u16, data: &[u8]) -> Done<()> {
        let taken = match dgi {
            0x8001 => {
                let files = table::parse(data, self.store.nvm.bytes().len())
                    .map_err(|fault| Stop::Status(if fault == TableFault::Memory { NO_MEMORY } else { WRONG_DATA }))?;
                table::write_fresh(self.store, &files)?;
                self.files = table::rows(self.store);
                true
            }
            0x8003 => trust::write_fresh(self.store, data)?,
            _ => controls::write_fresh(self.store, dgi, data)?,
        };
        if taken { Ok(()) } else { refuse(WRONG_DATA) }
    }
}
