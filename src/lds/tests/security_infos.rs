//! Tests of security infos: fixed bytes, round trips, foreign content, hostile bytes.

use super::*;
use crate::crypto::ec::PrivateKey;
use crate::world::DangerousSeededEntropy;
use hex_literal::hex;

fn key(curve: Curve) -> PublicKey {
    PrivateKey::generate(curve, &mut DangerousSeededEntropy::new(9)).public_key()
}

fn all(curve: Curve) -> SecurityInfos {
    SecurityInfos(vec![
        SecurityInfo::Pace(PaceInfo::ecdh_gm_aes_128(curve)),
        SecurityInfo::ChipAuthentication(ChipAuthenticationInfo::ecdh_aes_128(Some(1))),
        SecurityInfo::ChipAuthenticationPublicKey(ChipAuthenticationPublicKeyInfo { key: key(curve), key_id: Some(1) }),
        SecurityInfo::TerminalAuthentication { version: 1 },
        SecurityInfo::ActiveAuthentication { hash: curve.natural_hash() },
    ])
}

#[test]
fn pace_info_has_the_published_bytes() {
    // The PACEInfo of the worked example of Doc 9303-11 appendix G.1: brainpoolP256r1, parameterId 13.
    let infos = SecurityInfos(vec![SecurityInfo::Pace(PaceInfo::ecdh_gm_aes_128(Curve::Bp256))]);
    assert_eq!(infos.encode(), hex!("3114 3012 060A 04007F00070202040202 020102 02010D"));
    assert_eq!(infos.0[0].oid(), PACE_ECDH_GM_AES_128);
}

#[test]
fn what_is_written_is_read() {
    for curve in Curve::ALL {
        let infos = all(curve);
        let bytes = infos.encode();
        let back = SecurityInfos::parse(&bytes).unwrap();
        assert_eq!(back.encode(), bytes);
        assert_eq!(back.pace().next().unwrap().curve(), Some(curve));
        assert_eq!(back.chip_keys().next().unwrap().key, key(curve));
        assert_eq!(back.chip_authentication().next().unwrap().key_id, Some(1));
        assert_eq!(back.active_authentication(), Some(curve.natural_hash()));
        for end in 0..bytes.len() {
            assert!(SecurityInfos::parse(&bytes[..end]).is_err());
        }
    }
}

#[test]
fn every_hash_of_active_authentication_reads_back() {
    for hash in [HashAlg::Sha1, HashAlg::Sha224, HashAlg::Sha256, HashAlg::Sha384, HashAlg::Sha512] {
        let infos = SecurityInfos(vec![SecurityInfo::ActiveAuthentication { hash }]);
        assert_eq!(SecurityInfos::parse(&infos.encode()).unwrap(), infos);
    }
}

#[test]
fn unknown_and_unusable_infos_are_kept_byte_for_byte() {
    // An unknown protocol, a PACEInfo whose optional element is no INTEGER, an AA algorithm of RSA.
    let unknown = der::sequence(&[&der::oid("1.2.3.4"), &der::integer(7)]);
    let odd = der::sequence(&[&der::oid(PACE_ECDH_GM_AES_128), &der::integer(2), &tlv::encode(der::OCTET_STRING, &[1])]);
    let rsa = der::sequence(&[&der::oid(ID_AA), &der::integer(1), &der::oid("1.2.840.113549.1.1.11")]);
    let bytes = der::set_of(vec![unknown, odd, rsa]);
    let infos = SecurityInfos::parse(&bytes).unwrap();
    assert!(infos.0.iter().all(|i| matches!(i, SecurityInfo::Other { .. })));
    assert_eq!(infos.encode(), bytes);
    assert!(infos.pace().next().is_none() && infos.active_authentication().is_none());
}

#[test]
fn terminal_authentication_with_a_cvca_file_id_is_kept() {
    // TerminalAuthenticationInfo with efCVCA (version 1): SEQUENCE { OCTET STRING fid }.
    let file = der::sequence(&[&tlv::encode(der::OCTET_STRING, &[1, 0x1C])]);
    let bytes = der::set_of(vec![der::sequence(&[&der::oid(ID_TA), &der::integer(1), &file])]);
    let infos = SecurityInfos::parse(&bytes).unwrap();
    assert_eq!(infos.0[0].oid(), ID_TA);
    assert_eq!(infos.encode(), bytes);
}

#[test]
fn structure_that_is_no_security_info_is_refused() {
    use crate::lds::tlv::TlvErrorKind;
    assert!(matches!(SecurityInfos::parse(&hex!("3000")).unwrap_err().kind, TlvErrorKind::UnexpectedTag { .. }));
    assert_eq!(SecurityInfos::parse(&hex!("3102 0400")).unwrap_err().kind, TlvErrorKind::BadValue(4));
    assert!(SecurityInfos::parse(&hex!("3104 3002 0500")).is_err());
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(data: Vec<u8>) {
        let _ = SecurityInfos::parse(&data);
        let _ = SecurityInfos::parse(&tlv::encode(der::SET, &data));
    }
}
