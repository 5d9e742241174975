//! The gallery on disk, always sealed: a snapshot of everyone, and a log of who came and went since (`specs/afis.md`).

mod body;
mod error;
mod key;
mod log;
mod snapshot;
mod store;

pub use error::SealedError;
pub use key::GalleryKey;
pub use store::{Enrolment, Mark, Opened, Store};

#[cfg(test)]
mod tests;
