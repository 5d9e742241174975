//! EF.Fingers of the national application: at most two ISO/IEC 19794-2:2005 templates in a CBEFF group
//! (`specs/card-profile.md`).

use super::cbeff::{self, Header, Wrap};
use super::tlv::{self, TlvError};
use crate::finger::position::FingerPosition;
use crate::finger::template::{self, Template, TemplateError};
use crate::reason::{Reason, Refusal};

/// Most fingers on a chip: one a hand.
pub const MOST: usize = 2;
/// SC 37 format type of the record format, without extended data.
const FORMAT_RECORD: u16 = 0x0001;
/// SC 37 format type of the compact card format.
const FORMAT_COMPACT: u16 = 0x0005;

/// How templates are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FingerFormat {
    /// ISO/IEC 19794-2:2005 record: six bytes a minutia and a header.
    Record,
    /// Compact card format: three bytes a minutia.
    Compact,
}

/// Why EF.Fingers is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EfFingersError {
    /// Its TLV structure.
    #[error(transparent)]
    Tlv(#[from] TlvError),
    /// A template inside it.
    #[error("template {index}: {source}")]
    Template {
        /// Which, from 0.
        index: usize,
        /// What is wrong with it.
        source: TemplateError,
    },
    /// More than [`MOST`].
    #[error("{0} fingers where a chip holds at most {MOST}")]
    TooMany(usize),
    /// A format owner or type that is none of ours.
    #[error("template {index} is of format {owner:04X}/{format:04X}")]
    UnknownFormat {
        /// Which, from 0.
        index: usize,
        /// Format owner.
        owner: u16,
        /// Format type.
        format: u16,
    },
    /// The header names another finger than the template, or none at all.
    #[error("template {index} is not labelled with its finger")]
    Label {
        /// Which, from 0.
        index: usize,
    },
}

impl Refusal for EfFingersError {
    fn reason(&self) -> Reason {
        match self {
            Self::Tlv(e) => e.reason(),
            _ => Reason::TemplateInvalid,
        }
    }
}

/// One finger of the card.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredFinger {
    /// Which finger.
    pub position: FingerPosition,
    /// How it is written.
    pub format: FingerFormat,
    /// Its minutiae; in the compact format in tenths of a millimetre.
    pub template: Template,
}

impl std::fmt::Debug for StoredFinger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StoredFinger({}, {:?})", self.position, self.format)
    }
}

/// CBEFF subtype of a finger (Doc 9303-10 Table 41): bits 1 and 2 the hand, bits 3 to 5 the finger.
#[must_use]
pub fn subtype(position: FingerPosition) -> u8 {
    let code = position.code();
    if code <= 5 { code << 2 | 0b01 } else { (code - 5) << 2 | 0b10 }
}

/// The finger of a CBEFF subtype.
#[must_use]
pub fn position_of(subtype_code: u8) -> Option<FingerPosition> {
    FingerPosition::ALL.into_iter().find(|p| subtype(*p) == subtype_code)
}

/// EF.Fingers. No finger is an empty group: the file is there and says so.
///
/// # Errors
/// [`EfFingersError::TooMany`] or [`EfFingersError::Template`].
pub fn build(fingers: &[(FingerPosition, &Template)], format: FingerFormat) -> Result<Vec<u8>, EfFingersError> {
    if fingers.len() > MOST {
        return Err(EfFingersError::TooMany(fingers.len()));
    }
    let templates = fingers.iter().enumerate().map(|(index, (position, template))| {
        let (code, bytes) = match format {
            FingerFormat::Record => (FORMAT_RECORD, template::encode_record_2005(template)),
            FingerFormat::Compact => (FORMAT_COMPACT, template::encode_card_compact(template)),
        };
        let bytes = bytes.map_err(|source| EfFingersError::Template { index, source })?;
        let header =
            Header { kind: Some(cbeff::TYPE_FINGER), subtype: Some(subtype(*position)), owner: cbeff::OWNER_SC37, format: code };
        Ok((header, bytes))
    });
    Ok(cbeff::encode(&templates.collect::<Result<Vec<_>, EfFingersError>>()?, Wrap::Constructed))
}

/// Parses EF.Fingers.
///
/// # Errors
/// Any [`EfFingersError`].
pub fn parse(data: &[u8]) -> Result<Vec<StoredFinger>, EfFingersError> {
    let group = tlv::parse_one(data, cbeff::GROUP)?;
    let templates = cbeff::parse(&group)?;
    if templates.len() > MOST {
        return Err(EfFingersError::TooMany(templates.len()));
    }
    templates.iter().enumerate().map(|(index, t)| stored(index, t)).collect()
}

