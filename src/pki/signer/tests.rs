//! The signer's policy rule by rule, its memory, and the same over a socket.

use super::online::{Ask, Line, Question, RemoteSigner, Service, Trouble, listen, serve, stop};
use super::*;
use crate::crypto::ec::{Curve, PrivateKey};
use crate::crypto::hash::{HashAlg, sha256};
use crate::crypto::scp03::{ChipKeyType, HandshakeError, InitUpdateAnswer, Mode, Parameter, Pseudo, SessionKeys};
use crate::crypto::scp03::{chip_key, chip_key_set, pseudo_random_challenge};
use crate::lds::{dg14, dg15, tlv};
use crate::pki::authorization::{self, Authorization, Digest};
use crate::pki::key_service::{
    GuardedKeys, KVN_PROOF, KVN_UNIQUE, KeyService, KeyServiceError, LocalKeys, Origin, RemoteKeys, SessionRequest, proof_message,
};
use crate::pki::sample::Kit;
use crate::pki::trust::mark::hex;
use crate::pki::trust::{Kind, TrustStore};
use crate::pki::{sod, statement};
use crate::world::{DangerousSeededEntropy, FixedClock};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::sync::OnceLock;

const NAME: &str = "test-signer";

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn kit() -> &'static Kit {
    static KIT: OnceLock<Kit> = OnceLock::new();
    KIT.get_or_init(|| Kit::mint(&FixedClock(now()), &mut DangerousSeededEntropy::new(9)).unwrap())
}

fn keys() -> LocalKeys {
    LocalKeys { transport: Kit::transport_keys(), scp03_master: Kit::scp03_master(), proof_master: Kit::proof_master() }
}

fn signer() -> LocalSigner {
    LocalSigner {
        name: NAME.to_owned(),
        register: Register::in_memory().unwrap(),
        key: DocumentKey::Open(Box::new(kit().ds.key.clone())),
        cert: kit().ds.cert.clone(),
        trust: kit().trust_store().unwrap(),
        keys: Box::new(keys()),
        clock: Box::new(FixedClock(now())),
    }
}

/// What one card is about; every field may be made wrong.
struct Card {
    job: String,
    chip: ChipSerial,
    number: String,
    index: u64,
    ca: PrivateKey,
    aa: Option<PrivateKey>,
    signer: String,
    record: &'static [u8],
}

fn card(n: u8) -> Card {
    let mut rng = DangerousSeededEntropy::new(u64::from(n));
    let mut key = || PrivateKey::generate(Curve::P256, &mut rng);
    Card {
        job: format!("job-{n}"),
        chip: ChipSerial([n; 10]),
        number: format!("A0000000{n}"),
        index: u64::from(n),
        ca: key(),
        aa: Some(key()),
        signer: NAME.to_owned(),
        record: b"record",
    }
}

fn proven(card: &Card, slot: u8, key: &PrivateKey, authorization: &[u8]) -> ProvenKey {
    let public = key.public_key();
    let message = proof_message(&card.chip, slot, &public, &sha256(authorization), &[]);
    let mac = chip_key(&Kit::proof_master(), &card.chip, ChipKeyType::Proof, KVN_PROOF).cmac(&[&message]);
    let mut proof = tlv::encode(0x80, &mac);
    if slot == 2 {
        tlv::write(&mut proof, 0x81, &key.sign_raw(HashAlg::Sha256, &sha256(&message)));
    }
    ProvenKey { slot, public_key: public.as_bytes().to_vec(), nonce: Vec::new(), proof }
}

