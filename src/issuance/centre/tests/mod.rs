//! The centre: who is found single, who is not, and what follows.

mod approvals;
mod attacks;
mod clarifying;
mod identifying;
mod keeping;
mod naming;
mod refusals;
pub mod world;
