//! Lists: age, number, forgery, bombs.

use super::register::Register;
use super::*;
use crate::pki::trust::Kind;
use crate::pki::x509::issue::Credential;
use crate::pki::x509::issue::tests::{TestKit, kit, leaf};

fn setup() -> (TestKit, TrustStore, Credential) {
    let kit = kit();
    let mut store = TrustStore::new(Kind::Production, "ID");
    store.add_operations_root(kit.root.cert.clone()).unwrap();
    let (key, cert) = leaf(&kit, Purpose::StatusList);
    (kit, store, Credential { cert, key })
}

fn register() -> Register {
    let mut register = Register::new("https://example.invalid/status/1", 131_072).unwrap();
    register.set(5, CardStatus::Active).unwrap();
    register.set(70_000, CardStatus::Suspended).unwrap();
    register.set(7, CardStatus::Revoked).unwrap();
    register
}

fn hours(kit: &TestKit, hours: i64) -> Timestamp {
    kit.now.checked_add(SignedDuration::from_hours(hours)).unwrap()
}

#[test]
fn a_list_tells_every_state_by_its_age() {
    let (kit, store, signer) = setup();
    let cwt = sign(&register().next_list(kit.now), &signer).unwrap();
    assert!(cwt.len() < 2_000, "{} bytes: the list is compressed", cwt.len());
    let list = verify(&cwt, &store, kit.now, 0).unwrap();
    assert_eq!((list.number(), list.len(), list.issued_at()), (1, 131_072, kit.now));
    let cases =
        [(5, CardStatus::Active), (7, CardStatus::Revoked), (70_000, CardStatus::Suspended), (6, CardStatus::NotHandedOver)];
    for (index, status) in cases {
        assert_eq!(list.answer(index, kit.now).unwrap().status, status);
    }
    assert!(list.answer(5, hours(&kit, 24)).unwrap().fresh);
    assert!(!list.answer(5, hours(&kit, 25)).unwrap().fresh);
    assert!(list.answer(5, hours(&kit, 168)).is_ok());
    let stale = list.answer(5, hours(&kit, 169)).unwrap_err();
    assert_eq!((&stale, stale.reason()), (&StatusListError::Stale(kit.now), Reason::StatusListStale));
    let beyond = list.answer(131_072, kit.now).unwrap_err();
    assert_eq!(beyond, StatusListError::IndexUnknown { index: 131_072, length: 131_072 });
}

#[test]
fn numbers_grow_and_never_go_back() {
    let (kit, store, signer) = setup();
    let mut register = register();
    let first = sign(&register.next_list(kit.now), &signer).unwrap();
    let second = sign(&register.next_list(kit.now), &signer).unwrap();
    assert_eq!(verify(&second, &store, kit.now, 1).unwrap().number(), 2);
    assert_eq!(verify(&second, &store, kit.now, 2).unwrap().number(), 2);
    let error = verify(&first, &store, kit.now, 2).unwrap_err();
    assert_eq!((&error, error.reason()), (&StatusListError::Rollback { seen: 2, found: 1 }, Reason::StatusListRollback));
    let early = verify(&first, &store, hours(&kit, -1), 0).unwrap_err();
    assert!(matches!(early, StatusListError::Signer(_)), "the signer is not valid yet: {early:?}");
    let later = sign(&register.next_list(hours(&kit, 1)), &signer).unwrap();
    assert_eq!(verify(&later, &store, kit.now, 0).unwrap_err(), StatusListError::FromTheFuture(hours(&kit, 1)));
}

/// A token with these claims and headers of the signer's own making.
fn signed(signer: &Credential, claims: Vec<(ciborium::Value, ciborium::Value)>, crit: bool) -> Vec<u8> {
    use coset::TaggedCborSerializable;
    let key = signer.key.ec().unwrap();
    let mut payload = Vec::new();
    ciborium::into_writer(&ciborium::Value::Map(claims), &mut payload).unwrap();
    let mut protected = coset::HeaderBuilder::new()
        .algorithm(coset::iana::Algorithm::ES256)
        .value(16, ciborium::Value::Text("application/statuslist+cwt".into()));
    if crit {
        protected = protected.add_critical_label(coset::RegisteredLabelWithPrivate::Text("x".into()));
    }
    let chain = coset::HeaderBuilder::new().value(33, ciborium::Value::Bytes(signer.cert.as_der().to_vec())).build();
    let hash = crate::crypto::hash::HashAlg::Sha256;
    coset::CoseSign1Builder::new()
        .protected(protected.build())
        .unprotected(chain)
        .payload(payload)
        .create_signature(&[], |message| key.sign_raw(hash, &hash.digest(message)))
        .build()
        .to_tagged_vec()
        .unwrap()
}

