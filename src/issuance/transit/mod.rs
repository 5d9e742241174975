//! What becomes of a card after the bureau: shipments under seal along its procedure's legs, the way back, and destruction.
//!
//! [`route`] says where a card goes next; [`ship`] packs, sends and receives; [`trouble`] is for what does not arrive whole; [`back`]
//! takes back what nobody gets; [`destroy`] ends it before witnesses, with minutes. [`afar`] is for what comes to an office that has a
//! store of its own.

pub mod afar;
pub mod back;
pub mod destroy;
pub mod error;
pub mod route;
pub mod ship;
pub mod trouble;

pub use error::TransitError;

#[cfg(test)]
mod tests;
