//! The password that opens a card in the field, as its holder shows it: read from a file, standard input or a prompt, and checked
//! before anything is sent, since every wrong try slows the chip down.

use super::output::Failure;
use super::secret_input;
use crate::chip::pace::Password;
use crate::lds::mrz::{self, TD1_LEN, Td1};
use crate::reason::Reason;
use crate::secret::Secret;

/// What opens the card.
#[derive(Debug, clap::Args)]
pub struct PasswordArgs {
    /// Card access number, six digits: - (standard input), prompt or file:PATH; never the digits themselves
    #[arg(long, value_name = "SOURCE", conflicts_with = "mrz")]
    pub can: Option<String>,
    /// Machine readable zone, its three lines or its key text: - (standard input), prompt or file:PATH
    #[arg(long, value_name = "SOURCE")]
    pub mrz: Option<String>,
}

impl PasswordArgs {
    /// The password that was given.
    ///
    /// # Errors
    /// `usage` without one; `input-invalid` for what can be none, so that it is never tried on a chip.
    pub fn read(&self) -> Result<Password, Failure> {
        match (&self.can, &self.mrz) {
            (Some(source), _) => {
                let digits = secret_input::read(source, "card access number")?;
                Password::can(digits.expose().trim()).map_err(|_| invalid("the card access number is not six digits"))
            }
            (None, Some(source)) => zone(secret_input::lines(source, "machine readable zone, or its key text", zone_is_whole)?),
            (None, None) => Err(Failure::new(Reason::Usage, "--can or --mrz is needed")),
        }
    }
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
    fn lines_are_asked_for_until_the_zone_is_whole() {
        assert!(!zone_is_whole(ZONE[0]) && !zone_is_whole(&ZONE[..2].join("\n")));
        assert!(zone_is_whole(&ZONE.join("\n")) && zone_is_whole(KEY_TEXT) && zone_is_whole("short"));
        // A key text of thirty characters: a document number of fifteen.
        let long = "D23145890734AB5";
        let text = format!("{long}{}74081221204159", mrz::check_digit(long));
        assert_eq!((text.len(), zone_is_whole(&text)), (30, true));
    }
}
