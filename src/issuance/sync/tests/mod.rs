//! Stores of two offices and of the centre, and what goes between them.

mod ended;
mod exchange;
mod handover;
mod heads;
mod letters;
pub mod lines;
mod register;
mod shipments;
mod shipments_onward;
mod shipments_refused;
mod spools;
pub mod world;
mod worth;
