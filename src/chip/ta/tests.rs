//! Terminal and chip against each other, and every refusal by name.

use super::TaError;
use super::card::{Binding, Outcome, TaCard};
use super::host::{Challenged, Next, TaCertificates, TaFinish, TaSign, certificate_commands, chained, parse_ef_cvca};
use crate::chip::apdu::{Command, Response, StatusWord};
use crate::crypto::ec::{Curve, PrivateKey};
use crate::crypto::hash::HashAlg;
use crate::pki::cvc::{
    Certificate, CvcError, Date, Grant, Holder, Reference, Request, Rights, Role, TrustState, issue, link, self_signed,
};
use crate::reason::{Reason, Refusal};
use crate::world::DangerousSeededEntropy;

const BINDING: Binding<'static> = Binding { id_picc: &[0x11; 32], comp_pcd: &[0x22; 32] };

fn day(month: i8, day: i8) -> Date {
    Date::new(jiff::civil::date(2026, month, day)).unwrap()
}

fn name(text: &str) -> Reference {
    text.parse().unwrap()
}

struct House {
    chain: Vec<Certificate>,
    is_key: PrivateKey,
    start: TrustState,
}

/// Old CVCA on the chip; a link to the new one, which issued DV and IS.
fn house(curve: Curve) -> House {
    let mut rng = DangerousSeededEntropy::new(21);
    let mut key = || PrivateKey::generate(curve, &mut rng);
    let (old_key, new_key, dv_key, is_key) = (key(), key(), key(), key());
    let grant = |role, from, to| Grant { role, rights: Rights::FINGERS, effective: from, expiration: to };
    let old = self_signed(&old_key, &name("IDCVCAEKTP00001"), grant(Role::Cvca, day(1, 1), day(12, 31))).unwrap();
    let new = self_signed(&new_key, &name("IDCVCAEKTP00002"), grant(Role::Cvca, day(6, 1), day(12, 31))).unwrap();
    let linked = link(&old, &old_key, &new).unwrap();
    let ask = Request::new(&dv_key, &name("IDDVEKTP00001"), None);
    let dv = issue(&new, &new_key, curve, &ask, grant(Role::DvDomestic, day(10, 1), day(12, 31))).unwrap();
    let ask = Request::new(&is_key, &name("IDISEKTP00001"), None);
    let is = issue(&dv, &dv_key, curve, &ask, grant(Role::Terminal, day(11, 1), day(11, 30))).unwrap();
    let start = TrustState::new(vec![Holder::trust_point(old.body()).unwrap()], day(5, 1)).unwrap();
    House { chain: vec![linked, dv, is], is_key, start }
}

fn ok() -> Response {
    Response::status(StatusWord::NO_ERROR)
}

fn send(card: &mut TaCard, command: &Command) -> Result<Outcome, TaError> {
    assert!(TaCard::serves(command));
    card.process(command, Some(BINDING), &mut DangerousSeededEntropy::new(1))
}

/// Runs the certificates and the challenge; what was to be stored comes back too.
fn up_to_signature(house: &House, card: &mut TaCard) -> Result<(TaSign, Vec<TrustState>), TaError> {
    let points = parse_ef_cvca(&card.state().ef_cvca())?;
    let mut step = TaCertificates::new(&house.chain, &points)?;
    let mut stored = Vec::new();
    let mut challenge = loop {
        let outcome = send(card, step.command())?;
        stored.extend(outcome.persist);
        match step.receive(&outcome.response)? {
            Next::Certificates(more) => step = more,
            Next::Challenge(challenge) => break challenge,
        }
    };
    loop {
        let outcome = send(card, &challenge.command())?;
        match challenge.receive(&outcome.response, BINDING.id_picc, BINDING.comp_pcd)? {
            Challenged::Selected(next) => challenge = next,
            Challenged::Sign(sign) => return Ok((sign, stored)),
        }
    }
}

