//! Published vectors, byte for byte; each file names its source.

#[path = "vectors/openpace_cvc.rs"]
mod openpace_cvc;
#[path = "vectors/scp03.rs"]
mod scp03;
