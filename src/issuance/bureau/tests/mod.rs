//! The bureau's promises, the same on both databases, with officers who sign.

mod batches;
mod cases;
pub mod house;
mod shifts;
