//! PACE with ECDH, generic mapping, AES and CMAC (Doc 9303-11 4.4): a short password becomes a strong channel.
//!
//! Both sides are states that consume themselves. The host learns one bit from a failure at the last step: the chip did not accept.
//! Whether the password or the token was wrong, neither side says.

mod card;
mod host;

pub use card::{CardStep, PaceCard, PaceCardDone};
pub use host::{Agreeing, Confirming, FetchingNonce, MappingNonce, PaceDone, Setting, run, start};

use super::apdu::StatusWord;
use crate::crypto::ec::{Curve, PublicKey};
use crate::crypto::hash::sha1;
use crate::crypto::kdf::{KeyUse, emrtd_aes};
use crate::crypto::symmetric::AesKey;
use crate::lds::mrz;
use crate::lds::security_infos::PaceInfo;
use crate::lds::tlv::{self, TlvError};
use crate::reason::{Reason, Refusal};
use crate::secret::Secret;

/// Object identifiers of PACE-ECDH-GM begin so; the last arc names the cipher.
const ECDH_GM: &str = "0.4.0.127.0.7.2.2.4.2.";

/// A step of PACE, for messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// MSE:Set AT.
    SetAt,
    /// GENERAL AUTHENTICATE 1: encrypted nonce.
    Nonce,
    /// GENERAL AUTHENTICATE 2: map nonce.
    Map,
    /// GENERAL AUTHENTICATE 3: key agreement.
    Agree,
    /// GENERAL AUTHENTICATE 4: mutual authentication.
    Confirm,
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::SetAt => "MSE:Set AT",
            Self::Nonce => "encrypted nonce",
            Self::Map => "map nonce",
            Self::Agree => "key agreement",
            Self::Confirm => "mutual authentication",
        })
    }
}

/// Why PACE gave no channel. Nothing is retried: an attempt costs the holder time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PaceError {
    /// Not ECDH with generic mapping and AES on one of our curves.
    #[error("PACE protocol {0} is not supported")]
    Unsupported(String),
    /// A CAN that is not of digits, or an MRZ key text of the wrong length.
    #[error("the password has no possible form")]
    BadPassword,
    /// The chip refused a step.
    #[error("{step}: the chip answered {status}")]
    Refused {
        /// Which.
        step: Step,
        /// What it answered.
        status: StatusWord,
    },
    /// The chip did not accept the terminal's token: most likely the card access number is wrong.
    #[error("the chip does not accept the card access number")]
    WrongPassword,
    /// The same, and the password was of the machine readable zone, or what stands in its place.
    #[error("the chip does not accept the password of the machine readable zone")]
    WrongMrz,
    /// The chip has no password of this kind.
    #[error("the chip has no password of this kind")]
    NoSuchPassword,
    /// An answer that is not of the step's form.
    #[error("{step}: {source}")]
    Malformed {
        /// Which.
        step: Step,
        /// What is wrong.
        source: TlvError,
    },
    /// A nonce that is not one or two blocks.
    #[error("the encrypted nonce has {0} bytes")]
    BadNonce(usize),
    /// A public key that is no point of the curve, or that leads to the point at infinity.
    #[error("{0}: the chip's public key is not valid")]
    BadKey(Step),
    /// The chip sent the terminal's own key back.
    #[error("{0}: the chip echoed the terminal's key")]
    EchoedKey(Step),
    /// The chip's token is wrong: it did not agree on the same keys.
    #[error("the chip's authentication token is wrong")]
    WrongToken,
}

impl Refusal for PaceError {
    fn reason(&self) -> Reason {
        match self {
            Self::BadPassword => Reason::InputInvalid,
            Self::WrongPassword => Reason::WrongCan,
            Self::WrongMrz => Reason::WrongMrz,
            Self::NoSuchPassword => Reason::PasswordNotOnCard,
            Self::Unsupported(_) => Reason::PaceAbsent,
            Self::WrongToken | Self::EchoedKey(_) | Self::BadKey(_) => Reason::CardAuthFailed,
            _ => Reason::UnexpectedAnswer,
        }
    }
}

/// Protocol, cipher and domain parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaceParams {
    protocol: String,
    bits: usize,
    curve: Curve,
}

impl PaceParams {
    /// AES of `bits` on `curve`.
    ///
    /// # Errors
    /// [`PaceError::Unsupported`] unless `bits` is 128, 192 or 256.
    pub fn new(curve: Curve, bits: usize) -> Result<Self, PaceError> {
        let arc = match bits {
            128 => 2,
            192 => 3,
            256 => 4,
            _ => return Err(PaceError::Unsupported(format!("AES-{bits}"))),
        };
        Ok(Self { protocol: format!("{ECDH_GM}{arc}"), bits, curve })
    }

