//! The engine against the software chip: the whole order, faults at every APDU, crashes, mutants.

mod crashes;
mod endings;
mod faults;
mod figures;
mod inspection;
mod matrix;
mod mutants;
mod opening;
mod refusals;
mod services;
mod spy;
mod whole;
mod world;
