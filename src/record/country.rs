//! Nationality and, with it, how long a card is valid.

use super::date;
use super::error::FieldError;
use super::text::Line;
use jiff::civil::Date;

/// A foreign state by its three letters of Doc 9303-3 section 5 (ISO 3166-1 alpha-3 and the additions there, `D` for Germany).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CountryCode([u8; 3]);

impl CountryCode {
    /// Parses three capital letters, or `D`; Indonesia itself is no foreign state.
    ///
    /// # Errors
    /// [`FieldError::Form`], [`FieldError::UnknownValue`] for `IDN`.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let form = FieldError::Form { expected: "three capital letters of a state, or D" };
        let letters = match text.as_bytes() {
            b"D" => *b"D<<",
            b"IDN" => return Err(FieldError::UnknownValue { list: "foreign states" }),
            [a, b, c] if [a, b, c].iter().all(|l| l.is_ascii_uppercase()) => [*a, *b, *c],
            _ => return Err(form),
        };
        Ok(Self(letters))
    }

    /// The letters, without filler.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default().trim_end_matches('<')
    }

    /// The letters as a machine-readable zone holds them, with filler.
    #[must_use]
    pub fn mrz(&self) -> [u8; 3] {
        self.0
    }
}

/// Personal data: not shown.
impl std::fmt::Debug for CountryCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CountryCode")
    }
}

/// Nationality, *kewarganegaraan*.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Nationality {
    /// WNI, a citizen of Indonesia.
    Citizen,
    /// *Orang asing* with a permanent stay permit.
    ForeignResident {
        /// The state.
        country: CountryCode,
        /// Its name in English, as the face prints it.
        name: Line,
    },
}

impl Nationality {
    /// The text on the face: `WNI`, or the state's name.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Citizen => "WNI",
            Self::ForeignResident { name, .. } => name.as_str(),
        }
    }

    /// The state as a machine-readable zone holds it, with filler.
    #[must_use]
    pub fn mrz(&self) -> [u8; 3] {
        match self {
            Self::Citizen => *b"IDN",
            Self::ForeignResident { country, .. } => country.mrz(),
        }
    }
}

/// How long a card is valid, *berlaku hingga*.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    /// For life, *seumur hidup*: citizens since UU 24/2013.
    Lifetime,
    /// Until and with this day: the end of the stay permit, or of a legacy card.
    Until(Date),
}

impl Validity {
    /// Parses `lifetime` or a date.
    ///
    /// # Errors
    /// [`FieldError::Form`], [`FieldError::ImpossibleDate`].
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        if text == "lifetime" {
            return Ok(Self::Lifetime);
        }
        date::parse(text).map(Self::Until).map_err(|error| match error {
            FieldError::Form { .. } => FieldError::Form { expected: "`lifetime` or a date of the form YYYY-MM-DD" },
            other => other,
        })
    }

    /// The text on the face: `SEUMUR HIDUP`, or the day as `DD-MM-YYYY`.
    #[must_use]
    pub fn text(self) -> String {
        match self {
            Self::Lifetime => "SEUMUR HIDUP".to_owned(),
            Self::Until(d) => d.strftime("%d-%m-%Y").to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn states_by_their_letters() {
        assert_eq!(CountryCode::parse("NLD").unwrap().as_str(), "NLD");
        let germany = CountryCode::parse("D").unwrap();
        assert_eq!((germany.as_str(), germany.mrz()), ("D", *b"D<<"));
        assert_eq!(CountryCode::parse("IDN"), Err(FieldError::UnknownValue { list: "foreign states" }));
        for text in ["", "nld", "NL", "NLDX", "N1D", "<<<"] {
            assert!(matches!(CountryCode::parse(text), Err(FieldError::Form { .. })), "{text}");
        }
    }

    #[test]
    fn validity_is_for_life_or_a_day() {
        assert_eq!(Validity::parse("lifetime"), Ok(Validity::Lifetime));
        assert_eq!(Validity::parse("2031-05-01"), Ok(Validity::Until(date(2031, 5, 1))));
        assert_eq!(Validity::Until(date(2031, 5, 1)).text(), "01-05-2031");
        assert!(matches!(Validity::parse("SEUMUR HIDUP"), Err(FieldError::Form { .. })));
        assert_eq!(Validity::parse("2031-02-30"), Err(FieldError::ImpossibleDate));
    }
}
