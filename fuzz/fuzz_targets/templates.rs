//! Finger templates in every format that is read.
#![no_main]
use ektp::finger::template;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = template::parse_record_2005(data);
    let _ = template::parse_card_compact(data);
    let _ = template::parse_card_normal(data);
});
