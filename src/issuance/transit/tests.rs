//! Cards on their way, the same on both databases, with officers who sign.

use super::back::{self, Why};
use super::destroy::{self, Minutes, Signer};
use super::{TransitError, ship, trouble};
use crate::issuance::bureau::BureauError;
use crate::issuance::bureau::tests::house::{House, POINT, REGENCY, officer};
use crate::issuance::desk::{By, Desk, DeskError};
use crate::issuance::form::FormError;
use crate::issuance::names::Named as _;
use crate::issuance::role::RoleError;
use crate::issuance::store::tests::moves::{self, approved, encoded, stock};
use crate::issuance::store::tests::people::{id, word};
use crate::issuance::store::tests::{Home, on_both};
use crate::issuance::store::{By as Of, Id, Kind, Move, Opening, StoreError};
use crate::issuance::{Office, application, card};
use crate::reason::{Reason, Refusal as _};

on_both!(
    cards_travel_under_seal_to_the_desk_that_hands_them_over,
    a_shipment_that_is_not_whole_is_disputed_and_settled_card_by_card,
    a_shipment_that_does_not_arrive_is_missing_with_its_cards_and_comes_back_for_destruction_alone,
    what_nobody_gets_goes_back_to_the_ministry_and_is_destroyed_before_witnesses,
    a_card_made_at_its_desk_is_shelved_there,
    mass_issuance_goes_by_two_legs,
    a_life_names_the_shipments_of_a_card_and_the_cards_of_a_shipment,
    each_way_in_which_a_shipment_is_refused_is_named,
);

/// Finished cards of the regency's own applications, for a service point.
fn finished(house: &mut House, people: std::ops::RangeInclusive<u32>) {
    house.print_ready(people.clone());
    let at = "31.71";
    let mut desk = moves::Desk { office: at, job: 700_000 };
    for n in people {
        finish(house, &mut desk, n);
    }
}

fn finish(house: &mut House, desk: &mut moves::Desk, n: u32) {
    use card::Step::{Check, FinishEncoding, Print};
    let (a, c, s) = (format!("a{n}"), format!("c{n}"), format!("s{n}"));
    desk.job += 100 * n;
    let store = house.store.as_mut();
    desk.done(store, vec![stock(&s), Move::application(id(&a), application::Step::Personalize)]);
    desk.done(store, encoded(&c, &s));
    desk.done(store, moves::card_steps(&c, &[FinishEncoding, Print, Check]));
}

fn ids(names: &[&str]) -> Vec<Id> {
    names.iter().map(|name| id(name)).collect()
}

fn pack(house: &mut House, from: Office, name: &str, to: Office, cards: &[&str]) -> Result<ship::Manifest, TransitError> {
    let courier = if from == POINT { officer(15) } else { officer(14) };
    let seals = [word(&format!("{name}-S1")), word(&format!("{name}-S2"))];
    let job = id(&format!("pack-{name}"));
    house.at(from, |desk| ship::pack(desk, &job, &id(name), (to, &ids(cards), &seals), By::one(&courier)))
}

fn send(house: &mut House, from: Office, name: &str) -> Result<(), TransitError> {
    let courier = if from == POINT { officer(15) } else { officer(14) };
    house.at(from, |desk| ship::send(desk, &id(&format!("send-{name}")), &id(name), By::one(&courier)))
}

fn receive(house: &mut House, at: Office, name: &str, cards: &[&str], seals: &[&str]) -> Result<usize, TransitError> {
    let receiver = match at {
        Office::Ministry => officer(17),
        Office::Regency(..) => officer(14),
        Office::ServicePoint(..) => officer(15),
    };
    let seals: Vec<_> = seals.iter().map(|seal| word(seal)).collect();
    let job = id(&format!("receive-{name}"));
    house.at(at, |desk| ship::receive(desk, &job, &id(name), (&ids(cards), &seals), By::one(&receiver)))
}

fn whole(house: &mut House, (from, to): (Office, Office), name: &str, cards: &[&str]) {
    pack(house, from, name, to, cards).unwrap();
    send(house, from, name).unwrap();
    let seals = [format!("{name}-S1"), format!("{name}-S2")];
    receive(house, to, name, cards, &[&seals[0], &seals[1]]).unwrap();
}

