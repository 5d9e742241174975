//! libFuzzer's entrance to `fuzz/bodies/minutiae_records.rs`.
#![no_main]
#[path = "../bodies/mod.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::minutiae_records::run(data));
