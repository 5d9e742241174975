//! libFuzzer's entrance to `fuzz/bodies/card_templates.rs`.
#![no_main]
#[path = "../bodies/mod.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::card_templates::run(data));
