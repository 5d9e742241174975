//! The resident's record as JSON.
#![no_main]
use ektp::record::sample;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = ektp::record::load(data, &sample::files());
});
