//! A service point and the centre, each with a store, a key and a folder of its own, and a stick that is carried between them.

use crate::crypto::ec::Curve;
use crate::issuance::application::{State, Step};
use crate::issuance::case::{Case, receipt};
use crate::issuance::centre::tests::world::{Comes, POINT, REGENCY, capture, dossier};
use crate::issuance::desk::{By, Desk, Officer, signatures};
use crate::issuance::handover::{Known, Outcome, Presented, Read, present, queue};
use crate::issuance::names::Named as _;
use crate::issuance::officer::Roster;
use crate::issuance::officer::tests::{grant, key};
use crate::issuance::store::tests::{File, Home};
use crate::issuance::store::{Id, Kind, Move, Opening, Part, Place, Store, StoreKey, Word, audit};
use crate::issuance::sync::folder::{self, Carried};
use crate::issuance::sync::make::hold_own;
use crate::issuance::sync::{Fate, Made, Maker, Recipients, Spool, SyncError, Taken};
use crate::issuance::transit::{TransitError, ship};
use crate::issuance::{Holder, Mode, Office, Procedure, Role, Start, card};
use crate::pki::key::PrivateKey;
use crate::pki::name::Name;
use crate::pki::seal::OfficeRecipient;
use crate::pki::trust::{Kind as TrustKind, TrustStore};
use crate::pki::x509::crl;
use crate::pki::x509::issue::tests::{TestKit, kit};
use crate::pki::x509::issue::{Purpose, Span, operations_leaf};
use crate::world::{DangerousSeededEntropy, FixedClock};
use jiff::{Timestamp, ToSpan as _};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;

pub const CENTRE: Office = Office::Ministry;

const PEOPLE: [(u64, Role, Office); 18] = [
    (13, Role::Operator, POINT),
    (14, Role::Supervisor, POINT),
    (15, Role::Operator, POINT),
    (30, Role::Sync, POINT),
    (31, Role::Sync, REGENCY),
    (32, Role::Operator, REGENCY),
    (16, Role::Centre, CENTRE),
    (17, Role::Adjudicator, CENTRE),
    (18, Role::Adjudicator, CENTRE),
    (19, Role::Approver, CENTRE),
    (20, Role::Personalizer, REGENCY),
    (21, Role::Courier, REGENCY),
    (22, Role::Courier, POINT),
    (23, Role::Supervisor, REGENCY),
    (25, Role::Personalizer, CENTRE),
    (26, Role::Courier, CENTRE),
    (24, Role::Courier, Office::ServicePoint(31, 72, 1)),
    (33, Role::Sync, Office::ServicePoint(31, 72, 1)),
];

pub fn officer(seed: u64) -> Officer {
    let (_, role, office) = PEOPLE.into_iter().find(|(of, ..)| *of == seed).unwrap();
    Officer::new(key(seed), role, office)
}

pub fn roster() -> Roster {
    let mut roster = Roster::new(key(1).public_key());
    for (seed, role, office) in PEOPLE {
        roster.add(grant(&key(seed), &format!("N-{seed}"), (role, office), "2029-01-01").signed_by(&key(1))).unwrap();
    }
    roster
}

pub fn id(text: &str) -> Id {
    Id::parse(text).unwrap()
}

/// The first instant of every test: after the certificates of the test kit.
pub fn morning() -> Timestamp {
    "2026-11-26T01:00:00Z".parse().unwrap()
}

/// The key of an office that opens what is sealed to it.
pub fn opens(office: Office) -> PrivateKey {
    let seed = 700 + office.to_string().bytes().map(u64::from).sum::<u64>();
    PrivateKey::generate(Curve::P256, &mut DangerousSeededEntropy::new(seed))
}

