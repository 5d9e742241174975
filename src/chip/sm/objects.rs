//! The data objects of a protected APDU: each at most once, in the order of Doc 9303-11 9.8.4, and nothing else.

use super::suite::Suite;
use super::{DO8E, DO85, DO87, DO97, DO99, MAC, SmError};
use crate::lds::tlv::{self, Reader};

/// What stands in a protected data field.
pub(super) struct Objects<'a> {
    /// The encrypted data, padding indicator removed, and its tag.
    pub(super) sealed: Option<(u32, &'a [u8])>,
    /// Value of DO'97'.
    pub(super) le: Option<&'a [u8]>,
    /// Value of DO'99'.
    pub(super) status: Option<&'a [u8]>,
    /// Value of DO'8E'.
    pub(super) mac: &'a [u8],
    /// The bytes that the MAC covers.
    pub(super) covered: &'a [u8],
}

/// Of a command: [85 or 87] [97] 8E. Of an answer: [85 or 87] 99 8E.
pub(super) fn parse(data: &[u8], ins: u8, answer: bool) -> Result<Objects<'_>, SmError> {
    let order = [if ins & 1 == 1 { DO85 } else { DO87 }, if answer { DO99 } else { DO97 }, DO8E];
    let mut reader = Reader::new(data);
    let mut found: [Option<&[u8]>; 3] = [None; 3];
    let mut covered = data;
    let mut next = 0;
    while !reader.is_empty() {
        let object = reader.next()?;
        match order.iter().position(|&tag| tag == object.tag) {
            Some(place) if found.get(place).is_some_and(Option::is_some) => return Err(SmError::Duplicate(object.tag)),
            Some(place) if place >= next => {
                if place == 2 {
                    covered = data.get(..object.start).unwrap_or_default();
                }
                if let Some(slot) = found.get_mut(place) {
                    *slot = Some(object.value);
                }
                next = place + 1;
            }
            _ => return Err(SmError::Misplaced(object.tag)),
        }
    }
    let [sealed, middle, mac] = found;
    let mac = mac.ok_or(SmError::Missing(DO8E))?;
    if mac.len() != MAC {
        return Err(SmError::BadValue(DO8E));
    }
    if answer && middle.is_none() {
        return Err(SmError::Missing(DO99));
    }
    let [tag, ..] = order;
    let sealed = sealed.map(|value| without_indicator(tag, value).map(|v| (tag, v))).transpose()?;
    let (le, status) = if answer { (None, middle) } else { (middle, None) };
    Ok(Objects { sealed, le, status, mac, covered })
}

/// DO'87' begins with 01, padding by ISO 7816-4; DO'85' has no indicator. An empty object is none.
fn without_indicator(tag: u32, value: &[u8]) -> Result<&[u8], SmError> {
    match (tag, value) {
        (DO87, [0x01, sealed @ ..]) if !sealed.is_empty() => Ok(sealed),
        (DO85, sealed) if !sealed.is_empty() => Ok(sealed),
        _ => Err(SmError::BadValue(tag)),
    }
}

/// Appends the encrypted data, if there are any.
pub(super) fn write_sealed(out: &mut Vec<u8>, suite: &Suite, ins: u8, data: &[u8]) {
    if data.is_empty() {
        return;
    }
    let sealed = suite.seal(data);
    if ins & 1 == 1 {
        tlv::write(out, DO85, &sealed);
    } else {
        tlv::write(out, DO87, &[&[0x01], &sealed[..]].concat());
    }
}
