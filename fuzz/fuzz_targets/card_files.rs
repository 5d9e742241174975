//! libFuzzer's entrance to `fuzz/bodies/card_files.rs`.
#![no_main]
#[path = "../bodies/mod.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::card_files::run(data));
