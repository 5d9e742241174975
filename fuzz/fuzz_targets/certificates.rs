//! libFuzzer's entrance to `fuzz/bodies/certificates.rs`.
#![no_main]
#[path = "../bodies/mod.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::certificates::run(data));
