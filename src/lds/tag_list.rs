//! Data groups 11 and 12: elements announced by a tag list 5C (Doc 9303-10 4.7.11, 4.7.12).

use super::tlv::{self, Reader, Tlv, TlvError, TlvErrorKind};

const LIST: u32 = 0x5C;

/// Encodes elements behind their tag list; those with an empty value are left out of both.
pub(crate) fn encode(group: u32, elements: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let (mut tags, mut values) = (Vec::new(), Vec::new());
    for (tag, value) in elements.iter().filter(|(_, v)| !v.is_empty()) {
        tags.extend(tag.to_be_bytes().into_iter().skip_while(|b| *b == 0));
        tlv::write(&mut values, *tag, value);
    }
    tlv::encode_all(group, &[&tlv::encode(LIST, &tags), &values])
}

/// The elements of a group. The tag list must be well formed and name no element twice; issuers in the field announce
/// elements that they leave out, and the other way round, so presence is taken from the elements alone.
pub(crate) fn parse<'a>(data: &'a [u8], group: u32) -> Result<Vec<Tlv<'a>>, TlvError> {
    let group = tlv::parse_one(data, group)?;
    let mut reader = group.reader();
    let list = reader.expect(LIST)?;
    let mut tags = Reader::new(list.value);
    while !tags.is_empty() {
        tags.skip_tag().map_err(|_| list.bad_value())?;
    }
    let elements = reader.all()?;
    for (index, element) in elements.iter().enumerate() {
        if elements.iter().take(index).any(|e| e.tag == element.tag) {
            return Err(TlvError::at(TlvErrorKind::Duplicate(element.tag), element.start));
        }
    }
    Ok(elements)
}

/// Text of an element: UTF-8 without control characters.
pub(crate) fn text(element: &Tlv<'_>) -> Result<String, TlvError> {
    let text = std::str::from_utf8(element.value).map_err(|_| element.bad_value())?;
    if text.chars().any(char::is_control) { Err(element.bad_value()) } else { Ok(text.to_owned()) }
}

/// A date as eight ASCII digits YYYYMMDD or four bytes BCD (both are in the field); unknown parts are zeros.
pub(crate) fn date(element: &Tlv<'_>) -> Result<String, TlvError> {
    let digits: String = match element.value {
        [_, _, _, _] => element.value.iter().map(|b| format!("{b:02X}")).collect(),
        value => String::from_utf8_lossy(value).into_owned(),
    };
    if digits.len() == 8 && digits.bytes().all(|b| b.is_ascii_digit()) { Ok(digits) } else { Err(element.bad_value()) }
}
