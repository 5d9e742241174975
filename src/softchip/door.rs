//! The two doors: SCP03 at the security domain and at the personalization application.

use super::chip::SoftChip;
use super::keys::{self, UNIQUE_KVN};
use super::layout::SCP_FAILURES;
use super::select::{PERSONALIZATION, SECURITY_DOMAIN};
use super::session::Selected;
use super::status::{
    BLOCKED, CONDITIONS_NOT_SATISFIED, Done, NO_REFERENCE, OK, SECURITY_NOT_SATISFIED, Stop, UNKNOWN_CLA, UNKNOWN_INS, refuse,
};
use crate::chip::apdu::{Command, Response, StatusWord};
use crate::chip::scp03::card::{CardAuthenticated, CardChallenged, CardIdentity, parse_initialize_update};
use crate::chip::scp03::{Level, Parameter, Scp03Error};
use crate::crypto::scp03::ChipSerial;
use crate::lds::tlv;

/// Failed EXTERNAL AUTHENTICATE in a row, over both doors, that block both for ever.
const MOST_FAILURES: u16 = 3;
/// Instructions of either door.
const KNOWN: [u8; 8] = [0x50, 0x82, 0xD8, 0xE2, 0xCA, 0x46, 0x88, 0xF0];

/// SCP03 at the selected door.
#[derive(Debug, Default)]
pub(super) struct DoorSession {
    challenged: Option<CardChallenged>,
    open: Option<CardAuthenticated>,
    /// Number that the next STORE DATA must bear.
    pub(super) next_chunk: u8,
}

impl DoorSession {
    /// Whether the channel stands at level 33.
    pub(super) fn is_full(&self) -> bool {
        self.open.as_ref().and_then(CardAuthenticated::level) == Some(Level::Full)
    }
}

impl SoftChip {
    /// Commands of class 80 and 84.
    pub(super) fn at_door(&mut self, command: &Command) -> Done<Response> {
        if !self.store.state().has_doors() {
            return refuse(CONDITIONS_NOT_SATISFIED);
        }
        match (command.cla(), command.ins()) {
            (_, ins) if !KNOWN.contains(&ins) => refuse(UNKNOWN_INS),
            (0x80, 0x50) => self.initialize_update(command),
            (0x84, 0x82) => self.external_authenticate(command),
            (0x84, _) => self.in_channel(command),
            (0x80, 0xCA) if self.session.selected == Selected::SecurityDomain => self.resources(command),
            (0x80, _) => {
                self.session.door = DoorSession::default();
                refuse(SECURITY_NOT_SATISFIED)
            }
            _ => refuse(UNKNOWN_CLA),
        }
    }

    /// GET DATA of the security domain in the clear: how much room there is, which is no secret of a blank's.
    fn resources(&mut self, command: &Command) -> Done<Response> {
        self.session.door = DoorSession::default();
        if [command.p1(), command.p2()] != [0xFF, 0x21] {
            return refuse(NO_REFERENCE);
        }
        let free = u32::try_from(self.store.room()).unwrap_or(u32::MAX).to_be_bytes();
        let value = [tlv::encode(0x81, &[2]), tlv::encode(0x82, &free), tlv::encode(0x83, &[0, 0])].concat();
        Ok(Response::new(tlv::encode(0xFF21, &value), StatusWord(OK)))
    }

    fn initialize_update(&mut self, command: &Command) -> Done<Response> {
        self.session.door = DoorSession::default();
        let aid = self.door_aid()?;
        if self.store.failures(SCP_FAILURES) >= MOST_FAILURES {
            return refuse(BLOCKED);
        }
        let (kvn, host_challenge) = parse_initialize_update(command, Parameter::PROFILE).map_err(refused)?;
        let keys = keys::key_set(&self.store).ok_or(Stop::Status(CONDITIONS_NOT_SATISFIED))?;
        let personal = self.session.selected == Selected::Personalization;
        if (kvn != keys.kvn && kvn != 0) || (personal && keys.kvn != UNIQUE_KVN) {
            return refuse(NO_REFERENCE);
        }
        let counter = self.store.next_sequence()?;
        let identity =
            CardIdentity { serial: ChipSerial(self.store.serial()), i: Parameter::PROFILE, aid, counter, random: [0; 16] };
        let (challenged, response) = CardChallenged::new(&keys, &identity, &host_challenge);
        self.session.door.challenged = Some(challenged);
        Ok(response)
    }

    fn external_authenticate(&mut self, command: &Command) -> Done<Response> {
        let challenged = self.session.door.challenged.take().ok_or(Stop::Status(CONDITIONS_NOT_SATISFIED))?;
        if self.store.failures(SCP_FAILURES) >= MOST_FAILURES {
            return refuse(BLOCKED);
        }
        if !matches!(Level::from_byte(command.p1()), Some(Level::CMacCEnc | Level::Full)) {
            return refuse(SECURITY_NOT_SATISFIED);
        }
        // Counted before it is judged: who cuts the power to hide a failure has it counted.
        self.store.count_attempt(SCP_FAILURES)?;
        let open = challenged.external_authenticate(command).map_err(refused)?;
        self.store.attempt_was_good(SCP_FAILURES)?;
        self.session.door.open = Some(open);
        Ok(Response::status(StatusWord(OK)))
    }

    fn in_channel(&mut self, command: &Command) -> Done<Response> {
        let mut channel = self.session.door.open.take().ok_or(Stop::Status(SECURITY_NOT_SATISFIED))?;
        self.count_symmetric(command.data().len());
        let inner = channel.unwrap(command).map_err(refused)?;
        self.session.door.open = Some(channel);
        let response = match self.personalize(&inner) {
            Ok(data) => Response::new(data, StatusWord(OK)),
            Err(Stop::Status(status)) => Response::status(StatusWord(status)),
            Err(lost) => return Err(lost),
        };
        self.count_symmetric(response.data.len());
        let wrapped = self.session.door.open.as_ref().map_or(response.clone(), |channel| channel.wrap(&response));
        if !self.store.state().has_doors() {
            self.session.door = DoorSession::default();
        }
        Ok(wrapped)
    }

    fn door_aid(&self) -> Done<&'static [u8]> {
        match self.session.selected {
            Selected::SecurityDomain => Ok(&SECURITY_DOMAIN),
            Selected::Personalization => Ok(&PERSONALIZATION),
            _ => refuse(CONDITIONS_NOT_SATISFIED),
        }
    }
}

fn refused(error: Scp03Error) -> Stop {
    Stop::Status(error.card_status())
}
