//! libFuzzer's entrance to `fuzz/bodies/trust_store.rs`.
#![no_main]
#[path = "../bodies/mod.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::trust_store::run(data));
