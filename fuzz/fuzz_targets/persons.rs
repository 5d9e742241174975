//! libFuzzer's entrance to `fuzz/bodies/persons.rs`.
#![no_main]
#[path = "../bodies/mod.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::persons::run(data));