/// Two officers of an office.
fn two<T>(house: &mut House, at: Office, act: impl FnOnce(&mut Desk<'_>, By<'_>) -> T) -> T {
    let (one, other) = if at == POINT { (officer(15), officer(16)) } else { (officer(14), officer(12)) };
    house.at(at, |desk| act(desk, By::two(&one, &other)))
}

fn cards_travel_under_seal_to_the_desk_that_hands_them_over(home: &mut dyn Home) {
    let mut house = House::new(home);
    finished(&mut house, 1..=2);
    let manifest = pack(&mut house, REGENCY, "w1", POINT, &["c1", "c2"]).unwrap();
    assert_eq!((manifest.to.as_str(), &manifest.seals), ("31.71.01", &vec!["w1-S1".to_owned(), "w1-S2".to_owned()]));
    assert_eq!(
        manifest.cards.iter().map(|l| (l.card.as_str(), l.number.as_str())).collect::<Vec<_>>(),
        [("c1", "N-c1"), ("c2", "N-c2")]
    );
    assert_eq!(pack(&mut house, REGENCY, "w1", POINT, &["c1", "c2"]), Ok(manifest.clone()), "the same job again");
    assert_eq!(house.state(Kind::Card, "c1"), "packed");
    send(&mut house, REGENCY, "w1").unwrap();
    send(&mut house, REGENCY, "w1").unwrap();
    assert_eq!((house.state(Kind::Card, "c1"), house.state(Kind::Shipment, "w1")), ("in-transit", "sent"));
    let here = receive(&mut house, POINT, "w1", &["c2", "c1"], &["w1-S2", "w1-S1"]);
    assert_eq!(here, Ok(2));
    assert_eq!(receive(&mut house, POINT, "w1", &["c2", "c1"], &["w1-S2", "w1-S1"]), here, "the same job again");
    assert_eq!((house.state(Kind::Card, "c1"), house.state(Kind::Shipment, "w1")), ("waiting", "received"));
    let custody = house.store.standing(Kind::Card, &id("c1")).unwrap().unwrap().custody;
    assert_eq!(custody, POINT.into());
    assert_eq!(house.at(POINT, |desk| ship::manifest(desk, &id("w1"))), Ok(manifest));
    house.verified();
}

fn a_shipment_that_is_not_whole_is_disputed_and_settled_card_by_card(home: &mut dyn Home) {
    let mut house = House::new(home);
    finished(&mut house, 1..=3);
    pack(&mut house, REGENCY, "w1", POINT, &["c1", "c2", "c3"]).unwrap();
    send(&mut house, REGENCY, "w1").unwrap();
    let seals = receive(&mut house, POINT, "w1", &["c1", "c2", "c3"], &["w1-S1", "x9"]).unwrap_err();
    assert_eq!(seals, TransitError::Seals(vec![word("x9"), word("w1-S2")]));
    assert_eq!(seals.reason(), Reason::CountUnbalanced);
    let content = receive(&mut house, POINT, "w1", &["c1", "c3", "c9"], &["w1-S1", "w1-S2"]).unwrap_err();
    assert_eq!(content, TransitError::Manifest { missing: vec![id("c2")], strange: vec![id("c9")] });
    assert_eq!(content.reason().exit(), 60);
    let alone = officer(15);
    let one = house.at(POINT, |desk| trouble::dispute(desk, &id("d"), &id("w1"), "seal torn", By::one(&alone)));
    assert_eq!(one, Err(DeskError::Store(StoreError::Role(RoleError::SecondMissing)).into()));
    let incident = two(&mut house, POINT, |desk, by| trouble::dispute(desk, &id("d"), &id("w1"), "seal torn", by));
    assert_eq!(incident, Ok(id("d.incident")));
    assert_eq!((house.state(Kind::Shipment, "w1"), house.state(Kind::Card, "c2")), ("disputed", "in-transit"));
    let settle = |house: &mut House, here: &[&str]| {
        let here = ids(here);
        two(house, POINT, |desk, by| trouble::settle(desk, &id("t"), &id("w1"), (&here, "one was not in the bag"), by))
    };
    let strange = TransitError::Manifest { missing: vec![], strange: vec![id("c9")] };
    assert_eq!(settle(&mut house, &["c1", "c9"]), Err(strange));
    assert_eq!(settle(&mut house, &["c1", "c3"]), Ok(vec![id("c2")]));
    assert_eq!(settle(&mut house, &["c1", "c3"]), Ok(vec![id("c2")]), "the same job again");
    assert_eq!(["c1", "c2", "c3"].map(|c| house.state(Kind::Card, c)), ["waiting", "missing", "waiting"]);
    let about = house.store.find(Kind::Incident, Of::Word(&word("c2"))).unwrap();
    assert_eq!(about.iter().map(|i| i.id.as_str()).collect::<Vec<_>>(), ["t.incident"]);
    house.verified();
}

