//! The house rules as tests: layers, lengths, banned calls, and every public error has a test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // helpers of tests fail by panicking

#[path = "house/edges.rs"]
mod edges;
#[path = "house/errors.rs"]
mod errors;
#[path = "house/layers.rs"]
mod layers;
#[path = "house/lengths.rs"]
mod lengths;
#[path = "house/reasons.rs"]
mod reasons;
#[path = "house/schemas.rs"]
mod schemas;
#[path = "house/source.rs"]
mod source;
