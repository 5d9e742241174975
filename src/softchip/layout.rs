//! Where each thing lies in persistent memory. The first [`CHIP_INTERNALS`] bytes are internals, the rest is file contents.

use crate::limits::CHIP_INTERNALS;

/// A stretch of persistent memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field {
    /// First byte.
    pub(super) at: usize,
    /// Bytes.
    pub(super) len: usize,
}

impl Field {
    const fn after(before: Self, len: usize) -> Self {
        Self { at: before.at + before.len, len }
    }

    /// The `index`-th of equal rows that begin with this one.
    pub(super) const fn row(self, index: usize) -> Self {
        Self { at: self.at + index * self.len, len: self.len }
    }

    const fn last_of(self, rows: usize) -> Self {
        self.row(rows - 1)
    }
}

/// Most files in the file table.
pub(super) const TABLE_ROWS: usize = 16;
/// Trust points on the chip (TR-03110-3 C.2.3: the current one and the one before).
pub(super) const TRUST_POINTS: usize = 2;
/// Key slots: Chip Authentication and Active Authentication.
pub(super) const SLOTS: usize = 2;

/// Version of this layout.
pub(super) const VERSION: Field = Field { at: 0, len: 1 };
/// Life-cycle state.
pub(super) const STATE: Field = Field::after(VERSION, 1);
/// Chip serial: the key diversification data.
pub(super) const SERIAL: Field = Field::after(STATE, 10);
/// SCP03 sequence counter.
pub(super) const SEQUENCE: Field = Field::after(SERIAL, 3);
/// Failed EXTERNAL AUTHENTICATE in a row.
pub(super) const SCP_FAILURES: Field = Field::after(SEQUENCE, 1);
/// Failed PACE runs in a row.
pub(super) const PACE_FAILURES: Field = Field::after(SCP_FAILURES, 2);
/// `KVN ‖ key length ‖ ENC ‖ MAC ‖ DEK`, each in 32 bytes.
pub(super) const KEY_SET: Field = Field::after(PACE_FAILURES, 98);
/// `KVN ‖ key length ‖ proof key` in 32 bytes.
pub(super) const PROOF_KEY: Field = Field::after(KEY_SET, 34);
/// `flags ‖ CAN(6) ‖ SHA-1 of the MRZ information(20)`.
pub(super) const PASSWORDS: Field = Field::after(PROOF_KEY, 27);
/// `parameterId ‖ CA keyId ‖ flags`.
pub(super) const PARAMETERS: Field = Field::after(PASSWORDS, 3);
/// `01 ‖ authorization digest`.
pub(super) const AUTHORIZATION: Field = Field::after(PARAMETERS, 33);
/// Current date, one digit a byte.
pub(super) const DATE: Field = Field::after(AUTHORIZATION, 6);
/// First key slot: `01 ‖ scalar` in 48 bytes.
pub(super) const SLOT: Field = Field::after(DATE, 49);
/// First trust point, see `trust`.
pub(super) const TRUST: Field = Field::after(SLOT.last_of(SLOTS), 133);
/// Which of the trust points is the current one.
pub(super) const TRUST_CURRENT: Field = Field::after(TRUST.last_of(TRUST_POINTS), 1);
/// State of the stream parser, see `progress`.
pub(super) const STREAM: Field = Field::after(TRUST_CURRENT, 123);
/// First row of the file table: `DGI(2) ‖ FID(2) ‖ size(3) ‖ rule(1) ‖ written(3)`; the highest bit of *written* says *whole*.
pub(super) const TABLE: Field = Field::after(STREAM, 11);
/// The undo log takes what is left.
pub(super) const LOG: Field = {
    let end = TABLE.last_of(TABLE_ROWS);
    Field::after(end, CHIP_INTERNALS - end.at - end.len)
};
/// Where file contents begin.
pub(super) const CONTENTS: usize = CHIP_INTERNALS;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_undo_log_has_room_for_the_largest_transactions() {
        const HEAD: usize = 4;
        let chunk = STREAM.len + HEAD + TABLE_ROWS * (3 + HEAD);
        let trust_point = TRUST.len + HEAD + DATE.len + HEAD + 1 + HEAD;
        let lock = KEY_SET.len + HEAD + PROOF_KEY.len + HEAD + 1 + HEAD;
        assert!(LOG.len > chunk.max(trust_point).max(lock), "{}", LOG.len);
        assert_eq!(LOG.at + LOG.len, CONTENTS);
    }
}
