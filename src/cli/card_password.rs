//! The password that opens a card in the field, as its holder shows it: read from a file, standard input or a prompt, and checked
//! before anything is sent, since every wrong try slows the chip down.

use super::output::Failure;
use super::secret_input;
use crate::chip::pace::Password;
use crate::lds::mrz::{self, MrzDate, TD1_LEN, Td1};
use crate::reason::Reason;
use crate::record::{Nik, date};
use crate::secret::Secret;

/// What opens the card.
#[derive(Debug, clap::Args)]
pub struct PasswordArgs {
    /// Card access number, six digits: - (standard input), prompt or file:PATH; never the digits themselves
    #[arg(long, value_name = "SOURCE", conflicts_with_all = ["mrz", "legacy"])]
    pub can: Option<String>,
    /// Machine readable zone, its three lines or its key text: - (standard input), prompt or file:PATH
    #[arg(long, value_name = "SOURCE", conflicts_with = "legacy")]
    pub mrz: Option<String>,
    /// Of a card whose face shows neither: its NIK, date of birth and date of issue, one a line, dates as YYYY-MM-DD or DD-MM-YYYY:
    /// - (standard input), prompt or file:PATH
    #[arg(long, value_name = "SOURCE")]
    pub legacy: Option<String>,
}

impl PasswordArgs {
    /// The password that was given.
    ///
    /// # Errors
    /// `usage` without one; `input-invalid` for what can be none, so that it is never tried on a chip.
    pub fn read(&self) -> Result<Password, Failure> {
        if let Some(source) = &self.can {
            let digits = secret_input::read(source, "card access number")?;
            return Password::can(digits.expose().trim()).map_err(|_| invalid("the card access number is not six digits"));
        }
        if let Some(source) = &self.mrz {
            return zone(secret_input::lines(source, "machine readable zone, or its key text", zone_is_whole)?);
        }
        if let Some(source) = &self.legacy {
            let question = "NIK, date of birth and date of issue";
            return legacy(&secret_input::lines(source, question, |text| text.split_whitespace().count() >= LEGACY_FIELDS)?);
        }
        Err(Failure::new(Reason::Usage, "--can, --mrz or --legacy is needed"))
    }

    /// A failure of the reading, named after what the holder showed: the chip does not know what its MRZ password was made from.
    pub fn explain(&self, failure: Failure) -> Failure {
        if self.legacy.is_some() && failure.reason == Reason::WrongMrz {
            return Failure { reason: Reason::WrongLegacy, message: "the chip does not accept NIK and dates".into(), ..failure };
        }
        failure
    }
}

/// NIK, date of birth, date of issue.
const LEGACY_FIELDS: usize = 3;

/// The password of the existing face: the key text of NIK, birth and issue in place of the zone's fields.
fn legacy(text: &Secret<String>) -> Result<Password, Failure> {
    let fields: Vec<&str> = text.expose().split_whitespace().collect();
    let &[nik, birth, issue] = fields.as_slice() else {
        return Err(invalid("not three fields: NIK, date of birth, date of issue"));
    };
    let nik = Nik::parse(nik).map_err(|e| invalid(&format!("the NIK {e}")))?;
    let day = |text: &str, name: &str| {
        day(text)
            .map(MrzDate::from_date)
            .ok_or_else(|| invalid(&format!("the date of {name} is no date YYYY-MM-DD or DD-MM-YYYY")))
    };
    let key_text = Secret::new(mrz::key_text(nik.as_str(), day(birth, "birth")?, day(issue, "issue")?));
    Ok(Password::mrz(key_text.expose())?)
}

/// A day as records write it, or as the face does.
fn day(text: &str) -> Option<jiff::civil::Date> {
    let iso = match text.as_bytes() {
        [d1, d2, b'-', m1, m2, b'-', year @ ..] if year.len() == 4 => {
            let year = std::str::from_utf8(year).ok()?;
            format!("{year}-{}{}-{}{}", char::from(*m1), char::from(*m2), char::from(*d1), char::from(*d2))
        }
        _ => text.to_owned(),
    };
    date::parse(&iso).ok()
}

/// Whether no further line of a zone is to come: one or two lines of thirty are a beginning.
fn zone_is_whole(text: &str) -> bool {
    let joined = joined(text);
    let line = TD1_LEN / 3;
    let begun = joined.expose().len() < TD1_LEN && joined.expose().len().is_multiple_of(line);
    !begun || mrz::check_key_text(joined.expose()).is_ok()
}

