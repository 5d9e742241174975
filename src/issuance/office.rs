//! Offices, named by the codes of their regions: the ministry, a regency's civil registry office, a sub-district's service point.

use super::procedure::Place;
use std::fmt;
use std::str::FromStr;

/// An office. `ministry`, a regency's code (`31.71`) or a sub-district's (`31.71.01`), as the country's region codes write them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Office {
    /// The centre.
    Ministry,
    /// Disdukcapil of a regency or city: province and regency.
    Regency(u8, u8),
    /// Service point of a sub-district: province, regency, sub-district.
    ServicePoint(u8, u8, u8),
}

/// The text is no office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an office is `ministry`, a regency's code such as 31.71, or a sub-district's such as 31.71.01")]
pub struct OfficeError;

impl crate::reason::Refusal for OfficeError {
    fn reason(&self) -> crate::reason::Reason {
        crate::reason::Reason::InputInvalid
    }
}

impl Office {
    /// The office one level up; none above the ministry.
    #[must_use]
    pub const fn above(self) -> Option<Self> {
        match self {
            Self::Ministry => None,
            Self::Regency(..) => Some(Self::Ministry),
            Self::ServicePoint(province, regency, _) => Some(Self::Regency(province, regency)),
        }
    }

    /// Whether `other` is this office or one below it.
    #[must_use]
    pub fn holds(self, other: Self) -> bool {
        std::iter::successors(Some(other), |office| office.above()).any(|office| office == self)
    }

    /// What it is in a procedure.
    #[must_use]
    pub const fn place(self) -> Place {
        match self {
            Self::Ministry => Place::Ministry,
            Self::Regency(..) => Place::Regency,
            Self::ServicePoint(..) => Place::ServicePoint,
        }
    }
}

impl fmt::Display for Office {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ministry => f.write_str("ministry"),
            Self::Regency(province, regency) => write!(f, "{province:02}.{regency:02}"),
            Self::ServicePoint(province, regency, district) => write!(f, "{province:02}.{regency:02}.{district:02}"),
        }
    }
}

impl FromStr for Office {
    type Err = OfficeError;

    fn from_str(text: &str) -> Result<Self, OfficeError> {
        if text == "ministry" {
            return Ok(Self::Ministry);
        }
        let parts: Option<Vec<u8>> = text.split('.').map(code).collect();
        match parts.as_deref() {
            Some([province, regency]) => Ok(Self::Regency(*province, *regency)),
            Some([province, regency, district]) => Ok(Self::ServicePoint(*province, *regency, *district)),
            _ => Err(OfficeError),
        }
    }
}

/// Two digits, not `00`.
fn code(part: &str) -> Option<u8> {
    let digits = part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
    part.parse().ok().filter(|code| digits && *code > 0)
}

impl serde::Serialize for Office {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Office {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reason::{Reason, Refusal as _};

    #[test]
    fn an_office_is_written_as_it_is_read_and_knows_what_is_below_it() {
        for text in ["ministry", "31.71", "31.71.01"] {
            assert_eq!(text.parse::<Office>().unwrap().to_string(), text);
        }
        let (ministry, regency, point) = (Office::Ministry, Office::Regency(31, 71), Office::ServicePoint(31, 71, 1));
        assert!(ministry.holds(point) && regency.holds(point) && regency.holds(regency));
        assert!(!point.holds(regency) && !Office::Regency(31, 72).holds(point));
        assert_eq!((point.above(), regency.above(), ministry.above()), (Some(regency), Some(ministry), None));
        assert_eq!([ministry, regency, point].map(Office::place), [Place::Ministry, Place::Regency, Place::ServicePoint]);
    }

    #[test]
    fn what_is_no_office_is_refused() {
        for text in ["", "Ministry", "31", "31.7", "31.71.001", "31.00", "31.71.01.02", "+1.71", "31-71"] {
            assert_eq!(text.parse::<Office>(), Err(OfficeError), "{text}");
        }
        assert_eq!(OfficeError.reason(), Reason::InputInvalid);
        assert!(serde_json::from_str::<Office>("\"31\"").is_err());
    }
}
