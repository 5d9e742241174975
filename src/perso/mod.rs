//! A card image becomes a card: plan → journal → run → read-back → receipt (design 2.9).

pub mod chunk;
pub mod job;
pub mod journal;
pub mod plan;
pub mod state;
pub mod stream;
