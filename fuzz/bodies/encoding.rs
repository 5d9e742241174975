//! TLV, DER and the machine readable zone.

use ektp::lds::mrz::Td1;
use ektp::lds::mrz_name::MrzName;
use ektp::lds::{der, tlv};

pub fn run(data: &[u8]) {
    let _ = tlv::check(data);
    let mut reader = tlv::Reader::new(data);
    while let Ok(object) = reader.next() {
        values(&object);
    }
    if let Ok(text) = std::str::from_utf8(data) {
        zone(text);
    }
}

/// One object read as every kind of value.
fn values(object: &tlv::Tlv<'_>) {
    let _ = der::read_oid(object);
    let _ = der::read_integer(object);
    let _ = der::read_unsigned(object);
    let _ = der::read_bit_string(object);
    let _ = ektp::pki::time::read(object);
    let _ = ektp::pki::algorithm::SignatureAlgorithm::read(object);
    let _ = object.children();
}

fn zone(text: &str) {
    if let Ok(zone) = Td1::parse(text) {
        let lines = zone.encode();
        assert_eq!(lines.and_then(|lines| Td1::parse(&lines)).as_ref(), Ok(&zone));
    }
    let name = MrzName::undivided(text);
    let _ = name.field(30);
}
