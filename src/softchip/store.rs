//! The chip's state on its persistent memory: life cycle, serial, counters, and transactions.

use super::layout::{self, Field};
use super::lifecycle::State;
use super::nvm::{Halt, Nvm};

/// Layout version written into [`layout::VERSION`].
const LAYOUT: u8 = 1;

/// Typed access to persistent memory.
#[derive(Clone)]
pub(super) struct Store {
    pub(super) nvm: Nvm,
}

impl Store {
    /// Bytes for the contents of files.
    pub(super) fn room(&self) -> usize {
        self.nvm.bytes().len().saturating_sub(layout::CONTENTS)
    }

    /// The memory of a blank: `capacity` bytes, internals included.
    pub(super) fn blank(serial: [u8; 10], capacity: usize) -> Self {
        let mut bytes = vec![0; capacity.max(layout::CONTENTS)];
        let mut place = |field: Field, value: &[u8]| {
            for (cell, byte) in bytes.iter_mut().skip(field.at).zip(value) {
                *cell = *byte;
            }
        };
        place(layout::VERSION, &[LAYOUT]);
        place(layout::STATE, &[State::Blank.byte()]);
        place(layout::SERIAL, &serial);
        Self::over(bytes)
    }

    /// Over the bytes of a saved memory, if they are of this layout.
    pub(super) fn restore(bytes: Vec<u8>) -> Option<Self> {
        let store = Self::over(bytes);
        let known = store.nvm.bytes().len() >= layout::CONTENTS && store.get(layout::VERSION) == [LAYOUT];
        (known && State::from_byte(store.byte(layout::STATE)).is_some()).then_some(store)
    }

    fn over(bytes: Vec<u8>) -> Self {
        let log = layout::LOG;
        Self { nvm: Nvm::new(bytes, log.at..log.at + log.len) }
    }

    /// Power-on: undoes what was torn, finishes an erasure that was cut short.
    pub(super) fn power_on(&mut self) -> Result<(), Halt> {
        self.nvm.recover()?;
        if self.state() == State::Terminated { self.erase() } else { Ok(()) }
    }

    /// Does all of `change` or nothing of it.
    pub(super) fn atomically<T, E: From<Halt>>(&mut self, change: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        self.nvm.begin();
        match change(self) {
            Ok(value) => {
                self.nvm.commit()?;
                Ok(value)
            }
            // After a loss of power the roll-back is left to the next power-on.
            Err(error) if self.nvm.is_dead() => Err(error),
            Err(error) => {
                self.nvm.abort()?;
                Err(error)
            }
        }
    }

    /// A field's bytes.
    pub(super) fn get(&self, field: Field) -> &[u8] {
        self.nvm.read(field.at, field.len)
    }

    /// A field's first byte.
    pub(super) fn byte(&self, field: Field) -> u8 {
        self.get(field).first().copied().unwrap_or_default()
    }

    /// Writes the beginning of a field, inside a transaction.
    pub(super) fn set(&mut self, field: Field, value: &[u8]) -> Result<(), Halt> {
        if value.len() > field.len { Err(Halt::Full) } else { self.nvm.write(field.at, value) }
    }

    /// Zeroes a field, inside a transaction.
    pub(super) fn clear(&mut self, field: Field) -> Result<(), Halt> {
        self.nvm.write(field.at, &vec![0; field.len])
    }

    /// Life-cycle state.
    pub(super) fn state(&self) -> State {
        State::from_byte(self.byte(layout::STATE)).unwrap_or(State::Terminated)
    }

    /// Changes the life-cycle state, inside a transaction.
    pub(super) fn set_state(&mut self, state: State) -> Result<(), Halt> {
        self.set(layout::STATE, &[state.byte()])
    }

    /// Chip serial: the ten bytes of key diversification data.
    pub(super) fn serial(&self) -> [u8; 10] {
        self.get(layout::SERIAL).try_into().unwrap_or_default()
    }

    /// Counts the SCP03 sequence counter up and returns it.
    pub(super) fn next_sequence(&mut self) -> Result<[u8; 3], Halt> {
        let &[a, b, c] = self.get(layout::SEQUENCE) else { return Err(Halt::Full) };
        let next = u32::from_be_bytes([0, a, b, c]).wrapping_add(1).to_be_bytes();
        let next = [next[1], next[2], next[3]];
        self.atomically(|s| s.set(layout::SEQUENCE, &next))?;
        Ok(next)
    }

    /// Failed attempts to authenticate in a row, at a door (one byte) or at PACE (two bytes).
    pub(super) fn failures(&self, counter: Field) -> u16 {
        self.get(counter).iter().fold(0, |sum, &b| sum << 8 | u16::from(b))
    }

    /// Counts one more failed attempt, before the attempt is judged. Stops at the counter's end.
    pub(super) fn count_attempt(&mut self, counter: Field) -> Result<(), Halt> {
        let next = self.failures(counter).saturating_add(1).to_be_bytes();
        let bytes = if counter.len == 1 { &next[1..] } else { &next[..] };
        let full = counter.len == 1 && next[0] != 0;
        if full { Ok(()) } else { self.atomically(|s| s.set(counter, bytes)) }
    }

    /// An attempt was good: the counter starts again.
    pub(super) fn attempt_was_good(&mut self, counter: Field) -> Result<(), Halt> {
        self.atomically(|s| s.clear(counter))
    }

    /// Erases keys, secrets and file contents of a terminated chip; cut short, the next power-on goes on with it.
    pub(super) fn erase(&mut self) -> Result<(), Halt> {
        let kept = layout::SEQUENCE.at;
        for at in kept..self.nvm.bytes().len() {
            if self.nvm.read(at, 1) != [0] {
                self.nvm.write_fresh(at, &[0])?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_survive_and_stop_at_their_end() {
        let mut store = Store::blank([7; 10], 8_192);
        assert_eq!(store.next_sequence(), Ok([0, 0, 1]));
        for _ in 0..300 {
            store.count_attempt(layout::SCP_FAILURES).unwrap();
        }
        store.count_attempt(layout::PACE_FAILURES).unwrap();
        let mut store = Store::restore(store.nvm.bytes().to_vec()).unwrap();
        store.power_on().unwrap();
        assert_eq!(store.failures(layout::SCP_FAILURES), 255);
        assert_eq!(store.failures(layout::PACE_FAILURES), 1);
        assert_eq!(store.next_sequence(), Ok([0, 0, 2]));
        store.attempt_was_good(layout::PACE_FAILURES).unwrap();
        assert_eq!(store.failures(layout::PACE_FAILURES), 0);
        assert_eq!(store.serial(), [7; 10]);
    }

    #[test]
    fn other_bytes_are_no_memory() {
        assert!(Store::restore(vec![LAYOUT; 100]).is_none());
        assert!(Store::restore(vec![0; 8_192]).is_none());
    }
}