fn request(card: &Card) -> SignRequest {
    let hashes: BTreeMap<u8, Vec<u8>> = [1u8, 2, 13].into_iter().map(|n| (n, sha256(&[n, card.chip.0[0]]).to_vec())).collect();
    let file = |(n, h): (&u8, &Vec<u8>)| json!({ "name": format!("DG{n}"), "size": 9, "sha256": hex(h) });
    let mut files: Vec<serde_json::Value> = hashes.iter().map(file).collect();
    files.push(json!({ "name": "EF.Fingers", "size": 9, "sha256": hex(&[7; 32]) }));
    let index = u32::try_from(card.index).unwrap();
    let manifest = json!({
        "format": 1, "job_id": card.job, "profile": "ektp-80k", "record_digest": Digest::of(b"record"),
        "template_digests": [Digest::of(b"finger")], "numbers_digest": documents::numbers_digest(&card.number, index),
        "parameters": { "curve": "p256", "active_authentication": card.aa.is_some(), "ca_key_id": 1, "chunk": 223 },
        "files": files,
    });
    let manifest = serde_json::to_vec(&manifest).unwrap();
    let authorization = Authorization {
        format: authorization::FORMAT.to_owned(),
        application: "A-1".to_owned(),
        nik_digest: Some(Digest::of(b"nik")),
        record_digest: Digest::of(card.record),
        template_digests: vec![Digest::of(b"finger")],
        manifest_digest: Digest::of(&manifest),
        route: "office".to_owned(),
        reason: authorization::IssueReason::First,
        signer: card.signer.clone(),
    };
    let authorization = authorization.to_json().unwrap();
    let approver = &kit().approver;
    let mut keys = vec![proven(card, 1, &card.ca, &authorization)];
    keys.extend(card.aa.as_ref().map(|k| proven(card, 2, k, &authorization)));
    SignRequest {
        order: Order {
            authorization_signature: statement::sign(&authorization, &approver.key, &approver.cert, now()),
            manifest,
            authorization,
            document_number: card.number.clone(),
            status_index: card.index,
            hashes,
        },
        chip: card.chip,
        keys,
        dg14: dg14::build(&card.ca.public_key(), Some(1), card.aa.is_some()),
        dg15: card.aa.as_ref().map(|k| dg15::build(&k.public_key())),
    }
}

fn refused(signer: &mut LocalSigner, request: &SignRequest) -> Rule {
    match signer.sign(request) {
        Err(SignerError::Refused(rule)) => rule,
        other => panic!("{other:?}"),
    }
}

fn refused_change(change: impl FnOnce(&mut SignRequest)) -> Rule {
    let mut request = request(&card(1));
    change(&mut request);
    refused(&mut signer(), &request)
}

#[test]
fn a_proven_card_is_signed_and_a_repeat_gets_the_stored_bytes() {
    let mut signer = signer();
    let request = request(&card(1));
    let first = signer.sign(&request).unwrap();
    let read = sod::read(&first).unwrap();
    assert_eq!(read.object().hashes[&14], sha256(&request.dg14));
    assert_eq!(read.object().hashes[&1], request.order.hashes[&1]);
    assert_eq!(read.object().hashes.len(), 5);
    assert!(sod::verify(&first, &kit().trust_store().unwrap(), now()).is_ok());
    // Later, with another proof of the same key, and with the key gone: the stored bytes.
    signer.clock = Box::new(FixedClock(now() + SignedDuration::from_hours(24 * 4000)));
    signer.key = DocumentKey::Missing;
    let again = SignRequest { keys: request.keys.iter().map(|k| ProvenKey { proof: vec![1], ..k.clone() }).collect(), ..request };
    assert_eq!(signer.sign(&again).unwrap(), first);
}

#[test]
fn a_card_without_active_authentication_is_signed() {
    let request = request(&Card { aa: None, ..card(1) });
    let sod = signer().sign(&request).unwrap();
    assert!(!sod::read(&sod).unwrap().object().hashes.contains_key(&15));
}

#[test]
fn another_persons_data_are_refused() {
    assert_eq!(refused_change(|r| drop(r.order.hashes.insert(2, vec![9; 32]))), Rule::Hashes);
    assert_eq!(refused_change(|r| drop(r.order.hashes.remove(&13))), Rule::Hashes);
    assert_eq!(refused_change(|r| drop(r.order.hashes.insert(11, vec![9; 32]))), Rule::Hashes);
    // Fingers: the prints of DG3, and DG13, which holds the digest of the templates.
    assert_eq!(refused_change(|r| drop(r.order.hashes.insert(3, vec![9; 32]))), Rule::Hashes);
    assert_eq!(refused_change(|r| drop(r.order.hashes.insert(13, vec![9; 32]))), Rule::Hashes);
    assert_eq!(refused_change(|r| drop(r.order.hashes.insert(14, vec![9; 32]))), Rule::Hashes);
    assert_eq!(refused_change(|r| r.order.document_number.push('X')), Rule::DocumentNumber);
    assert_eq!(refused_change(|r| r.order.status_index += 1), Rule::DocumentNumber);
    assert_eq!(refused_change(|r| r.order.status_index = 1 << 32), Rule::StatusIndex);
}

