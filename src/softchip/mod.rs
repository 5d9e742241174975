//! A chip in software: files, access rules, life cycle, torn writes.

mod layout;
mod lifecycle;
mod nvm;
mod progress;
mod store;
mod table;

pub use lifecycle::State;
