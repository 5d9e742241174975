//! libFuzzer's entrance to `fuzz/bodies/status_list.rs`.
#![no_main]
#[path = "../bodies/mod.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::status_list::run(data));
