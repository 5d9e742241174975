//! A chip in the field to evidence, in the order of a terminal.

pub mod error;
pub mod file;
pub mod progress;
pub mod terminal;
pub mod want;

pub use error::ReadError;
pub use progress::Progress;
pub use want::{Field, Want};
