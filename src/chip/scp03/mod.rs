//! Secure Channel Protocol 03 (GlobalPlatform Amendment D), both sides, without I/O: levels 01, 03, 11, 13, 33; S8, S16.

pub mod card;
mod channel;
pub mod commands;
mod error;
pub mod host;
mod init;
pub mod keys;
#[cfg(test)]
mod tests;

pub use crate::crypto::scp03::{InitUpdateAnswer, Level, Parameter};
pub use error::Scp03Error;
pub use init::initialize_update;
