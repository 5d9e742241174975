//! The bureau: blanks come in, shifts count them, batches make cards of them, and the books balance by serial number.
//!
//! [`stock`] receives blanks and gives them away by other doors than a card; [`shift`] counts, and [`blind`] says what nobody is told before; [`batch`] puts applications together by
//! the bureau's rules ([`quota`]), [`run`] makes their cards with whatever makes them ([`run::Maker`]), [`result`] says what became of
//! each row, and [`requeue`] sends what failed back to be made again. Every step is taken at a [`crate::issuance::desk::Desk`].

pub mod batch;
pub mod blind;
pub mod error;
pub mod incident;
pub mod material;
pub mod notes;
pub mod quota;
pub mod requeue;
pub mod result;
pub mod run;
pub mod serials;
pub mod shift;
pub mod stock;

pub use error::BureauError;

#[cfg(test)]
pub(in crate::issuance) mod tests;
