//! Between offices that have stores of their own: captures go up, sealed and signed, and what the centre says of them comes back.
//!
//! An [`item::Item`] is a packet or a [`letter`], named by the SHA-256 of its bytes. [`make::Maker`] makes what there is to send and takes in
//! what came; a [`spool::Spool`] keeps both; a folder that is carried ([`folder`]) or a line with certificates on both sides ([`line`]) moves
//! them. Everything is done again until its receipt comes, and done once: an application, a handover and a resident are known by what they are.

pub mod content;
pub mod deed;
pub mod done;
mod error;
pub mod folder;
pub mod handed;
pub mod intake;
pub mod item;
pub mod letter;
#[cfg(feature = "serve")]
pub mod line;
pub mod make;
pub mod parts;
pub mod shipped;
pub mod shown;
pub mod spool;
pub mod take;
#[cfg(test)]
mod tests;
pub mod told;

pub use error::SyncError;
pub use intake::{Taken, origin};
pub use item::{Item, Label, Sha};
pub use make::{Made, Maker, Recipients};
pub use shown::Shown;
pub use spool::{Entry, Spool};
pub use take::Fate;
