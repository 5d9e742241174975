//! libFuzzer's entrance to `fuzz/bodies/image_records.rs`.
#![no_main]
#[path = "../bodies/mod.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::image_records::run(data));
