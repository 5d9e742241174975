//! The commands of authentication, each to its protocol: PACE, Chip, Terminal and Active Authentication.

use super::chip::SoftChip;
use super::controls;
use super::keys::{self, AA_SLOT, CA_SLOT};
use super::pace::{Under, answer};
use super::secure::Proven;
use super::status::{CONDITIONS_NOT_SATISFIED, Done, NO_REFERENCE, SECURITY_NOT_SATISFIED, Stop, WRONG_P1_P2, refuse};
use super::trust;
use crate::chip::aa::{AaCard, ChipKey};
use crate::chip::apdu::{Command, StatusWord};
use crate::chip::ca::CaCard;
use crate::chip::ta::card::{Binding, TaCard};
use crate::crypto::ec::PrivateKey;

impl SoftChip {
    /// MSE, GENERAL AUTHENTICATE, PSO, GET CHALLENGE, EXTERNAL and INTERNAL AUTHENTICATE.
    pub(super) fn authenticate(&mut self, command: &Command) -> Done {
        let under = std::mem::take(&mut self.session.secure.under);
        match (command.ins(), command.p1(), command.p2()) {
            (0x22, 0xC1, 0xA4) => self.set_pace(command),
            (0x22, 0x41, 0xA4) => self.set_chip_authentication(command),
            (0x86, 0x00, 0x00) => match under {
                Under::Pace(run) => self.step_pace(*run, command),
                Under::ChipAuthentication(run) => self.chip_authentication(run, command),
                Under::Nothing | Under::Basic(_) => refuse(CONDITIONS_NOT_SATISFIED),
            },
            (0x88, 0x00, 0x00) => self.active_authentication(command),
            (0x84, 0x00, 0x00) if self.serves_bac() => self.bac_challenge(command),
            (0x82, 0x00, 0x00) if self.serves_bac() => match under {
                Under::Basic(challenge) => self.bac_authenticate(&challenge, command),
                _ => refuse(CONDITIONS_NOT_SATISFIED),
            },
            _ if TaCard::serves(command) => self.terminal_authentication(command),
            _ => refuse(WRONG_P1_P2),
        }
    }

    fn proven(&mut self) -> Done<&mut Proven> {
        self.session.secure.proven.as_mut().ok_or(Stop::Status(SECURITY_NOT_SATISFIED))
    }

    fn field_key(&self, slot: u8) -> Done<PrivateKey> {
        let curve = controls::stored_parameters(&self.store).map(|p| p.curve);
        curve.and_then(|curve| keys::slot_key(&self.store, slot, curve)).ok_or(Stop::Status(NO_REFERENCE))
    }

    fn set_chip_authentication(&mut self, command: &Command) -> Done {
        self.proven()?;
        self.field_key(CA_SLOT)?;
        // Key identifier 0 stands for none.
        let id = controls::stored_parameters(&self.store).map(|p| u64::from(p.ca_key_id)).filter(|id| *id != 0);
        let run = CaCard::select(command, id).map_err(status)?;
        self.session.secure.under = Under::ChipAuthentication(run);
        Ok(Vec::new())
    }

    /// The answer still goes under the old keys; the new ones count from the next command. Rights have to be proven again.
    fn chip_authentication(&mut self, run: CaCard, command: &Command) -> Done {
        let key = self.field_key(CA_SLOT)?;
        self.work.agreements += 1;
        let done = run.agree(command, &key).map_err(status)?;
        let terminal = trust::state(&self.store).map(TaCard::new);
        let proven = self.proven()?;
        proven.terminal_key = Some(done.terminal_key);
        proven.terminal = terminal;
        self.session.secure.replace_channel(done.sm);
        answer(done.response)
    }

    /// Terminal Authentication follows Chip Authentication. A new date or trust point is stored before the answer.
    fn terminal_authentication(&mut self, command: &Command) -> Done {
        if matches!(command.ins(), 0x2A | 0x82) {
            self.work.signatures += 1;
        }
        let proven = self.session.secure.proven.as_mut().ok_or(Stop::Status(SECURITY_NOT_SATISFIED))?;
        let Proven { own: Some(own), terminal_key: Some(key), terminal: Some(terminal) } = proven else {
            return refuse(CONDITIONS_NOT_SATISFIED);
        };
        let binding = Binding { id_picc: own.x(), comp_pcd: key.x() };
        let outcome = terminal.process(command, Some(binding), &mut *self.rng).map_err(|e| status(e.card_status()))?;
        if let Some(state) = outcome.persist {
            self.store.atomically(|s| trust::save(s, &state))?;
        }
        answer(outcome.response)
    }

    fn active_authentication(&mut self, command: &Command) -> Done {
        self.proven()?;
        let run = AaCard::challenged(command).map_err(status)?;
        let key = self.field_key(AA_SLOT)?;
        self.work.signatures += 1;
        let signing = ChipKey::Ec(&key, key.curve().natural_hash());
        answer(run.sign(&signing, &mut *self.rng).map_err(status)?)
    }
}

fn status(word: StatusWord) -> Stop {
    Stop::Status(word.0)
}
