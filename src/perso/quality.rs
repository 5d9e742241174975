//! The quality-control inspection system: reads a fresh card as the field would and has `verify` judge it.

use super::inspect::{Expected, InspectError, Inspector, Matched};
use super::stream::Passwords;
use crate::chip::apdu::{Command, SHORT_LE_MAX, StatusWord};
use crate::chip::channel::Channel;
use crate::chip::link::{Counters, Link, LinkError};
use crate::chip::pace::Password;
use crate::chip::port::Port;
use crate::lds::file_id::FileId;
use crate::lds::files::CardFiles;
use crate::pki::signer::fitness;
use crate::pki::sod::{self, SodError, SodRead};
use crate::pki::trust::TrustStore;
use crate::read::{self, Field, ReadError, Reading, Setup, Terminal, Want};
use crate::reason::{Reason, Refusal as _};
use crate::verify::check::CheckName;
use crate::verify::readback::{ReadBackError, equals_image};
use crate::world::Clock;
use jiff::Timestamp;
use rand_core::CryptoRng;

/// Longest validity of a quality-control certificate, in days.
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

    fn believes(&self, sod: SodRead, now: Timestamp) -> Result<(), InspectError> {
        let refused = |e: SodError| InspectError::Stopped { reason: of_certificate(e.reason()), message: e.to_string() };
        let path = sod::trusted(sod, self.trust, now).map_err(refused)?;
        match fitness::check_types(path.signer()) {
            Ok(()) => Ok(()),
            Err(unfit) => Err(InspectError::Stopped { reason: unfit.reason(), message: unfit.to_string() }),
        }
    }

    fn read_back(&mut self, port: &mut dyn Port, expected: &Expected<'_>, spent: &mut Counters) -> Result<Matched, InspectError> {
        let reading = self.read(port, expected.passwords, &Want::Everything, spent).map_err(|e| judged(&e))?;
        let (apart, judged): (Vec<_>, Vec<_>) =
            expected.files.iter().partition(|(f, _)| is_free(*f) && reading.evidence.file(*f).is_none());
        for (file, written) in apart {
            let mut link = Link::new(port);
            let read = read_free(&mut link, file, written.len());
            add(spent, link.counters());
            if read? != written {
                return Err(InspectError::Differs(format!("{file} differs")));
            }
        }
        let image: CardFiles = judged.into_iter().map(|(f, bytes)| (f, bytes.to_vec())).collect();
        equals_image(&reading.evidence, &reading.proof, self.trust, self.clock.now(), &image)
            .map(Matched::judged)
            .map_err(|e| unequal(&e))
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
        add(spent, channel.link().counters());
        reading
    }
}

fn add(spent: &mut Counters, used: Counters) {
    spent.apdus += used.apdus;
    spent.sent_bytes += used.sent_bytes;
    spent.received_bytes += used.received_bytes;
}

/// Files of the MF that a terminal has no need to read: outside the reading, and free to read.
const fn is_free(file: FileId) -> bool {
    matches!(file, FileId::AtrInfo | FileId::Dir)
}

/// Reads a free file of the MF in the clear; one byte more than was written is asked for, so that a longer file shows.
fn read_free(link: &mut Link<'_>, file: FileId, written: usize) -> Result<Vec<u8>, InspectError> {
    let lost = |e: LinkError| InspectError::Stopped { reason: e.reason(), message: format!("{file}: {e}") };
    link.send(&Command::new(0x00, 0xA4, 0x00, 0x0C)).map_err(lost)?;
    let le = u32::try_from(written + 1).unwrap_or(SHORT_LE_MAX).min(SHORT_LE_MAX);
    let answer = link.send(&Command::new(0x00, 0xB0, 0x80 | file.sfi(), 0x00).with_le(le)).map_err(lost)?;
    if answer.status == StatusWord::NO_ERROR || answer.status == StatusWord::END_OF_FILE {
        return Ok(answer.data);
    }
    // A bare status word: the card may be right and the reader wrong.
    Err(InspectError::Stopped { reason: Reason::UnexpectedAnswer, message: format!("{file} answered {}", answer.status) })
}

/// A file that is malformed behind secure messaging shows the card to be wrong; what the field or the reader spoiled, and
/// EF.CardAccess, which is read in the clear, show nothing.
fn judged(error: &ReadError) -> InspectError {
    match error {
        ReadError::Malformed(file) | ReadError::TooLarge(file) | ReadError::EndsEarly { file, .. }
            if *file != FileId::CardAccess =>
        {
            InspectError::Differs(error.to_string())
        }
        _ => stopped(error),
    }
}

/// A card whose certificates are not valid today may be right, and the station's clock wrong: that is no difference.
fn unequal(error: &ReadBackError) -> InspectError {
    match error {
        ReadBackError::Check { reason: reason @ (Reason::CertificateExpired | Reason::CardExpired), .. } => {
            InspectError::Stopped { reason: *reason, message: error.to_string() }
        }
        // The chip holds what was written: it is the signer that fails.
        ReadBackError::Check { check: CheckName::Signer, reason } => {
            InspectError::Distrusted { reason: *reason, message: error.to_string() }
        }
        _ => InspectError::Differs(error.to_string()),
    }
}

/// Before any card has it, an unfit certificate says nothing of a card.
fn of_certificate(reason: Reason) -> Reason {
    if reason == Reason::CertificateInvalid { Reason::CertificateUnfit } else { reason }
}

fn stopped(error: &ReadError) -> InspectError {
    InspectError::Stopped { reason: error.reason(), message: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signer_that_fails_the_check_is_named_and_other_checks_are_differences() {
        let judged = |check, reason| unequal(&ReadBackError::Check { check, reason });
        match judged(CheckName::Signer, Reason::CertificateRevoked) {
            InspectError::Distrusted { reason, .. } => assert_eq!(reason, Reason::CertificateRevoked),
            other => panic!("{other:?}"),
        }
        let other = judged(CheckName::Consistency, Reason::DataInconsistent);
        assert!(matches!(other, InspectError::Differs(_)), "{other:?}");
        match judged(CheckName::Signer, Reason::CertificateExpired) {
            InspectError::Stopped { reason, .. } => assert_eq!(reason, Reason::CertificateExpired),
            other => panic!("{other:?}"),
        }
    }
}
