//! libFuzzer's entrance to `fuzz/bodies/lying_card.rs`.
#![no_main]
#[path = "../bodies/mod.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::lying_card::run(data));
