//! Cases in a store of their own, by officers with keys and grants.

mod captures;
mod ends;
mod papers;
mod refusals;
mod steps;
pub(in crate::issuance) mod world;