fn sign(key: &PrivateKey, message: &[u8]) -> Vec<u8> {
    let hash: HashAlg = key.curve().natural_hash();
    key.sign_raw(hash, &hash.digest(message))
}

#[test]
fn a_terminal_with_link_dv_and_is_gets_fingers_on_every_curve() {
    for curve in Curve::ALL {
        let house = house(curve);
        let mut card = TaCard::new(house.start.clone());
        let (to_sign, stored) = up_to_signature(&house, &mut card).unwrap();
        assert_eq!(card.rights(), Rights::NONE, "certificates alone open nothing");
        let signature = sign(&house.is_key, to_sign.message());
        let finish = to_sign.signed(&signature);
        let outcome = send(&mut card, finish.command()).unwrap();
        finish.receive(&outcome.response).unwrap();
        assert_eq!(card.rights(), Rights::FINGERS);
        assert_eq!(stored.iter().map(TrustState::date).collect::<Vec<_>>(), [day(6, 1), day(10, 1), day(11, 1)]);
        assert_eq!(stored[0].points().len(), 2);
        assert_eq!(send(&mut card, &Command::new(0, 0x82, 0, 0).with_data(signature)).unwrap_err(), TaError::NotReady);
    }
}

#[test]
fn a_known_authority_needs_no_link() {
    let house = house(Curve::P256);
    let mut card = TaCard::new(house.start.clone());
    up_to_signature(&house, &mut card).unwrap();
    let mut again = TaCard::new(card.state().clone());
    let points = parse_ef_cvca(&again.state().ef_cvca()).unwrap();
    let first = TaCertificates::new(&house.chain, &points).unwrap();
    assert_eq!(first.command().data(), certificate_commands(&house.chain[1])[0].data());
    up_to_signature(&house, &mut again).unwrap();
}

#[test]
fn a_certificate_without_its_key_opens_nothing() {
    let house = house(Curve::P256);
    let mut card = TaCard::new(house.start.clone());
    let (to_sign, _) = up_to_signature(&house, &mut card).unwrap();
    let thief = PrivateKey::generate(Curve::P256, &mut DangerousSeededEntropy::new(77));
    let finish = to_sign.signed(&sign(&thief, &[0; 72]));
    let error = send(&mut card, finish.command()).unwrap_err();
    assert_eq!((error, error.card_status()), (TaError::BadSignature, StatusWord::AUTHENTICATION_FAILED));
    assert_eq!(card.rights(), Rights::NONE);
    let answer = Response::status(error.card_status());
    assert_eq!(finish.receive(&answer).unwrap_err(), TaError::SignatureRefused(0x6300));
    // The challenge is spent: the right signature comes too late.
    assert_eq!(send(&mut card, &Command::new(0, 0x82, 0, 0).with_data([0; 64])).unwrap_err(), TaError::NotReady);
}

#[test]
fn another_session_binding_or_none_is_refused() {
    let house = house(Curve::P256);
    for (binding, expected) in [
        (Some(Binding { id_picc: &[0x12; 32], ..BINDING }), TaError::BadSignature),
        (Some(Binding { comp_pcd: &[0x23; 32], ..BINDING }), TaError::BadSignature),
        (None, TaError::NotReady),
    ] {
        let mut card = TaCard::new(house.start.clone());
        let (to_sign, _) = up_to_signature(&house, &mut card).unwrap();
        let finish: TaFinish = {
            let signature = sign(&house.is_key, to_sign.message());
            to_sign.signed(&signature)
        };
        let mut rng = DangerousSeededEntropy::new(1);
        assert_eq!(card.process(finish.command(), binding, &mut rng).unwrap_err(), expected);
        assert_eq!(card.rights(), Rights::NONE);
    }
}