    /// What a PACEInfo of EF.CardAccess announces.
    ///
    /// # Errors
    /// [`PaceError::Unsupported`] for another mapping, cipher, version or curve.
    pub fn from_info(info: &PaceInfo) -> Result<Self, PaceError> {
        let unsupported = || PaceError::Unsupported(info.protocol.clone());
        let bits = bits_of(&info.protocol, ECDH_GM).filter(|_| info.version == 2).ok_or_else(unsupported)?;
        Self::new(info.curve().ok_or_else(unsupported)?, bits)
    }

    /// Object identifier, dotted.
    #[must_use]
    pub fn protocol(&self) -> &str {
        &self.protocol
    }

    /// The curve.
    #[must_use]
    pub fn curve(&self) -> Curve {
        self.curve
    }

    /// Key length in bits.
    #[must_use]
    pub fn bits(&self) -> usize {
        self.bits
    }

    /// Bytes of the nonce: whole blocks, at least as long as the key (Doc 9303-11 4.4.3.2).
    fn nonce_len(&self) -> usize {
        if self.bits == 128 { 16 } else { 32 }
    }
}

/// AES key length of a protocol `prefix` + 2, 3 or 4.
pub(super) fn bits_of(protocol: &str, prefix: &str) -> Option<usize> {
    match protocol.strip_prefix(prefix)? {
        "2" => Some(128),
        "3" => Some(192),
        "4" => Some(256),
        _ => None,
    }
}

/// What the holder shows: the printed number, or the machine readable zone.
#[derive(Debug, Clone)]
pub enum Password {
    /// Card access number: digits.
    Can(Secret<String>),
    /// SHA-1 of document number, birth date and expiry date with their check digits.
    Mrz(Secret<[u8; 20]>),
}

impl Password {
    /// Digits of a card access number.
    pub const CAN_DIGITS: usize = 6;
    /// Reference of the MRZ in MSE:Set AT.
    const MRZ: u8 = 1;
    /// Reference of the CAN in MSE:Set AT.
    const CAN: u8 = 2;

    /// A card access number. Another length is refused here, since every wrong try slows the chip down.
    ///
    /// # Errors
    /// [`PaceError::BadPassword`] unless it is six digits.
    pub fn can(digits: &str) -> Result<Self, PaceError> {
        let ok = digits.len() == Self::CAN_DIGITS && digits.bytes().all(|b| b.is_ascii_digit());
        if ok { Ok(Self::Can(Secret::new(digits.to_owned()))) } else { Err(PaceError::BadPassword) }
    }

    /// The MRZ's key text: document number, birth date, expiry date, each with its check digit.
    ///
    /// # Errors
    /// [`PaceError::BadPassword`] unless its length, characters and check digits are those of a key text.
    pub fn mrz(key_text: &str) -> Result<Self, PaceError> {
        mrz::check_key_text(key_text).map_err(|_| PaceError::BadPassword)?;
        Ok(Self::Mrz(Secret::new(sha1(key_text.as_bytes()))))
    }

    /// The digest of the MRZ's key text, as a chip keeps it.
    #[must_use]
    pub fn from_mrz_digest(digest: [u8; 20]) -> Self {
        Self::Mrz(Secret::new(digest))
    }

    /// Its reference in MSE:Set AT: 1 MRZ, 2 CAN.
    #[must_use]
    pub fn reference(&self) -> u8 {
        match self {
            Self::Mrz(_) => Self::MRZ,
            Self::Can(_) => Self::CAN,
        }
    }

    /// K_pi: the key that encrypts the nonce.
    fn key(&self, bits: usize) -> AesKey {
        let secret = match self {
            Self::Can(digits) => digits.expose().as_bytes(),
            Self::Mrz(digest) => digest.expose().as_slice(),
        };
        emrtd_aes(secret, KeyUse::Password, bits).unwrap_or_else(|_| unreachable!("the length was checked"))
    }
}

/// Decrypts or encrypts the nonce: CBC with a zero IV.
fn crypt_nonce(key: &AesKey, nonce: &mut [u8], encrypt: bool) -> Result<(), PaceError> {
    let length = nonce.len();
    let done = if encrypt { key.cbc_encrypt(&[0; 16], nonce) } else { key.cbc_decrypt(&[0; 16], nonce) };
    done.ok().filter(|()| matches!(length, 16 | 32)).ok_or(PaceError::BadNonce(length))
}

/// The authentication token over a public key: CMAC of `7F49 { 06 protocol, 86 key }` (Doc 9303-11 4.4.3.4).
fn token(mac: &AesKey, protocol: &str, key: &PublicKey) -> [u8; 8] {
    let object = tlv::encode_all(0x7F49, &[&crate::lds::der::oid(protocol), &tlv::encode(0x86, key.as_bytes())]);
    let [a, b, c, d, e, f, g, h, ..] = mac.cmac(&[&object]);
    [a, b, c, d, e, f, g, h]
}

#[cfg(test)]
mod tests;
