//! Every committed input of the fuzz targets goes through its target: seeds, and what a campaign once broke on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // helpers of tests fail by panicking

#[path = "../fuzz/bodies/mod.rs"]
mod bodies;
#[path = "fuzz/inputs.rs"]
mod inputs;
#[path = "fuzz/seeds.rs"]
mod seeds;
