//! SecurityInfos of EF.CardAccess and DG14 (Doc 9303-11 9.2, TR-03110-3 A.1): what the chip can do, with which keys.

use super::der;
use super::ec_public_key::{self, Parameters};
use super::tlv::{self, Tlv, TlvError};
use crate::crypto::ec::{Curve, PublicKey};
use crate::crypto::hash::HashAlg;
use crate::limits::TLV_NODES;

/// PACE-ECDH-GM-AES-CBC-CMAC-128.
pub const PACE_ECDH_GM_AES_128: &str = "0.4.0.127.0.7.2.2.4.2.2";
/// CA-ECDH-AES-CBC-CMAC-128.
pub const CA_ECDH_AES_128: &str = "0.4.0.127.0.7.2.2.3.2.2";
/// id-TA.
pub const ID_TA: &str = "0.4.0.127.0.7.2.2.2";
/// id-PK-ECDH.
pub const ID_PK_ECDH: &str = "0.4.0.127.0.7.2.2.1.2";
/// aaProtocolObject.
pub const ID_AA: &str = "2.23.136.1.1.5";
const ID_PACE: &str = "0.4.0.127.0.7.2.2.4.";
const ID_CA: &str = "0.4.0.127.0.7.2.2.3.";
const ECDSA_PLAIN: &str = "0.4.0.127.0.7.1.1.4.1.";

/// One SecurityInfo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecurityInfo {
    /// PACEInfo.
    Pace(PaceInfo),
    /// ChipAuthenticationInfo.
    ChipAuthentication(ChipAuthenticationInfo),
    /// ChipAuthenticationPublicKeyInfo on one of our curves.
    ChipAuthenticationPublicKey(ChipAuthenticationPublicKeyInfo),
    /// TerminalAuthenticationInfo with its version.
    TerminalAuthentication {
        /// 1 or 2.
        version: u64,
    },
    /// ActiveAuthenticationInfo: which signature an ECDSA chip makes.
    ActiveAuthentication {
        /// Hash function of ecdsa-plain-signatures.
        hash: HashAlg,
    },
    /// Anything else, kept byte for byte.
    Other {
        /// Its protocol, dotted.
        oid: String,
        /// The whole SEQUENCE.
        der: Vec<u8>,
    },
}

/// PACEInfo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaceInfo {
    /// Protocol, dotted: mapping, cipher and key length.
    pub protocol: String,
    /// Version; 2 by Doc 9303-11.
    pub version: u64,
    /// Standardized domain parameters.
    pub parameter_id: Option<u64>,
}

impl PaceInfo {
    /// The profile's own: ECDH, generic mapping, AES-128, version 2.
    #[must_use]
    pub fn ecdh_gm_aes_128(curve: Curve) -> Self {
        Self { protocol: PACE_ECDH_GM_AES_128.into(), version: 2, parameter_id: Some(u64::from(curve.parameter_id())) }
    }

    /// The curve of `parameter_id`, if it is one of ours.
    #[must_use]
    pub fn curve(&self) -> Option<Curve> {
        u8::try_from(self.parameter_id?).ok().and_then(Curve::from_parameter_id)
    }
}

/// ChipAuthenticationInfo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChipAuthenticationInfo {
    /// Protocol, dotted: cipher and key length.
    pub protocol: String,
    /// 1 for EACv1.
    pub version: u64,
    /// Names the key, where there are several.
    pub key_id: Option<u64>,
}

impl ChipAuthenticationInfo {
    /// The profile's own: ECDH, AES-128, version 1.
    #[must_use]
    pub fn ecdh_aes_128(key_id: Option<u64>) -> Self {
        Self { protocol: CA_ECDH_AES_128.into(), version: 1, key_id }
    }
}

/// ChipAuthenticationPublicKeyInfo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChipAuthenticationPublicKeyInfo {
    /// The chip's static key.
    pub key: PublicKey,
    /// Names the key.
    pub key_id: Option<u64>,
}

