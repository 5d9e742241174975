//! The gallery on disk, always sealed: a snapshot of everyone, and a log of who came and went since (`specs/afis.md`).

mod body;
mod error;
mod key;
mod load;
mod log;
mod snapshot;
mod store;
mod trail;

pub use body::reread;
pub use error::SealedError;
pub use key::GalleryKey;
pub use store::{Again, Enrolment, Opened, Seen, Store};
pub use trail::Mark;

#[cfg(test)]
mod tests;
