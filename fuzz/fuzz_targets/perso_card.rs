//! libFuzzer's entrance to `fuzz/bodies/perso_card.rs`.
#![no_main]
#[path = "../bodies/mod.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::perso_card::run(data));
