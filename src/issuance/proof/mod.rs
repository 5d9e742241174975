//! Proofs of the whole: each procedure from its beginning to its end, a centre that is killed, a disk that is full, and a day of applications
//! whose books balance.

mod centre;
mod country;
mod day;
mod flush;
mod full;
mod invariants;
mod kill;
mod list;
mod race;
mod scenarios;
mod told;
pub(in crate::issuance) mod works;
