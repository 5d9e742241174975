//! Issuance: the rules by which an application becomes a card in its holder's hand, pure: no store, no clock, no reader; and their store.
//!
//! A [`Procedure`] says where things happen and which way a card travels, [`papers`] what a resident brings. [`application`], [`card`],
//! [`blank`], [`batch`], [`shipment`], [`shift`], [`incident`] and [`resident`] say which step may follow which and who may take it,
//! [`names`] by which words they are stored, [`next`] which verbs make them, [`balance`] how stock is counted. [`store`] keeps what they say, on SQLite or PostgreSQL,
//! with its audit, and a [`desk::Desk`] takes their steps for an office: those of a [`case`], of the [`centre`], of the [`bureau`], of
//! those on the way ([`transit`]), of the [`handover`] and of what numbers are worth
//! ([`status`]). Sources: `docs/issuance.md`.

pub mod application;
pub mod balance;
pub mod batch;
pub mod blank;
pub mod bureau;
pub mod card;
pub mod case;
pub mod centre;
pub mod desk;
pub mod form;
pub mod handover;
pub mod incident;
pub mod likeness;
pub mod names;
pub mod next;
pub mod office;
pub mod officer;
pub mod packet;
pub mod papers;
pub mod procedure;
pub mod recall;
pub mod register;
pub mod report;
pub mod resident;
pub mod role;
pub mod shift;
pub mod shipment;
pub mod status;
pub mod store;
pub mod sync;
pub mod table;
pub mod trace;
pub mod transit;

#[cfg(test)]
mod proof;

pub use office::Office;
pub use procedure::{Holder, Mode, Place, Procedure, Start};
pub use role::{Role, Taken};
