//! The centre: who is found single, who is not, and what follows.

mod approvals;
mod clarifying;
mod identifying;
pub mod world;
