//! Published vectors, byte for byte, and other people's programs; each file names its source.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // helpers of tests fail by panicking

#[path = "vectors/cwt.rs"]
mod cwt;
#[path = "vectors/dmrtd_reader.rs"]
mod dmrtd_reader;
#[path = "vectors/handshakes.rs"]
mod handshakes;
#[path = "vectors/icao_9303_11.rs"]
mod icao_9303_11;
#[path = "attacks/issuer.rs"]
#[allow(dead_code)]
mod issuer;
#[path = "vectors/openpace.rs"]
mod openpace;
#[path = "vectors/openpace_cvc.rs"]
mod openpace_cvc;
#[path = "vectors/pycvc.rs"]
mod pycvc;
#[path = "vectors/rfc4493.rs"]
mod rfc4493;
#[path = "vectors/scp03.rs"]
mod scp03;
#[path = "vectors/scripted.rs"]
mod scripted;
#[path = "../src/skipped.rs"]
mod skipped;
#[path = "vectors/wycheproof.rs"]
mod wycheproof;
#[path = "vectors/zeros.rs"]
mod zeros;
