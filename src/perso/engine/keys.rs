//! Keys born on the chip: intent, GENERATE KEY, pure read, proof of origin, registration as unique.

use super::command;
use super::desk::Desk;
use super::door::Door;
use super::write::Written;
use crate::chip::scp03::host::HostAnswered;
use crate::crypto::ec::PublicKey;
use crate::crypto::scp03::{ChipSerial, SessionKeys};
use crate::perso::error::PersoError;
use crate::perso::journal::RegisteredKey;
use crate::perso::state::{Intent, State};
use crate::pki::key_service::{KeyServiceError, Origin, PutKeys, SessionRequest};

/// The chip's keys are proven, and registered as new.
pub(super) struct Registered {
    pub(super) door: Door,
    /// Bytes of the stream on the chip.
    pub(super) mark: usize,
}

impl Written {
    /// Has every key of the profile made, reads it, proves its origin and registers all of them at once.
    pub(super) fn make_keys(mut self, desk: &mut Desk<'_, '_, '_>) -> Result<Registered, PersoError> {
        let mut keys = Vec::new();
        for slot in desk.work.slots() {
            if !self.status.has_key(slot) {
                if desk.job.key(slot).is_some() {
                    return Err(PersoError::BadKey(slot));
                }
                desk.intend(Intent::Generate(slot))?;
                self.door.send(desk, "GENERATE KEY", &command::generate(slot))?;
            }
            keys.push(self.key(desk, slot)?);
        }
        let now = desk.now();
        desk.station.journal.register_keys(&desk.job.id, &keys, now)?;
        desk.refresh(State::Registered)?;
        let mark = usize::try_from(self.status.mark).map_err(|_| PersoError::Unexpected("GET STATUS"))?;
        Ok(Registered { door: self.door, mark })
    }

    /// The key of a slot, from the pure read alone. One that is registered must be the same; a new one proves its origin.
    fn key(&mut self, desk: &mut Desk<'_, '_, '_>, slot: u8) -> Result<RegisteredKey, PersoError> {
        let data = self.door.send(desk, "GET PUBLIC KEY", &command::get_public_key(slot))?;
        let key = command::public_key(&data, desk.work.curve).ok_or(PersoError::BadKey(slot))?;
        if let Some(known) = desk.job.key(slot) {
            return if known.key == key.as_bytes() { Ok(known.clone()) } else { Err(PersoError::BadKey(slot)) };
        }
        let proof = self.door.send(desk, "PROOF", &command::proof(slot, &[]))?;
        desk.check_proof(self.door.serial, slot, &key, &proof)?;
        Ok(RegisteredKey { slot, key: key.as_bytes().to_vec(), proof })
    }
}

impl Desk<'_, '_, '_> {
    /// The key service's judgement of a proof of origin.
    fn check_proof(&mut self, serial: ChipSerial, slot: u8, key: &PublicKey, answer: &[u8]) -> Result<(), PersoError> {
        let authorization = &self.work.job.authorization_digest;
        let origin = Origin { serial, slot, public_key: key, authorization, nonce: &[], answer };
        self.station.keys.check_proof(&origin)?;
        Ok(())
    }

    /// Key data of the first tap, ready for the chip.
    pub(super) fn put_key_data(&mut self, serial: ChipSerial) -> Result<PutKeys, PersoError> {
        Ok(self.station.keys.put_key_data(serial)?)
    }

    /// Session keys for an answered INITIALIZE UPDATE. The key service checks the card's cryptogram too.
    pub(super) fn session_keys(
        &mut self,
        answered: &HostAnswered,
        serial: ChipSerial,
        kvn: u8,
        aid: &[u8],
    ) -> Result<SessionKeys, PersoError> {
        let request = SessionRequest { kvn, aid, host_challenge: answered.host_challenge(), answer: answered.answer() };
        match self.station.keys.open(&request) {
            Ok(keys) => Ok(keys),
            Err(KeyServiceError::Handshake(e)) => Err(self.refuse(serial, "INITIALIZE UPDATE", e.into())),
            Err(e) => Err(e.into()),
        }
    }
}
