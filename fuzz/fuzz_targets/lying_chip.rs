//! libFuzzer's entrance to `fuzz/bodies/lying_chip.rs`.
#![no_main]
#[path = "../bodies/mod.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::lying_chip::run(data));
