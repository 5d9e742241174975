//! A country in a folder: a store, a gallery, officers; applicants whose fingers are synthetic, and whose images are their names.

use crate::afis::Policy;
use crate::afis::sealed::{GalleryKey, Store as GalleryStore};
use crate::finger::position::FingerPosition;
use crate::finger::synth::templates::Finger as Master;
use crate::finger::synth::{Person, Seed};
use crate::finger::template::Template;
use crate::issuance::application::{State, Step};
use crate::issuance::case::Dossier;
use crate::issuance::centre::captured::Prints;
use crate::issuance::centre::identify::{Population, identify};
use crate::issuance::centre::{CentreError, Findings};
use crate::issuance::desk::{By, Desk, Officer};
use crate::issuance::names::Named as _;
use crate::issuance::officer::Roster;
use crate::issuance::officer::tests::{at, grant, key};
use crate::issuance::packet::Capture;
use crate::issuance::papers::Reason;
use crate::issuance::store::tests::{Home, key as home_key};
use crate::issuance::store::{Id, Kind, Move, Opening, Part, SqliteStore, Store, StoreKey, Word, audit};
use crate::issuance::{Holder, Mode, Office, Procedure, Role, Start, card, register};
use crate::record::Biodata;
use crate::world::{DangerousSeededEntropy, FixedClock};
use serde_json::{Value, json};
use zeroize::Zeroizing;

pub const POINT: Office = Office::ServicePoint(31, 71, 1);
/// An office that has nothing to do with anybody of these tests.
pub const ELSEWHERE: Office = Office::ServicePoint(31, 71, 2);
pub const REGENCY: Office = Office::Regency(31, 71);

pub fn id(text: &str) -> Id {
    Id::parse(text).unwrap()
}

/// Makes the template of which the image is the name: `PERSON CAPTURE`.
pub struct Named;

impl Prints for Named {
    fn template(&self, position: FingerPosition, image: &[u8]) -> Option<Template> {
        let text = std::str::from_utf8(image).ok()?;
        let (person, capture) = text.split_once(' ')?;
        Some(print(person.parse().ok()?, position, capture.parse().ok()?))
    }
}

/// A capture of a finger of the n-th person.
pub fn print(person: u64, finger: FingerPosition, capture: u32) -> Template {
    Master::of(Person::new(Seed::new(11), person), finger).capture(capture)
}

/// Who comes, and how.
#[derive(Clone, Copy)]
pub struct Comes {
    /// Number of the NIK.
    pub nik: u32,
    /// Whose fingers.
    pub person: u64,
    /// Which capture.
    pub capture: u32,
    pub reason: Reason,
    /// How many fingers cannot be taken.
    pub without: usize,
}

impl Comes {
    pub const fn new(nik: u32, person: u64) -> Self {
        Self { nik, person, capture: 1, reason: Reason::New, without: 0 }
    }
}

pub struct World {
    pub folder: tempfile::TempDir,
    pub store: Box<dyn Store>,
    pub gallery: GalleryStore,
    pub roster: Roster,
    pub key: StoreKey,
    pub rng: DangerousSeededEntropy,
    job: u32,
}

/// An officer by the number of their key.
pub fn officer(seed: u64) -> Officer {
    let (role, office) = OFFICERS.iter().find(|(n, ..)| *n == seed).map(|(_, role, office)| (*role, *office)).unwrap();
    Officer::new(key(seed), role, office)
}

const OFFICERS: [(u64, Role, Office); 16] = [
    (13, Role::Operator, POINT),
    (14, Role::Supervisor, POINT),
    (15, Role::Operator, POINT),
    (16, Role::Centre, Office::Ministry),
    (17, Role::Adjudicator, Office::Ministry),
    (18, Role::Adjudicator, Office::Ministry),
    (19, Role::Approver, Office::Ministry),
    (20, Role::Personalizer, REGENCY),
    (21, Role::Courier, REGENCY),
    (22, Role::Adjudicator, ELSEWHERE),
    (23, Role::Adjudicator, ELSEWHERE),
    (24, Role::Approver, Office::Regency(31, 72)),
    (25, Role::Adjudicator, POINT),
    (26, Role::Adjudicator, POINT),
    (28, Role::HeadOfRegistry, REGENCY),
    (29, Role::Supervisor, REGENCY),
];

