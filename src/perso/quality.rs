//! The quality-control inspection system: reads a fresh card as the field would and has `verify` judge it.

use super::inspect::{Expected, InspectError, Inspector, Matched};
use super::stream::Passwords;
use crate::chip::channel::Channel;
use crate::chip::link::{Counters, Link};
use crate::chip::pace::Password;
use crate::chip::port::Port;
use crate::lds::file_id::FileId;
use crate::pki::trust::TrustStore;
use crate::read::{self, Field, ReadError, Reading, Setup, Terminal, Want};
use crate::reason::{Reason, Refusal as _};
use crate::verify::readback::equals_image;
use crate::world::Clock;
use jiff::Timestamp;
use rand_core::CryptoRng;

/// Longest validity of a quality-control certificate, in days (design 2.9).
pub const MOST_DAYS: i32 = 7;

/// A station's own quality control.
pub struct QualityControl<'a> {
    /// Its certificates and key; none makes every run stop before it begins.
    pub terminal: Option<&'a Terminal>,
    /// What `verify` trusts.
    pub trust: &'a TrustStore,
    /// For the date of judgement and the timing.
    pub clock: &'a dyn Clock,
    /// For ephemeral keys and challenges.
    pub rng: Box<dyn CryptoRng + 'a>,
}

impl Inspector for QualityControl<'_> {
    fn ready(&self, now: Timestamp) -> Result<(), InspectError> {
        let terminal = self.terminal.ok_or(InspectError::NoTerminal("there is none"))?;
        let body = terminal.certificate().body();
        if body.effective.days_until(body.expiration) > MOST_DAYS {
            return Err(InspectError::NoTerminal("it is valid for more than seven days"));
        }
        let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
        if today < body.effective.civil() || today > body.expiration.civil() {
            return Err(InspectError::NoTerminal("it is not valid today"));
        }
        Ok(())
    }

    fn read_back(&mut self, port: &mut dyn Port, expected: &Expected<'_>, spent: &mut Counters) -> Result<Matched, InspectError> {
        let reading = self.read(port, expected.passwords, &Want::Everything, spent).map_err(|e| judged(&e))?;
        let now = self.clock.now();
        equals_image(&reading.evidence, &reading.proof, self.trust, now, expected.files)
            .map(Matched::judged)
            .map_err(|e| InspectError::Differs(e.to_string()))
    }

    fn security_object(
        &mut self,
        port: &mut dyn Port,
        passwords: &Passwords,
        spent: &mut Counters,
    ) -> Result<Vec<u8>, InspectError> {
        let want = Want::Fields([Field::Mrz].into());
        let reading = self.read(port, passwords, &want, spent).map_err(|e| stopped(&e))?;
        match reading.evidence.file(FileId::Sod) {
            Some(sod) => Ok(sod.to_vec()),
            None => Err(InspectError::Stopped { reason: Reason::GroupNotRead, message: "EF.SOD was not read".into() }),
        }
    }

    fn certificate(&self) -> String {
        self.terminal.map(|t| t.certificate().body().chr.to_string()).unwrap_or_default()
    }
}

impl QualityControl<'_> {
    fn read(
        &mut self,
        port: &mut dyn Port,
        passwords: &Passwords,
        want: &Want,
        spent: &mut Counters,
    ) -> Result<Reading, ReadError> {
        let password = match (&passwords.can, &passwords.mrz_sha1) {
            (Some(can), _) => Password::Can(can.clone()),
            (None, Some(mrz)) => Password::Mrz(mrz.clone()),
            // A chip without a password: PACE will say so.
            (None, None) => Password::Can(crate::secret::Secret::new(String::new())),
        };
        let setup = Setup { password: &password, want, terminal: self.terminal, challenge: None, extended: false };
        let world = read::World { clock: self.clock, rng: &mut *self.rng, progress: &mut |_| {} };
        let mut channel = Channel::new(Link::new(port));
        let reading = read::read(&mut channel, &setup, world);
        let used = channel.link().counters();
        spent.apdus += used.apdus;
        spent.sent_bytes += used.sent_bytes;
        spent.received_bytes += used.received_bytes;
        reading
    }
}

/// A reading that the card itself spoiled shows it to be wrong; one that the field or the reader spoiled shows nothing.
fn judged(error: &ReadError) -> InspectError {
    stopped(error)
}

fn stopped(error: &ReadError) -> InspectError {
    InspectError::Stopped { reason: error.reason(), message: error.to_string() }
}