/// Certificates of the offices that have stores.
pub fn recipients(of: &[Office]) -> Recipients {
    let kit: TestKit = kit();
    let mut trust = TrustStore::new(TrustKind::Production, "ID");
    trust.add_operations_root(kit.root.cert.clone()).unwrap();
    trust.add_crl(crl::make(&kit.root, 1, Span::days(kit.now, 90), &BTreeMap::new()).unwrap()).unwrap();
    let mut rng = DangerousSeededEntropy::new(4);
    let cert = |office: &Office| {
        let name = Name::new("ID", "Test", &office.to_string());
        let public = opens(*office).public_key();
        let made = operations_leaf(&kit.root, Purpose::Office, &public, &name, Span::days(kit.now, 90), &mut rng);
        OfficeRecipient::check(&made.unwrap(), &trust, kit.now).unwrap()
    };
    of.iter().copied().zip(of.iter().map(cert).collect::<Vec<_>>()).collect()
}

/// One office.
pub struct Side {
    pub office: Office,
    pub store: Box<dyn Store>,
    pub key: StoreKey,
    pub spool: Spool,
    pub recipients: Recipients,
    pub roster: Roster,
    pub now: Timestamp,
    rng: DangerousSeededEntropy,
    folder: tempfile::TempDir,
    service: u64,
    job: u32,
}

impl Side {
    pub fn new(office: Office, place: &Place, knows: &[Office], service: u64) -> Self {
        let (key, mut rng) =
            (StoreKey::new(&[u8::try_from(service).unwrap(); 32]).unwrap(), DangerousSeededEntropy::new(service));
        let folder = tempfile::tempdir().unwrap();
        let store = place.create(&key, &mut rng).unwrap();
        let spool = Spool::open(folder.path(), office).unwrap();
        let (recipients, roster) = (recipients(knows), roster());
        Self { office, store, key, spool, recipients, roster, now: morning(), rng, folder, service, job: 0 }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The store put in the place of the one that was there.
    pub fn put_back(&mut self, place: &Place) {
        self.store = place.open(Some(&self.key), &[]).unwrap();
    }

    /// A copy of the store as it is now: nobody has it open meanwhile.
    pub fn copied(&mut self, home: &mut dyn Home) -> Place {
        let aside = File::new();
        self.store = aside.create();
        let copy = home.copy();
        self.put_back(&home.place());
        copy
    }

    pub fn job(&mut self) -> Id {
        self.job += 1;
        id(&format!("job-{}", self.job))
    }

    pub fn at<T>(&mut self, office: Office, act: impl FnOnce(&mut Desk<'_>) -> T) -> T {
        self.now += 1.second();
        let clock = FixedClock(self.now);
        let (store, rng) = (self.store.as_mut(), &mut self.rng);
        act(&mut Desk { office, roster: &self.roster, store, key: &self.key, clock: &clock, rng })
    }

    pub fn maker<T>(&mut self, act: impl FnOnce(&mut Maker<'_, '_>) -> T) -> T {
        self.now += 1.second();
        let (clock, service) = (FixedClock(self.now), officer(self.service));
        let (store, rng) = (self.store.as_mut(), &mut self.rng);
        let mut desk = Desk { office: self.office, roster: &self.roster, store, key: &self.key, clock: &clock, rng };
        let (spool, recipients) = (&self.spool, &self.recipients);
        act(&mut Maker { desk: &mut desk, by: By::one(&service), spool, recipients })
    }

    pub fn make(&mut self) -> Result<Vec<Made>, SyncError> {
        self.maker(|maker| maker.make())
    }

    pub fn take(&mut self) -> Result<Vec<Fate>, SyncError> {
        let opens = opens(self.office);
        self.maker(|maker| maker.take_in(&opens))
    }

    pub fn held(&mut self) -> Result<(), SyncError> {
        let (office, spool) = (self.office, self.spool.clone());
        self.at(office, |desk| hold_own(desk, &spool))
    }

    /// Makes, and puts everything on the stick.
    pub fn push(&mut self, stick: &Path) -> Vec<Carried> {
        let made = self.make().unwrap();
        assert!(made.iter().all(|made| made.refused.is_none()), "{made:?}");
        folder::push(&self.spool, stick, false, self.now).unwrap()
    }

    /// Fetches from the stick, and takes in.
    pub fn pull(&mut self, stick: &Path) -> Vec<Fate> {
        let carried = folder::pull(&self.spool, stick, &self.roster, self.now).unwrap();
        assert!(carried.iter().all(|carried| carried.refused.is_none()), "{carried:?}");
        self.take().unwrap()
    }

    pub fn state(&mut self, kind: Kind, of: &str) -> &'static str {
        self.store.standing(kind, &id(of)).unwrap().map_or("", |standing| standing.state)
    }

    /// Every row of the audit, its signatures too.
    pub fn audited(&mut self) {
        let roster = self.roster.clone();
        audit::verify_with(self.store.as_mut(), &[], &|row| signatures::row(row, &roster)).unwrap();
    }

    /// Somebody applies here and is captured, consolidated.
    pub fn captured(&mut self, name: &str, comes: Comes) -> Id {
        self.comes(name, comes, Procedure::new(Start::Regular, Holder::Citizen, Mode::Office))
    }

    /// The same by this procedure.
    pub fn comes(&mut self, name: &str, comes: Comes, procedure: Procedure) -> Id {
        let (application, job) = (id(name), self.job());
        let (mut dossier, capture, key) = (dossier(comes), capture(name, comes), self.key.clone());
        dossier.procedure = procedure;
        let operator = officer(13);
        self.at(POINT, |desk| {
            let seal = |desk: &mut Desk<'_>, part, plain: &[u8]| {
                key.seal(Kind::Application, &application, part, plain, desk.rng).unwrap()
            };
            let data = seal(desk, Part::Biodata, &dossier.to_json());
            let fingers = seal(desk, Part::Biometrics, &capture.encode(POINT, operator.id()));
            let opening = Opening::Application {
                begins: State::Applied,
                procedure: Word::parse(dossier.procedure.name()).unwrap(),
                subject: key.subject(&dossier.biodata.nik),
                family: Some(key.family(&dossier.biodata.family_card_no)),
                priority: 0,
            };
            let step = |step| Move::application(application.clone(), step);
            let moves = vec![
                Move::open(application.clone(), opening).with_sealed(data),
                step(Step::VerifyData),
                step(Step::Capture).with_sealed(fingers),
                step(Step::Consolidate),
            ];
            desk.take_by(&job, moves, By::one(&operator)).unwrap();
        });
        application
    }