/// The claims of a list of four cards that are all active, and more.
fn claims(at: Timestamp, more: &[(i64, i64)]) -> Vec<(ciborium::Value, ciborium::Value)> {
    use std::io::Write;
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(&[0]).unwrap();
    let list = vec![("bits".into(), 2.into()), ("lst".into(), ciborium::Value::Bytes(packed.finish().unwrap()))];
    let mut claims = vec![
        (2.into(), "https://example.invalid/1".into()),
        (6.into(), at.as_second().into()),
        (65_533.into(), ciborium::Value::Map(list)),
        ((-70_001).into(), 3.into()),
    ];
    claims.extend(more.iter().map(|(k, v)| ((*k).into(), (*v).into())));
    claims
}

#[test]
fn a_list_ends_when_its_signer_says_so() {
    let (kit, store, signer) = setup();
    let until = hours(&kit, 2);
    let open = |more: &[(i64, i64)]| verify(&signed(&signer, claims(kit.now, more), false), &store, kit.now, 0);
    let list = open(&[(4, until.as_second())]).unwrap();
    assert_eq!(list.answer(3, hours(&kit, 1)).unwrap().status, CardStatus::Active);
    assert_eq!(list.answer(3, until).unwrap_err(), StatusListError::Stale(kit.now));
    // An end that cannot be read, or that stands twice, is not no end.
    assert_eq!(open(&[(4, i64::MAX)]).unwrap_err(), StatusListError::Malformed("exp"));
    assert_eq!(open(&[(4, 1), (4, i64::MAX)]).unwrap_err(), StatusListError::Malformed("exp"));
    assert!(open(&[]).unwrap().answer(3, hours(&kit, 100)).is_ok());
}

#[test]
fn a_header_that_must_be_understood_is_refused() {
    let (kit, store, signer) = setup();
    let open = |crit| verify(&signed(&signer, claims(kit.now, &[]), crit), &store, kit.now, 0).map(drop);
    assert_eq!(open(false), Ok(()));
    assert_eq!(open(true), Err(StatusListError::Malformed("crit")));
}

#[test]
fn only_the_list_signer_signs_lists() {
    let (kit, store, signer) = setup();
    let token = register().next_list(kit.now);
    let (key, cert) = leaf(&kit, Purpose::Receipt);
    let other = sign(&token, &Credential { cert: cert.clone(), key }).unwrap();
    assert!(matches!(verify(&other, &store, kit.now, 0).unwrap_err(), StatusListError::Signer(_)));
    // The right certificate, another key.
    let stranger = crate::pki::x509::issue::default_key(&mut crate::world::DangerousSeededEntropy::new(60));
    let forged = sign(&token, &Credential { cert: signer.cert.clone(), key: stranger }).unwrap();
    assert_eq!(verify(&forged, &store, kit.now, 0).unwrap_err(), StatusListError::Signature);
    let brainpool =
        crate::pki::key::PrivateKey::generate(crate::crypto::ec::Curve::Bp256, &mut crate::world::DangerousSeededEntropy::new(1));
    assert_eq!(sign(&token, &Credential { cert, key: brainpool }).unwrap_err(), StatusListError::Signature);
}

#[test]
fn every_flipped_byte_is_refused() {
    let (kit, store, signer) = setup();
    let cwt = sign(&register().next_list(kit.now), &signer).unwrap();
    for index in 0..cwt.len() {
        let mut bad = cwt.clone();
        bad[index] ^= 1;
        assert!(verify(&bad, &store, kit.now, 0).is_err(), "byte {index}");
    }
    assert_eq!(verify(b"\xD2\x80", &store, kit.now, 0).unwrap_err(), StatusListError::Malformed("COSE"));
    let (token, cert) = look_at(&cwt).unwrap();
    assert_eq!((token.number, token.uri.as_str(), cert), (1, "https://example.invalid/status/1", signer.cert.clone()));
    let at = cwt.len() - 1;
    let mut bad = cwt;
    bad[at] ^= 1;
    assert_eq!(look_at(&bad).unwrap_err(), StatusListError::Signature);
}

