//! Persistent memory: a byte array with an undo log, which loses power after any written byte that a test names.
//!
//! A transaction copies old bytes into the log before it overwrites them. The log is a row of entries
//! `length(1) ‖ address(3) ‖ old bytes`; the length byte is written last and makes the entry count. Between transactions the
//! log is all zeros. The commit is the one byte that clears the first entry's length; what follows is wiped, so that an erased
//! key does not live on in the log. [`Nvm::recover`], at power-on, undoes what was not committed; cut short, it is run again.

use std::ops::Range;

const HEAD: usize = 4;
const ENTRY: usize = 255;

/// Why a write did not happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Halt {
    /// The power went away; nothing is executed until the next power-on.
    PowerLost,
    /// The write is outside the memory, or the transaction is larger than the log.
    Full,
}

/// The memory.
#[derive(Clone)]
pub(super) struct Nvm {
    bytes: Vec<u8>,
    log: Range<usize>,
    open: Option<usize>,
    budget: Option<u64>,
    dead: bool,
    written: u64,
}

impl Nvm {
    /// Memory with these contents, whose undo log lies at `log`. Call [`Nvm::recover`] before use.
    pub(super) fn new(bytes: Vec<u8>, log: Range<usize>) -> Self {
        Self { bytes, log, open: None, budget: None, dead: false, written: 0 }
    }

    /// All bytes, as they are now.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Bytes written since the memory was made: wear, and the count that tear points refer to.
    pub(super) fn written(&self) -> u64 {
        self.written
    }

    /// Whether power was lost and not yet restored.
    pub(super) fn is_dead(&self) -> bool {
        self.dead
    }

    /// Lets `count` more bytes be written and then loses power; `None` lets all be written.
    pub(super) fn tear_after(&mut self, count: Option<u64>) {
        self.budget = count;
    }

    /// `length` bytes from `at`; shorter only beyond the end of the memory.
    pub(super) fn read(&self, at: usize, length: usize) -> &[u8] {
        let end = at.saturating_add(length).min(self.bytes.len());
        self.bytes.get(at..end).unwrap_or_default()
    }

    /// Writes bytes that nothing refers to yet: no undo is kept.
    pub(super) fn write_fresh(&mut self, at: usize, data: &[u8]) -> Result<(), Halt> {
        if at.saturating_add(data.len()) > self.bytes.len() {
            return Err(Halt::Full);
        }
        data.iter().enumerate().try_for_each(|(index, &byte)| self.put(at + index, byte))
    }

    /// Opens a transaction.
    pub(super) fn begin(&mut self) {
        self.open = Some(self.log.start);
    }

    /// Writes inside the transaction, bytes that stay the same excepted.
    pub(super) fn write(&mut self, at: usize, data: &[u8]) -> Result<(), Halt> {
        let old = self.bytes.get(at..at.saturating_add(data.len())).ok_or(Halt::Full)?;
        let Some(first) = old.iter().zip(data).position(|(a, b)| a != b) else { return Ok(()) };
        let last = old.iter().zip(data).rposition(|(a, b)| a != b).unwrap_or(first);
        let (at, data) = (at + first, data.get(first..=last).unwrap_or_default());
        for (index, part) in data.chunks(ENTRY).enumerate() {
            let start = at + index * ENTRY;
            self.remember(start, part.len())?;
            self.write_fresh(start, part)?;
        }
        Ok(())
    }

    /// Makes the transaction's writes last, all at once.
    pub(super) fn commit(&mut self) -> Result<(), Halt> {
        self.open = None;
        self.wipe_log()
    }

    /// Takes the transaction's writes back.
    pub(super) fn abort(&mut self) -> Result<(), Halt> {
        self.open = None;
        let mut entries = Vec::new();
        let mut at = self.log.start;
        while let Some((address, length)) = self.entry(at) {
            entries.push((address, at + HEAD, length));
            at += HEAD + length;
        }
        for (address, from, length) in entries.into_iter().rev() {
            let old = self.read(from, length).to_vec();
            self.write_fresh(address, &old)?;
        }
        self.wipe_log()
    }

    /// Power-on: whatever was not committed never was.
    pub(super) fn recover(&mut self) -> Result<(), Halt> {
        self.dead = false;
        self.abort()
    }

