//! libFuzzer's entrance to `fuzz/bodies/hostile_host.rs`.
#![no_main]
#[path = "../bodies/mod.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::hostile_host::run(data));
