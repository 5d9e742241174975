//! Attacks on a card, on the way to it and on the judge: one test for each id of the catalogue, asserting the named refusal.

#[path = "attacks/catalogue.rs"]
mod catalogue;
#[path = "attacks/chip.rs"]
mod chip;
#[path = "attacks/issuer.rs"]
mod issuer;
#[path = "attacks/reading.rs"]
mod reading;
#[path = "attacks/samples.rs"]
mod samples;