fn a_shipment_that_does_not_arrive_is_missing_with_its_cards_and_comes_back_for_destruction_alone(home: &mut dyn Home) {
    let mut house = House::new(home);
    finished(&mut house, 1..=2);
    pack(&mut house, REGENCY, "w1", POINT, &["c1", "c2"]).unwrap();
    send(&mut house, REGENCY, "w1").unwrap();
    let far = (officer(17), officer(21));
    let other = Office::ServicePoint(31, 71, 2);
    let stranger = house.at(other, |desk| trouble::missing(desk, &id("m"), &id("w1"), "?", By::two(&far.0, &far.1)));
    assert_eq!(stranger, Err(BureauError::Elsewhere { kind: Kind::Shipment, id: id("w1") }.into()));
    let missing = two(&mut house, POINT, |desk, by| trouble::missing(desk, &id("m"), &id("w1"), "the van was robbed", by));
    assert_eq!(missing, Ok(id("m.incident")));
    assert_eq!((house.state(Kind::Shipment, "w1"), house.state(Kind::Card, "c1")), ("missing", "missing"));
    let number = card::State::of_name(house.state(Kind::Card, "c1")).unwrap().number();
    assert_eq!(number, card::Number::Revoked);
    // Found after all: disputed, and what is there goes back. None of it is ever handed over.
    two(&mut house, POINT, |desk, by| trouble::dispute(desk, &id("d"), &id("w1"), "found by the police", by)).unwrap();
    let here = ids(&["c1"]);
    let settled = two(&mut house, POINT, |desk, by| trouble::settle(desk, &id("t"), &id("w1"), (&here, "one of two"), by));
    assert_eq!(settled, Ok(vec![id("c2")]));
    assert_eq!((house.state(Kind::Card, "c1"), house.state(Kind::Card, "c2")), ("returning", "missing"));
    whole(&mut house, (POINT, REGENCY), "w2", &["c1"]);
    assert_eq!(house.state(Kind::Card, "c1"), "returning");
    house.verified();
}

fn signer(name: &str, number: &str, body: &str) -> Signer {
    Signer { name: name.into(), number: number.into(), body: body.into() }
}

fn minutes() -> Minutes {
    Minutes {
        number: "470/12/DUKCAPIL/2026".into(),
        day: "26 November 2026".into(),
        place: "Jakarta".into(),
        method: "dicacah".into(),
        officer: signer("Petugas Contoh", "1970010119", "Ditjen Dukcapil"),
        witnesses: vec![signer("Saksi Satu", "S-18", "Inspektorat"), signer("Saksi Dua", "S-19", "Kepolisian")],
    }
}

