//! Worked examples of Doc 9303-11: appendix D (Basic Access Control, secure messaging) and G.1 (PACE with ECDH, generic mapping).
//!
//! Values as printed there; read in gmrtd's `bac_test.go` and `pace_test.go` and in JMRTD's `PACEProtocolTest.java`.
//! Skipped: G.2 (finite-field Diffie-Hellman), H (integrated mapping) and I (chip authentication mapping), which our chips do not
//! offer; JMRTD's `testDutch2014PassportWithGMAndECDH` (brainpoolP320r1, a curve that is none of ours); JMRTD's only P-256 case,
//! `PACEGMTest`, encodes the point at infinity and holds no value to compare with.

use crate::scripted::Scripted;
use ektp::chip::apdu::{Command, Response, StatusWord};
use ektp::chip::pace::{self, CardStep, PaceCard, PaceParams, Password};
use ektp::chip::{bac, sm::SmHost, sm::SmKeys};
use ektp::crypto::ec::Curve;
use hex_literal::hex;

const MAPPING_PCD: [u8; 32] = hex!("7F4EF07B9EA82FD78AD689B38D0BC78CF21F249D953BC46F4C6E19259C010F99");
const MAPPING_PICC: [u8; 32] = hex!("498FF49756F2DC1587840041839A85982BE7761D14715FB091EFA7BCE9058560");
const AGREEMENT_PCD: [u8; 32] = hex!("A73FB703AC1436A18E0CFA5ABB3F7BEC7A070E7A6788486BEE230C4A22762595");
const AGREEMENT_PICC: [u8; 32] = hex!("107CF58696EF6155053340FD633392BA81909DF7B9706F226F32086C7AFF974A");
const NONCE: [u8; 16] = hex!("3F00C4D39D153F2B2A214A078D899B22");

/// Commands and answers of G.1, byte for byte.
const TRANSCRIPT: [(&[u8], &[u8]); 4] = [
    (&hex!("10860000027C0000"), &hex!("7C12801095A3A016522EE98D01E76CB6B98B42C39000")),
    (
        &hex!(
            "10860000457C438141047ACF3EFC982EC45565A4B155129EFBC74650DCBFA6362D896FC70262E0C2CC5E544552DCB6725218799115B55C9BAA6D9F6BC3A9618E70C25AF71777A9C4922D00"
        ),
        &hex!(
            "7C43824104824FBA91C9CBE26BEF53A0EBE7342A3BF178CEA9F45DE0B70AA601651FBA3F5730D8C879AAA9C9F73991E61B58F4D52EB87A0A0C709A49DC63719363CCD13C549000"
        ),
    ),
    (
        &hex!(
            "10860000457C438341042DB7A64C0355044EC9DF190514C625CBA2CEA48754887122F3A5EF0D5EDD301C3556F3B3B186DF10B857B58F6A7EB80F20BA5DC7BE1D43D9BF850149FBB3646200"
        ),
        &hex!(
            "7C438441049E880F842905B8B3181F7AF7CAA9F0EFB743847F44A306D2D28C1D9EC65DF6DB7764B22277A2EDDC3C265A9F018F9CB852E111B768B326904B59A0193776F0949000"
        ),
    ),
    (&hex!("008600000C7C0A8508C2B0BD78D94BA86600"), &hex!("7C0A86083ABB9674BCE93C089000")),
];

