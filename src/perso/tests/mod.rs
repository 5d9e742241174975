//! The engine against the software chip: the whole order, faults at every APDU and every call, crashes, double faults, mutants.

mod chain;
mod crashes;
mod doubles;
pub(crate) mod elsewhere;
mod encoder;
mod endings;
mod exchanges;
mod faults;
mod figures;
mod inspection;
mod ledger;
mod matrix;
mod mutants;
mod nth;
mod opening;
mod outages;
mod refusals;
mod services;
mod set_aside;
mod spy;
mod stores;
mod trouble;
mod whole;
mod world;