fn stored(index: usize, object: &cbeff::Template<'_>) -> Result<StoredFinger, EfFingersError> {
    let Header { owner, format, subtype, .. } = object.header;
    let position = subtype.and_then(position_of).ok_or(EfFingersError::Label { index })?;
    let bytes = object.data.value;
    let (format, template) = match (owner, format) {
        (cbeff::OWNER_SC37, FORMAT_RECORD) => (FingerFormat::Record, template::parse_record_2005(bytes)),
        (cbeff::OWNER_SC37, FORMAT_COMPACT) => (FingerFormat::Compact, template::parse_card_compact(bytes)),
        _ => return Err(EfFingersError::UnknownFormat { index, owner, format }),
    };
    let mut template = template.map_err(|source| EfFingersError::Template { index, source })?;
    match template.position() {
        Some(inside) if inside != position => return Err(EfFingersError::Label { index }),
        // Compact minutiae do not name their finger: the header does.
        _ => template.views.iter_mut().for_each(|v| v.position = Some(position)),
    }
    Ok(StoredFinger { position, format, template })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finger::template::synthetic;
    use crate::lds::tlv::TlvErrorKind;

    fn two() -> [Template; 2] {
        [synthetic::template(1, FingerPosition::RightIndex, 60), synthetic::template(2, FingerPosition::LeftIndex, 60)]
    }

    fn file(format: FingerFormat) -> Vec<u8> {
        let [right, left] = two();
        build(&[(FingerPosition::RightIndex, &right), (FingerPosition::LeftIndex, &left)], format).unwrap()
    }

    #[test]
    fn subtypes_are_those_of_doc_9303() {
        assert_eq!(subtype(FingerPosition::RightIndex), 0x09);
        assert_eq!(subtype(FingerPosition::LeftThumb), 0x06);
        for position in FingerPosition::ALL {
            assert_eq!(position_of(subtype(position)), Some(position));
        }
        assert_eq!(position_of(0), None);
    }

    #[test]
    fn both_formats_read_back() {
        let record = parse(&file(FingerFormat::Record)).unwrap();
        assert_eq!(record[0].template.views[0].minutiae.len(), 60);
        let [right, _] = two();
        assert_eq!(template::encode_record_2005(&record[0].template), template::encode_record_2005(&right));
        let compact = parse(&file(FingerFormat::Compact)).unwrap();
        assert_eq!(compact[1].position, FingerPosition::LeftIndex);
        assert_eq!(compact[1].template.position(), Some(FingerPosition::LeftIndex));
        assert!(file(FingerFormat::Compact).len() < 440 && file(FingerFormat::Record).len() < 860);
    }

    #[test]
    fn none_and_one_are_files_too() {
        assert_eq!(build(&[], FingerFormat::Record).unwrap(), [0x7F, 0x61, 3, 2, 1, 0]);
        assert!(parse(&[0x7F, 0x61, 3, 2, 1, 0]).unwrap().is_empty());
        let [right, _] = two();
        let one = build(&[(FingerPosition::RightIndex, &right)], FingerFormat::Compact).unwrap();
        assert_eq!(parse(&one).unwrap().len(), 1);
    }

    #[test]
    fn refusals_name_the_template() {
        let [right, left] = two();
        let three = [(FingerPosition::RightIndex, &right); 3];
        assert_eq!(build(&three, FingerFormat::Record).unwrap_err(), EfFingersError::TooMany(3));
        let swapped = build(&[(FingerPosition::RightIndex, &left)], FingerFormat::Record).unwrap();
        assert_eq!(parse(&swapped).unwrap_err(), EfFingersError::Label { index: 0 });
        let patch = |from: &[u8], to: &[u8]| {
            let mut bytes = file(FingerFormat::Compact);
            let at = bytes.windows(from.len()).position(|w| w == from).unwrap();
            bytes[at..at + to.len()].copy_from_slice(to);
            parse(&bytes).unwrap_err()
        };
        let unknown = EfFingersError::UnknownFormat { index: 0, owner: 0x0101, format: 0xFF05 };
        assert_eq!(patch(&[0x88, 2, 0, 5], &[0x88, 2, 0xFF, 5]), unknown);
        assert!(matches!(patch(&[0x88, 2, 0, 5], &[0x88, 2, 0, 1]), EfFingersError::Template { index: 0, .. }));
        assert_eq!(patch(&[0x82, 1, 9], &[0x82, 1, 0xF0]), EfFingersError::Label { index: 0 });
        assert!(matches!(parse(&[0x30, 0]), Err(EfFingersError::Tlv(TlvError { kind: TlvErrorKind::UnexpectedTag { .. }, .. }))));
        let bytes = file(FingerFormat::Record);
        for end in 0..bytes.len() {
            assert!(parse(&bytes[..end]).is_err());
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(data: Vec<u8>) {
            let _ = parse(&data);
            let _ = parse(&tlv::encode(cbeff::GROUP, &data));
        }
    }
}
