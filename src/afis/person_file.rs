//! A person's file: which template, or which reason for none, each finger has; JSON.

use super::person::FINGERS;
use crate::finger::position::FingerPosition;
use crate::reason::{Reason, Refusal};
use crate::record::PassedOver;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

/// Why something is no person's file. The fields are named, never their values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PersonFileError {
    /// No JSON of this form: `{"fingers": {FINGER: "FILE" | {"exception": REASON}}}`.
    #[error("line {line}: not {{\"fingers\": {{FINGER: \"FILE\" or {{\"exception\": REASON}}}}}}")]
    Form {
        /// Where reading ended, from 1.
        line: usize,
    },
    /// A finger that nobody has.
    #[error("entry {entry}: there is no finger of this name (right_thumb to left_little)")]
    NoSuchFinger {
        /// Which of the fingers, from 1.
        entry: usize,
    },
    /// A finger told of twice.
    #[error("{0}: told of twice")]
    Twice(FingerPosition),
    /// A reason that there is not.
    #[error("{0}: no reason of this name (amputated, bandaged, damaged, low_quality, not_captured)")]
    NoSuchReason(FingerPosition),
}

impl Refusal for PersonFileError {
    fn reason(&self) -> Reason {
        Reason::InputInvalid
    }
}

/// What is told of a finger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// The template's file, beside the person's.
    Template(String),
    /// Why there is none.
    Exception(PassedOver),
}

/// The fingers of a file, in its order, each at most once.
///
/// # Errors
/// [`PersonFileError`].
pub fn parse(bytes: &[u8]) -> Result<Vec<(FingerPosition, Told)>, PersonFileError> {
    let file: File = serde_json::from_slice(bytes).map_err(|e| PersonFileError::Form { line: e.line() })?;
    let mut fingers: Vec<(FingerPosition, Told)> = Vec::new();
    for (entry, (name, written)) in (1..).zip(file.fingers.0) {
        let position = FingerPosition::from_text(&name).ok_or(PersonFileError::NoSuchFinger { entry })?;
        if fingers.iter().any(|(known, _)| *known == position) {
            return Err(PersonFileError::Twice(position));
        }
        let told = match written {
            Written::Template(file) => Told::Template(file),
            Written::Exception { exception } => {
                Told::Exception(PassedOver::parse(&exception).map_err(|_| PersonFileError::NoSuchReason(position))?)
            }
        };
        fingers.push((position, told));
    }
    Ok(fingers)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    fingers: Entries,
}

#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Written {
    Template(String),
    Exception { exception: String },
}

/// Every entry as it was written, twice where it was written twice; of more than a person can have, one too many.
struct Entries(Vec<(String, Written)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Entries;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("fingers by their names")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while entries.len() <= FINGERS {
                    let Some(entry) = map.next_entry()? else { return Ok(Entries(entries)) };
                    entries.push(entry);
                }
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Entries(entries))
            }
        }
        from.deserialize_map(All)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finger::position::FingerPosition::{LeftThumb, RightIndex};

    #[test]
    fn every_finger_is_told_of_once() {
        let told = parse(br#"{"fingers": {"right_index": "a/b.fmr", "left_thumb": {"exception": "amputated"}}}"#).unwrap();
        let expected = [(RightIndex, Told::Template("a/b.fmr".to_owned())), (LeftThumb, Told::Exception(PassedOver::Amputated))];
        assert_eq!(told, expected);
        assert_eq!(parse(br#"{"fingers": {}}"#), Ok(Vec::new()));
        let twice = parse(br#"{"fingers": {"left_thumb": "a", "right_index": "a", "left_thumb": {"exception": "bandaged"}}}"#);
        assert_eq!(twice, Err(PersonFileError::Twice(LeftThumb)));
        // Of very many the last is not reached, and something before is wrong.
        let many: Vec<String> = (0..100_000).map(|_| r#""right_index": "a""#.to_owned()).collect();
        let many = parse(format!(r#"{{"fingers": {{{}}}}}"#, many.join(",")).as_bytes());
        assert_eq!(many, Err(PersonFileError::Twice(RightIndex)));
    }

    #[test]
    fn what_is_no_such_file_is_refused_by_name() {
        for (text, line) in [
            ("", 1),
            ("{}", 1),
            ("{\"fingers\":\n7}", 2),
            (r#"{"fingers": {"left_thumb": 7}}"#, 1),
            (r#"{"fingers": {"left_thumb": {"exception": "bandaged", "why": 1}}}"#, 1),
            (r#"{"fingers": {"left_thumb": {"exception": "bandaged", "exception": "damaged"}}}"#, 1),
            (r#"{"fingers": {}, "fingers": {}}"#, 1),
            (r#"{"fingers": {}, "id": "x"}"#, 1),
            (r#"{"fingers": {}} {}"#, 1),
        ] {
            assert_eq!(parse(text.as_bytes()), Err(PersonFileError::Form { line }), "{text}");
        }
        let toe = parse(br#"{"fingers": {"left_thumb": "a", "left_toe": "a"}}"#);
        assert_eq!(toe, Err(PersonFileError::NoSuchFinger { entry: 2 }));
        let lost = parse(br#"{"fingers": {"left_thumb": {"exception": "lost"}}}"#);
        assert_eq!(lost, Err(PersonFileError::NoSuchReason(LeftThumb)));
        assert_eq!(PersonFileError::Twice(LeftThumb).reason(), Reason::InputInvalid);
    }
}