/// The characters of a zone, without what lies between them.
fn joined(text: &str) -> Secret<String> {
    Secret::new(text.split_whitespace().collect::<String>().to_ascii_uppercase())
}

fn zone(text: Secret<String>) -> Result<Password, Failure> {
    let text = joined(text.expose());
    let whole_lines = text.expose().len().is_multiple_of(TD1_LEN / 3);
    let key_text = match mrz::check_key_text(text.expose()) {
        Ok(()) => text,
        Err(error) if !whole_lines => return Err(invalid(&format!("the key text of the machine readable zone: {error}"))),
        Err(_) => {
            let zone = Td1::parse(text.expose()).map_err(|e| invalid(&format!("the machine readable zone: {e}")))?;
            Secret::new(zone.key_text())
        }
    };
    Ok(Password::mrz(key_text.expose())?)
}

fn invalid(what: &str) -> Failure {
    Failure::new(Reason::InputInvalid, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Doc 9303-5 appendix B.
    const ZONE: [&str; 3] =
        ["I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<"];
    const KEY_TEXT: &str = "D23145890774081221204159";

    fn digest(text: &str) -> Result<[u8; 20], Reason> {
        match zone(Secret::new(text.to_owned())) {
            Ok(Password::Mrz(digest)) => Ok(*digest.expose()),
            Ok(Password::Can(_)) => panic!("a CAN"),
            Err(failure) => Err(failure.reason),
        }
    }

    #[test]
    fn three_lines_one_line_and_the_key_text_are_one_password() {
        let expected = digest(KEY_TEXT).unwrap();
        for text in [ZONE.join("\n"), ZONE.concat(), format!("  {}\r\n  {}\n{}\n", ZONE[0], ZONE[1], ZONE[2].to_lowercase())] {
            assert_eq!(digest(&text), Ok(expected));
        }
    }

    #[test]
    fn what_is_no_zone_and_no_key_text_is_never_sent() {
        let wrong_digit = ZONE.concat().replace("7408122", "7408123");
        for bad in ["", ZONE[0], &ZONE[..2].concat(), &wrong_digit, &KEY_TEXT[1..], "D23145890774081221204158", "123456"] {
            assert_eq!(digest(bad), Err(Reason::InputInvalid), "{bad}");
        }
    }

    #[test]
    fn nik_and_dates_make_the_key_text_of_the_existing_face() {
        let password = |text: &str| match legacy(&Secret::new(text.to_owned())) {
            Ok(Password::Mrz(digest)) => Ok(*digest.expose()),
            Ok(Password::Can(_)) => panic!("a CAN"),
            Err(failure) => {
                assert!(!failure.message.contains("3171"), "a NIK is not repeated");
                Err(failure.reason)
            }
        };
        let ours = password("3171011708909999\n1990-08-17\n2026-11-23\n");
        assert_eq!(ours, password("  3171011708909999 17-08-1990 23-11-2026"));
        let text =
            mrz::key_text("3171011708909999", MrzDate::from_text("900817").unwrap(), MrzDate::from_text("261123").unwrap());
        assert_eq!(ours, Ok(crate::crypto::hash::sha1(text.as_bytes())));
        for bad in [
            "",
            "3171011708909999\n1990-08-17",
            "317101170890999 1990-08-17 2026-11-23",
            "3171011708909999 1990-13-17 2026-11-23",
            "3171011708909999 1990-08-17 23/11/2026",
            "3171011708909999 1990-08-17 2026-11-23 x",
        ] {
            assert_eq!(password(bad), Err(Reason::InputInvalid), "{bad}");
        }
    }

    #[test]
    fn lines_are_asked_for_until_the_zone_is_whole() {
        assert!(!zone_is_whole(ZONE[0]) && !zone_is_whole(&ZONE[..2].join("\n")));
        assert!(zone_is_whole(&ZONE.join("\n")) && zone_is_whole(KEY_TEXT) && zone_is_whole("short"));
        // A key text of thirty characters: a document number of fifteen.
        let long = "D23145890734AB5";
        let text = format!("{long}{}74081221204159", mrz::check_digit(long));
        assert_eq!((text.len(), zone_is_whole(&text)), (30, true));
    }
}
