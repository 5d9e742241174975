//! What the databases hold of persons: keyed digests and sealed parts, and not one number or name.

use super::home::{File, Home, Server, key};
use super::moves::{Desk, applied, steps, to_active};
use super::on_both;
use super::people::{at, by, id, nik, office, word};
use crate::issuance::application;
use crate::issuance::role::Role;
use crate::issuance::store::{By, Draft, Kind, Move, Opening, Part, StoreError, StoreKey};
use crate::reason::{Reason, Refusal as _};
use crate::record::FamilyCardNo;
use crate::world::DangerousSeededEntropy;

on_both!(what_is_sealed_opens_where_it_was_put_and_nowhere_else);

#[test]
fn no_number_and_no_name_stands_in_the_files_of_sqlite() {
    no_number_and_no_name_stands_in_the_files(&mut File::new());
}

#[test]
fn no_number_and_no_name_stands_in_the_files_of_postgres() {
    // A server for this alone: every file of it is read, its log of changes among them.
    if let Some(server) = Server::start(&[]) {
        no_number_and_no_name_stands_in_the_files(&mut server.database());
    }
}

const FAMILY: &str = "3173019988776655";
const NAME: &[u8] = b"SITI NURHALIZAH BINTI HASAN";

/// The forms in which a text might stand in a file.
fn forms(text: &[u8]) -> Vec<Vec<u8>> {
    let hex = crate::verify::hex::encode(text);
    let wide = |order: fn(u8) -> [u8; 2]| text.iter().flat_map(|b| order(*b)).collect::<Vec<u8>>();
    let reversed = text.iter().rev().copied().collect();
    vec![text.to_vec(), hex.to_uppercase().into_bytes(), hex.into_bytes(), wide(|b| [b, 0]), wide(|b| [0, b]), reversed]
}

/// The bytes as a text of the same length, in which every text of ours is as it was: searching that is quick.
fn as_text(bytes: &[u8]) -> String {
    bytes.iter().map(|b| if b.is_ascii() { char::from(*b) } else { '?' }).collect()
}

fn stands_in(text: &[u8], haystack: &str) -> bool {
    forms(text).iter().any(|form| haystack.contains(as_text(form).as_str()))
}

fn no_number_and_no_name_stands_in_the_files(home: &mut dyn Home) {
    let (mut store, mut desk) = (home.create(), Desk::new("3273"));
    let (number, family) = (nik(4_711), FamilyCardNo::parse(FAMILY).unwrap());
    let opening = Opening::Application {
        begins: application::State::Applied,
        procedure: word("regular-citizen-office"),
        subject: key().subject(&number),
        family: Some(key().family(&family)),
        priority: 0,
    };
    let mut rng = DangerousSeededEntropy::new(5);
    let mut seal = |part, plain: &[u8]| key().seal(Kind::Application, &id("a"), part, plain, &mut rng).unwrap();
    let biodata = [NAME, number.as_str().as_bytes()].concat();
    let sealed = Move::open(id("a"), opening).with_sealed(seal(Part::Biodata, &biodata));
    desk.done(store.as_mut(), vec![sealed]);
    let again = steps("a", &[application::Step::VerifyData]).remove(0).with_sealed(seal(Part::Biodata, &biodata));
    desk.done(store.as_mut(), vec![again.on(word("a-device-of-the-desk"))]);
    assert_eq!(store.find(Kind::Application, By::Person(&key().subject(&number))).unwrap().len(), 1);
    assert_eq!(store.find(Kind::Application, By::Family(&key().family(&family))).unwrap().len(), 1);
    let sealed = store.sealed(Kind::Application, &id("a"), Part::Biodata).unwrap().unwrap();
    assert_eq!(key().open(&sealed).unwrap().as_slice(), biodata);
    let bytes = as_text(&home.bytes());
    assert!(stands_in(b"a-device-of-the-desk", &bytes), "the search finds what is there");
    for secret in [number.as_str().as_bytes(), FAMILY.as_bytes(), NAME, &[7; 32]] {
        assert!(!stands_in(secret, &bytes), "{}", String::from_utf8_lossy(secret));
    }
    // Nor in what is shown of a person.
    let shown = format!("{:?} {sealed:?} {:?}", store.standing(Kind::Application, &id("a")), key());
    assert!(!stands_in(number.as_str().as_bytes(), &shown) && !shown.contains("SITI"), "{shown}");
}

fn what_is_sealed_opens_where_it_was_put_and_nowhere_else(home: &mut dyn Home) {
    let (mut store, mut desk) = (home.create(), Desk::new("3273"));
    to_active(&mut desk, store.as_mut(), "a", 1, "c", "s");
    desk.done(store.as_mut(), vec![applied("b", 2)]);
    let mut rng = DangerousSeededEntropy::new(5);
    for name in ["a", "b"] {
        let biodata = key().seal(Kind::Application, &id(name), Part::Biodata, name.as_bytes(), &mut rng).unwrap();
        let step = if name == "a" { application::Step::Close } else { application::Step::VerifyData };
        let hands = by(Role::Operator);
        let moves = vec![Move::application(id(name), step).with_sealed(biodata)];
        let change = Draft::new(id(&format!("j{name}")), office("3273"), at(900), moves).unwrap().signed_by(&hands).unwrap();
        store.take(&change).unwrap();
    }
    let swap = "UPDATE sealed SET id = 'x' WHERE id = 'a'; UPDATE sealed SET id = 'a' WHERE id = 'b'; \
                UPDATE sealed SET id = 'b' WHERE id = 'x'";
    home.forge(swap).unwrap();
    for name in ["a", "b"] {
        let swapped = store.sealed(Kind::Application, &id(name), Part::Biodata).unwrap().unwrap();
        let refused = key().open(&swapped).unwrap_err();
        assert_eq!(refused, StoreError::Sealed("biodata"));
        assert_eq!(refused.reason(), Reason::AuditAltered);
    }
    let stranger = StoreKey::new(&[8; 32]).unwrap();
    assert_eq!(home.place().open(Some(&stranger), &[]).err(), Some(StoreError::WrongKey));
    assert_eq!(StoreError::WrongKey.reason(), Reason::WrongStoreKey);
    assert!(home.place().open(None, &[]).is_ok(), "the audit is read without a key");
}
