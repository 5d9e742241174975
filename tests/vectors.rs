//! Published vectors, byte for byte; each file names its source.

#[path = "vectors/scp03.rs"]
mod scp03;
