//! The judge against honest and bent evidence.

mod judge;
pub(crate) mod kit;
mod presence;
mod readback;
