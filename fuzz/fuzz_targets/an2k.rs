//! libFuzzer's entrance to `fuzz/bodies/an2k.rs`.
#![no_main]
#[path = "../bodies/mod.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::an2k::run(data));
