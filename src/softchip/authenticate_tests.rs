//! Tests of Chip, Active and Terminal Authentication over the whole chip.

use super::lifecycle::State;
use super::port::{SoftPort, lock};
use super::store::Store;
use super::testing::*;
use super::{keys, trust};
use crate::chip::apdu::Command;
use crate::chip::ca::{self, CaParams};
use crate::chip::channel::Channel;
use crate::chip::pace::Password;
use crate::chip::ta::TaError;
use crate::chip::ta::host::{Challenged, Next, TaCertificates, parse_ef_cvca};
use crate::crypto::ec::{Curve, PrivateKey, PublicKey};
use crate::crypto::hash::{HashAlg, sha256};
use crate::lds::dg14;
use crate::lds::file_id::Application;
use crate::pki::cvc::{Certificate, Date, Grant, Request, Rights, Role, issue, link, self_signed};
use crate::world::DangerousSeededEntropy;

fn locked() -> SoftPort {
    Station::with_state(State::Locked).into_port()
}

fn key(byte: u8) -> PrivateKey {
    PrivateKey::from_bytes(Curve::P256, &[byte; 32]).unwrap()
}

fn slot_public(port: &SoftPort, slot: u8) -> PublicKey {
    let chip = port.chip().unwrap();
    let chip = lock(&chip);
    keys::slot_key(&chip.store, slot, Curve::P256).unwrap().public_key()
}

fn ca_params(port: &SoftPort) -> CaParams {
    CaParams::choose(&dg14::parse(&dg14::build(&slot_public(port, 1), Some(1), true)).unwrap()).unwrap()
}

/// PACE and Chip Authentication; with ID_PICC and the terminal's compressed key.
pub(super) fn up_to_ca(port: &mut SoftPort) -> (Channel<'_>, Vec<u8>, Vec<u8>) {
    let params = ca_params(port);
    let (mut channel, picc) = open_with(port, &Password::can(CAN).unwrap()).ok().unwrap();
    let done = ca::run(&mut channel, &params, &mut DangerousSeededEntropy::new(3)).ok().unwrap();
    channel.protect(done.sm);
    (channel, picc.x().to_vec(), done.ephemeral.public_key().x().to_vec())
}

/// DV and IS certificates under an authority: DV from `from` on, IS until `to`.
fn terminal(authority: (&Certificate, &PrivateKey), from: Date, to: Date, rights: Rights) -> Vec<Certificate> {
    let ask = Request::new(&key(0x31), &"IDDVTEST00001".parse().unwrap(), None);
    let grant = |role| Grant { role, rights, effective: from, expiration: to };
    let dv =
        issue(authority.0, authority.1, Curve::P256, &ask, Grant { rights: Rights::FINGERS, ..grant(Role::DvDomestic) }).unwrap();
    let ask = Request::new(&key(0x32), &"IDISTEST00001".parse().unwrap(), None);
    let is = issue(&dv, &key(0x31), Curve::P256, &ask, grant(Role::Terminal)).unwrap();
    vec![dv, is]
}

fn authenticate(
    channel: &mut Channel<'_>,
    chain: &[Certificate],
    signer: &PrivateKey,
    bound: (&[u8], &[u8]),
) -> Result<(), TaError> {
    let points = parse_ef_cvca(&send(channel, &read(0x9C, 0, 36)).0)?;
    let mut step = TaCertificates::new(chain, &points)?;
    let mut challenge = loop {
        let answer = channel.send(step.command()).unwrap();
        match step.receive(&answer)? {
            Next::Certificates(more) => step = more,
            Next::Challenge(challenge) => break challenge,
        }
    };
    let to_sign = loop {
        let answer = channel.send(&challenge.command()).unwrap();
        match challenge.receive(&answer, bound.0, bound.1)? {
            Challenged::Selected(next) => challenge = next,
            Challenged::Sign(sign) => break sign,
        }
    };
    let signature = signer.sign_raw(HashAlg::Sha256, &sha256(to_sign.message()));
    let finish = to_sign.signed(&signature);
    let answer = channel.send(finish.command()).unwrap();
    finish.receive(&answer).map(drop)
}