#[test]
fn an_authorization_must_be_the_approvers_over_this_manifest_for_this_signer() {
    assert_eq!(refused_change(|r| r.order.manifest.push(b' ')), Rule::Authorization);
    assert_eq!(refused_change(|r| r.order.authorization.push(b' ')), Rule::Authorization);
    let bureau = |r: &mut SignRequest| {
        let credential = &kit().bureau;
        r.order.authorization_signature = statement::sign(&r.order.authorization, &credential.key, &credential.cert, now());
    };
    assert_eq!(refused_change(bureau), Rule::Authorization);
    let record = request(&Card { record: b"another's", ..card(1) });
    assert_eq!(refused(&mut signer(), &record), Rule::Authorization);
    let other = request(&Card { signer: "another-signer".to_owned(), ..card(1) });
    assert_eq!(refused(&mut signer(), &other), Rule::OtherSigner);
}

#[test]
fn an_authorization_makes_one_card() {
    let mut signer = signer();
    let good = request(&card(1));
    signer.sign(&good).unwrap();
    let mut second = good.clone();
    second.chip = ChipSerial([0xEE; 10]);
    assert_eq!(refused(&mut signer, &second), Rule::Spent);
    let mut other_key = good;
    other_key.keys.truncate(1);
    assert_eq!(refused(&mut signer, &other_key), Rule::Spent);
}

#[test]
fn numbers_chips_jobs_and_keys_are_used_once() {
    let mut signer = signer();
    signer.sign(&request(&card(1))).unwrap();
    let again = |change: &dyn Fn(&mut Card)| {
        let mut other = card(2);
        change(&mut other);
        request(&other)
    };
    assert_eq!(refused(&mut signer, &again(&|c| c.job = card(1).job)), Rule::Job);
    assert_eq!(refused(&mut signer, &again(&|c| c.chip = card(1).chip)), Rule::ChipSerial);
    assert_eq!(refused(&mut signer, &again(&|c| c.number = card(1).number)), Rule::DocumentNumber);
    assert_eq!(refused(&mut signer, &again(&|c| c.index = card(1).index)), Rule::StatusIndex);
    assert_eq!(refused(&mut signer, &again(&|c| c.ca = card(1).ca)), Rule::PublicKey);
    assert_eq!(refused(&mut signer, &again(&|c| c.aa = card(1).aa)), Rule::PublicKey);
    // A refusal leaves nothing behind.
    signer.sign(&again(&|_| ())).unwrap();
}

#[test]
fn a_key_made_outside_the_chip_is_refused() {
    let outside = PrivateKey::generate(Curve::P256, &mut DangerousSeededEntropy::new(66)).public_key();
    let bytes = outside.as_bytes().to_vec();
    assert_eq!(refused_change(|r| r.keys[0].public_key.clone_from(&bytes)), Rule::Proof);
    assert_eq!(refused_change(|r| r.keys[1].proof.truncate(18)), Rule::Proof);
    assert_eq!(refused_change(|r| r.chip = ChipSerial([0xEE; 10])), Rule::Proof);
    assert_eq!(refused_change(|r| r.keys[0].public_key[64] ^= 1), Rule::KeyInvalid);
    assert_eq!(refused_change(|r| r.keys.clear()), Rule::KeyInvalid);
    assert_eq!(refused_change(|r| r.keys.swap(0, 1)), Rule::KeyInvalid);
    assert_eq!(refused_change(|r| r.keys.truncate(1)), Rule::KeyInvalid);
    assert_eq!(refused_change(|r| r.keys.push(r.keys[1].clone())), Rule::KeyInvalid);
}

