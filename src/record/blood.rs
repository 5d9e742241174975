//! Blood group with rhesus factor.

use super::error::FieldError;

/// Blood group of the ABO system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum BloodGroup {
    A,
    B,
    Ab,
    O,
}

/// Rhesus factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Rhesus {
    Positive,
    Negative,
}

/// Blood type, *golongan darah*.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BloodType {
    /// Not known; `-` on the face.
    Unknown,
    /// The group, and the rhesus factor if it is known.
    Known(BloodGroup, Option<Rhesus>),
}

/// Every blood type with its text.
const ALL: [(&str, BloodType); 13] = [
    ("-", BloodType::Unknown),
    ("A", BloodType::Known(BloodGroup::A, None)),
    ("B", BloodType::Known(BloodGroup::B, None)),
    ("AB", BloodType::Known(BloodGroup::Ab, None)),
    ("O", BloodType::Known(BloodGroup::O, None)),
    ("A+", BloodType::Known(BloodGroup::A, Some(Rhesus::Positive))),
    ("A-", BloodType::Known(BloodGroup::A, Some(Rhesus::Negative))),
    ("B+", BloodType::Known(BloodGroup::B, Some(Rhesus::Positive))),
    ("B-", BloodType::Known(BloodGroup::B, Some(Rhesus::Negative))),
    ("AB+", BloodType::Known(BloodGroup::Ab, Some(Rhesus::Positive))),
    ("AB-", BloodType::Known(BloodGroup::Ab, Some(Rhesus::Negative))),
    ("O+", BloodType::Known(BloodGroup::O, Some(Rhesus::Positive))),
    ("O-", BloodType::Known(BloodGroup::O, Some(Rhesus::Negative))),
];

impl BloodType {
    /// The text on face and chip: `-`, `A`, `AB+`, …
    #[must_use]
    pub fn text(self) -> &'static str {
        ALL.iter().find(|(_, b)| *b == self).map_or("-", |(t, _)| t)
    }

    /// Parses the text; a zero is no letter O.
    ///
    /// # Errors
    /// [`FieldError::UnknownValue`].
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let found = ALL.iter().find(|(t, _)| *t == text).map(|(_, b)| *b);
        found.ok_or(FieldError::UnknownValue { list: "blood type" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirteen_types_and_no_more() {
        for (text, blood) in ALL {
            assert_eq!(BloodType::parse(text), Ok(blood));
            assert_eq!(blood.text(), text);
        }
        for text in ["", "0", "a", "+", "AB +", "C"] {
            assert_eq!(BloodType::parse(text), Err(FieldError::UnknownValue { list: "blood type" }));
        }
    }
}
