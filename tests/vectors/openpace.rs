//! The ECDH worked example of Extended Access Control 1.01 as OpenPACE's self-test has it (`src/eactest.c`): PACE, and the shared
//! secret of Chip Authentication.
//!
//! Skipped there: the finite-field example; Chip Authentication's keys and token, which EACv2 derives with a nonce that EACv1 does not
//! have; Terminal Authentication 2. CV certificates are in `openpace_cvc.rs`.

use crate::scripted::Scripted;
use ektp::chip::apdu::{Command, Response, StatusWord};
use ektp::chip::pace::{self, CardStep, PaceCard, PaceParams, Password};
use ektp::chip::sm::{SmHost, SmKeys};
use ektp::crypto::ec::{Curve, PrivateKey, PublicKey};
use ektp::crypto::symmetric::AesKey;
use hex_literal::hex;

const NONCE: [u8; 16] = hex!("7D98C00FC6C9E9543BBF94A87073A123");
const SEALED: [u8; 16] = hex!("CE834CDE69FFBB1D1EB21585CD709F18");
const MAPPING_PCD: [u8; 32] = hex!("752287F5B02DE3C4BC3E17945118C51B23C97278E4CD748048AC56BA5BDC3D46");
const MAPPING_PICC: [u8; 32] = hex!("19C428715663DE745D1824B855D2B967890C99D68ED5FEEE9DCDF8D7BBA289D2");
const AGREEMENT_PCD: [u8; 32] = hex!("9D9A32DF93A57CCE33CA3CDD3457E33A976F293546C73550F397259C93BE0120");
const AGREEMENT_PICC: [u8; 32] = hex!("15872C56908C144002177994CFAAEDD5467CE150853C44535051FF24183039D8");
const MAPPING_PCD_PUBLIC: [u8; 65] = hex!(
    "043DD29BBE5907FD21A152ADA4895FAAE7ACC55F5E50EFBFDE5AB0C6EB54F198D615913635F0FDF5BEB383E00355F82D3C41ED0DF2E28363433DFB73856A15DC9F"
);
const AGREEMENT_PCD_PUBLIC: [u8; 65] = hex!(
    "04518BC4E532AD2A9BD6527804D5D665ABD51041037A0CC8AA922804EB501C222B3427388599AFAAE9FBACE2DF93E13C3C4979CD12F0AE3E3C0126028391554582"
);
const AGREEMENT_PICC_PUBLIC: [u8; 65] = hex!(
    "04282CF38073036AFAC216AF135BD994DA0C357F10BD4C34AFEA1042B2EB0FD6804DF3658B835AC2E7133F13691184542BB50B109963A4662ABDC08B9763AF4B5B"
);

#[test]
fn pace_on_both_sides() {
    let params = PaceParams::new(Curve::Bp256, 128).unwrap();
    let password = Password::can("123456").unwrap();
    let mut card = PaceCard::start(&params, &password, &mut Scripted::new(&[&NONCE, &MAPPING_PICC, &AGREEMENT_PICC]));
    let mut answer = |command: &Command| {
        let fresh = PaceCard::start(&params, &password, &mut Scripted::new(&[&NONCE, &MAPPING_PICC, &AGREEMENT_PICC]));
        match std::mem::replace(&mut card, fresh).process(command) {
            CardStep::Next(response, next) => {
                card = *next;
                response
            }
            CardStep::Done(response, _) | CardStep::Failed { response, .. } => response,
        }
    };
    let step = pace::start(&params, &password, &mut Scripted::new(&[&MAPPING_PCD, &AGREEMENT_PCD]));
    let step = step.receive(&Response::status(StatusWord::NO_ERROR)).unwrap();
    let nonce = answer(&step.command());
    assert_eq!(nonce.data[4..], SEALED);
    let step = step.receive(&nonce).unwrap();
    assert_eq!(step.command().data()[4..], MAPPING_PCD_PUBLIC);
    let mapped = answer(&step.command());
    let step = step.receive(&mapped).unwrap();
    assert_eq!(step.command().data()[4..], AGREEMENT_PCD_PUBLIC);
    let agreed = answer(&step.command());
    assert_eq!(agreed.data[4..], AGREEMENT_PICC_PUBLIC);
    let step = step.receive(&agreed).unwrap();
    assert_eq!(step.command().data()[4..], hex!("A27AE7B36573C1D9"));
    let confirmed = answer(&step.command());
    assert_eq!(confirmed.data[4..], hex!("A2658C2F38600B0F"));
    let mut done = step.receive(&confirmed).unwrap();
    let enc = AesKey::new(&hex!("68406B4162100563D9C901A6154D2901")).unwrap();
    let mac = AesKey::new(&hex!("73FF268784F72AF833FDC9464049AFC9")).unwrap();
    let command = Command::new(0, 0xB0, 0, 0).with_le(256);
    assert_eq!(done.sm.wrap(&command), SmHost::new(SmKeys::Aes { enc, mac }).wrap(&command));
}

#[test]
fn shared_secret_of_chip_authentication() {
    let chip =
        PrivateKey::from_bytes(Curve::Bp256, &hex!("7984674CF3B3A524BF929CE8A67FCF22173DA0BAD595EED6DEB72D22C542FA9D")).unwrap();
    let terminal =
        PrivateKey::from_bytes(Curve::Bp256, &hex!("A6A4D255C5BF7A77EC3D0553DB74F693CF044E18C98364D4977A296108AF19BD")).unwrap();
    let terminal_public = PublicKey::from_uncompressed(
        Curve::Bp256,
        &hex!(
            "045A7A377FC9CAFC03AC7FF45441A8B2909D88EAB8E6B0173847AB49B949DF3799A34EE57EC55268CF8B1C3EC489F8BF4CF4C68D3FD9670E89C0D5D3FFF1AAF89F"
        ),
    )
    .unwrap();
    assert_eq!(terminal.public_key(), terminal_public);
    let secret = hex!("791DA04273CCFE862E52DF60347E2557192E1F8D7517822CE3D306056C1CDEB4");
    assert_eq!(*terminal.shared_secret(&chip.public_key()).unwrap(), secret);
    assert_eq!(*chip.shared_secret(&terminal_public).unwrap(), secret);
}