#[test]
fn the_chip_refuses_by_name() {
    let house = house(Curve::P256);
    let card = || TaCard::new(house.start.clone());
    let [dst, pso] = certificate_commands(&house.chain[0]);
    assert_eq!(send(&mut card(), &pso).unwrap_err(), TaError::NotReady);
    let [unknown, _] = certificate_commands(&house.chain[2]);
    assert_eq!(send(&mut card(), &unknown).unwrap_err(), TaError::UnknownReference);
    assert_eq!(send(&mut card(), &Command::new(0, 0x22, 0x81, 0xB6).with_data([1])).unwrap_err(), TaError::Malformed);
    // A trust point is no terminal.
    let as_terminal = Command::new(0, 0x22, 0x81, 0xA4).with_data(dst.data());
    assert_eq!(send(&mut card(), &as_terminal).unwrap_err(), TaError::UnknownReference);
    let mut one = card();
    send(&mut one, &dst).unwrap();
    let [_, other] = certificate_commands(&house.chain[1]);
    assert_eq!(send(&mut one, &other).unwrap_err(), TaError::Certificate(CvcError::WrongIssuer));
    let late = TrustState::new(house.start.points().to_vec(), day(12, 1)).unwrap();
    let error = up_to_signature(&house, &mut TaCard::new(late)).unwrap_err();
    assert_eq!((error, error.reason()), (TaError::Certificate(CvcError::Expired), Reason::TerminalNotAccepted));
    let endless = Command::new(0x10, 0x2A, 0, 0xBE).with_data(vec![0; 9_000]);
    let mut greedy = card();
    send(&mut greedy, &endless).unwrap();
    assert_eq!(send(&mut greedy, &endless).unwrap_err(), TaError::Malformed);
}

#[test]
fn the_terminal_refuses_by_name() {
    let house = house(Curve::P256);
    assert_eq!(parse_ef_cvca(&[0; 36]).unwrap_err(), TaError::BadEfCvca);
    assert_eq!(parse_ef_cvca(&[0x42; 37]).unwrap_err(), TaError::BadEfCvca);
    let points = parse_ef_cvca(&house.start.ef_cvca()).unwrap();
    assert_eq!(TaCertificates::new(&house.chain[..2], &points).unwrap_err(), TaError::NoTerminal);
    assert_eq!(TaCertificates::new(&house.chain, &[name("XX00001")]).unwrap_err(), TaError::NoTrustPoint);
    let refused = Response::status(StatusWord::AUTHENTICATION_FAILED);
    let step = || TaCertificates::new(&house.chain, &points).unwrap();
    assert_eq!(step().receive(&refused).unwrap_err(), TaError::CertificateRefused { index: 0, status: 0x6300 });
    let mut card = TaCard::new(house.start.clone());
    let mut step = step();
    let challenge = loop {
        let outcome = send(&mut card, step.command()).unwrap();
        match step.receive(&outcome.response).unwrap() {
            Next::Certificates(more) => step = more,
            Next::Challenge(challenge) => break challenge,
        }
    };
    let Challenged::Selected(challenge) = challenge.receive(&ok(), &[], &[]).unwrap() else { panic!("no challenge yet") };
    let short = Response::new([1; 7], StatusWord::NO_ERROR);
    assert_eq!(challenge.receive(&short, &[], &[]).unwrap_err(), TaError::NoChallenge(0x9000));
}

#[test]
fn a_long_certificate_may_come_in_a_chain_of_commands() {
    let house = house(Curve::P384);
    let mut card = TaCard::new(house.start.clone());
    let [dst, pso] = certificate_commands(&house.chain[0]);
    assert!(pso.is_extended());
    let pieces = chained(&pso, 200);
    assert_eq!(pieces.iter().map(|c| c.cla()).collect::<Vec<_>>().last(), Some(&0));
    send(&mut card, &dst).unwrap();
    let outcomes: Vec<Outcome> = pieces.iter().map(|p| send(&mut card, p).unwrap()).collect();
    assert!(outcomes.last().unwrap().persist.is_some());
}
