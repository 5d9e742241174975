//! Proofs of the whole: a centre that is killed, a disk that is full, and a day of applications whose books balance.

mod centre;
mod country;
mod day;
mod flush;
mod full;
mod invariants;
mod kill;
mod list;
mod race;
mod told;
mod works;
