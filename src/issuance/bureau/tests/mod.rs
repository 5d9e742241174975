//! The bureau's promises, the same on both databases, with officers who sign.

mod batches;
pub mod house;
mod shifts;
