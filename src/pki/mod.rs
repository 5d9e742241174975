//! Who signs and who may read: CSCA, DS, CVCA, DV, IS, lists, trust store, the signer and its key stores.
//!
//! X.509 and CMS are read by our own small parser over `lds::tlv`, so that what is verified is exactly the bytes that came.

pub mod algorithm;
pub mod authorization;
#[cfg(feature = "perso")]
pub mod chip_keys;
pub mod cms;
pub mod cvc;
pub mod key;
#[cfg(feature = "perso")]
pub mod key_service;
pub mod keystore;
pub mod name;
pub mod oid;
#[cfg(test)]
pub(crate) mod openssl;
pub mod roca;
#[cfg(any(test, feature = "perso"))]
pub mod sample;
pub mod seal;
#[cfg(feature = "perso")]
pub mod signer;
pub mod sod;
pub mod statement;
pub mod status_list;
pub mod time;
pub mod trust;
pub mod x509;
