//! A chip in the field to evidence, in the order of a terminal.

mod authenticate;
pub mod error;
pub mod file;
mod order;
pub mod progress;
pub mod session;
pub mod terminal;
pub mod want;

pub use error::ReadError;
pub use progress::Progress;
pub use session::{Reading, Setup, World, read};
pub use terminal::{Terminal, TerminalError};
pub use want::{Field, Want};
