//! ANSI/NIST transactions, from their first field on.
#![no_main]
use ektp::finger::image::{Asked, find};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = find(&[b"1.001:", data].concat(), Asked::default());
});