#[test]
fn a_revoked_index_stays_revoked() {
    let mut register = register();
    assert_eq!(register.set(7, CardStatus::Active).unwrap_err(), StatusListError::RevokedForGood(7));
    register.set(7, CardStatus::Revoked).unwrap();
    register.set(5, CardStatus::NotHandedOver).unwrap();
    assert_eq!((register.get(5), register.get(7)), (CardStatus::NotHandedOver, CardStatus::Revoked));
    let counts = [CardStatus::Active, CardStatus::Suspended, CardStatus::Revoked, CardStatus::NotHandedOver];
    assert_eq!(counts.map(|status| register.count(status)), [0, 1, 1, register.indices() - 2]);
    let length = register.indices();
    for index in [length, u64::MAX] {
        let error = register.set(index, CardStatus::Active).unwrap_err();
        assert_eq!(error, StatusListError::IndexTooLarge { index, length });
    }
    assert_eq!(register.indices(), length);
}

#[test]
fn a_list_has_every_index_that_a_card_may_hold() {
    let (kit, store, signer) = setup();
    let mut register = Register::new("https://example.invalid/status/1", 1_048_576).unwrap();
    register.set(3, CardStatus::Active).unwrap();
    let list = sign(&register.next_list(kit.now), &signer).unwrap();
    let list = verify(&list, &store, kit.now, 0).unwrap();
    assert_eq!(list.len(), 1_048_576);
    for (index, status) in [(3, CardStatus::Active), (4, CardStatus::NotHandedOver), (1_048_575, CardStatus::NotHandedOver)] {
        assert_eq!(list.answer(index, kit.now).unwrap().status, status, "{index}");
    }
    for bad in [0, register::MOST_INDICES + 1] {
        assert_eq!(Register::new("x", bad).unwrap_err(), StatusListError::Length(bad));
    }
    assert_eq!(StatusListError::Length(0).reason(), Reason::InputInvalid);
}

#[cfg(feature = "store")]
#[test]
fn the_register_reads_back_private_and_whole() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("status.json");
    let missing = StatusListError::Io(std::io::ErrorKind::NotFound);
    assert_eq!(Register::load(&path).unwrap_err(), missing);
    assert_eq!(Register::hold(&path).map(drop).unwrap_err(), missing);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "no lock of a register that is not there");
    register().create(&path).unwrap();
    assert_eq!(register().create(&path).unwrap_err(), StatusListError::Exists);
    let mut held = Register::hold(&path).unwrap();
    assert_eq!(held.register, register());
    let _ = held.register.next_list(Timestamp::UNIX_EPOCH);
    held.save().unwrap();
    let saved = held.register.clone();
    drop(held);
    assert_eq!(Register::load(&path).unwrap(), saved);
    #[cfg(unix)]
    for file in ["status.json", "status.json.lock"] {
        let mode = std::fs::metadata(dir.path().join(file)).unwrap().permissions();
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777, 0o600, "{file}");
    }
    let beyond = r#"{"format": 1, "uri": "x", "number": 0, "indices": 8, "states": {"8": "active"}}"#;
    for bad in ["{}", beyond, &beyond.replace("8,", "0,"), &beyond.replace("\"format\": 1", "\"format\": 3")] {
        std::fs::write(&path, bad).unwrap();
        assert_eq!(Register::load(&path).unwrap_err(), StatusListError::Register);
    }
    std::fs::write(&path, beyond.replace("8,", "9,")).unwrap();
    assert_eq!(Register::load(&path).unwrap().get(8), CardStatus::Active);
}

#[cfg(feature = "store")]
#[test]
fn who_holds_a_register_keeps_others_from_its_numbers() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("status.json");
    register().create(&path).unwrap();
    let numbers: Vec<u64> = std::thread::scope(|scope| {
        let spend = || {
            let mut held = Register::hold(&path).unwrap();
            let number = held.register.next_list(Timestamp::UNIX_EPOCH).number;
            held.save().unwrap();
            number
        };
        let all: Vec<_> = (0..8).map(|_| scope.spawn(spend)).collect();
        all.into_iter().map(|t| t.join().unwrap()).collect()
    });
    let spent: std::collections::BTreeSet<u64> = numbers.iter().copied().collect();
    assert_eq!(spent.into_iter().collect::<Vec<_>>(), (1..=8).collect::<Vec<_>>());
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(data: Vec<u8>) {
        let _ = look_at(&data);
        let _ = look_at_delta(&data);
    }
}
