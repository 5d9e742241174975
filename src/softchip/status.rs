//! Status words that the chip answers with, and why a command stops (ISO/IEC 7816-4 5.6; specs/card-profile.md 8).

use super::nvm::Halt;

/// Why a command ends without its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// The chip answers this status word alone.
    Status(u16),
    /// The chip lost power and answers nothing.
    PowerLost,
}

impl From<Halt> for Stop {
    fn from(halt: Halt) -> Self {
        match halt {
            Halt::PowerLost => Self::PowerLost,
            Halt::Full => Self::Status(MEMORY_FAILURE),
        }
    }
}

/// What a command's handler gives.
pub(super) type Done<T = Vec<u8>> = Result<T, Stop>;

/// Refuses with a status word.
pub(super) fn refuse<T>(status: u16) -> Done<T> {
    Err(Stop::Status(status))
}

pub(super) const OK: u16 = 0x9000;
pub(super) const MEMORY_FAILURE: u16 = 0x6581;
pub(super) const WRONG_LENGTH: u16 = 0x6700;
pub(super) const NO_CHAINING: u16 = 0x6884;
pub(super) const SECURITY_NOT_SATISFIED: u16 = 0x6982;
pub(super) const BLOCKED: u16 = 0x6983;
pub(super) const CONDITIONS_NOT_SATISFIED: u16 = 0x6985;
pub(super) const NO_CURRENT_FILE: u16 = 0x6986;
pub(super) const WRONG_SM: u16 = 0x6988;
pub(super) const WRONG_DATA: u16 = 0x6A80;
pub(super) const FILE_NOT_FOUND: u16 = 0x6A82;
pub(super) const NO_MEMORY: u16 = 0x6A84;
pub(super) const WRONG_P1_P2: u16 = 0x6A86;
pub(super) const NO_REFERENCE: u16 = 0x6A88;
pub(super) const PAST_END: u16 = 0x6B00;
pub(super) const UNKNOWN_INS: u16 = 0x6D00;
pub(super) const UNKNOWN_CLA: u16 = 0x6E00;