    /// Taken anew, after the centre asked for it.
    pub fn captured_anew(&mut self, name: &str, comes: Comes) {
        let (application, job, key, operator) = (id(name), self.job(), self.key.clone(), officer(13));
        let capture = capture(name, comes);
        self.at(POINT, |desk| {
            let plain = capture.encode(POINT, operator.id());
            let fingers = key.seal(Kind::Application, &application, Part::Biometrics, &plain, desk.rng).unwrap();
            let step = |step| Move::application(application.clone(), step);
            desk.take_by(&job, vec![step(Step::Capture).with_sealed(fingers), step(Step::Consolidate)], By::one(&operator))
                .unwrap();
        });
    }

    /// At the centre: an application's step by its usual hands.
    pub fn steps(&mut self, name: &str, steps: &[(Step, &str, &[u64])]) {
        for (step, because, seeds) in steps {
            let (job, hands) = (self.job(), seeds.iter().map(|seed| officer(*seed)).collect::<Vec<_>>());
            let step = Move::application(id(name), *step).because(Word::parse(because).unwrap());
            let by = By { first: &hands[0], second: hands.get(1) };
            self.at(CENTRE, |desk| desk.take_by(&job, vec![step], by).unwrap());
        }
    }

    /// At the centre: the card of an application that is unique, made and waiting at the service point.
    pub fn card(&mut self, name: &str, card: &str, number: &str) {
        self.made(name, card, number);
        let step = |step| vec![Move::card_of(id(card), id(name), step)];
        let (job, courier) = (self.job(), officer(21));
        self.at(REGENCY, |desk| desk.take_by(&job, step(card::Step::Pack), By::one(&courier)).unwrap());
        let (job, operator) = (self.job(), officer(13));
        self.at(POINT, |desk| desk.take_by(&job, step(card::Step::Receive), By::one(&operator)).unwrap());
    }

