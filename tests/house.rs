//! The house rules as tests: layers, lengths, banned calls, and every public error has a test.

#[path = "house/errors.rs"]
mod errors;
#[path = "house/layers.rs"]
mod layers;
#[path = "house/lengths.rs"]
mod lengths;
#[path = "house/reasons.rs"]
mod reasons;
#[path = "house/source.rs"]
mod source;
