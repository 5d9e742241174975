//! libFuzzer's entrance to `fuzz/bodies/service_line.rs`.
#![no_main]
#[path = "../bodies/mod.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::service_line::run(data));
