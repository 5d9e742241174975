//! Terminal Authentication of EACv1, both sides, without I/O: this reader may see fingers.

pub mod card;
mod error;
pub mod host;
#[cfg(test)]
mod tests;

pub use error::TaError;
