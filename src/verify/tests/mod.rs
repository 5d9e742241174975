//! The judge against honest and bent evidence.

pub(crate) mod kit;
mod judge;
mod readback;
