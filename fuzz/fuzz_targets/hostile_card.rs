//! libFuzzer's entrance to `fuzz/bodies/hostile_card.rs`.
#![no_main]
#[path = "../bodies/mod.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::hostile_card::run(data));
