//! libFuzzer's entrance to `fuzz/bodies/encoding.rs`.
#![no_main]
#[path = "../bodies/mod.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::encoding::run(data));
