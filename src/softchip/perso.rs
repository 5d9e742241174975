//! Commands behind the doors: PUT KEY, SET STATUS, STORE DATA, GET STATUS, keys and their proof (specs/card-profile.md 5 to 7).

use super::chip::SoftChip;
use super::keys::{self, AA_SLOT, CA_SLOT, PROOF_KVN, TRANSPORT_KVN, UNIQUE_KVN};
use super::lifecycle::State;
use super::nvm::Halt;
use super::progress::Progress;
use super::session::Selected;
use super::status::{
    CONDITIONS_NOT_SATISFIED, Done, NO_REFERENCE, SECURITY_NOT_SATISFIED, Stop, UNKNOWN_INS, WRONG_DATA, WRONG_LENGTH,
    WRONG_P1_P2, refuse,
};
use super::{controls, stream, table};
use crate::chip::apdu::Command;
use crate::crypto::ec::{PrivateKey, PublicKey};
use crate::crypto::hash::sha256;
use crate::crypto::scp03::{KeySet, parse_put_key, put_key_answer};
use crate::crypto::symmetric::same;
use crate::lds::tlv;
use sha2::Digest;

/// First bytes of every message that the proof key signs.
const PROOF_LABEL: &[u8; 12] = b"ektp-proof-1";
const MOST_NONCE: usize = 32;

impl SoftChip {
    /// A command that came through a door's channel.
    pub(super) fn personalize(&mut self, command: &Command) -> Done {
        match (self.session.selected, command.ins(), command.p1()) {
            (Selected::SecurityDomain, 0xD8, _) => self.put_key(command),
            (Selected::Personalization, 0xF0, _) => self.set_status(command),
            (Selected::Personalization, 0xE2, _) => self.store_data(command),
            (Selected::Personalization, 0xCA, _) => self.get_status(command),
            (Selected::Personalization, 0x46, 0x80) => self.generate_key(command.p2()),
            (Selected::Personalization, 0x46, 0x81) => self.get_public_key(command.p2()),
            (Selected::Personalization, 0x46, _) => refuse(WRONG_P1_P2),
            (Selected::Personalization, 0x88, _) => self.prove(command),
            _ => refuse(UNKNOWN_INS),
        }
    }

    fn put_key(&mut self, command: &Command) -> Done {
        if !self.session.door.is_full() {
            return refuse(SECURITY_NOT_SATISFIED);
        }
        let old = keys::key_set(&self.store).filter(|set| set.kvn == TRANSPORT_KVN);
        let old = old.filter(|_| self.store.state() == State::Blank).ok_or(Stop::Status(CONDITIONS_NOT_SATISFIED))?;
        let new = parse_put_key(&old.dek, command.data()).map_err(|_| Stop::Status(WRONG_DATA))?;
        match ([command.p1(), command.p2()], new.kvn, &new.keys[..]) {
            ([0x00, 0x01], PROOF_KVN, [proof]) => self.store.atomically(|s| keys::set_proof_key(s, proof))?,
            ([TRANSPORT_KVN, 0x81], UNIQUE_KVN, [enc, mac, dek]) => {
                if keys::proof_key(&self.store).is_none() {
                    return refuse(CONDITIONS_NOT_SATISFIED);
                }
                let set = KeySet::new(UNIQUE_KVN, enc.expose(), mac.expose(), dek.expose());
                let set = set.map_err(|_| Stop::Status(WRONG_DATA))?;
                self.store.atomically(|s| keys::set_key_set(s, &set))?;
            }
            ([0x00, 0x01] | [TRANSPORT_KVN, 0x81], ..) => return refuse(WRONG_DATA),
            _ => return refuse(WRONG_P1_P2),
        }
        Ok(put_key_answer(new.kvn, &new.keys.iter().collect::<Vec<_>>()))
    }

    fn set_status(&mut self, command: &Command) -> Done {
        let next = State::from_byte(command.p2()).filter(|_| command.p1() == 0x80).ok_or(Stop::Status(WRONG_P1_P2))?;
        if !self.store.state().may_become(next) {
            return refuse(CONDITIONS_NOT_SATISFIED);
        }
        match next {
            State::Personalized => self.check_commit(command.data())?,
            _ if !command.data().is_empty() => return refuse(WRONG_LENGTH),
            _ => {}
        }
        self.store.atomically(|s| {
            s.set_state(next)?;
            if next == State::Locked { keys::erase_door_keys(s) } else { Ok::<(), Halt>(()) }
        })?;
        if next == State::Terminated {
            self.store.erase()?;
        }
        Ok(Vec::new())
    }

