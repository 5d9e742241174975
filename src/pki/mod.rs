//! Who signs and who may read: CSCA, DS, CVCA, DV, IS, lists, trust store, the signer and its key stores.

pub mod cvc;
#[cfg(feature = "perso")]
pub mod key_service;
#[cfg(feature = "perso")]
pub mod signer;