fn what_nobody_gets_goes_back_to_the_ministry_and_is_destroyed_before_witnesses(home: &mut dyn Home) {
    let mut house = House::new(home);
    finished(&mut house, 1..=2);
    whole(&mut house, (REGENCY, POINT), "w1", &["c1", "c2"]);
    let take = |house: &mut House, job: &str, card: &str, why| {
        two(house, POINT, |desk, by| back::take_back(desk, &id(job), &id(card), why, by))
    };
    take(&mut house, "t1", "c1", Why::Died).unwrap();
    take(&mut house, "t1", "c1", Why::Died).unwrap();
    take(&mut house, "t2", "c2", Why::Unclaimed).unwrap();
    assert_eq!((house.state(Kind::Card, "c1"), house.state(Kind::Application, "a1")), ("refused", "withdrawn"));
    assert_eq!(house.state(Kind::Application, "a2"), "in-personalization", "it waits for another card");
    whole(&mut house, (POINT, REGENCY), "w2", &["c1", "c2"]);
    assert_eq!(house.state(Kind::Card, "c1"), "returning");
    take(&mut house, "t1", "c1", Why::Died).unwrap();
    whole(&mut house, (REGENCY, Office::Ministry), "w3", &["c1", "c2"]);
    assert_eq!(house.state(Kind::Card, "c1"), "returned");
    let cards = ids(&["c1", "c2"]);
    let (first, second) = (officer(18), officer(19));
    let alone = house.at(Office::Ministry, |d| destroy::destroy(d, &id("x"), &cards, &minutes(), By::one(&first)));
    assert_eq!(alone.unwrap_err(), DeskError::Store(StoreError::Role(RoleError::SecondMissing)).into());
    let by = By::two(&first, &second);
    let done = house.at(Office::Ministry, |d| destroy::destroy(d, &id("x"), &cards, &minutes(), by)).unwrap();
    assert_eq!(house.state(Kind::Card, "c2"), "destroyed");
    let told: Vec<_> = done.lines.iter().map(|l| (l.number.as_str(), l.blank.clone(), l.why.as_str())).collect();
    assert_eq!(told, [("N-c1", Some(id("s1")), "refused: died"), ("N-c2", Some(id("s2")), "refused: unclaimed")]);
    let stranger =
        Minutes { witnesses: vec![minutes().witnesses.remove(0), signer("Saksi Tiga", "S-99", "Kepolisian")], ..minutes() };
    let other = house.at(Office::Ministry, |d| destroy::destroy(d, &id("y"), &cards, &stranger, by)).unwrap_err();
    assert_eq!(other, TransitError::OtherWitness(officer(19).id().to_string()), "who signs is not who stands on the paper");
    assert_eq!(other.reason(), Reason::NotPermitted);
    let again = house.at(Office::Ministry, |d| destroy::destroy(d, &id("x"), &cards, &minutes(), by)).unwrap();
    assert_eq!(again.sha256, done.sha256, "the same paper, the same job");
    let life = house.store.history(Kind::Card, &id("c1"), 0, 100).unwrap();
    assert_eq!(life.last().unwrap().evidence(), Some(done.sha256));
    let text = String::from_utf8_lossy(&done.pdf);
    for said in ["BERITA ACARA PEMUSNAHAN", "N-c1", "s2", "pemegang meninggal", "tidak diambil", "Saksi Dua", "Petugas Contoh"] {
        assert!(text.contains(said), "{said}");
    }
    house.verified();
}

fn a_card_made_at_its_desk_is_shelved_there(home: &mut dyn Home) {
    let mut house = House::new(home);
    let begins = application::State::Applied;
    let (subject, procedure) = (crate::issuance::store::tests::people::person(1), word("regular-foreign-office"));
    let opening = Opening::Application { begins, procedure, subject, family: None, priority: 0 };
    let mut desk = moves::Desk { office: "31.71", job: 300_000 };
    desk.done(house.store.as_mut(), vec![Move::open(id("a1"), opening)]);
    for step in moves::to_unique("a1") {
        desk.done(house.store.as_mut(), vec![step]);
    }
    desk.done(house.store.as_mut(), approved("a1", "c1"));
    finish(&mut house, &mut desk, 1);
    let refused = pack(&mut house, REGENCY, "w1", POINT, &["c1"]).unwrap_err();
    assert_eq!(refused, TransitError::AtItsDesk(id("c1")));
    assert_eq!(refused.reason(), Reason::WrongState);
    // Not by another office on its own shelf: nobody sent it there.
    let strange = officer(15);
    let elsewhere = house.at(POINT, |desk| ship::shelve(desk, &id("x"), &ids(&["c1"]), By::one(&strange)));
    assert_eq!(elsewhere, Err(BureauError::Elsewhere { kind: Kind::Card, id: id("c1") }.into()));
    let courier = officer(14);
    let shelve = |house: &mut House| house.at(REGENCY, |desk| ship::shelve(desk, &id("s"), &ids(&["c1"]), By::one(&courier)));
    shelve(&mut house).unwrap();
    shelve(&mut house).unwrap();
    assert_eq!(house.state(Kind::Card, "c1"), "waiting");
    house.verified();
}