    /// At the centre: made at the regency, and checked.
    pub fn made(&mut self, name: &str, card: &str, number: &str) {
        self.made_at((REGENCY, 20), name, card, number);
    }

    /// The same at an office, by this officer.
    pub fn made_at(&mut self, (place, bureau): (Office, u64), name: &str, card: &str, number: &str) {
        let (application, card, blank) = (id(name), id(card), id(&format!("B-{card}")));
        let [approver, bureau] = [officer(19), officer(bureau)];
        let step = |step| Move::card_of(card.clone(), application.clone(), step);
        let opening = Opening::Card { application: application.clone(), number: Word::parse(number).unwrap() };
        let facts = json!({"status_index": 17, "profile": "ektp-80k"}).to_string();
        let mut seal = |part, plain: &[u8]| self.key.seal(Kind::Card, &card, part, plain, &mut self.rng).unwrap();
        let (can, facts) = (seal(Part::Can, b"123456"), seal(Part::Opening, facts.as_bytes()));
        let mut moves = vec![
            (Move::application(application.clone(), Step::Approve), By::one(&approver)),
            (Move::open(card.clone(), opening).with_sealed(can).with_sealed(facts), By::one(&approver)),
            (Move::open(blank.clone(), Opening::Blank { of: Word::parse("ektp-80k").unwrap() }), By::one(&bureau)),
            (Move::application(application.clone(), Step::Personalize), By::one(&bureau)),
            (step(card::Step::Encode), By::one(&bureau)),
            (Move::blank_for(blank, card.clone()), By::one(&bureau)),
        ];
        moves.extend([card::Step::FinishEncoding, card::Step::Print, card::Step::Check].map(|s| (step(s), By::one(&bureau))));
        let job = self.job();
        self.at(place, |desk| desk.take(&job, moves).unwrap());
    }

    /// At the centre: the regency's courier leaves with these, under the seals `NAME-S1` and `NAME-S2`.
    pub fn ships(&mut self, name: &str, cards: &[&str]) {
        self.packs((REGENCY, 21, POINT), name, cards).unwrap();
        self.sends((REGENCY, 21), name).unwrap();
    }

    /// An office's courier packs cards for another.
    pub fn packs(
        &mut self,
        (from, by, to): (Office, u64, Office),
        name: &str,
        cards: &[&str],
    ) -> Result<ship::Manifest, TransitError> {
        let (cards, seals) = (cards.iter().map(|card| id(card)).collect::<Vec<_>>(), seals(name));
        let (job, courier) = (id(&format!("packs-{name}")), officer(by));
        self.at(from, |desk| ship::pack(desk, &job, &id(name), (to, &cards, &seals), By::one(&courier)))
    }

    /// The courier leaves with them.
    pub fn sends(&mut self, (from, by): (Office, u64), name: &str) -> Result<(), TransitError> {
        let (job, courier) = (id(&format!("sends-{name}")), officer(by));
        self.at(from, |desk| ship::send(desk, &job, &id(name), By::one(&courier)))
    }

    /// At the service point: its courier receives it, whole.
    pub fn receives(&mut self, name: &str, cards: &[&str]) -> Result<usize, TransitError> {
        self.receives_at((POINT, 22), name, cards)
    }

    /// The same at another office.
    pub fn receives_at(&mut self, (at, by): (Office, u64), name: &str, cards: &[&str]) -> Result<usize, TransitError> {
        let (cards, courier) = (cards.iter().map(|card| id(card)).collect::<Vec<_>>(), officer(by));
        let job = id(&format!("receives-{name}"));
        self.at(at, |desk| ship::receive(desk, &job, &id(name), (&cards, &seals(name)), By::one(&courier)))
    }

