//! A chip in software: files, access rules, life cycle, torn writes.

mod authenticate;
#[cfg(test)]
mod authenticate_tests;
mod basic;
mod chip;
mod controls;
mod door;
mod fate;
pub mod faults;
#[cfg(test)]
mod field_tests;
pub mod fixture;
#[cfg(test)]
mod fixture_tests;
mod keys;
pub mod latency;
mod layout;
mod lifecycle;
mod nvm;
mod pace;
mod perso;
#[cfg(test)]
mod perso_tests;
pub mod port;
#[cfg(test)]
mod port_tests;
mod progress;
mod read;
mod secure;
mod select;
#[cfg(feature = "serve")]
pub mod serve;
mod session;
mod state_file;
mod status;
mod store;
mod stream;
mod table;
#[cfg(test)]
mod table_tests;
#[cfg(test)]
mod testing;
mod trust;

pub use chip::{ChipConfig, SoftChip};
pub use lifecycle::State;
pub use port::{SharedChip, SoftPort};
pub use state_file::{StateError, StateFile};