#[test]
fn pace_g1_byte_for_byte_on_both_sides() {
    let params = PaceParams::new(Curve::Bp256, 128).unwrap();
    let password = Password::mrz("T22000129364081251010318").unwrap();
    let setting = pace::start(&params, &password, &mut Scripted::new(&[&MAPPING_PCD, &AGREEMENT_PCD]));
    assert_eq!(setting.command().encode().unwrap(), hex!("0022C1A412800A04007F0007020204020283010184010D"));
    let mut card = PaceCard::start(&params, &password, &mut Scripted::new(&[&NONCE, &MAPPING_PICC, &AGREEMENT_PICC]));
    let mut answers = Vec::new();
    for (command, answer) in TRANSCRIPT {
        match card.process(&Command::parse(command).unwrap()) {
            CardStep::Next(response, next) => {
                assert_eq!(response.encode(), answer);
                answers.push(response);
                card = *next;
            }
            CardStep::Done(response, _) => {
                assert_eq!(response.encode(), answer);
                answers.push(response);
                break;
            }
            CardStep::Failed { response, .. } => panic!("refused with {response:?}"),
        }
    }
    let step = setting.receive(&Response::status(StatusWord::NO_ERROR)).unwrap();
    assert_eq!(step.command().encode().unwrap(), TRANSCRIPT[0].0);
    let step = step.receive(&answers[0]).unwrap();
    assert_eq!(step.command().encode().unwrap(), TRANSCRIPT[1].0);
    let step = step.receive(&answers[1]).unwrap();
    assert_eq!(step.command().encode().unwrap(), TRANSCRIPT[2].0);
    let step = step.receive(&answers[2]).unwrap();
    assert_eq!(step.command().encode().unwrap(), TRANSCRIPT[3].0);
    let mut done = step.receive(&answers[3]).unwrap();
    assert_eq!(done.card_ephemeral.as_bytes(), &TRANSCRIPT[2].1[4..69]);
    // The session keys are those of the example.
    let enc = ektp::crypto::symmetric::AesKey::new(&hex!("F5F0E35C0D7161EE6724EE513A0D9A7F")).unwrap();
    let mac = ektp::crypto::symmetric::AesKey::new(&hex!("FE251C7858B356B24514B3BD5F4297D1")).unwrap();
    let mut expected = SmHost::new(SmKeys::Aes { enc, mac });
    let select = Command::new(0, 0xA4, 4, 12).with_data([0xA0, 0, 0, 2, 0x47, 0x10, 1]);
    assert_eq!(done.sm.wrap(&select).unwrap(), expected.wrap(&select).unwrap());
}

#[test]
fn bac_appendix_d_byte_for_byte_on_both_sides() {
    let keys = bac::BacKeys::from_mrz("L898902C<369080619406236");
    let rnd_ic = hex!("4608F91988702212");
    let rng = &mut Scripted::new(&[&hex!("781723860C06C226"), &hex!("0B795240CB7049B01C19B33E32804F0B")]);
    let step = bac::start(&keys, rng);
    assert_eq!(step.command().encode().unwrap(), hex!("0084000008"));
    let step = step.receive(&Response::new(rnd_ic, StatusWord::NO_ERROR)).unwrap();
    let authenticate = hex!("008200002872C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F25F1448EEA8AD90A728");
    assert_eq!(step.command().encode().unwrap(), authenticate);
    let rng = &mut Scripted::new(&[&hex!("0B4F80323EB3191CB04970CB4052790B")]);
    let (response, mut card) = bac::answer(&keys, &rnd_ic, &Command::parse(&authenticate).unwrap(), rng).unwrap();
    let answer = hex!("46B9342A41396CD7386BF5803104D7CEDC122B9132139BAF2EEDC94EE178534F2F2D235D074D74499000");
    assert_eq!(response.encode(), answer);
    let mut host = step.receive(&response).unwrap();

    // D.4: select EF.COM, read its first four bytes, read the rest.
    let rows: [[&[u8]; 4]; 3] = [
        [
            &hex!("00A4020C02011E"),
            &hex!("0CA4020C158709016375432908C044F68E08BF8B92D635FF24F800"),
            &hex!("990290008E08FA855A5D4C50A8ED9000"),
            &[],
        ],
        [
            &hex!("00B0000004"),
            &hex!("0CB000000D9701048E08ED6705417E96BA5500"),
            &hex!("8709019FF0EC34F9922651990290008E08AD55CC17140B2DED9000"),
            &hex!("60145F01"),
        ],
        [
            &hex!("00B0000412"),
            &hex!("0CB000040D9701128E082EA28A70F3C7B53500"),
            &hex!("871901FB9235F4E4037F2327DCC8964F1F9B8C30F42C8E2FFF224A990290008E08C8B2787EAEA07D749000"),
            &hex!("04303130365F36063034303030305C026175"),
        ],
    ];
    for [plain, protected, answer, data] in rows {
        let command = Command::parse(plain).unwrap();
        let wire = host.wrap(&command).unwrap();
        assert_eq!(wire.encode().unwrap(), protected);
        assert_eq!(card.unwrap(&wire).unwrap(), command);
        let response = card.wrap(&Response::new(data, StatusWord::NO_ERROR));
        assert_eq!(response.encode(), answer);
        assert_eq!(host.unwrap(&response).unwrap().data, data);
    }
}