fn mass_issuance_goes_by_two_legs(home: &mut dyn Home) {
    let mut house = House::new(home);
    let begins = application::State::Listed;
    let (subject, procedure) = (crate::issuance::store::tests::people::person(1), word("mass-citizen-office"));
    let opening = Opening::Application { begins, procedure, subject, family: None, priority: 0 };
    let mut desk = moves::Desk { office: "31.71.01", job: 300_000 };
    desk.done(house.store.as_mut(), vec![Move::open(id("a1"), opening)]);
    desk.done(house.store.as_mut(), moves::steps("a1", &[application::Step::Summon]));
    for step in moves::to_unique("a1") {
        desk.done(house.store.as_mut(), vec![step]);
    }
    desk.done(house.store.as_mut(), approved("a1", "c1"));
    finish(&mut house, &mut moves::Desk { office: "ministry", job: 400_000 }, 1);
    let courier = officer(17);
    let seals = [word("S1")];
    let packed = |house: &mut House, name: &str, to| {
        house.at(Office::Ministry, |d| ship::pack(d, &id("p"), &id(name), (to, &ids(&["c1"]), &seals), By::one(&courier)))
    };
    let leg = TransitError::NoLeg { card: id("c1"), to: POINT };
    assert_eq!(packed(&mut house, "w1", POINT), Err(leg.clone()), "by the regency, not past it");
    assert_eq!(leg.reason(), Reason::WrongState);
    packed(&mut house, "w1", REGENCY).unwrap();
    house.at(Office::Ministry, |d| ship::send(d, &id("s"), &id("w1"), By::one(&courier))).unwrap();
    receive(&mut house, REGENCY, "w1", &["c1"], &["S1"]).unwrap();
    assert_eq!(house.state(Kind::Card, "c1"), "waiting");
    whole(&mut house, (REGENCY, POINT), "w2", &["c1"]);
    let card = house.store.standing(Kind::Card, &id("c1")).unwrap().unwrap();
    assert_eq!((card.state, card.custody), ("waiting", POINT.into()));
    house.verified();
}

fn a_life_names_the_shipments_of_a_card_and_the_cards_of_a_shipment(home: &mut dyn Home) {
    use crate::issuance::trace;
    let mut house = House::new(home);
    finished(&mut house, 1..=2);
    whole(&mut house, (REGENCY, POINT), "w1", &["c1", "c2"]);
    let life = |house: &mut House, of: &str| {
        house.at(REGENCY, |desk| {
            let found = trace::find(desk.store, desk.key, of).unwrap();
            let things = trace::belonging(desk.store, found).unwrap();
            (trace::life(desk.store, desk.key, &things).unwrap(), things)
        })
    };
    let (events, things) = life(&mut house, "c1");
    assert!(
        things.contains(&(Kind::Shipment, id("w1"))) && !things.contains(&(Kind::Card, id("c2"))),
        "another's card is not told"
    );
    let of = |kind, name: &str, step: &str| {
        events.iter().find(|e| e.row.kind == kind && e.row.id == id(name) && e.step == step).cloned().unwrap()
    };
    for step in ["pack", "send", "receive"] {
        assert_eq!(of(Kind::Card, "c1", step).shipment, Some(id("w1")), "{step}");
    }
    assert_eq!(of(Kind::Card, "c1", "check").shipment, None);
    assert_eq!(of(Kind::Shipment, "w1", "open").seals, ["w1-S1", "w1-S2"]);
    let (_, things) = life(&mut house, "w1");
    let cards: Vec<_> = things.iter().filter(|(kind, _)| *kind == Kind::Card).map(|(_, id)| id.as_str()).collect();
    assert_eq!(cards, ["c1", "c2"]);
    // Of a person: what the register says, too.
    let nik = crate::record::Nik::parse("3171010101900001").unwrap();
    let subject = crate::issuance::store::tests::key().subject(&nik);
    let opening =
        Opening::Resident { begins: crate::issuance::resident::State::Dirty, subject, family: id("f1"), source: word("file") };
    moves::Desk { office: "31.71", job: 800_000 }.done(house.store.as_mut(), vec![Move::open(id("r1"), opening)]);
    let (events, _) = life(&mut house, nik.as_str());
    assert_eq!(events.iter().map(|e| (e.row.kind, e.row.now.as_str())).collect::<Vec<_>>(), [(Kind::Resident, "dirty")]);
    house.verified();
}

