//! DG14: the chip's key and protocols, signed through EF.SOD (Doc 9303-10 4.7.14).

use super::security_infos::{ChipAuthenticationInfo, ChipAuthenticationPublicKeyInfo, PaceInfo, SecurityInfo, SecurityInfos};
use super::tlv::{self, TlvError};
use crate::crypto::ec::PublicKey;

/// Tag of DG14.
pub const TAG: u32 = 0x6E;

/// DG14 of the profile: PACEInfo as in EF.CardAccess, ChipAuthenticationInfo and key (explicit parameters),
/// TerminalAuthenticationInfo, and ActiveAuthenticationInfo where the chip has such a key (`aa`).
/// The same arguments give the same bytes.
#[must_use]
pub fn build(ca_public: &PublicKey, key_id: Option<u64>, aa: bool) -> Vec<u8> {
    let curve = ca_public.curve();
    let mut infos = vec![
        SecurityInfo::Pace(PaceInfo::ecdh_gm_aes_128(curve)),
        SecurityInfo::ChipAuthentication(ChipAuthenticationInfo::ecdh_aes_128(key_id)),
        SecurityInfo::ChipAuthenticationPublicKey(ChipAuthenticationPublicKeyInfo { key: ca_public.clone(), key_id }),
        SecurityInfo::TerminalAuthentication { version: 1 },
    ];
    if aa {
        infos.push(SecurityInfo::ActiveAuthentication { hash: curve.natural_hash() });
    }
    tlv::encode(TAG, &SecurityInfos(infos).encode())
}

/// Parses DG14.
///
/// # Errors
/// Any [`TlvError`] of the structure.
pub fn parse(data: &[u8]) -> Result<SecurityInfos, TlvError> {
    let group = tlv::parse_one(data, TAG)?;
    let mut reader = group.reader();
    let set = reader.expect(super::der::SET)?;
    reader.finish()?;
    SecurityInfos::read(data, &set)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::ec::{Curve, PrivateKey};
    use crate::world::DangerousSeededEntropy;

    #[test]
    fn it_reads_back_and_repeats_card_access() {
        let key = PrivateKey::generate(Curve::P256, &mut DangerousSeededEntropy::new(1)).public_key();
        let bytes = build(&key, Some(1), true);
        assert_eq!(bytes, build(&key, Some(1), true));
        let infos = parse(&bytes).unwrap();
        assert_eq!(infos.chip_keys().next().unwrap().key, key);
        assert!(infos.active_authentication().is_some());
        let access = super::super::card_access::build(Curve::P256);
        let pace_info = &access[2..];
        assert!(bytes.windows(pace_info.len()).any(|w| w == pace_info));
        for end in 0..bytes.len() {
            assert!(parse(&bytes[..end]).is_err());
        }
    }

    #[test]
    fn its_size_is_the_planned_one() {
        let key = PrivateKey::generate(Curve::P256, &mut DangerousSeededEntropy::new(1)).public_key();
        assert_eq!(build(&key, Some(1), false).len(), SIZE_P256);
    }

    /// Explicit parameters, no AA: what the size plan counts.
    const SIZE_P256: usize = 392;
}