impl World {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s.db");
        let store = SqliteStore::create(&path, &home_key(), &mut DangerousSeededEntropy::new(4)).unwrap();
        Self::with(Box::new(store), folder)
    }

    /// The same in another store.
    pub fn over(home: &mut dyn Home) -> Self {
        Self::with(home.create(), tempfile::tempdir().unwrap())
    }

    fn with(store: Box<dyn Store>, folder: tempfile::TempDir) -> Self {
        let (key_of_store, mut rng) = (home_key(), DangerousSeededEntropy::new(5));
        let (path, gallery_key) = (folder.path().join("gallery"), GalleryKey::new(&[8; 32]).unwrap());
        GalleryStore::create(&path, &gallery_key, &mut rng).unwrap();
        let gallery = GalleryStore::open(&path, &gallery_key, 1, None, &mut rng).unwrap().store;
        let mut roster = Roster::new(key(1).public_key());
        for (seed, role, office) in OFFICERS {
            let given = grant(&key(seed), &format!("N-{seed}"), (role, office), "2029-01-01");
            roster.add(given.signed_by(&key(1))).unwrap();
        }
        Self { folder, store, gallery, roster, key: key_of_store, rng, job: 0 }
    }

    pub fn job(&mut self) -> Id {
        self.job += 1;
        id(&format!("job-{}", self.job))
    }

    pub fn at<T>(&mut self, office: Office, act: impl FnOnce(&mut Desk<'_>, &GalleryStore) -> T) -> T {
        let clock = FixedClock(at("2026-11-26"));
        let mut desk =
            Desk { office, roster: &self.roster, store: self.store.as_mut(), key: &self.key, clock: &clock, rng: &mut self.rng };
        act(&mut desk, &self.gallery)
    }

    /// The centre's word of somebody, in the register.
    pub fn registered(&mut self, biodata: Biodata) {
        let (job, centre) = (self.job(), officer(16));
        let resident = crate::record::register::Resident { biodata, holds_card: false };
        self.at(Office::Ministry, |desk, _| register::import(desk, &job, &[resident], By::one(&centre))).unwrap();
    }

    /// Somebody died, by the regency's word: what they leave behind.
    pub fn died(&mut self, nik: &crate::record::Nik) -> register::Departed {
        let (job, head) = (self.job(), officer(28));
        let step = crate::issuance::resident::Step::RecordDeath;
        self.at(REGENCY, |desk, _| register::depart(desk, &job, nik, step, By::one(&head))).unwrap()
    }

    /// Somebody applies and is captured: an application that the centre received.
    pub fn received(&mut self, name: &str, comes: Comes) -> Id {
        self.received_with(name, comes, &capture(name, comes))
    }

    /// The same, with this capture.
    pub fn received_with(&mut self, name: &str, comes: Comes, capture: &Capture) -> Id {
        let application = id(name);
        let job = self.job();
        let dossier = dossier(comes);
        let key = self.key.clone();
        let (operator, centre) = (officer(13), officer(16));
        self.at(POINT, |desk, _| {
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
                (Move::open(application.clone(), opening).with_sealed(data), By::one(&operator)),
                (step(Step::VerifyData), By::one(&operator)),
                (step(Step::Capture).with_sealed(fingers), By::one(&operator)),
                (step(Step::Consolidate), By::one(&operator)),
                (step(Step::Send), By::one(&centre)),
                (step(Step::Receive), By::one(&centre)),
            ];
            desk.take(&job, moves).unwrap();
        });
        application
    }

    pub fn identify(&mut self, application: &Id) -> Result<Findings, CentreError> {
        let (job, centre) = (self.job(), officer(16));
        self.at(Office::Ministry, |desk, gallery| {
            let population = Population { gallery, policy: &Policy::default(), prints: &Named };
            identify(desk, &job, application, &population, By::one(&centre))
        })
    }

    /// Applies and is identified.
    pub fn comes(&mut self, name: &str, comes: Comes) -> Findings {
        let application = self.received(name, comes);
        self.identify(&application).unwrap()
    }

    pub fn state(&mut self, application: &Id) -> &'static str {
        self.store.standing(Kind::Application, application).unwrap().unwrap().state
    }

    pub fn card_state(&mut self, card: &Id) -> &'static str {
        self.store.standing(Kind::Card, card).unwrap().unwrap().state
    }

    /// Brings an application that is unique to a card in this state, by the shortest way.
    pub fn card(&mut self, application: &Id, name: &str, reaches: card::State) -> Id {
        self.card_of(application, name, &format!("N{name}"), reaches)
    }

    /// The same, with this document number. Its CAN is 123456, its place in the status list 17.
    pub fn card_of(&mut self, application: &Id, name: &str, number: &str, reaches: card::State) -> Id {
        let (card, blank) = (id(name), id(&format!("B-{name}")));
        let [approver, bureau, courier, operator] = [officer(19), officer(20), officer(21), officer(13)];
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
        moves.push((step(card::Step::Pack), By::one(&courier)));
        let job = self.job();
        self.at(REGENCY, |desk, _| desk.take(&job, moves).unwrap());
        let job = self.job();
        let mut moves = vec![(step(card::Step::Receive), By::one(&operator))];
        if reaches == card::State::Active {
            moves.push((step(card::Step::HandOver), By::one(&operator)));
            moves.push((Move::application(application.clone(), Step::Deliver), By::one(&operator)));
        }
        self.at(POINT, |desk, _| desk.take(&job, moves).unwrap());
        assert_eq!(self.card_state(&card), reaches.name());
        card
    }

    /// Every row of the audit, its signatures too.
    pub fn audited(&mut self) {
        let roster = self.roster.clone();
        audit::verify_with(self.store.as_mut(), &[], &|row| crate::issuance::desk::signatures::row(row, &roster)).unwrap();
    }
}

