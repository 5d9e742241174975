//! Both sides against each other, the proof, and every refusal by name.

use super::*;
use crate::chip::set_at::general_authenticate;
use crate::crypto::ec::Curve;
use crate::lds::dg14;
use crate::lds::security_infos::{ChipAuthenticationInfo, SecurityInfo};
use crate::lds::tlv::TlvErrorKind;
use crate::world::DangerousSeededEntropy;

fn key(curve: Curve, seed: u64) -> PrivateKey {
    PrivateKey::generate(curve, &mut DangerousSeededEntropy::new(seed))
}

fn params(chip: &PrivateKey, key_id: Option<u64>) -> CaParams {
    CaParams::choose(&dg14::parse(&dg14::build(&chip.public_key(), key_id, false)).unwrap()).unwrap()
}

/// Runs both sides and one exchange; returns the record that evidence keeps.
fn record(params: &CaParams, chip: &PrivateKey) -> (PrivateKey, Vec<u8>, Vec<u8>) {
    let host = start(params, &mut DangerousSeededEntropy::new(5));
    let card = CaCard::select(&host.command(), params.key_id()).unwrap();
    let host = host.receive(&Response::status(StatusWord::NO_ERROR)).unwrap();
    let mut card = card.agree(&host.command(), chip).unwrap();
    let CaDone { mut sm, ephemeral } = host.receive(&card.response).unwrap();
    assert_eq!(card.terminal_key, ephemeral.public_key());
    let command = Command::new(0, 0xB0, 0x8E, 0).with_le(4);
    card.sm.unwrap(&sm.wrap(&command).unwrap()).unwrap();
    let response = card.sm.wrap(&Response::new([1, 2, 3, 4], StatusWord::NO_ERROR));
    (ephemeral, command.encode().unwrap(), response.encode())
}

#[test]
fn both_sides_agree_and_the_record_proves_the_chip() {
    for curve in Curve::ALL {
        for key_id in [None, Some(1), Some(0x1234)] {
            let chip = key(curve, 1);
            let params = params(&chip, key_id);
            let (ephemeral, command, response) = record(&params, &chip);
            assert!(prove(&params, &ephemeral, &command, &response).is_ok());
        }
    }
}

#[test]
fn another_key_command_or_answer_proves_nothing() {
    let (chip, copy) = (key(Curve::P256, 1), key(Curve::P256, 2));
    let genuine = params(&chip, Some(1));
    let (ephemeral, command, response) = record(&params(&copy, Some(1)), &copy);
    let refused = CaError::NotProven(SmError::BadMac);
    assert_eq!(prove(&genuine, &ephemeral, &command, &response).err(), Some(refused.clone()));
    assert_eq!(refused.reason(), Reason::CloneSuspected);
    let (ephemeral, command, response) = record(&genuine, &chip);
    for bit in 0..response.len() * 8 {
        let mut altered = response.clone();
        altered[bit / 8] ^= 1 << (bit % 8);
        assert!(matches!(prove(&genuine, &ephemeral, &command, &altered), Err(CaError::NotProven(_))), "bit {bit}");
    }
    let bare = prove(&genuine, &ephemeral, &command, &[0x90, 0x00]).err();
    assert_eq!(bare, Some(CaError::NotProven(SmError::Unprotected(StatusWord::NO_ERROR))));
    assert_eq!(prove(&genuine, &ephemeral, &[0], &response).err(), Some(CaError::BadRecord(ApduError::CommandTooShort(1))));
    let other_curve = key(Curve::Bp256, 1);
    assert_eq!(prove(&genuine, &other_curve, &command, &response).err(), Some(CaError::BadKey));
    assert_eq!(CaError::BadRecord(ApduError::CommandTooShort(1)).reason(), Reason::InputInvalid);
}

