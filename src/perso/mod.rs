//! A card image becomes a card: plan → journal → run → read-back → receipt.

pub mod chunk;
pub mod engine;
pub mod error;
pub mod inspect;
pub mod job;
pub mod journal;
pub mod opened;
pub mod plan;
pub mod quality;
pub mod receipt;
pub mod state;
pub mod stream;
pub mod work;

pub use engine::{Options, Outcome, Progress, Station, give_up, give_up_unbound, run};
pub use error::PersoError;
pub use job::{JobId, NewJob};
pub use receipt::Receipt;

#[cfg(test)]
pub(crate) mod tests;
