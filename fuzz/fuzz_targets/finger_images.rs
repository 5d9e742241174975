//! libFuzzer's entrance to `fuzz/bodies/finger_images.rs`.
#![no_main]
#[path = "../bodies/mod.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::finger_images::run(data));
