//! CBEFF groups of biometric templates: 7F61 { count, 7F60 { header, data } … } (ISO/IEC 7816-11, Doc 9303-10 4.7.2).

use super::tlv::{self, Tlv, TlvError};
use super::{cursor::Cursor, der};

/// Tag of a group.
pub const GROUP: u32 = 0x7F61;
const TEMPLATE: u32 = 0x7F60;
const HEADER: u32 = 0xA1;
/// Biometric data block, primitive.
pub const DATA: u32 = 0x5F2E;
/// Biometric data block, constructed: 81 holds the standardized data.
pub const DATA_CONSTRUCTED: u32 = 0x7F2E;
const STANDARD_DATA: u32 = 0x81;
/// ISO/IEC JTC 1/SC 37 as format owner.
pub const OWNER_SC37: u16 = 0x0101;
/// CBEFF biometric type: face.
pub const TYPE_FACE: u8 = 0x02;
/// CBEFF biometric type: fingerprint.
pub const TYPE_FINGER: u8 = 0x08;
/// Most templates of one group (the count is one byte; a person has ten fingers).
pub const MOST_TEMPLATES: usize = 16;

/// The header of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Biometric type, if stated.
    pub kind: Option<u8>,
    /// Which finger or eye, if stated.
    pub subtype: Option<u8>,
    /// Who defined the format.
    pub owner: u16,
    /// The format.
    pub format: u16,
}

/// One template, borrowed from its file.
#[derive(Debug, Clone, Copy)]
pub struct Template<'a> {
    /// Its header.
    pub header: Header,
    /// The data block; its positions count in the file.
    pub data: Tlv<'a>,
}

impl Header {
    /// Encodes the header.
    fn encode(&self) -> Vec<u8> {
        let byte = |tag: u32, value: Option<u8>| value.map(|v| tlv::encode(tag, &[v])).unwrap_or_default();
        let parts = [
            byte(0x81, self.kind),
            byte(0x82, self.subtype),
            tlv::encode(0x87, &self.owner.to_be_bytes()),
            tlv::encode(0x88, &self.format.to_be_bytes()),
        ];
        tlv::encode(HEADER, &parts.concat())
    }

    fn parse(object: &Tlv<'_>) -> Result<Self, TlvError> {
        let mut header = Self { kind: None, subtype: None, owner: 0, format: 0 };
        let (mut owner, mut format) = (false, false);
        for element in object.children()? {
            match (element.tag, element.value) {
                // A biometric type of more than one byte (19785-3) is kept by its last byte, which has fingers and faces.
                (0x81, [.., kind]) => header.kind = Some(*kind),
                (0x82, [subtype]) => header.subtype = Some(*subtype),
                (0x87, [_, _]) => (header.owner, owner) = (Cursor::new(element).u16()?, true),
                (0x88, [_, _]) => (header.format, format) = (Cursor::new(element).u16()?, true),
                (0x81 | 0x82 | 0x87 | 0x88, _) => return Err(element.bad_value()),
                _ => {}
            }
        }
        if owner && format { Ok(header) } else { Err(object.bad_value()) }
    }
}

/// How data blocks are wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrap {
    /// In 5F2E, as DG2 and DG3 do.
    Primitive,
    /// In 7F2E { 81 }, as EF.Fingers does.
    Constructed,
}

/// Encodes a group. More than [`MOST_TEMPLATES`] are never given.
#[must_use]
pub fn encode(templates: &[(Header, Vec<u8>)], wrap: Wrap) -> Vec<u8> {
    let count = u64::try_from(templates.len()).unwrap_or(u64::MAX);
    let mut value = der::integer(count);
    for (header, data) in templates {
        let data = match wrap {
            Wrap::Primitive => tlv::encode(DATA, data),
            Wrap::Constructed => tlv::encode(DATA_CONSTRUCTED, &tlv::encode(STANDARD_DATA, data)),
        };
        tlv::write(&mut value, TEMPLATE, &[header.encode(), data].concat());
    }
    tlv::encode(GROUP, &value)
}

/// Parses a group. Elements it does not know (random data of an empty group, security objects) are passed over.
///
/// # Errors
/// Any [`TlvError`]; a count that differs from the templates present is a bad value.
pub fn parse<'a>(group: &Tlv<'a>) -> Result<Vec<Template<'a>>, TlvError> {
    let mut reader = group.reader();
    let count_object = reader.expect(der::INTEGER)?;
    let count = usize::try_from(der::read_integer(&count_object)?).map_err(|_| count_object.bad_value())?;
    let templates: Vec<Template<'a>> =
        reader.all()?.iter().filter(|o| o.tag == TEMPLATE).take(MOST_TEMPLATES + 1).map(template).collect::<Result<_, _>>()?;
    if templates.len() == count && count <= MOST_TEMPLATES { Ok(templates) } else { Err(count_object.bad_value()) }
}

fn template<'a>(object: &Tlv<'a>) -> Result<Template<'a>, TlvError> {
    let mut reader = object.reader();
    let header = Header::parse(&reader.expect(HEADER)?)?;
    let data = reader.next()?;
    let data = match data.tag {
        DATA => data,
        DATA_CONSTRUCTED => match data.children()?.first() {
            Some(inner) if inner.tag == STANDARD_DATA => *inner,
            _ => return Err(data.bad_value()),
        },
        _ => return Err(data.bad_value()),
    };
    Ok(Template { header, data })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lds::tlv::TlvErrorKind;

    fn header() -> Header {
        Header { kind: Some(TYPE_FINGER), subtype: Some(9), owner: OWNER_SC37, format: 1 }
    }

    #[test]
    fn both_wraps_read_back() {
        for wrap in [Wrap::Primitive, Wrap::Constructed] {
            let bytes = encode(&[(header(), vec![1, 2, 3]), (Header { subtype: None, ..header() }, vec![])], wrap);
            let group = tlv::parse_one(&bytes, GROUP).unwrap();
            let templates = parse(&group).unwrap();
            assert_eq!(templates.len(), 2);
            assert_eq!((templates[0].header, templates[0].data.value), (header(), &[1u8, 2, 3][..]));
            assert_eq!(templates[1].header.subtype, None);
        }
        assert_eq!(encode(&[], Wrap::Primitive), [0x7F, 0x61, 3, 2, 1, 0]);
    }

    #[test]
    fn a_count_that_lies_is_refused() {
        let mut bytes = encode(&[(header(), vec![1])], Wrap::Primitive);
        bytes[5] = 2;
        let group = tlv::parse_one(&bytes, GROUP).unwrap();
        assert_eq!(parse(&group).unwrap_err().kind, TlvErrorKind::BadValue(der::INTEGER));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(data: Vec<u8>) {
            let bytes = tlv::encode(GROUP, &data);
            let _ = parse(&tlv::parse_one(&bytes, GROUP).unwrap());
        }
    }
}