#[test]
fn dg14_and_dg15_must_hold_the_proven_keys() {
    let outside = PrivateKey::generate(Curve::P256, &mut DangerousSeededEntropy::new(66)).public_key();
    assert_eq!(refused_change(|r| r.dg14 = dg14::build(&outside, Some(1), true)), Rule::Dg14);
    assert_eq!(refused_change(|r| r.dg14 = dg14::build(&card(1).ca.public_key(), Some(1), false)), Rule::Dg14);
    assert_eq!(refused_change(|r| r.dg14 = dg14::build(&card(1).ca.public_key(), Some(2), true)), Rule::Dg14);
    assert_eq!(refused_change(|r| r.dg14.push(0)), Rule::Dg14);
    assert_eq!(refused_change(|r| r.dg15 = Some(dg15::build(&outside))), Rule::Dg15);
    assert_eq!(refused_change(|r| r.dg15 = None), Rule::Dg15);
}

#[test]
fn a_document_signer_key_ends_after_three_months_or_a_hundred_thousand_cards() {
    let mut signer = signer();
    signer.register.pretend_cards(kit().ds.cert.digest(), MAX_CARDS - 1);
    signer.sign(&request(&card(1))).unwrap();
    assert_eq!(refused(&mut signer, &request(&card(2))), Rule::SignerKey);
    let days = |n: i64| now() + SignedDuration::from_hours(24 * n);
    let at = |n: i64| policy::check_signer(&kit().ds.cert, 0, days(n));
    assert_eq!((at(0), at(90), at(93), at(-2)), (Ok(()), Ok(()), Err(Rule::SignerKey), Err(Rule::SignerKey)));
}

#[test]
fn a_sample_key_signs_nothing_in_production() {
    let mut strict = signer();
    strict.trust = TrustStore::new(Kind::Production, "ID");
    assert_eq!(refused(&mut strict, &request(&card(1))), Rule::SampleKey);
}

#[test]
fn a_document_signer_that_no_reader_would_believe_signs_nothing_and_nothing_is_stored() {
    let mut mispaired = signer();
    mispaired.key = DocumentKey::Open(Box::new(kit().approver.key.clone()));
    let good = request(&card(1));
    assert_eq!(declined(&mut mispaired, &good.order), Rule::SignerCertificate);
    assert_eq!(refused(&mut mispaired, &good), Rule::SignerCertificate);
    let waits = SignerError::Refused(Rule::SignerCertificate);
    assert_eq!((waits.is_refusal(), waits.reason()), (false, Reason::CertificateUnfit));
    // With its own key again it signs the same card: nothing was remembered of what was refused.
    mispaired.key = DocumentKey::Open(Box::new(kit().ds.key.clone()));
    let sod = mispaired.sign(&good).unwrap();
    assert!(sod::verify(&sod, &kit().trust_store().unwrap(), now()).is_ok());
    // The key's own period is ninety days, though the signer's policy would give it ninety-two.
    let mut old = signer();
    old.clock = Box::new(FixedClock(now() + SignedDuration::from_hours(24 * 91 - 2)));
    assert_eq!(policy::check_signer(&old.cert, 0, old.clock.now()), Ok(()));
    assert_eq!(declined(&mut old, &request(&card(2)).order), Rule::SignerCertificate);
}

#[test]
fn a_locked_or_missing_key_lets_the_job_wait() {
    let mut locked = signer();
    locked.key = DocumentKey::Locked;
    let error = locked.sign(&request(&card(1))).unwrap_err();
    assert_eq!((error.clone(), error.reason().exit()), (SignerError::LoginNeeded, 50));
    locked.key = DocumentKey::Missing;
    assert_eq!(locked.sign(&request(&card(1))).unwrap_err(), SignerError::KeyMissing);
    assert!(!error.is_refusal() && SignerError::Refused(Rule::Proof).is_refusal());
    assert_eq!(SignerError::Refused(Rule::Proof).reason().exit(), 11);
}

#[test]
fn a_new_register_opens_for_many_at_once() {
    for _ in 0..8 {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("register.db");
        std::thread::scope(|scope| {
            let open: Vec<_> = (0..4).map(|_| scope.spawn(|| Register::open(&path).map(drop))).collect();
            assert!(open.into_iter().all(|t| t.join().unwrap() == Ok(())));
        });
    }
}