    fn check_commit(&mut self, expected: &[u8]) -> Done<()> {
        if expected.len() != 32 {
            return refuse(WRONG_LENGTH);
        }
        let makes_aa = controls::stored_parameters(&self.store).is_some_and(|p| p.makes_aa);
        let needed = if makes_aa { 0b11 } else { 0b01 };
        if keys::slots_made(&self.store) & needed != needed {
            return refuse(CONDITIONS_NOT_SATISFIED);
        }
        let mut hash = sha2::Sha256::new();
        let files = table::files(&self.store);
        for file in &files {
            let contents = table::contents(&self.store, file).ok_or(Stop::Status(WRONG_DATA))?;
            let length = u32::try_from(contents.len()).map_err(|_| Stop::Status(WRONG_DATA))?;
            hash.update(file.dgi.to_be_bytes());
            hash.update(length.to_be_bytes());
            hash.update(contents);
        }
        if files.is_empty() || !same(&hash.finalize(), expected) {
            return refuse(WRONG_DATA);
        }
        table::wipe_unused(&mut self.store)?;
        Ok(())
    }

    fn store_data(&mut self, command: &Command) -> Done {
        if self.store.state() != State::PersoOpen {
            return refuse(CONDITIONS_NOT_SATISFIED);
        }
        if !matches!(command.p1(), 0x00 | 0x80) || command.p2() != self.session.door.next_chunk {
            return refuse(WRONG_P1_P2);
        }
        if command.data().is_empty() {
            return refuse(WRONG_LENGTH);
        }
        stream::append(&mut self.store, command.data(), command.p1() == 0x80)?;
        self.session.door.next_chunk = self.session.door.next_chunk.wrapping_add(1);
        Ok(Vec::new())
    }

    fn get_status(&mut self, command: &Command) -> Done {
        if [command.p1(), command.p2()] != [0xDF, 0x01] {
            return refuse(WRONG_P1_P2);
        }
        let progress = Progress::load(&self.store);
        let mut out = vec![self.store.state().byte()];
        out.extend(progress.mark.to_be_bytes());
        out.extend(progress.dgi.unwrap_or(0).to_be_bytes());
        out.push(keys::slots_made(&self.store));
        out.extend(progress.digest());
        out.extend(u32::try_from(self.store.room()).unwrap_or(u32::MAX).to_be_bytes());
        Ok(out)
    }

    fn generate_key(&mut self, slot: u8) -> Done {
        if !matches!(slot, CA_SLOT | AA_SLOT) {
            return refuse(WRONG_P1_P2);
        }
        let parameters = controls::stored_parameters(&self.store).filter(|_| self.store.state() == State::PersoOpen);
        let parameters = parameters.filter(|p| slot == CA_SLOT || p.makes_aa).ok_or(Stop::Status(CONDITIONS_NOT_SATISFIED))?;
        if keys::slots_made(&self.store) & slot != 0 {
            return refuse(CONDITIONS_NOT_SATISFIED);
        }
        let key = PrivateKey::generate(parameters.curve, &mut *self.rng);
        self.work.keys += 1;
        self.store.atomically(|s| keys::set_slot(s, slot, &key))?;
        Ok(Vec::new())
    }

    fn slot(&self, slot: u8) -> Done<PrivateKey> {
        if !matches!(slot, CA_SLOT | AA_SLOT) {
            return refuse(WRONG_P1_P2);
        }
        let curve = controls::stored_parameters(&self.store).map(|p| p.curve);
        curve.and_then(|curve| keys::slot_key(&self.store, slot, curve)).ok_or(Stop::Status(NO_REFERENCE))
    }

    fn get_public_key(&mut self, slot: u8) -> Done {
        let public = self.slot(slot)?.public_key();
        self.work.agreements += 1;
        Ok(tlv::encode(0x7F49, &tlv::encode(0x86, public.as_bytes())))
    }

    fn prove(&mut self, command: &Command) -> Done {
        if command.p1() != 0 {
            return refuse(WRONG_P1_P2);
        }
        if command.data().len() > MOST_NONCE {
            return refuse(WRONG_LENGTH);
        }
        let slot = command.p2();
        let key = self.slot(slot)?;
        let proof = keys::proof_key(&self.store).ok_or(Stop::Status(CONDITIONS_NOT_SATISFIED))?;
        let digest = controls::authorization(&self.store).ok_or(Stop::Status(CONDITIONS_NOT_SATISFIED))?;
        let message = proof_message(&self.store.serial(), slot, &key.public_key(), &digest, command.data());
        self.work.agreements += 1;
        let mut out = tlv::encode(0x80, &proof.cmac(&[&message]));
        if slot == AA_SLOT {
            self.work.signatures += 1;
            let hash = crate::crypto::hash::HashAlg::Sha256;
            tlv::write(&mut out, 0x81, &key.sign_raw(hash, &sha256(&message)));
        }
        Ok(out)
    }
}

fn proof_message(serial: &[u8; 10], slot: u8, public: &PublicKey, digest: &[u8; 32], nonce: &[u8]) -> Vec<u8> {
    [PROOF_LABEL, &serial[..], &[slot], public.as_bytes(), digest, nonce].concat()
}
