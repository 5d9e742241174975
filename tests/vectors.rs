//! Published vectors, byte for byte, and other people's programs; each file names its source.

#[path = "vectors/openpace_cvc.rs"]
mod openpace_cvc;
#[path = "vectors/pycvc.rs"]
mod pycvc;
#[path = "vectors/scp03.rs"]
mod scp03;
