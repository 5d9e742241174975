//! A card image becomes a card: plan → journal → run → read-back → receipt (design 2.9).

pub mod job;
pub mod journal;
pub mod state;