pub fn biodata(nik: u32) -> Biodata {
    let text = include_str!("../../../../samples/record-citizen.json");
    let mut fields: Value = serde_json::from_str(text).unwrap();
    fields["nik"] = json!(format!("999999570785{nik:04}"));
    fields["family_card_no"] = json!(format!("999999010126{:04}", nik / 10));
    let object = fields.as_object_mut().unwrap();
    for other in ["format", "issuing_authority", "place_of_issue", "date_of_issue", "portrait", "signature", "fingers"] {
        object.remove(other);
    }
    Biodata::from_json(&fields).unwrap()
}

pub fn dossier(comes: Comes) -> Dossier {
    Dossier {
        procedure: Procedure::new(Start::Regular, Holder::Citizen, Mode::Office),
        reason: comes.reason,
        biodata: biodata(comes.nik),
        is_clean: true,
        holds_card: comes.reason != Reason::New,
        brought: Vec::new(),
        changes: Vec::new(),
        summoned_for: None,
        passed: Vec::new(),
        visit: None,
        receipt: 1,
        printed: 0,
    }
}

pub fn capture(name: &str, comes: Comes) -> Capture {
    let mut files = vec![
        ("portrait.jpg", include_bytes!("../../../../samples/portrait.jpg").to_vec()),
        ("signature.png", include_bytes!("../../../../samples/signature.png").to_vec()),
    ];
    let image = format!("{} {}", comes.person, comes.capture).into_bytes();
    let names = FingerPosition::ALL.map(|finger| format!("{}.png", finger.text().replace('_', "-")));
    files.extend(names.iter().skip(comes.without).map(|name| (name.as_str(), image.clone())));
    let excepted = FingerPosition::ALL.iter().take(comes.without);
    let exceptions: Vec<Value> = excepted.map(|finger| json!({"finger": finger.text(), "reason": "amputated"})).collect();
    let told = json!({"format": 1, "fingers": [], "exceptions": exceptions, "device": null}).to_string();
    files.push(("capture.json", told.into_bytes()));
    let files = files.into_iter().map(|(name, bytes)| (name.parse().unwrap(), Zeroizing::new(bytes))).collect();
    Capture::new(name.parse().unwrap(), files).unwrap()
}
