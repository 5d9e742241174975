//! libFuzzer's entrance to `fuzz/bodies/score_tables.rs`.
#![no_main]
#[path = "../bodies/mod.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::score_tables::run(data));