    /// A card that was read on this desk, held against its application.
    pub fn presented(&mut self, name: &str, number: &str) -> Presented {
        let key = self.key.clone();
        self.at(POINT, |desk| {
            let shown = receipt::stamped(&key, &Case::open(desk, &id(name)).unwrap()).unwrap();
            present(desk, &id(name), &shown, &Read::of_test(number, Vec::new())).unwrap()
        })
    }

    /// Given by the face to two, and queued.
    pub fn hands_over(&mut self, presented: &Presented) {
        let (job, first, second) = (self.job(), officer(13), officer(14));
        self.at(POINT, |desk| {
            queue(
                desk,
                &job,
                presented,
                Outcome::Given(Known::Face(crate::crypto::hash::sha256(crate::issuance::handover::present::FACE_OF_TEST))),
                By::two(&first, &second),
            )
            .unwrap();
        });
    }
}

/// The seals of a shipment.
pub fn seals(name: &str) -> [Word; 2] {
    ["S1", "S2"].map(|seal| Word::parse(&format!("{name}-{seal}")).unwrap())
}

/// The two, and the stick.
pub struct World {
    pub point: Side,
    pub centre: Side,
    pub stick: tempfile::TempDir,
    _homes: Vec<File>,
}

impl World {
    /// The centre at this place, the service point in a file; or the other way round.
    pub fn new(place: Place, is_centres: bool) -> Self {
        let file = File::new();
        let other = file.place();
        let (centre, point) = if is_centres { (place, other) } else { (other, place) };
        let stick = tempfile::tempdir().unwrap();
        let point = Side::new(POINT, &point, &[CENTRE], 30);
        Self { point, centre: Side::new(CENTRE, &centre, &[POINT, REGENCY], 16), stick, _homes: vec![file] }
    }

    /// Everything that the service point has goes to the centre.
    pub fn up(&mut self) -> Vec<Fate> {
        self.centre.now = self.centre.now.max(self.point.now);
        self.point.push(self.stick.path());
        self.centre.now = self.centre.now.max(self.point.now);
        self.centre.pull(self.stick.path())
    }

    /// Everything that the centre has goes to the service point.
    pub fn down(&mut self) -> Vec<Fate> {
        self.centre.push(self.stick.path());
        self.point.now = self.point.now.max(self.centre.now);
        self.point.pull(self.stick.path())
    }

    /// Until nothing is new.
    pub fn settle(&mut self) {
        for _ in 0..5 {
            let all = [self.up(), self.down()].concat();
            let refused: Vec<&Fate> = all.iter().filter(|fate| fate.taken.is_err()).collect();
            assert!(refused.is_empty(), "{refused:?}");
            if all.iter().all(|fate| fate.kind == "receipts" || fate.kind == "heads" || fate.taken == Ok(Taken::Again)) {
                return;
            }
        }
        panic!("it never ends");
    }

    /// Applications whose cards left the regency for the service point in one shipment, and are known there.
    pub fn on_the_way(&mut self, shipment: &str, all: &[(&str, Comes, &str, &str)]) {
        for (name, comes, ..) in all {
            self.point.captured(name, *comes);
        }
        self.settle();
        for (name, _, card, number) in all {
            self.centre.steps(name, &[(Step::FindSingle, "single", &[16])]);
            self.centre.made(name, card, number);
        }
        self.centre.ships(shipment, &all.iter().map(|(_, _, card, _)| *card).collect::<Vec<_>>());
        self.settle();
        assert_eq!(self.point.state(Kind::Shipment, shipment), "sent");
    }

    /// An application whose card waits at the service point, and is known there.
    pub fn waiting(&mut self, name: &str, comes: Comes, card: &str, number: &str) {
        self.point.captured(name, comes);
        self.settle();
        self.centre.steps(name, &[(Step::FindSingle, "single", &[16])]);
        self.centre.card(name, card, number);
        self.settle();
        assert_eq!(
            (self.point.state(Kind::Card, card), self.point.state(Kind::Application, name)),
            ("waiting", "in-personalization")
        );
    }
}
