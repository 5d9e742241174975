//! TLV and MRZ.
#![no_main]
use ektp::lds::{mrz::Td1, tlv};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = tlv::check(data);
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = Td1::parse(text);
    }
});
