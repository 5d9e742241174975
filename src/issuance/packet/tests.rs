//! Packets: what is sealed comes back whole, from whom it says, and every way in which it does not.

use super::*;
use crate::issuance::officer::tests::{at, grant, key, roster};
use crate::issuance::officer::{Ended, StandingError};
use crate::pki::trust::{Kind, TrustStore};
use crate::pki::x509::crl;
use crate::pki::x509::issue::tests::{kit, leaf};
use crate::pki::x509::issue::{Purpose, Span};
use crate::world::DangerousSeededEntropy;
use std::collections::BTreeMap;
use zeroize::Zeroizing;

const POINT: Office = Office::ServicePoint(31, 71, 1);

fn capture(application: &str) -> Capture {
    let file = |name: &str, bytes: &[u8]| (name.parse().unwrap(), Zeroizing::new(bytes.to_vec()));
    let files = vec![file("record.json", b"{}"), file("right-thumb.png", &[7; 3_000]), file("empty", b"")];
    Capture::new(application.parse().unwrap(), files).unwrap()
}

/// The centre's key and a recipient by its certificate.
fn centre() -> (PrivateKey, OfficeRecipient) {
    let kit = kit();
    let (key, cert) = leaf(&kit, Purpose::Office);
    let mut store = TrustStore::new(Kind::Production, "ID");
    store.add_operations_root(kit.root.cert.clone()).unwrap();
    store.add_crl(crl::make(&kit.root, 1, Span::days(kit.now, 90), &BTreeMap::new()).unwrap()).unwrap();
    (key, OfficeRecipient::check(&cert, &store, kit.now).unwrap())
}

fn sealed(recipient: &OfficeRecipient) -> Vec<u8> {
    let mut rng = DangerousSeededEntropy::new(5);
    seal(&capture("a-1"), (&key(3), POINT), recipient, at("2026-06-01"), &mut rng).unwrap()
}

#[test]
fn what_is_sealed_at_an_office_comes_back_at_the_centre_and_each_office_on_the_way_knows_whose_it_is() {
    let (centre, recipient) = centre();
    let bytes = sealed(&recipient);
    let verified = Packet::parse(&bytes).unwrap().verify(&roster(), at("2026-06-02")).unwrap();
    let head = verified.head();
    assert_eq!((head.application().to_string().as_str(), head.office(), head.at()), ("a-1", POINT, at("2026-06-01")));
    assert_eq!((head.officer(), verified.by().first().officer()), (OfficerId::of(&key(3).public_key()), head.officer()));
    let opened = verified.open(&centre).unwrap();
    assert_eq!(opened, capture("a-1"));
    let names: Vec<&str> = opened.files().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["empty", "record.json", "right-thumb.png"]);
    assert_eq!(format!("{opened:?}"), "Capture(a-1, 3 files)", "no byte of a person");
    let again = Packet::parse(&sealed(&recipient)).unwrap().verify(&roster(), at("2026-06-02")).unwrap();
    assert_eq!(again.digest(), verified.digest());
}

#[test]
fn every_byte_of_a_packet_is_held_by_its_signature() {
    let (_, recipient) = centre();
    let bytes = sealed(&recipient);
    let roster = roster();
    for index in 0..bytes.len() {
        let mut bad = bytes.clone();
        bad[index] ^= 1;
        let taken = Packet::parse(&bad).and_then(|packet| packet.verify(&roster, at("2026-06-02")));
        assert!(taken.is_err(), "byte {index}");
    }
    let mut bad = bytes.clone();
    *bad.last_mut().unwrap() ^= 1;
    let error = Packet::parse(&bad).unwrap().verify(&roster, at("2026-06-02")).unwrap_err();
    assert_eq!((&error, error.reason()), (&PacketError::Altered, Reason::PacketAltered));
}

#[test]
fn what_is_no_packet_is_refused_at_its_byte() {
    let (_, recipient) = centre();
    let bytes = sealed(&recipient);
    let refused = |bytes: &[u8]| Packet::parse(bytes).unwrap_err();
    assert_eq!(refused(b""), PacketError::Form(0));
    assert_eq!(refused(&bytes[..10]), PacketError::Form(8));
    assert_eq!(refused(&[&MAGIC[..], &[0xFF; 4]].concat()), PacketError::Form(8), "a lie in a length");
    assert_eq!(refused(&[&MAGIC[..], &framed(b"{}")].concat()), PacketError::Form(8 + 6));
    assert_eq!(refused(&[&MAGIC[..], &framed(b"{}"), &framed(b"{}"), b"x"].concat()), PacketError::Form(8));
    let (head, rest) = bytes[8..].split_at(4);
    let length = usize::try_from(u32::from_be_bytes(head.try_into().unwrap())).unwrap();
    let without_act = [&bytes[..12 + length], &framed(b"{}"), b"x"].concat();
    assert_eq!(refused(&without_act), PacketError::Form(12 + length));
    let act = usize::try_from(u32::from_be_bytes(rest[length..length + 4].try_into().unwrap())).unwrap();
    assert_eq!(refused(&bytes[..16 + length + act]), PacketError::Form(16 + length + act), "nothing sealed");
    for text in ["", "a b", "../x", &"a".repeat(65)] {
        assert!(matches!(text.parse::<ApplicationId>(), Err(PacketError::Name(_))), "{text}");
    }
    for text in ["", ".x", "a/b", "A.png", "..", &"a".repeat(65)] {
        assert!(matches!(text.parse::<FileName>(), Err(PacketError::Name(_))), "{text}");
    }
    assert_eq!(PacketError::Form(0).reason(), Reason::InputInvalid);
}

