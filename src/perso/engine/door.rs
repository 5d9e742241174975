//! Opening a door: INITIALIZE UPDATE, admission of the chip, session keys, EXTERNAL AUTHENTICATE, and the channel after it.

use super::command::{self, ChipStatus};
use super::desk::Desk;
use crate::chip::apdu::{Command, StatusWord};
use crate::chip::scp03::host::{HostAuthenticated, HostStart};
use crate::chip::scp03::{Level, Scp03Error};
use crate::crypto::scp03::{ChipSerial, Mode};
use crate::perso::error::PersoError;
use crate::reason::Reason;

/// An authenticated channel with a chip that this job may write.
pub(super) struct Door {
    channel: HostAuthenticated,
    pub(super) serial: ChipSerial,
    next_chunk: u8,
}

impl Desk<'_, '_, '_> {
    /// Authenticates under a key set of the selected door; none if the chip does not have that set.
    pub(super) fn handshake(&mut self, aid: &[u8], kvn: u8, level: Level) -> Result<Option<Door>, PersoError> {
        const STEP: &str = "INITIALIZE UPDATE";
        let start = HostStart::new(kvn, Mode::S8, self.station.rng);
        let response = self.send(STEP, &start.command())?;
        if response.status == StatusWord::REFERENCE_NOT_FOUND {
            return Ok(None);
        }
        let answered = start.receive(&response).map_err(|source| PersoError::Channel { step: STEP, source })?;
        let serial = answered.answer().serial;
        self.admit(serial)?;
        let keys = self.session_keys(&answered, serial, kvn, aid)?;
        let verified = match answered.with_session_keys(keys, level) {
            Ok(verified) => verified,
            Err(e) => return Err(self.refuse(serial, STEP, e)),
        };
        let response = self.send("EXTERNAL AUTHENTICATE", verified.command())?;
        match verified.receive(&response) {
            Ok(channel) => Ok(Some(Door { channel, serial, next_chunk: 0 })),
            Err(e) => Err(self.refuse(serial, "EXTERNAL AUTHENTICATE", e)),
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
        if let Some(reason) = self.station.journal.blocked(serial)? {
            return Err(PersoError::Blocked(reason));
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

    /// A wrong cryptogram on either side stops that chip for good; anything else leaves it as it is.
    pub(super) fn refuse(&mut self, serial: ChipSerial, step: &'static str, error: Scp03Error) -> PersoError {
        let counts = match error {
            Scp03Error::WrongCardCryptogram | Scp03Error::ChallengeNotDerived => true,
            Scp03Error::AuthenticationRefused(status) => {
                matches!(status, 0x6300 | 0x63C0..=0x63CF | 0x6982 | 0x6983 | 0x6988)
            }
            _ => false,
        };
        if !counts {
            return PersoError::Channel { step, source: error };
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