/// PACE, Chip and Terminal Authentication with the right to fingers.
pub(super) fn by_terminal(port: &mut SoftPort) -> Channel<'_> {
    let (cert, key_of) = authority();
    let chain = terminal((&cert, &key_of), day(2026, 11, 20), day(2026, 12, 5), Rights::FINGERS);
    let (mut channel, picc, pcd) = up_to_ca(port);
    authenticate(&mut channel, &chain, &key(0x32), (&picc, &pcd)).unwrap();
    channel
}

fn authority() -> (Certificate, PrivateKey) {
    (cvca(), cvca_key())
}

fn read_fingers(channel: &mut Channel<'_>) -> u16 {
    assert_eq!(select(channel, Application::National), 0x9000);
    let status = send(channel, &read(0x81, 0, 4)).1;
    assert_eq!(select(channel, Application::Lds1), 0x9000);
    status
}

#[test]
fn the_whole_mutual_authentication_opens_the_fingers() {
    let mut port = locked();
    let (cert, key_of) = authority();
    let chain = terminal((&cert, &key_of), day(2026, 11, 20), day(2026, 12, 5), Rights::FINGERS);
    {
        let (mut channel, picc, pcd) = up_to_ca(&mut port);
        assert_eq!(read_fingers(&mut channel), 0x6982);
        authenticate(&mut channel, &chain, &key(0x32), (&picc, &pcd)).unwrap();
        assert_eq!(read_fingers(&mut channel), 0x9000);
        assert_eq!(send(&mut channel, &Command::new(0x00, 0xA4, 0x00, 0x0C)).1, 0x9000);
        assert_eq!(read_fingers(&mut channel), 0x9000, "rights survive any SELECT under secure messaging");
    }
    let mut channel = open_lds1(&mut port, CAN).ok().unwrap();
    assert_eq!(read_fingers(&mut channel), 0x6982, "a new PACE starts without rights");
}

#[test]
fn a_terminal_without_key_right_or_chip_authentication_gets_nothing() {
    let (cert, key_of) = authority();
    let span = (day(2026, 11, 20), day(2026, 12, 5));
    let chain = terminal((&cert, &key_of), span.0, span.1, Rights::FINGERS);
    let mut port = locked();
    {
        let (mut channel, picc, pcd) = up_to_ca(&mut port);
        let stolen = authenticate(&mut channel, &chain, &key(0x33), (&picc, &pcd));
        assert_eq!(stolen, Err(TaError::SignatureRefused(0x6300)));
        assert_eq!(read_fingers(&mut channel), 0x6982, "C9: a certificate is not its key");
    }
    {
        let none = terminal((&cert, &key_of), span.0, span.1, Rights::NONE);
        let (mut channel, picc, pcd) = up_to_ca(&mut port);
        authenticate(&mut channel, &none, &key(0x32), (&picc, &pcd)).unwrap();
        assert_eq!(read_fingers(&mut channel), 0x6982, "rights are those that every certificate gives");
    }
    let (mut channel, picc) = open_with(&mut port, &Password::can(CAN).unwrap()).ok().unwrap();
    let refused = authenticate(&mut channel, &chain, &key(0x32), (picc.x(), &[0; 32]));
    assert_eq!(refused, Err(TaError::CertificateRefused { index: 0, status: 0x6985 }), "no Chip Authentication");
}

#[test]
fn an_expired_terminal_passes_until_a_newer_certificate_moved_the_date() {
    let (cert, key_of) = authority();
    let old = terminal((&cert, &key_of), day(2026, 11, 20), day(2026, 12, 5), Rights::FINGERS);
    let new = terminal((&cert, &key_of), day(2026, 12, 20), day(2027, 1, 10), Rights::FINGERS);
    let mut port = locked();
    let mut run = |chain: &[Certificate]| {
        let (mut channel, picc, pcd) = up_to_ca(&mut port);
        authenticate(&mut channel, chain, &key(0x32), (&picc, &pcd))
    };
    assert_eq!(run(&old), Ok(()), "whatever the calendar says");
    assert_eq!(run(&new), Ok(()));
    assert!(matches!(run(&old), Err(TaError::CertificateRefused { status: 0x6300, .. })));
    let chip = port.chip().unwrap();
    assert_eq!(trust::state(&lock(&chip).store).unwrap().date(), day(2026, 12, 20));
}

