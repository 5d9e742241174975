//! Which chip lies on a reader, before any job is begun with it.

use super::command::{KVN_TRANSPORT, KVN_UNIQUE, PERSONALIZATION, SECURITY_DOMAIN, select};
use crate::chip::apdu::StatusWord;
use crate::chip::link::{Link, LinkError};
use crate::chip::port::Port;
use crate::chip::scp03::host::HostStart;
use crate::crypto::scp03::{ChipSerial, Mode};
use rand_core::CryptoRng;

/// The serial number that a chip tells which may still be personalized: nothing of it is authenticated, and nothing changes on the chip.
/// None for a card that opens no door any more, or is not of this kind.
///
/// # Errors
/// [`LinkError`].
pub fn announced(port: &mut dyn Port, rng: &mut dyn CryptoRng) -> Result<Option<ChipSerial>, LinkError> {
    let mut link = Link::new(port);
    for (aid, kvn) in [(PERSONALIZATION, KVN_UNIQUE), (SECURITY_DOMAIN, KVN_TRANSPORT)] {
        if link.send(&select(aid))?.status != StatusWord::NO_ERROR {
            continue;
        }
        let start = HostStart::new(kvn, Mode::S8, rng);
        let answer = link.send(&start.command())?;
        if let Ok(answered) = start.receive(&answer) {
            return Ok(Some(answered.answer().serial));
        }
    }
    Ok(None)
}
