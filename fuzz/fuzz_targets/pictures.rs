//! Pictures from outside: only safe decoders, only within bounds.
#![no_main]
use ektp::record::Picture;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = Picture::decode(data);
});
