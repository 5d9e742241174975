//! The first tap: the vendor's transport set gives way to the chip-unique set, through door 1.

use super::command::{KVN_PROOF, KVN_TRANSPORT, KVN_UNIQUE, SECURITY_DOMAIN, free_memory, resources};
use super::desk::Desk;
use crate::chip::apdu::StatusWord;
use crate::chip::scp03::host::HostStart;
use crate::chip::scp03::{Level, commands};
use crate::crypto::scp03::{ChipSerial, Mode};
use crate::perso::error::PersoError;
use crate::perso::state::Intent;

impl Desk<'_, '_, '_> {
    /// PUT KEY 40, then 31 in place of 30. A chip on which 40 is already there gets it again: the key is the same.
    pub(super) fn first_tap(&mut self) -> Result<(), PersoError> {
        const STEP: &str = "first tap";
        match self.select("SELECT security domain", SECURITY_DOMAIN)? {
            StatusWord::NO_ERROR => {}
            status => return Err(PersoError::NotOurs { step: "SELECT security domain", status: status.0 }),
        }
        // The transport set is the same on every chip, so its cryptogram does not vouch for the serial, and keys made for a serial that
        // came damaged would lock the chip for ever: it is asked once more.
        let Some(first) = self.initialize(KVN_TRANSPORT)? else {
            return Err(PersoError::NotOurs { step: "INITIALIZE UPDATE", status: StatusWord::REFERENCE_NOT_FOUND.0 });
        };
        if self.job.chip.is_none() {
            self.check_free_memory()?;
        }
        let door = self.handshake(SECURITY_DOMAIN, KVN_TRANSPORT, Level::Full)?;
        let Some(mut door) = door.filter(|door| door.serial == first.answer().serial) else {
            return Err(PersoError::Unexpected("INITIALIZE UPDATE"));
        };
        if self.job.chip.is_none() {
            // A chip that still answers to the vendor's keys is BLANK: nothing opens door 2 with them.
            self.reserve(&door)?;
        }
        let data = self.put_key_data(door.serial)?;
        self.intend(Intent::FirstTap)?;
        let proof = commands::put_key(0, 1, false, &data.proof);
        expect_kvn(&door.send(self, STEP, &proof)?, KVN_PROOF)?;
        let unique = commands::put_key(KVN_TRANSPORT, 1, true, &data.unique);
        expect_kvn(&door.send(self, STEP, &unique)?, KVN_UNIQUE)
    }

    /// Refuses a chip that says it is too small, before anything of it is bound or changed. What it says is not authenticated yet;
    /// GET STATUS says it again under the channel.
    fn check_free_memory(&mut self) -> Result<(), PersoError> {
        let answer = self.send("GET DATA", &resources())?;
        let free = answer.ok().ok().and_then(|data| free_memory(&data));
        free.map_or(Ok(()), |room| self.check_room(room))
    }

    /// Refuses a chip whose memory the job's files exceed.
    pub(super) fn check_room(&self, room: usize) -> Result<(), PersoError> {
        let needed = self.work.room();
        if needed > room { Err(PersoError::TooSmall { needed, room }) } else { Ok(()) }
    }

    /// The serial that the chip announces, whoever's it is.
    pub(super) fn announced_serial(&mut self) -> Result<Option<ChipSerial>, PersoError> {
        let start = HostStart::new(KVN_TRANSPORT, Mode::S8, self.station.rng);
        let response = self.send("INITIALIZE UPDATE", &start.command())?;
        if response.status == StatusWord::REFERENCE_NOT_FOUND {
            return Ok(None);
        }
        let answered = start.receive(&response).map_err(|source| PersoError::Channel { step: "INITIALIZE UPDATE", source })?;
        Ok(Some(answered.answer().serial))
    }
}

fn expect_kvn(answer: &[u8], kvn: u8) -> Result<(), PersoError> {
    if answer.first() == Some(&kvn) { Ok(()) } else { Err(PersoError::Unexpected("PUT KEY")) }
}