#[test]
fn the_register_survives_and_is_its_owners_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("register.db");
    let request = request(&card(1));
    let open = || LocalSigner { register: Register::open(&path).unwrap(), ..signer() };
    let sod = open().sign(&request).unwrap();
    assert_eq!(open().sign(&request).unwrap(), sod);
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    std::fs::write(&path, b"no database, but long enough to be read as one").unwrap();
    assert_eq!(Register::open(&path).unwrap_err(), SignerError::Unavailable);
}

fn answer(chip: ChipSerial, host: &[u8]) -> InitUpdateAnswer {
    let keys = chip_key_set(&Kit::scp03_master(), &chip, KVN_UNIQUE);
    let counter = [0, 0, 1];
    let card_challenge = pseudo_random_challenge(&keys, Mode::S8, Pseudo { counter, aid: b"door" });
    let card_cryptogram = SessionKeys::derive(&keys, Mode::S8, host, &card_challenge).card_cryptogram();
    InitUpdateAnswer {
        serial: chip,
        kvn: KVN_UNIQUE,
        i: Parameter::PROFILE,
        card_challenge,
        card_cryptogram,
        counter: Some(counter),
    }
}

#[test]
fn a_chip_that_failed_once_gets_no_keys_again() {
    let mut service = GuardedKeys::new(keys(), Register::in_memory().unwrap());
    let good = answer(ChipSerial([5; 10]), &[3; 8]);
    let ask = |answer| SessionRequest { kvn: KVN_UNIQUE, aid: b"door", host_challenge: &[3; 8], answer };
    service.open(&ask(&good)).unwrap();
    let bad = InitUpdateAnswer { card_cryptogram: vec![0; 8], ..good.clone() };
    let never = KeyServiceError::Handshake(HandshakeError::WrongCardCryptogram);
    assert_eq!(service.open(&ask(&bad)).unwrap_err(), never);
    assert_eq!(service.open(&ask(&good)).unwrap_err(), never);
    assert_eq!(service.put_key_data(good.serial).unwrap_err(), never);
    service.open(&ask(&answer(ChipSerial([6; 10]), &[3; 8]))).unwrap();
}

/// A service on its own socket; the thread ends with the test's process.
fn serving(signer: LocalSigner) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let listener = listen(&directory.path().join("s")).unwrap();
    let keys = GuardedKeys::new(keys(), Register::in_memory().unwrap());
    std::thread::spawn(move || serve(&listener, Service { signer: Box::new(signer), keys: Box::new(keys) }));
    directory
}

