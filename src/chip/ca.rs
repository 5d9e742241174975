//! Chip Authentication version 1 with ECDH and AES (TR-03110-3 B.2, Doc 9303-11 6.2): the chip shows that it holds the key of DG14.
//!
//! The exchange itself proves nothing. The chip is proven by its first answer under the new keys, which [`prove`] checks; and only
//! to whoever made the ephemeral key and kept it to himself.

mod card;
mod host;

pub use card::{CaCard, CaCardDone};
pub use host::{CaDone, GeneralAuthenticate, SetAtThen, run, start};

use super::apdu::{ApduError, Command, Response, StatusWord};
use super::sm::{SmError, SmHost, SmKeys};
use crate::crypto::ec::{PrivateKey, PublicKey};
use crate::lds::security_infos::{ChipAuthenticationPublicKeyInfo, SecurityInfos};
use crate::lds::tlv::TlvError;
use crate::reason::{Reason, Refusal};

/// Object identifiers of Chip Authentication with ECDH begin so; the last arc names the cipher.
const CA_ECDH: &str = "0.4.0.127.0.7.2.2.3.2.";

/// Why Chip Authentication was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CaError {
    /// DG14 offers no key and protocol of ours: ECDH with AES on one of our curves.
    #[error("the chip offers no Chip Authentication of a kind that is supported")]
    NotOffered,
    /// DG14 names several keys, or the protocol's key is not among them.
    #[error("DG14 does not say which key is meant")]
    AmbiguousKey,
    /// The chip refused a step.
    #[error("{step}: the chip answered {status}")]
    Refused {
        /// MSE:Set AT or GENERAL AUTHENTICATE.
        step: &'static str,
        /// What it answered.
        status: StatusWord,
    },
    /// An answer to GENERAL AUTHENTICATE that is not an empty 7C.
    #[error("GENERAL AUTHENTICATE: {0}")]
    Malformed(TlvError),
    /// The chip's key and the terminal's do not agree: other curves, or the point at infinity.
    #[error("the chip's key is not valid")]
    BadKey,
    /// The recorded command is no APDU.
    #[error("recorded exchange: {0}")]
    BadRecord(ApduError),
    /// The chip's first answer under the new keys was not made with the key of DG14.
    #[error("the chip did not prove its key: {0}")]
    NotProven(SmError),
}

impl Refusal for CaError {
    fn reason(&self) -> Reason {
        match self {
            Self::Refused { .. } | Self::Malformed(_) => Reason::UnexpectedAnswer,
            Self::BadRecord(_) => Reason::InputInvalid,
            _ => Reason::CloneSuspected,
        }
    }
}

/// Which key and cipher of DG14 to use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaParams {
    protocol: String,
    bits: usize,
    key_id: Option<u64>,
    chip_key: PublicKey,
}

impl CaParams {
    /// Chooses from DG14: the strongest cipher of ours whose key is named unmistakably (TR-03110-3 A.1.1.2).
    ///
    /// A chip with one key may leave key identifiers out; they must then be out of both infos.
    ///
    /// # Errors
    /// [`CaError::NotOffered`] or [`CaError::AmbiguousKey`].
    pub fn choose(infos: &SecurityInfos) -> Result<Self, CaError> {
        let supported = |p: &str| super::pace::bits_of(p, CA_ECDH);
        let best = infos.chip_authentication().filter(|i| i.version == 1).filter_map(|i| Some((supported(&i.protocol)?, i)));
        let (bits, info) = best.max_by_key(|(bits, _)| *bits).ok_or(CaError::NotOffered)?;
        let keys: Vec<&ChipAuthenticationPublicKeyInfo> = infos.chip_keys().filter(|k| k.key_id == info.key_id).collect();
        match keys.as_slice() {
            [key] => Ok(Self { protocol: info.protocol.clone(), bits, key_id: info.key_id, chip_key: key.key.clone() }),
            _ => Err(CaError::AmbiguousKey),
        }
    }

    /// The same key again, from a transcript that names protocol and key.
    ///
    /// # Errors
    /// [`CaError::NotOffered`] if DG14 does not offer this protocol with this key, [`CaError::AmbiguousKey`] if it does twice.
    pub fn of(infos: &SecurityInfos, protocol: &str, key_id: Option<u64>) -> Result<Self, CaError> {
        let offered = infos.chip_authentication().any(|i| i.version == 1 && i.protocol == protocol && i.key_id == key_id);
        let bits = super::pace::bits_of(protocol, CA_ECDH).filter(|_| offered).ok_or(CaError::NotOffered)?;
        let keys: Vec<&ChipAuthenticationPublicKeyInfo> = infos.chip_keys().filter(|k| k.key_id == key_id).collect();
        match keys.as_slice() {
            [key] => Ok(Self { protocol: protocol.to_owned(), bits, key_id, chip_key: key.key.clone() }),
            _ => Err(CaError::AmbiguousKey),
        }
    }

    /// Object identifier, dotted.
    #[must_use]
    pub fn protocol(&self) -> &str {
        &self.protocol
    }

    /// The key's identifier in DG14, if it has one.
    #[must_use]
    pub fn key_id(&self) -> Option<u64> {
        self.key_id
    }

    /// The chip's static public key.
    #[must_use]
    pub fn chip_key(&self) -> &PublicKey {
        &self.chip_key
    }

    fn keys(&self, ephemeral: &PrivateKey) -> Result<SmKeys, CaError> {
        let secret = ephemeral.shared_secret(&self.chip_key).map_err(|_| CaError::BadKey)?;
        SmKeys::from_secret(&secret, self.bits).map_err(|_| CaError::BadKey)
    }
}

/// A token that only [`prove`] makes: the chip answered under keys that need the private key of DG14.
#[derive(Debug)]
pub struct ChipProven(());

/// Checks the chip's first answer after Chip Authentication, from the terminal's ephemeral private key and the record of that
/// exchange: `command` before protection, `response` as it came, status word included.
///
/// Whoever holds the ephemeral key can also forge the record, so this convinces only the process that made it.
///
/// # Errors
/// [`CaError::NotProven`], [`CaError::BadKey`] or [`CaError::BadRecord`].
pub fn prove(params: &CaParams, ephemeral: &PrivateKey, command: &[u8], response: &[u8]) -> Result<ChipProven, CaError> {
    let mut session = SmHost::new(params.keys(ephemeral)?);
    let command = Command::parse(command).map_err(CaError::BadRecord)?;
    let response = Response::parse(response.to_vec()).map_err(CaError::BadRecord)?;
    session.wrap(&command).map_err(CaError::NotProven)?;
    session.unwrap(&response).map_err(CaError::NotProven)?;
    Ok(ChipProven(()))
}

#[cfg(test)]
mod tests;
