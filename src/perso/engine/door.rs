//! Opening a door: INITIALIZE UPDATE, admission of the chip, session keys, EXTERNAL AUTHENTICATE, and the channel after it.

use super::command::{self, ChipStatus};
use super::desk::Desk;
use crate::chip::apdu::{Command, StatusWord};
use crate::chip::scp03::host::{HostAnswered, HostAuthenticated, HostStart};
use crate::chip::scp03::{InitUpdateAnswer, Level, Scp03Error};
use crate::crypto::scp03::{ChipSerial, Mode};
use crate::perso::error::PersoError;
use crate::reason::{Reason, Refusal as _};

const INITIALIZE: &str = "INITIALIZE UPDATE";

/// An authenticated channel with a chip that this job may write.
pub(super) struct Door {
    channel: HostAuthenticated,
    pub(super) serial: ChipSerial,
    next_chunk: u8,
}

impl Desk<'_, '_, '_> {
    /// Authenticates under a key set of the selected door; none if the chip does not have that set.
    pub(super) fn handshake(&mut self, aid: &[u8], kvn: u8, level: Level) -> Result<Option<Door>, PersoError> {
        let Some(answered) = self.initialize(kvn)? else { return Ok(None) };
        let serial = answered.answer().serial;
        let keys = self.session_keys(&answered, serial, kvn, aid)?;
        let verified = match answered.with_session_keys(keys, level) {
            Ok(verified) => verified,
            Err(e) => return Err(self.refuse(serial, INITIALIZE, e)),
        };
        let response = self.send("EXTERNAL AUTHENTICATE", verified.command())?;
        match verified.receive(&response) {
            Ok(channel) => Ok(Some(Door { channel, serial, next_chunk: 0 })),
            Err(e) => Err(self.refuse(serial, "EXTERNAL AUTHENTICATE", e)),
        }
    }

    /// INITIALIZE UPDATE, whose answer tells the chip's serial: nothing more goes to a chip that this job may not speak to. None if the
    /// chip does not have the key set.
    pub(super) fn initialize(&mut self, kvn: u8) -> Result<Option<HostAnswered>, PersoError> {
        let start = HostStart::new(kvn, Mode::S8, self.station.rng);
        let response = self.send(INITIALIZE, &start.command())?;
        if response.status == StatusWord::REFERENCE_NOT_FOUND {
            return Ok(None);
        }
        match start.receive(&response) {
            Ok(answered) => {
                self.admit(answered.answer().serial)?;
                Ok(Some(answered))
            }
            Err(source) => match InitUpdateAnswer::announced_serial(&response.data) {
                Some(serial) => {
                    self.admit(serial)?;
                    Err(self.refuse(serial, INITIALIZE, source))
                }
                None => Err(PersoError::Channel { step: INITIALIZE, source }),
            },
        }
    }

    /// Whether this job may speak to this chip at all. The serial is not authenticated yet; the handshake does that next.
    fn admit(&mut self, serial: ChipSerial) -> Result<(), PersoError> {
        // First of all whose chip it is: what another chip did before is nothing to this job.
        if let Some(bound) = self.job.chip
            && bound != serial
        {
            return Err(PersoError::WrongCard { bound: bound.to_string(), found: serial.to_string() });
        }
        match self.station.journal.blocked(serial)? {
            // Set aside for its job's sake: the job, which is void, may still terminate it.
            Some(reason) if self.job.chip.is_none() || reason == Reason::CardAuthFailed => {
                return Err(PersoError::Blocked(reason));
            }
            _ => {}
        }
        match self.job.chip {
            Some(_) => Ok(()),
            None => match (&self.job.blank_serial_expected, self.station.journal.holder(serial)?) {
                (_, Some(_)) => Err(PersoError::NotBlank("another job holds it")),
                (Some(expected), None) if expected.parse() != Ok(serial) => {
                    Err(PersoError::WrongCard { bound: expected.clone(), found: serial.to_string() })
                }
                (_, None) => Ok(()),
            },
        }
    }

    /// Remembers a chip that is refused, so that no later run of this station tries it again. A chip that a job holds is that job's alone
    /// and known by it. What the journal cannot keep, the answer still says; and the next run finds the same.
    pub(super) fn set_aside(&mut self, serial: ChipSerial, reason: Reason) {
        if matches!(self.station.journal.holder(serial), Ok(None)) {
            let now = self.now();
            let _ = self.station.journal.block(serial, reason, now);
        }
    }

    /// A wrong cryptogram on either side stops that chip for good, and one that is not of our kind is set aside; anything else leaves it
    /// as it is.
    pub(super) fn refuse(&mut self, serial: ChipSerial, step: &'static str, error: Scp03Error) -> PersoError {
        let counts = match error {
            Scp03Error::WrongCardCryptogram | Scp03Error::ChallengeNotDerived => true,
            Scp03Error::AuthenticationRefused(status) => {
                matches!(status, 0x6300 | 0x63C0..=0x63CF | 0x6982 | 0x6983 | 0x6988)
            }
            _ => false,
        };
        if !counts {
            let refused = PersoError::Channel { step, source: error };
            if refused.reason() == Reason::CardNotOurs {
                self.set_aside(serial, Reason::CardNotOurs);
            }
            return refused;
        }
        let now = self.now();
        // What the journal cannot keep, the answer still says; and the next run finds the same.
        let _ = self.station.journal.block(serial, Reason::CardAuthFailed, now);
        PersoError::AuthenticationFailed(error)
    }
}

impl Door {
    /// Whether the chip vouches for its answers. At a level without R-MAC a bare `9000` is anyone's, and no state follows from it.
    pub(super) fn vouches(&self) -> bool {
        self.channel.level().is_some_and(Level::authenticates_responses)
    }

    /// Sends a command through the channel and returns the data of a good answer.
    pub(super) fn send(
        &mut self,
        desk: &mut Desk<'_, '_, '_>,
        step: &'static str,
        plain: &Command,
    ) -> Result<Vec<u8>, PersoError> {
        let broken = |source| PersoError::Channel { step, source };
        let mut wrapped = self.channel.wrap(plain).map_err(broken)?;
        if wrapped.le().is_none() && self.vouches() {
            // The R-MAC is answer data, so the command asks for it.
            wrapped = wrapped.with_le(256);
        }
        let response = desk.send(step, &wrapped)?;
        let response = self.channel.unwrap(&response).map_err(broken)?;
        response.ok().map_err(|status| broken(Scp03Error::NoInformation(status.0)))
    }

    /// GET STATUS.
    pub(super) fn status(&mut self, desk: &mut Desk<'_, '_, '_>) -> Result<ChipStatus, PersoError> {
        let data = self.send(desk, "GET STATUS", &command::get_status())?;
        ChipStatus::parse(&data).ok_or(PersoError::Unexpected("GET STATUS"))
    }

    /// STORE DATA with the session's next chunk number.
    pub(super) fn store(&mut self, desk: &mut Desk<'_, '_, '_>, chunk: &[u8], last: bool) -> Result<(), PersoError> {
        let command = command::store(chunk, self.next_chunk, last);
        self.next_chunk = self.next_chunk.wrapping_add(1);
        self.send(desk, "STORE DATA", &command).map(drop)
    }
}
