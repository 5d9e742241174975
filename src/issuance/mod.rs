//! Issuance: the rules by which an application becomes a card in its holder's hand. Pure: no store, no clock, no reader.
//!
//! A [`Procedure`] says where things happen and which way a card travels, [`papers`] what a resident brings, [`application`] and
//! [`card`] which step may follow which and who may take it, [`balance`] how stock is counted. Sources: `docs/issuance.md`.

pub mod application;
pub mod balance;
pub mod card;
pub mod office;
pub mod officer;
pub mod packet;
pub mod papers;
pub mod procedure;
pub mod role;
pub mod table;

pub use office::Office;
pub use procedure::{Holder, Mode, Place, Procedure, Start};
pub use role::{Role, Taken};