#[test]
fn a_packet_of_an_officer_who_may_not_is_not_taken() {
    let (_, recipient) = centre();
    let mut roster = roster();
    let packet = Packet::parse(&sealed(&recipient)).unwrap();
    let refused = |roster: &Roster, now| packet.clone().verify(roster, at(now)).unwrap_err();
    assert_eq!(refused(&roster, "2026-05-30"), PacketError::Act(ActError::Future));
    let operator = roster.grants().find(|(_, g, _)| g.grant().label() == "O-3").unwrap().1.clone();
    roster.end(&Ended::of(&operator, at("2026-05-01")).signed_by(&key(2))).unwrap();
    let id = OfficerId::of(&key(3).public_key());
    let error = refused(&roster, "2026-06-02");
    assert_eq!((&error, error.reason().exit()), (&PacketError::Act(StandingError::Ended(id).into()), 11));
}

/// Seals by hand: what an officer could send who keeps to nothing.
fn forged(recipient: &OfficeRecipient, inside: &[u8]) -> Vec<u8> {
    let officer = OfficerId::of(&key(3).public_key());
    let sealed = seal::seal(inside, recipient, &mut DangerousSeededEntropy::new(6)).unwrap();
    let head = Head::new("a-1".parse().unwrap(), POINT, officer, at("2026-06-01"), sha256(&sealed));
    let head = serde_json::to_vec(&head).unwrap();
    let act = Act::new(STEP, sha256(&head), POINT, at("2026-06-01")).unwrap().signed_by(&key(3), Role::Operator);
    [MAGIC.as_slice(), &framed(&head), &framed(&serde_json::to_vec(&act).unwrap()), &sealed].concat()
}

#[test]
fn who_signs_anothers_sealed_capture_is_found_when_it_is_opened() {
    let (centre, recipient) = centre();
    let open = |inside: &[u8]| {
        let packet = Packet::parse(&forged(&recipient, inside)).unwrap();
        packet.verify(&roster(), at("2026-06-02")).unwrap().open(&centre).unwrap_err()
    };
    let (own, other) = (OfficerId::of(&key(3).public_key()), OfficerId::of(&key(4).public_key()));
    for inside in [
        capture("a-1").encode(POINT, other),
        capture("a-1").encode(Office::ServicePoint(31, 71, 2), own),
        capture("a-2").encode(POINT, own),
    ] {
        assert_eq!(open(&inside), PacketError::Anothers);
    }
    assert_eq!(PacketError::Anothers.reason(), Reason::NotPermitted);
    let sound = capture("a-1").encode(POINT, own);
    let mut bad = sound.to_vec();
    *bad.last_mut().unwrap() ^= 1;
    let error = open(&bad);
    assert_eq!((&error, error.reason()), (&PacketError::File("right-thumb.png".into()), Reason::PacketAltered));
    assert_eq!(open(&sound[..sound.len() - 1]), PacketError::Form(sound.len() - 1));
    assert_eq!(open(&[&sound[..], b"x"].concat()), PacketError::Form(sound.len()));
    let mut version = sound.to_vec();
    assert!(version[4..].starts_with(b"{\"format\":1,"));
    version[14] = b'2';
    assert_eq!(open(&version), PacketError::Form(0));
}

#[test]
fn names_stand_once_and_files_are_few() {
    let file = |name: &str| (name.parse::<FileName>().unwrap(), Zeroizing::new(vec![1]));
    let id: ApplicationId = "a-1".parse().unwrap();
    let twice = Capture::new(id.clone(), vec![file("a"), file("a")]).unwrap_err();
    assert_eq!(twice, PacketError::Name("a".into()));
    let many = (0..=PACKET_FILES).map(|n| file(&n.to_string())).collect();
    assert_eq!(Capture::new(id.clone(), many).unwrap_err(), PacketError::TooManyFiles(PACKET_FILES + 1));
    let large = Capture::new(id, vec![("a".parse().unwrap(), Zeroizing::new(vec![0; CMS_BYTES]))]).unwrap();
    let (_, recipient) = centre();
    let mut rng = DangerousSeededEntropy::new(5);
    let error = seal(&large, (&key(3), POINT), &recipient, at("2026-06-01"), &mut rng).unwrap_err();
    assert!(matches!(error, PacketError::Seal(SealError::TooLarge(_))), "{error}");
}

#[test]
fn a_head_says_who_signed() {
    // Another officer of the same office signs a head that names the first.
    let (_, recipient) = centre();
    let mut roster = roster();
    roster.add(grant(&key(4), "O-4", (Role::Operator, POINT), "2027-01-01").signed_by(&key(2))).unwrap();
    let packet = Packet::parse(&sealed(&recipient)).unwrap();
    let act = Act::new(STEP, packet.digest, POINT, at("2026-06-01")).unwrap().signed_by(&key(4), Role::Operator);
    let error = Packet { act, ..packet }.verify(&roster, at("2026-06-02")).unwrap_err();
    assert_eq!(error, PacketError::Anothers);
}
