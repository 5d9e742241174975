//! The e-KTP toolkit: from a resident's record to a signed, encrypted chip, and from a chip to a verdict.
//!
//! Data flows one way; each module takes the previous module's value and returns the next, or a named refusal:
//! record → lds + pki → perso → chip → read → verify. `ARCHITECTURE.md` has the plan.
//!
//! Whoever wants to read and judge cards and no more calls [`facade`]: four plain calls on bytes and owned values.

#[cfg(feature = "afis")]
pub mod afis;
pub mod chip;
#[cfg(feature = "cli")]
pub mod cli;
pub mod crypto;
#[cfg(any(feature = "store", feature = "afis"))]
pub mod durable;
pub mod facade;
pub mod finger;
#[cfg(feature = "perso")]
pub mod issuance;
pub mod lds;
pub mod limits;
#[cfg(feature = "perso")]
pub mod perso;
pub mod pki;
pub mod raster;
#[cfg(feature = "verify")]
pub mod read;
pub mod reason;
pub mod record;
pub mod secret;
#[cfg(test)]
mod skipped;
#[cfg(feature = "perso")]
pub mod softchip;
#[cfg(feature = "verify")]
pub mod verify;
pub mod world;
