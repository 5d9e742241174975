//! Attacks on a card, on the way to it and on the judge: one test for each id of the catalogue, asserting the named refusal.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // helpers of tests fail by panicking

#[path = "attacks/bytes.rs"]
mod bytes;
#[path = "attacks/catalogue.rs"]
mod catalogue;
#[path = "attacks/channel.rs"]
mod channel;
#[path = "attacks/chip.rs"]
mod chip;
#[path = "attacks/issuer.rs"]
mod issuer;
#[path = "attacks/link.rs"]
mod link;
#[path = "attacks/pictures.rs"]
mod pictures;
#[path = "attacks/reading.rs"]
mod reading;
#[path = "attacks/samples.rs"]
mod samples;
#[path = "attacks/wire.rs"]
mod wire;
