//! `ektp ship …`, `ektp return` and `ektp destroy`: what becomes of a card after the bureau.

pub mod back;
pub mod destroy;
pub mod ship;
