//! Card-verifiable certificates of Terminal Authentication: CVCA → DV → IS (TR-03110-3 2 and C).

mod algorithm;
mod certificate;
mod chain;
mod chat;
mod date;
mod error;
mod issue;
mod public_key;
mod reference;
mod request;
#[cfg(test)]
mod tests;

pub use algorithm::Algorithm;
pub use certificate::{Body, Certificate};
pub use chain::{Accepted, EF_CVCA_LEN, Holder, TRUST_POINTS, TrustState, accept_all, verify_chain};
pub use chat::{Chat, ID_IS, Rights, Role};
pub use date::Date;
pub use error::CvcError;
pub use issue::{Grant, issue, link, self_signed};
pub use public_key::{Domain, PublicKey};
pub use reference::Reference;
pub use request::Request;
