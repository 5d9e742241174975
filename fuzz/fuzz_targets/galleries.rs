//! libFuzzer's entrance to `fuzz/bodies/galleries.rs`.
#![no_main]
#[path = "../bodies/mod.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::galleries::run(data));