fn successor() -> (Certificate, PrivateKey) {
    let grant = Grant { role: Role::Cvca, rights: Rights::FINGERS, effective: day(2026, 12, 1), expiration: day(2029, 11, 1) };
    (self_signed(&key(0x22), &"IDCVCATEST00002".parse().unwrap(), grant).unwrap(), key(0x22))
}

#[test]
fn a_link_certificate_moves_the_trust_point_and_ef_cvca() {
    let (next, next_key) = successor();
    let linked = link(&cvca(), &cvca_key(), &next).unwrap();
    let mut chain = vec![linked];
    chain.extend(terminal((&next, &next_key), day(2026, 12, 2), day(2026, 12, 20), Rights::FINGERS));
    let mut port = locked();
    {
        let (mut channel, picc, pcd) = up_to_ca(&mut port);
        authenticate(&mut channel, &chain, &key(0x32), (&picc, &pcd)).unwrap();
        assert_eq!(read_fingers(&mut channel), 0x9000);
    }
    let mut channel = open_lds1(&mut port, CAN).ok().unwrap();
    let file = send(&mut channel, &read(0x9C, 0, 256)).0;
    assert_eq!(file, [&[0x42, 15][..], b"IDCVCATEST00002", &[0x42, 15], b"IDCVCATEST00001", &[0, 0]].concat());
}

#[test]
fn a_trust_point_torn_at_every_byte_is_old_or_new() {
    let store: Store = Station::with_state(State::Locked).chip.store;
    let old = trust::state(&store).unwrap();
    let new = {
        let linked = link(&cvca(), &cvca_key(), &successor().0).unwrap();
        old.accept(&old.points()[0].clone(), &linked).unwrap().state
    };
    let change = |s: &mut Store| s.atomically(|s| trust::save(s, &new));
    let mut whole = store.clone();
    change(&mut whole).unwrap();
    assert_eq!(trust::state(&whole).as_ref(), Some(&new));
    let writes = whole.nvm.written() - store.nvm.written();
    assert!(writes > 150, "{writes}");
    for tear in 0..writes {
        let mut torn = store.clone();
        torn.nvm.tear_after(Some(tear));
        assert!(change(&mut torn).is_err());
        torn.nvm.tear_after(None);
        torn.power_on().unwrap();
        let now = trust::state(&torn).unwrap();
        assert!(now == old || now == new, "after {tear}");
    }
}

#[test]
fn active_authentication_signs_the_readers_eight_bytes() {
    let mut port = locked();
    let public = slot_public(&port, 2);
    let command = |challenge: &[u8]| Command::new(0x00, 0x88, 0, 0).with_data(challenge).with_le(256);
    assert_eq!(lock(&port.chip().unwrap()).process(&command(&[1; 8]).encode().unwrap()), [0x69, 0x82]);
    let mut channel = open_lds1(&mut port, CAN).ok().unwrap();
    let (signature, status) = send(&mut channel, &command(&[1; 8]));
    assert_eq!(status, 0x9000);
    public.verify_raw(&sha256(&[1; 8]), &signature).unwrap();
    assert_eq!(send(&mut channel, &command(&[1; 7])).1, 0x6700);
}

#[test]
fn chip_authentication_of_another_key_or_before_pace_is_refused() {
    let set = |tail: &[u8]| {
        let oid = hex_literal::hex!("80 0A 04007F00070202030202");
        Command::new(0x00, 0x22, 0x41, 0xA4).with_data([&oid[..], tail].concat())
    };
    let mut port = locked();
    assert_eq!(lock(&port.chip().unwrap()).process(&set(&[]).encode().unwrap()), [0x69, 0x82]);
    let mut channel = open_lds1(&mut port, CAN).ok().unwrap();
    assert_eq!(send(&mut channel, &set(&[0x84, 1, 2])).1, 0x6A88);
    assert_eq!(send(&mut channel, &set(&[])).1, 0x9000, "one key: its identifier may be left out");
    let bad_point = Command::new(0x00, 0x86, 0, 0).with_data([&[0x7C, 67, 0x80, 65, 4][..], &[9; 64]].concat()).with_le(256);
    assert_eq!(send(&mut channel, &bad_point).1, 0x6300);
    assert_eq!(send(&mut channel, &bad_point).1, 0x6985, "one try for one MSE");
    assert_eq!(send(&mut channel, &read(0x81, 0, 1)).1, 0x9000, "the session stands");
}