fn declined(signer: &mut LocalSigner, order: &Order) -> Rule {
    match signer.accepts(order) {
        Err(SignerError::Refused(rule)) => rule,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_card_that_would_be_refused_is_declined_before_it_has_a_chip() {
    let mut signer = signer();
    let good = request(&card(1));
    signer.accepts(&good.order).unwrap();
    let others = request(&Card { signer: "another".to_owned(), ..card(2) });
    assert_eq!(declined(&mut signer, &others.order), Rule::OtherSigner);
    let mut altered = request(&card(2)).order;
    altered.hashes.insert(2, vec![9; 32]);
    assert_eq!(declined(&mut signer, &altered), Rule::Hashes);
    signer.sign(&good).unwrap();
    assert_eq!(declined(&mut signer, &good.order), Rule::Spent);
    let same_job = request(&Card { job: "job-1".to_owned(), ..card(2) });
    assert_eq!(declined(&mut signer, &same_job.order), Rule::Job);
    let same_number = request(&Card { number: "A00000001".to_owned(), ..card(2) });
    assert_eq!(declined(&mut signer, &same_number.order), Rule::DocumentNumber);
    let same_index = request(&Card { index: 1, ..card(2) });
    assert_eq!(declined(&mut signer, &same_index.order), Rule::StatusIndex);
    let fresh = request(&card(3)).order;
    signer.accepts(&fresh).unwrap();
    signer.register.pretend_cards(signer.cert.digest(), MAX_CARDS);
    assert_eq!(declined(&mut signer, &fresh), Rule::SignerKey);
    signer.key = DocumentKey::Locked;
    assert_eq!(signer.accepts(&fresh), Err(SignerError::LoginNeeded));
    signer.key = DocumentKey::Missing;
    assert_eq!(signer.accepts(&fresh), Err(SignerError::KeyMissing));
}

#[test]
fn the_same_answers_come_over_a_socket() {
    let directory = serving(signer());
    let socket = directory.path().join("s");
    assert_eq!(std::fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(listen(&socket).unwrap_err().kind(), std::io::ErrorKind::AddrInUse);
    let mut remote = RemoteSigner::new(&socket);
    let good = request(&card(1));
    let sod = remote.sign(&good).unwrap();
    assert_eq!(remote.sign(&good).unwrap(), sod);
    assert!(sod::verify(&sod, &kit().trust_store().unwrap(), now()).is_ok());
    remote.accepts(&request(&card(3)).order).unwrap();
    assert_eq!(remote.accepts(&good.order), Err(SignerError::Refused(Rule::Spent)));
    let mut stolen = request(&card(2));
    stolen.order.hashes.insert(2, vec![9; 32]);
    assert_eq!(remote.sign(&stolen).unwrap_err(), SignerError::Refused(Rule::Hashes));

    let mut remote = RemoteKeys::new(&socket);
    let chip = ChipSerial([5; 10]);
    assert_eq!(remote.put_key_data(chip).unwrap(), keys().put_key_data(chip).unwrap());
    let good = answer(chip, &[3; 8]);
    let session = |answer| SessionRequest { kvn: KVN_UNIQUE, aid: b"door", host_challenge: &[3; 8], answer };
    let opened = remote.open(&session(&good)).unwrap();
    assert_eq!(opened.host_cryptogram(), keys().open(&session(&good)).unwrap().host_cryptogram());
    let underived = SessionRequest { aid: b"other", ..session(&good) };
    assert_eq!(remote.open(&underived).unwrap_err(), KeyServiceError::Handshake(HandshakeError::ChallengeNotDerived));
    assert_eq!(remote.open(&session(&good)).unwrap_err(), KeyServiceError::Handshake(HandshakeError::WrongCardCryptogram));
    let other = answer(ChipSerial([6; 10]), &[3; 8]);
    let missing = SessionRequest { kvn: 0x55, ..session(&other) };
    assert!(matches!(remote.open(&missing), Err(KeyServiceError::KeyMissing(_))));
}

#[test]
fn a_service_stops_when_asked_and_its_place_is_free_again() {
    let directory = tempfile::tempdir().unwrap();
    let socket = directory.path().join("s");
    let listener = listen(&socket).unwrap();
    let service = Service { signer: Box::new(signer()), keys: Box::new(keys()) };
    let thread = std::thread::spawn(move || serve(&listener, service));
    RemoteKeys::new(&socket).put_key_data(ChipSerial([1; 10])).unwrap();
    stop(&socket).unwrap();
    assert_eq!(thread.join().unwrap().unwrap(), 1);
    assert_eq!(stop(&socket).unwrap_err(), SignerError::Unavailable);
    listen(&socket).unwrap();
    let file = directory.path().join("register.db");
    std::fs::write(&file, b"precious").unwrap();
    assert_eq!(listen(&file).unwrap_err().kind(), std::io::ErrorKind::AlreadyExists);
    assert_eq!(std::fs::read(&file).unwrap(), b"precious", "only a socket is ever removed");
}

#[test]
fn silent_stations_shut_nobody_out_and_do_not_hold_up_the_end() {
    use std::io::{BufRead as _, BufReader, Read as _, Write as _};
    let directory = tempfile::tempdir().unwrap();
    let socket = directory.path().join("s");
    let listener = listen(&socket).unwrap();
    let service = Service { signer: Box::new(signer()), keys: Box::new(keys()) };
    let thread = std::thread::spawn(move || serve(&listener, service));
    // Each is known to have its seat by the answer that it got.
    let mut silent: Vec<UnixStream> = (0..crate::limits::SERVICE_CONNECTIONS)
        .map(|_| {
            let mut stream = UnixStream::connect(&socket).unwrap();
            stream.write_all(b"hello\n").unwrap();
            BufReader::new(&stream).read_line(&mut String::new()).unwrap();
            // Its thread notes the silence after the answer is out; on a busy machine that takes a moment.
            std::thread::sleep(std::time::Duration::from_millis(20));
            stream
        })
        .collect();
    RemoteKeys::new(&socket).put_key_data(ChipSerial([1; 10])).unwrap();
    let mut rest = Vec::new();
    silent[0].set_read_timeout(Some(std::time::Duration::from_secs(10))).unwrap();
    assert_eq!(silent[0].read_to_end(&mut rest).unwrap(), 0, "the longest silent gave its place");
    let last = silent.last_mut().unwrap();
    last.write_all(b"hello\n").unwrap();
    let mut answer = String::new();
    BufReader::new(&*last).read_line(&mut answer).unwrap();
    assert_eq!(answer, "{\"trouble\":\"malformed\"}\n", "and the others keep theirs");
    let at = std::time::Instant::now();
    stop(&socket).unwrap();
    let questions = thread.join().unwrap().unwrap();
    assert!(at.elapsed() < std::time::Duration::from_secs(20), "{:?}", at.elapsed());
    assert_eq!(questions, crate::limits::SERVICE_CONNECTIONS as u64 + 2);
}

#[test]
fn proofs_are_checked_over_a_socket() {
    let directory = serving(signer());
    let mut remote = RemoteKeys::new(directory.path().join("s"));
    let card = card(1);
    let proven = proven(&card, 2, card.aa.as_ref().unwrap(), b"authorization");
    let public_key = card.aa.as_ref().unwrap().public_key();
    let authorization = sha256(b"authorization");
    let origin = Origin {
        serial: card.chip,
        slot: 2,
        public_key: &public_key,
        authorization: &authorization,
        nonce: &[],
        answer: &proven.proof,
    };
    remote.check_proof(&origin).unwrap();
    assert_eq!(remote.check_proof(&Origin { nonce: &[1], ..origin }).unwrap_err(), KeyServiceError::BadProof(2));
}

#[test]
fn a_service_that_is_not_there_lets_the_job_wait() {
    let mut remote = RemoteSigner::new("/nonexistent/socket");
    let error = remote.sign(&request(&card(1))).unwrap_err();
    assert_eq!((error.clone(), error.reason().exit()), (SignerError::Unavailable, 50));
    assert_eq!(remote.accepts(&request(&card(1)).order), Err(SignerError::Unavailable));
    let waits = RemoteKeys::new("/nonexistent/socket").put_key_data(ChipSerial([1; 10])).unwrap_err();
    assert_eq!((waits.clone(), waits.reason().exit()), (KeyServiceError::Unavailable, 50));
    let mut locked = signer();
    locked.key = DocumentKey::Locked;
    let directory = serving(locked);
    let mut remote = RemoteSigner::new(directory.path().join("s"));
    assert_eq!(remote.sign(&request(&card(1))).unwrap_err(), SignerError::LoginNeeded);
    assert_eq!(KeyServiceError::LoginNeeded.reason().exit(), 50);
}

#[test]
fn nonsense_on_the_line_is_answered_and_too_much_of_it_ends_the_line() {
    use std::io::{Read as _, Write as _};
    let directory = serving(signer());
    let socket = directory.path().join("s");
    let mut stream = UnixStream::connect(&socket).unwrap();
    stream.write_all(b"hello\n{\"version\":3,\"ask\":\"put-key-data\",\"serial\":\"00000000000000000000\"}\n").unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut replies = String::new();
    stream.read_to_string(&mut replies).unwrap();
    assert_eq!(replies, "{\"trouble\":\"malformed\"}\n".repeat(2));
    let bad = Question::CheckProof {
        serial: ChipSerial([1; 10]),
        slot: 1,
        curve: Curve::P256,
        public_key: [4].into(),
        authorization: [0; 32].into(),
        nonce: [].into(),
        answer: [].into(),
    };
    let line = Line::ask(&socket, &Ask::new(bad)).unwrap();
    assert_eq!(line.into_answer().unwrap_err(), Trouble::Malformed);
    let mut flood = UnixStream::connect(&socket).unwrap();
    let _ = flood.write_all(&vec![b' '; crate::limits::SERVICE_LINE_BYTES + 1]);
    let mut rest = Vec::new();
    let _ = flood.read_to_end(&mut rest);
    assert!(rest.is_empty());
    // The service is still there.
    RemoteKeys::new(&socket).put_key_data(ChipSerial([1; 10])).unwrap();
}