impl SecurityInfo {
    /// DER of the SEQUENCE. Keys carry explicit parameters (TR-03110-3 A.2.1.3).
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Pace(i) => sequence(&i.protocol, der::integer(i.version), i.parameter_id),
            Self::ChipAuthentication(i) => sequence(&i.protocol, der::integer(i.version), i.key_id),
            Self::ChipAuthenticationPublicKey(i) => {
                sequence(ID_PK_ECDH, ec_public_key::encode(&i.key, Parameters::Explicit), i.key_id)
            }
            Self::TerminalAuthentication { version } => sequence(ID_TA, der::integer(*version), None),
            Self::ActiveAuthentication { hash } => {
                der::sequence(&[&der::oid(ID_AA), &der::integer(1), &der::oid(ecdsa_plain_oid(*hash))])
            }
            Self::Other { der, .. } => der.clone(),
        }
    }

    /// The protocol's object identifier, dotted.
    #[must_use]
    pub fn oid(&self) -> &str {
        match self {
            Self::Pace(i) => &i.protocol,
            Self::ChipAuthentication(i) => &i.protocol,
            Self::ChipAuthenticationPublicKey(_) => ID_PK_ECDH,
            Self::TerminalAuthentication { .. } => ID_TA,
            Self::ActiveAuthentication { .. } => ID_AA,
            Self::Other { oid, .. } => oid,
        }
    }

    /// Reads one. A known protocol whose content this program cannot use (a finite-field key, a foreign curve) is `Other`.
    fn read(data: &[u8], object: &Tlv<'_>) -> Result<Self, TlvError> {
        if object.tag != der::SEQUENCE {
            return Err(object.bad_value());
        }
        let mut reader = object.reader();
        let oid = der::read_oid(&reader.expect(der::OID)?)?;
        let required = reader.next()?;
        let optional = if reader.is_empty() { None } else { Some(reader.next()?) };
        reader.finish()?;
        let known = Self::known(&oid, &required, optional.as_ref());
        let end = object.position + object.value.len();
        let der = data.get(object.start..end).unwrap_or_default().to_vec();
        Ok(known.unwrap_or(Self::Other { oid, der }))
    }

    fn known(oid: &str, required: &Tlv<'_>, optional: Option<&Tlv<'_>>) -> Option<Self> {
        let number = match optional {
            Some(object) if object.tag == der::INTEGER => Some(der::read_integer(object).ok()?),
            _ => None,
        };
        if optional.is_some() != number.is_some() && oid != ID_AA && oid != ID_TA {
            return None;
        }
        if oid == ID_PK_ECDH {
            let key = ec_public_key::read(required).ok()?;
            return Some(Self::ChipAuthenticationPublicKey(ChipAuthenticationPublicKeyInfo { key, key_id: number }));
        }
        let version = der::read_integer(required).ok()?;
        let protocol = oid.to_owned();
        match oid {
            ID_TA if optional.is_none() => Some(Self::TerminalAuthentication { version }),
            ID_AA if version == 1 => {
                let hash = hash_of(&der::read_oid(optional?).ok()?)?;
                Some(Self::ActiveAuthentication { hash })
            }
            _ if is_protocol(oid, ID_PACE) => Some(Self::Pace(PaceInfo { protocol, version, parameter_id: number })),
            _ if is_protocol(oid, ID_CA) => {
                Some(Self::ChipAuthentication(ChipAuthenticationInfo { protocol, version, key_id: number }))
            }
            _ => None,
        }
    }
}

/// A full protocol, `prefix` and two arcs: mapping or agreement, then cipher.
fn is_protocol(oid: &str, prefix: &str) -> bool {
    oid.strip_prefix(prefix).is_some_and(|rest| rest.split('.').count() == 2)
}

fn sequence(oid: &str, required: Vec<u8>, number: Option<u64>) -> Vec<u8> {
    let number = number.map(der::integer).unwrap_or_default();
    // A protocol that was parsed is a valid identifier; one given by a caller is a constant.
    der::sequence(&[&der::oid(oid), &required, &number])
}

fn ecdsa_plain_oid(hash: HashAlg) -> &'static str {
    match hash {
        HashAlg::Sha1 => "0.4.0.127.0.7.1.1.4.1.1",
        HashAlg::Sha224 => "0.4.0.127.0.7.1.1.4.1.2",
        HashAlg::Sha256 => "0.4.0.127.0.7.1.1.4.1.3",
        HashAlg::Sha384 => "0.4.0.127.0.7.1.1.4.1.4",
        HashAlg::Sha512 => "0.4.0.127.0.7.1.1.4.1.5",
    }
}

fn hash_of(oid: &str) -> Option<HashAlg> {
    match oid.strip_prefix(ECDSA_PLAIN)? {
        "1" => Some(HashAlg::Sha1),
        "2" => Some(HashAlg::Sha224),
        "3" => Some(HashAlg::Sha256),
        "4" => Some(HashAlg::Sha384),
        "5" => Some(HashAlg::Sha512),
        _ => None,
    }
}

/// A SET OF SecurityInfo.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SecurityInfos(pub Vec<SecurityInfo>);

impl SecurityInfos {
    /// DER: sorted, so the same infos give the same bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        der::set_of(self.0.iter().map(SecurityInfo::encode).collect())
    }

    /// Parses the SET that fills `data`; the order of elements is free, as cards in the field have it.
    ///
    /// # Errors
    /// Any [`TlvError`] of the structure. Unknown protocols are kept, not refused.
    pub fn parse(data: &[u8]) -> Result<Self, TlvError> {
        let set = tlv::parse_one(data, der::SET)?;
        Self::read(data, &set)
    }

    /// Reads the SET at `set`, where `data` is the outermost data that its positions count in.
    pub(crate) fn read(data: &[u8], set: &Tlv<'_>) -> Result<Self, TlvError> {
        let objects = set.children()?;
        debug_assert!(objects.len() <= TLV_NODES);
        objects.iter().map(|o| SecurityInfo::read(data, o)).collect::<Result<_, _>>().map(Self)
    }

    /// PACEInfos in their order.
    pub fn pace(&self) -> impl Iterator<Item = &PaceInfo> {
        self.0.iter().filter_map(|i| if let SecurityInfo::Pace(p) = i { Some(p) } else { None })
    }

    /// ChipAuthenticationInfos in their order.
    pub fn chip_authentication(&self) -> impl Iterator<Item = &ChipAuthenticationInfo> {
        self.0.iter().filter_map(|i| if let SecurityInfo::ChipAuthentication(p) = i { Some(p) } else { None })
    }

    /// Chip Authentication keys in their order.
    pub fn chip_keys(&self) -> impl Iterator<Item = &ChipAuthenticationPublicKeyInfo> {
        self.0.iter().filter_map(|i| if let SecurityInfo::ChipAuthenticationPublicKey(p) = i { Some(p) } else { None })
    }

    /// The hash of Active Authentication with ECDSA, if stated.
    #[must_use]
    pub fn active_authentication(&self) -> Option<HashAlg> {
        self.0.iter().find_map(|i| if let SecurityInfo::ActiveAuthentication { hash } = i { Some(*hash) } else { None })
    }
}

#[cfg(test)]
#[path = "tests/security_infos.rs"]
mod tests;
