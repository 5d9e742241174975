//! Letters: whose they are, to whom they go, and every way in which one is not what it says.

use super::world::{CENTRE, morning, officer, opens, recipients, roster};
use crate::issuance::centre::tests::world::{Comes, POINT, REGENCY, capture};
use crate::issuance::officer::ActError;
use crate::issuance::packet;
use crate::issuance::sync::content::{Receipt, Said};
use crate::issuance::sync::item::Known;
use crate::issuance::sync::letter::{Address, Kind, Letter, seal};
use crate::issuance::sync::{Item, Label, Sha, SyncError};
use crate::limits::SYNC_ITEM_BYTES;
use crate::reason::{Reason, Refusal as _};
use crate::world::DangerousSeededEntropy;

fn letter(from: crate::issuance::Office, seed: u64) -> Vec<u8> {
    let address = Address { kind: Kind::Receipts, from, to: CENTRE, about: "-" };
    let said = Said::Receipts(vec![Receipt { item: Sha::of(b"x").to_string(), refused: None }]);
    let to = recipients(&[CENTRE]);
    let mut rng = DangerousSeededEntropy::new(9);
    seal(address, &said.to_json(), &officer(seed), &to[&CENTRE], (morning(), &mut rng)).unwrap()
}

#[test]
fn a_letter_is_read_by_whom_it_is_for_and_proven_by_everybody() {
    let (bytes, roster) = (letter(POINT, 30), roster());
    let item = Item::parse(&bytes).unwrap();
    let label = item.label();
    assert_eq!((label.kind, label.from, label.to, label.about.as_str()), ("receipts", POINT, CENTRE, "-"));
    assert_eq!(Label::read(bytes.get(..600).unwrap()), Ok(label));
    let Known::Letter(known) = item.verify(&roster, morning()).unwrap() else { panic!("a letter") };
    let text = known.open(&opens(CENTRE)).unwrap();
    assert!(matches!(Said::parse(&text), Ok(Said::Receipts(all)) if all.len() == 1));
    let other = known.open(&opens(POINT)).unwrap_err();
    assert_eq!((matches!(other, SyncError::Seal(_)), other.reason()), (true, Reason::KeyMissing));
    // A regency's service may sign for its service points, and nobody else's.
    assert!(Letter::parse(&letter(POINT, 31)).unwrap().verify(&roster, morning()).is_ok());
    let refused = |bytes: &[u8]| Letter::parse(bytes).unwrap().verify(&roster, morning()).unwrap_err();
    let other = refused(&letter(POINT, 33));
    assert_eq!((&other, other.reason()), (&SyncError::Anothers, Reason::NotPermitted));
    assert_eq!(refused(&letter(CENTRE, 30)), SyncError::Anothers);
    assert_eq!(refused(&letter(POINT, 16)), SyncError::Anothers, "the centre is not the office");
    assert!(matches!(refused(&letter(POINT, 13)), SyncError::Act(ActError::Role(_))), "an operator sends no letters");
}

#[test]
fn one_that_was_altered_is_found_out_without_a_key() {
    let (bytes, roster) = (letter(POINT, 30), roster());
    let mut altered = bytes.clone();
    *altered.last_mut().unwrap() ^= 1;
    let refused = Letter::parse(&altered).unwrap().verify(&roster, morning()).unwrap_err();
    assert_eq!((&refused, refused.reason()), (&SyncError::Altered, Reason::PacketAltered));
    assert_eq!(Letter::parse(b"EKTPLTR2").unwrap_err(), SyncError::Form(0));
    let cut = Letter::parse(&bytes[..40]).unwrap_err();
    assert_eq!((&cut, cut.reason()), (&SyncError::Form(8), Reason::InputInvalid));
    assert_eq!(Said::parse("{}"), Err(SyncError::Form(0)));
    let newer = Said::Receipts(Vec::new()).to_json().replace("\"format\":1", "\"format\":2");
    assert_eq!(Said::parse(&newer), Err(SyncError::Form(0)));
    // Another's sealed message under an own head: found when it is opened.
    let mine = Letter::parse(&letter(REGENCY, 31)).unwrap();
    assert_eq!(mine.head().from, REGENCY);
    let sealed = bytes.windows(2).position(|pair| pair == [0x30, 0x82]).unwrap();
    let head = format!("{:?}", mine.head());
    assert!(sealed > 8 && !head.contains("personal"));
}

#[test]
fn an_item_is_bounded_and_a_packet_is_one() {
    let long = vec![0; usize::try_from(SYNC_ITEM_BYTES).unwrap() + 1];
    let refused = Item::parse(&long).unwrap_err();
    assert_eq!((&refused, refused.reason()), (&SyncError::TooMuch("bytes of an item", SYNC_ITEM_BYTES), Reason::InputInvalid));
    let none = Item::parse(b"nothing").unwrap_err();
    assert!(matches!(none, SyncError::Packet(_)));
    let files = capture("A-0000000000000001", Comes::new(1, 7));
    let to = recipients(&[CENTRE]);
    let mut rng = DangerousSeededEntropy::new(9);
    let bytes = packet::seal_by(&files, (&officer(31), POINT), &to[&CENTRE], morning(), &mut rng).unwrap();
    let item = Item::parse(&bytes).unwrap();
    assert_eq!((item.label().kind, item.label().to), ("packet", CENTRE));
    assert_eq!(Label::read(&bytes[..900]), Ok(item.label()));
    assert!(matches!(item.verify(&roster(), morning()), Ok(Known::Packet(_))));
    assert_eq!("ab".parse::<Sha>(), Err(SyncError::Answer("the name of an item")));
    let upper = Sha::of(b"x").to_string().to_uppercase();
    assert_eq!(upper.parse::<Sha>(), Err(SyncError::Answer("the name of an item")));
}
