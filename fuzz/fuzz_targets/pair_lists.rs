//! libFuzzer's entrance to `fuzz/bodies/pair_lists.rs`.
#![no_main]
#[path = "../bodies/mod.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::pair_lists::run(data));