    fn entry(&self, at: usize) -> Option<(usize, usize)> {
        let &[length, a, b, c] = self.read(at, HEAD) else { return None };
        let length = usize::from(length);
        let inside = length > 0 && at + HEAD + length <= self.log.end;
        inside.then(|| (usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c), length))
    }

    fn remember(&mut self, address: usize, length: usize) -> Result<(), Halt> {
        let at = self.open.ok_or(Halt::Full)?;
        // One byte more stays zero behind the entry: it ends the row.
        if at + HEAD + length >= self.log.end {
            return Err(Halt::Full);
        }
        let old = self.read(address, length).to_vec();
        let place = u32::try_from(address).map_err(|_| Halt::Full)?.to_be_bytes();
        self.write_fresh(at + HEAD, &old)?;
        self.write_fresh(at + 1, place.get(1..).unwrap_or_default())?;
        self.put(at, u8::try_from(length).map_err(|_| Halt::Full)?)?;
        self.open = Some(at + HEAD + length);
        Ok(())
    }

    fn wipe_log(&mut self) -> Result<(), Halt> {
        for at in self.log.clone() {
            if self.read(at, 1) != [0] {
                self.put(at, 0)?;
            }
        }
        Ok(())
    }

    fn put(&mut self, at: usize, byte: u8) -> Result<(), Halt> {
        if self.dead || self.budget == Some(0) {
            self.dead = true;
            return Err(Halt::PowerLost);
        }
        self.budget = self.budget.map(|left| left - 1);
        self.written += 1;
        if let Some(cell) = self.bytes.get_mut(at) {
            *cell = byte;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory() -> Nvm {
        let mut bytes = vec![0; 1_000];
        for (index, byte) in bytes.iter_mut().enumerate().skip(600) {
            *byte = index.to_be_bytes()[7];
        }
        Nvm::new(bytes, 0..600)
    }

    fn change(nvm: &mut Nvm) -> Result<(), Halt> {
        nvm.begin();
        nvm.write(700, &[0xAA; 260])?;
        nvm.write(650, &[0xBB; 3])?;
        nvm.write(701, &[0xCC; 4])?;
        nvm.commit()
    }

    #[test]
    fn a_torn_transaction_is_old_or_new_even_if_recovery_is_torn_too() {
        let old = memory().bytes()[600..].to_vec();
        let mut whole = memory();
        change(&mut whole).unwrap();
        let new = whole.bytes()[600..].to_vec();
        let (mut olds, mut news) = (0, 0);
        for tear in 0..whole.written() {
            let mut nvm = memory();
            nvm.tear_after(Some(tear));
            assert_eq!(change(&mut nvm), Err(Halt::PowerLost));
            assert_eq!(nvm.write_fresh(990, &[1]), Err(Halt::PowerLost), "a dead chip does nothing");
            nvm.tear_after(Some(tear / 2));
            let _ = nvm.recover();
            nvm.tear_after(None);
            nvm.recover().unwrap();
            assert!(nvm.bytes()[..600].iter().all(|&b| b == 0), "the log keeps nothing");
            match &nvm.bytes()[600..] {
                now if now == old => olds += 1,
                now if now == new => news += 1,
                _ => panic!("neither old nor new after {tear} bytes"),
            }
        }
        assert!(olds > 500 && news > 250, "{olds} {news}");
    }

    #[test]
    fn a_transaction_larger_than_the_log_is_refused_and_taken_back() {
        let mut nvm = memory();
        nvm.begin();
        nvm.write(600, &[0x11; 250]).unwrap();
        nvm.write(850, &[0x12; 140]).unwrap();
        assert_eq!(nvm.write(600, &[0x13; 250]), Err(Halt::Full));
        assert_eq!(nvm.write(2_000, &[0]), Err(Halt::Full), "outside the memory");
        nvm.abort().unwrap();
        assert_eq!(nvm.bytes(), memory().bytes());
        assert_eq!(nvm.write(600, &[1]), Err(Halt::Full), "no transaction is open");
        assert_eq!(nvm.write_fresh(999, &[1, 2]), Err(Halt::Full));
    }
}
