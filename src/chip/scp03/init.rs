//! INITIALIZE UPDATE (Amendment D 7.1.1).

use crate::chip::apdu::Command;

/// `80 50 kvn 00 Lc host challenge 00`.
#[must_use]
pub fn initialize_update(kvn: u8, host_challenge: &[u8]) -> Command {
    Command::new(0x80, 0x50, kvn, 0).with_data(host_challenge).with_le(256)
}
