//! Distinguished names (RFC 5280 4.1.2.4): made, shown, compared.

use super::oid;
use crate::lds::der;
use crate::lds::shown::shown;
use crate::lds::tlv::{self, Reader, Tlv, TlvError};

const UTF8_STRING: u32 = 0x0C;
const PRINTABLE_STRING: u32 = 0x13;
/// Most relative names of a name, and most attributes of one of them.
const MAX_PARTS: usize = 32;

/// A name, kept as the bytes that came.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Name {
    der: Vec<u8>,
    parts: Vec<(String, String)>,
}

impl std::fmt::Debug for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Name({self})")
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, (kind, value)) in self.parts.iter().enumerate() {
            let label = match kind.as_str() {
                oid::C => "C",
                oid::O => "O",
                oid::OU => "OU",
                oid::CN => "CN",
                oid::L => "L",
                oid::SERIAL_NUMBER => "serialNumber",
                other => other,
            };
            write!(f, "{}{label}={}", if index == 0 { "" } else { ", " }, shown(value))?;
        }
        Ok(())
    }
}

impl Name {
    /// A name of country (two letters), organization and common name, in the form of Doc 9303-12 7.1.
    #[must_use]
    pub fn new(country: &str, organization: &str, common_name: &str) -> Self {
        let parts =
            [(oid::C, PRINTABLE_STRING, country), (oid::O, UTF8_STRING, organization), (oid::CN, UTF8_STRING, common_name)];
        let encoded: Vec<Vec<u8>> = parts
            .iter()
            .filter(|(_, _, value)| !value.is_empty())
            .map(|(kind, tag, value)| der::set_of(vec![der::sequence(&[&der::oid(kind), &tlv::encode(*tag, value.as_bytes())])]))
            .collect();
        let parts = parts.iter().filter(|(_, _, v)| !v.is_empty()).map(|(k, _, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Self { der: tlv::encode(der::SEQUENCE, &encoded.concat()), parts }
    }

    /// Reads a name; `object` is its SEQUENCE.
    ///
    /// # Errors
    /// Any [`TlvError`].
    pub fn read(object: &Tlv<'_>) -> Result<Self, TlvError> {
        let mut parts = Vec::new();
        let rdns = object.children()?;
        for rdn in &rdns {
            if rdn.tag != der::SET || parts.len() >= MAX_PARTS {
                return Err(rdn.bad_value());
            }
            for attribute in rdn.children()? {
                let mut reader = attribute.reader();
                let kind = der::read_oid(&reader.expect(der::OID)?)?;
                let value = reader.next()?;
                reader.finish()?;
                parts.push((kind, text(&value)));
            }
        }
        Ok(Self { der: tlv::encode(der::SEQUENCE, object.value), parts })
    }

    /// Parses the DER of a name.
    ///
    /// # Errors
    /// Any [`TlvError`].
    pub fn parse(data: &[u8]) -> Result<Self, TlvError> {
        let mut reader = Reader::new(data);
        let object = reader.expect(der::SEQUENCE)?;
        reader.finish()?;
        Self::read(&object)
    }

    /// Its DER.
    #[must_use]
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }

    /// The value of its first attribute of this kind.
    #[must_use]
    pub fn get(&self, kind: &str) -> Option<&str> {
        self.parts.iter().find(|(k, _)| k == kind).map(|(_, v)| v.as_str())
    }

    /// The country in capital letters, or nothing.
    #[must_use]
    pub fn country(&self) -> String {
        self.get(oid::C).unwrap_or_default().to_ascii_uppercase()
    }

    /// The common name, or nothing.
    #[must_use]
    pub fn common_name(&self) -> &str {
        self.get(oid::CN).unwrap_or_default()
    }

    /// Whether two names are the same under RFC 5280 7.1: string type, case and runs of spaces do not count.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        self.der == other.der
            || (self.parts.len() == other.parts.len()
                && self.parts.iter().zip(&other.parts).all(|(a, b)| a.0 == b.0 && folded(&a.1) == folded(&b.1)))
    }
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// The text of a string type; other types and broken text are shown in hexadecimal, so that they compare by their bytes.
fn text(value: &Tlv<'_>) -> String {
    match value.tag {
        UTF8_STRING | PRINTABLE_STRING | 0x16 => std::str::from_utf8(value.value).ok().map(str::to_owned),
        // TeletexString, read as Latin-1 as everyone does.
        0x14 => Some(value.value.iter().map(|&b| char::from(b)).collect()),
        0x1E => {
            let units = value.value.chunks(2).map(|c| c.iter().fold(0u16, |acc, &b| acc << 8 | u16::from(b)));
            char::decode_utf16(units).collect::<Result<String, _>>().ok()
        }
        _ => None,
    }
    .unwrap_or_else(|| value.value.iter().fold(format!("#{:02x}", value.tag), |acc, b| acc + &format!("{b:02x}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_and_compare_without_case() {
        let name = Name::new("ID", "Ditjen Dukcapil", "CSCA Indonesia 1");
        assert_eq!(Name::parse(name.as_der()).unwrap(), name);
        assert_eq!(name.to_string(), "C=ID, O=Ditjen Dukcapil, CN=CSCA Indonesia 1");
        assert!(name.matches(&Name::new("id", "DITJEN  dukcapil", "csca indonesia 1")));
        assert!(!name.matches(&Name::new("MY", "Ditjen Dukcapil", "CSCA Indonesia 1")));
        assert!(!name.matches(&Name::new("ID", "Ditjen Dukcapil", "")));
        assert_eq!(Name::new("id", "", "").country(), "ID");
    }

    #[test]
    fn a_name_cannot_write_lines_of_its_own_on_the_screen() {
        let name = Name::new("ID", "x\ngenuine\u{1b}[2K\r", "a\u{202e}b");
        let shown = name.to_string();
        assert!(shown.chars().all(|c| !c.is_control() && c != '\u{202e}'), "{shown:?}");
        assert_eq!(shown, "C=ID, O=x\\u{a}genuine\\u{1b}[2K\\u{d}, CN=a\\u{202e}b");
        assert_eq!(name.get(oid::O), Some("x\ngenuine\u{1b}[2K\r"), "what is compared stays as it came");
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(data: Vec<u8>) {
            let _ = Name::parse(&data);
        }
    }
}