#[test]
fn the_choice_is_unmistakable_or_refused() {
    let info = |arc: u8, key_id| {
        let protocol = format!("{CA_ECDH}{arc}");
        SecurityInfo::ChipAuthentication(ChipAuthenticationInfo { protocol, version: 1, key_id })
    };
    let chip_key = |seed, key_id| {
        SecurityInfo::ChipAuthenticationPublicKey(ChipAuthenticationPublicKeyInfo {
            key: key(Curve::P256, seed).public_key(),
            key_id,
        })
    };
    let choose = |infos: Vec<SecurityInfo>| CaParams::choose(&SecurityInfos(infos));
    assert_eq!(choose(vec![]), Err(CaError::NotOffered));
    assert_eq!(choose(vec![info(1, None), chip_key(1, None)]), Err(CaError::NotOffered), "triple DES");
    assert_eq!(choose(vec![info(2, None)]), Err(CaError::AmbiguousKey));
    assert_eq!(choose(vec![info(2, None), chip_key(1, Some(1))]), Err(CaError::AmbiguousKey));
    assert_eq!(choose(vec![info(2, None), chip_key(1, None), chip_key(2, None)]), Err(CaError::AmbiguousKey));
    let strongest = choose(vec![info(2, Some(1)), chip_key(1, Some(1)), info(4, Some(9)), chip_key(2, Some(9))]).unwrap();
    assert_eq!((strongest.bits, strongest.key_id()), (256, Some(9)));
    assert_eq!(strongest.chip_key(), &key(Curve::P256, 2).public_key());
    let infos = SecurityInfos(vec![info(2, Some(1)), chip_key(1, Some(1))]);
    assert_eq!(CaParams::of(&infos, &format!("{CA_ECDH}2"), Some(1)), CaParams::choose(&infos));
    assert_eq!(CaParams::of(&infos, &format!("{CA_ECDH}4"), Some(1)), Err(CaError::NotOffered));
    assert_eq!(CaParams::of(&infos, &format!("{CA_ECDH}2"), None), Err(CaError::NotOffered));
}

#[test]
fn refusals_of_the_chip_are_named() {
    let params = params(&key(Curve::P256, 1), None);
    let begin = || start(&params, &mut DangerousSeededEntropy::new(5));
    let status = StatusWord::REFERENCE_NOT_FOUND;
    let refused = begin().receive(&Response::status(status)).err();
    assert_eq!(refused, Some(CaError::Refused { step: "MSE:Set AT", status }));
    let next = || begin().receive(&Response::status(StatusWord::NO_ERROR)).unwrap();
    let refused = next().receive(&Response::status(status)).err().unwrap();
    assert_eq!(refused, CaError::Refused { step: "GENERAL AUTHENTICATE", status });
    assert_eq!(refused.reason(), Reason::UnexpectedAnswer);
    let eac2 = Response::new([0x7C, 3, 0x81, 1, 0], StatusWord::NO_ERROR);
    let Some(CaError::Malformed(error)) = next().receive(&eac2).err() else { panic!("accepted") };
    assert_eq!(error.kind, TlvErrorKind::BadValue(0x7C));
}

#[test]
fn the_chip_refuses_foreign_protocols_keys_and_points() {
    let chip = key(Curve::P256, 1);
    let set_at = start(&params(&chip, Some(1)), &mut DangerousSeededEntropy::new(5)).command();
    assert_eq!(CaCard::select(&set_at, Some(2)), Err(StatusWord::REFERENCE_NOT_FOUND));
    assert_eq!(CaCard::select(&set_at, None), Err(StatusWord::REFERENCE_NOT_FOUND));
    assert_eq!(CaCard::select(&Command::new(0, 0x22, 0x41, 0xA4), Some(1)), Err(StatusWord::WRONG_DATA));
    let without_id = start(&params(&chip, None), &mut DangerousSeededEntropy::new(5)).command();
    let card = CaCard::select(&without_id, Some(1)).unwrap();
    let point = |bytes: &[u8]| card.clone().agree(&general_authenticate(Some((0x80, bytes)), false), &chip).err();
    assert_eq!(point(&[4; 65]), Some(StatusWord::AUTHENTICATION_FAILED));
    assert_eq!(point(&[0]), Some(StatusWord::AUTHENTICATION_FAILED));
    assert_eq!(card.clone().agree(&general_authenticate(None, false), &chip).err(), Some(StatusWord::WRONG_DATA));
}