fn each_way_in_which_a_shipment_is_refused_is_named(home: &mut dyn Home) {
    let mut house = House::new(home);
    finished(&mut house, 1..=2);
    let courier = officer(14);
    let packs = |house: &mut House, cards: &[&str], seals: &[crate::issuance::store::Word]| {
        house.at(REGENCY, |d| ship::pack(d, &id("p"), &id("w"), (POINT, &ids(cards), seals), By::one(&courier)))
    };
    assert_eq!(packs(&mut house, &["c1"], &[]), Err(TransitError::SealCount(32)));
    assert_eq!(TransitError::SealCount(32).reason(), Reason::InputInvalid);
    let none = BureauError::Number { what: "cards of a shipment", most: 900 };
    assert_eq!(packs(&mut house, &[], &[word("s")]), Err(none.into()));
    whole(&mut house, (REGENCY, POINT), "w1", &["c1"]);
    let gone = packs(&mut house, &["c1"], &[word("s")]).unwrap_err();
    assert_eq!(gone, TransitError::Bureau(BureauError::Elsewhere { kind: Kind::Card, id: id("c1") }));
    pack(&mut house, REGENCY, "w2", POINT, &["c2"]).unwrap();
    let packed = packs(&mut house, &["c2"], &[word("s")]).unwrap_err();
    assert_eq!(packed, BureauError::Stands { kind: Kind::Card, id: id("c2"), state: "packed" }.into());
    let here = receive(&mut house, REGENCY, "w2", &["c2"], &["w2-S1", "w2-S2"]).unwrap_err();
    assert_eq!((&here, here.reason()), (&TransitError::NotHere(POINT), Reason::NotPermitted));
    let used = packs(&mut house, &["c1"], &[word("x"), word("w1-S2")]).unwrap_err();
    assert_eq!((&used, used.reason()), (&TransitError::UsedSeal(word("w1-S2")), Reason::WrongState));
    assert_eq!(packs(&mut house, &["c1"], &[word("x"), word("x")]), Err(TransitError::UsedSeal(word("x"))), "twice at once");
    let early = receive(&mut house, POINT, "w2", &["c2"], &["w2-S1", "w2-S2"]).unwrap_err();
    let sealed = StoreError::WrongState { kind: Kind::Shipment, state: "sealed", step: "receive" };
    assert_eq!(early, DeskError::Store(sealed).into());
    let kept = destroy_of(&mut house, &["c2"], &minutes());
    assert_eq!(kept, Err(BureauError::Elsewhere { kind: Kind::Card, id: id("c2") }.into()));
    for (wrong, lacks) in [
        (Minutes { number: " ".into(), ..minutes() }, "their number"),
        (Minutes { day: String::new(), ..minutes() }, "the day"),
        (Minutes { place: String::new(), ..minutes() }, "the place"),
        (Minutes { method: String::new(), ..minutes() }, "the method"),
        (Minutes { witnesses: minutes().witnesses[..1].to_vec(), ..minutes() }, "two witnesses"),
        (Minutes { officer: signer("", "1", "x"), ..minutes() }, "the name of who signs"),
        (Minutes { officer: signer("x", " ", "x"), ..minutes() }, "the number of who signs"),
        (
            Minutes { witnesses: vec![minutes().witnesses.remove(0), minutes().witnesses.remove(0)], ..minutes() },
            "three different persons",
        ),
        (with_second(&signer("SAKSI SATU", "S-20", "Kepolisian")), "three different persons"),
        (with_second(&signer("Saksi Dua", "S-18", "Kepolisian")), "three different persons"),
        (with_second(&minutes().officer), "three different persons"),
    ] {
        assert_eq!(destroy_of(&mut house, &["c2"], &wrong), Err(TransitError::Minutes(lacks)));
    }
    assert_eq!(TransitError::Minutes("the day").reason(), Reason::InputInvalid);
    assert_eq!(TransitError::Form(FormError::Cells(1)).reason(), Reason::InputInvalid);
    house.verified();
}

fn with_second(witness: &Signer) -> Minutes {
    Minutes { witnesses: vec![minutes().witnesses.remove(0), witness.clone()], ..minutes() }
}

fn destroy_of(house: &mut House, cards: &[&str], of: &Minutes) -> Result<(), TransitError> {
    let (first, second) = (officer(18), officer(19));
    let by = By::two(&first, &second);
    house.at(Office::Ministry, |d| destroy::destroy(d, &id("x"), &ids(cards), of, by)).map(|_| ())
}
