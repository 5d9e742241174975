//! A regency with a service point, their officers, the register of the samples, and the steps that are others' to take.

use crate::finger::FingerPosition;
use crate::issuance::case::capture::{CaptureError, Examiner, Taken};
use crate::issuance::case::{self, Application, Case, CaseError, Verification};
use crate::issuance::desk::{By, Desk, Officer, signatures};
use crate::issuance::office::Office;
use crate::issuance::officer::Roster;
use crate::issuance::officer::tests::{at, grant, key, roster};
use crate::issuance::papers::{Form, Needed, Paper, Reason};
use crate::issuance::role::Role;
use crate::issuance::store::tests::key as home_key;
use crate::issuance::store::{Id, Kind, Move, Opening, SqliteStore, Store, StoreKey, Word, audit};
use crate::issuance::{application, blank, card, register};
use crate::record::{FamilyCardNo, Nik, PassedOver, register as file, sample};
use crate::world::{DangerousSeededEntropy, FixedClock};
use zeroize::Zeroizing;

pub const REGENCY: Office = Office::Regency(31, 71);
pub const POINT: Office = Office::ServicePoint(31, 71, 1);
pub const ELSEWHERE: Office = Office::ServicePoint(31, 71, 2);
/// The day on which everything happens.
pub const DAY: &str = "2026-11-26";

/// Residents of the sample register, by what the tests need of them.
pub const NEVER_HAD: &str = "9999990902830000";
pub const HOLDS: &str = "9999995707850000";
pub const CHILD: &str = "9999991201100000";
pub const FOREIGN_NEW: &str = "9999994203900000";
pub const FOREIGN_HOLDS: &str = "9999991106880000";

/// Officers by a number for the key, a role and an office; 2 is the head and 3 an operator of [`roster`].
const OFFICERS: [(u64, Role, Office, u64); 12] = [
    (4, Role::Supervisor, POINT, 2),
    (5, Role::Camat, POINT, 2),
    (6, Role::Centre, Office::Ministry, 1),
    (10, Role::Operator, REGENCY, 2),
    (11, Role::Supervisor, REGENCY, 2),
    (12, Role::Approver, REGENCY, 2),
    (13, Role::Personalizer, REGENCY, 2),
    (14, Role::Courier, REGENCY, 2),
    (15, Role::Adjudicator, REGENCY, 2),
    (16, Role::Operator, ELSEWHERE, 2),
    (17, Role::Camat, ELSEWHERE, 2),
    (18, Role::Operator, Office::Regency(31, 72), 1),
];

pub fn officer(seed: u64) -> Officer {
    let known = OFFICERS.iter().find(|(known, ..)| *known == seed).map(|(_, role, office, _)| (*role, *office));
    let (role, office) = known.unwrap_or(match seed {
        2 => (Role::HeadOfRegistry, REGENCY),
        _ => (Role::Operator, POINT),
    });
    Officer::new(key(seed), role, office)
}

pub fn id(text: &str) -> Id {
    Id::parse(text).unwrap()
}

pub fn nik(text: &str) -> Nik {
    Nik::parse(text).unwrap()
}

pub struct World {
    _folder: Option<tempfile::TempDir>,
    pub store: Box<dyn Store>,
    pub roster: Roster,
    pub key: StoreKey,
    rng: DangerousSeededEntropy,
    jobs: u32,
}

impl World {
    /// With the sample register, as an operator of the regency brought it.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::create(&folder.path().join("s.db"), &home_key(), &mut DangerousSeededEntropy::new(1)).unwrap();
        Self::with(Box::new(store), Some(folder))
    }

    /// The same in another store, whose key is that of the store's own tests.
    pub fn of(store: Box<dyn Store>) -> Self {
        Self::with(store, None)
    }

    fn with(store: Box<dyn Store>, folder: Option<tempfile::TempDir>) -> Self {
        let (key_, rng) = (home_key(), DangerousSeededEntropy::new(2));
        let mut roster = roster();
        for (seed, role, office, granter) in OFFICERS {
            let granted = grant(&key(seed), &format!("N-{seed}"), (role, office), "2027-01-01");
            roster.add(granted.signed_by(&key(granter))).unwrap();
        }
        let mut world = Self { _folder: folder, store, roster, key: key_, rng, jobs: 0 };
        let residents = file::read(sample::REGISTER.as_bytes(), "2026-11-26".parse().unwrap()).unwrap();
        let job = world.job();
        let by = officer(10);
        world.at(REGENCY, |desk| register::import(desk, &job, &residents, By::one(&by))).unwrap();
        world
    }

    pub fn job(&mut self) -> Id {
        self.jobs += 1;
        id(&format!("job-{}", self.jobs))
    }

    pub fn at<T>(&mut self, office: Office, act: impl FnOnce(&mut Desk<'_>) -> T) -> T {
        self.on(DAY, office, act)
    }

    pub fn on<T>(&mut self, day: &str, office: Office, act: impl FnOnce(&mut Desk<'_>) -> T) -> T {
        let clock = FixedClock(at(day));
        let mut desk =
            Desk { office, roster: &self.roster, store: self.store.as_mut(), key: &self.key, clock: &clock, rng: &mut self.rng };
        act(&mut desk)
    }

    /// A case, as it stands.
    pub fn case(&mut self, of: &Id) -> Case {
        self.at(POINT, |desk| Case::open(desk, of)).unwrap()
    }

    pub fn state(&mut self, of: &Id) -> application::State {
        self.case(of).state
    }

    /// Every signature of the audit holds; how many rows it has.
    pub fn verified(&mut self) -> u64 {
        let roster = self.roster.clone();
        audit::verify_with(self.store.as_mut(), &[], &|row| signatures::row(row, &roster)).unwrap().rows
    }

    pub fn family(&mut self, of: &str) -> FamilyCardNo {
        let known = self.at(POINT, |desk| register::of_nik(desk.store, desk.key, &nik(of))).unwrap().unwrap();
        known.resident.biodata.family_card_no
    }

    /// An application with the papers that it needs.
    pub fn form(&mut self, of: &str, reason: Reason, brought: &[(Paper, Form)]) -> Application {
        let brought = brought.iter().map(|(paper, form)| Needed { paper: *paper, form: *form }).collect();
        Application { nik: nik(of), family_card_no: self.family(of), reason, brought, changes: Vec::new() }
    }

    /// An application of a citizen at the service point.
    pub fn applied(&mut self, of: &str, reason: Reason, brought: &[(Paper, Form)]) -> Result<Id, CaseError> {
        let (form, job) = (self.form(of, reason, brought), self.job());
        let (operator, supervisor) = (officer(3), officer(4));
        self.at(POINT, |desk| case::apply(desk, &job, &form, By::two(&operator, &supervisor)))
    }

    /// A first application of somebody who never had a card.
    pub fn new_case(&mut self) -> Id {
        self.applied(NEVER_HAD, Reason::New, &[(Paper::FamilyCard, Form::Copy)]).unwrap()
    }

    pub fn verify_data(&mut self, of: &Id) {
        let (job, by) = (self.job(), officer(3));
        self.at(POINT, |desk| case::verify(desk, &job, of, &Verification::default(), By::one(&by))).unwrap();
    }

    pub fn captured(&mut self, of: &Id) {
        let (job, by) = (self.job(), officer(3));
        self.at(POINT, |desk| case::capture(desk, &job, of, (&whole(), &Good), By::one(&by))).unwrap();
    }

    /// Raw steps of others, at the ministry those of the centre, and all else at the regency.
    pub fn raw(&mut self, moves: Vec<(Move, u64)>) {
        // The centre's steps make the store the centre's.
        let of_centre = moves.iter().all(|(_, seed)| officer(*seed).place().0 == Role::Centre);
        self.raw_at(if of_centre { Office::Ministry } else { REGENCY }, moves);
    }

    fn raw_at(&mut self, office: Office, moves: Vec<(Move, u64)>) {
        let job = self.job();
        let officers: Vec<(Move, Officer)> = moves.into_iter().map(|(step, seed)| (step, officer(seed))).collect();
        let supervisor = officer(11);
        self.at(office, |desk| {
            let steps = officers.iter().map(|(step, by)| {
                let two = matches!(by.place().0, Role::Personalizer | Role::Approver | Role::Centre);
                (step.clone(), if two { By::one(by) } else { By::two(by, &supervisor) })
            });
            desk.take(&job, steps.collect())
        })
        .unwrap();
    }

    /// From queued to print ready: what the centre and the approver do.
    pub fn approved(&mut self, of: &Id) -> Id {
        use application::Step::{Approve, FindSingle, Receive, Send};
        // By the centre's own chain: what stands beyond *sent* in a store without it is a copy.
        for step in [Send, Receive, FindSingle] {
            self.raw_at(Office::Ministry, vec![(Move::application(of.clone(), step), 6)]);
        }
        let card = id(&format!("C-{of}"));
        let number = Word::parse(&format!("N-{of}")).unwrap();
        let opening = Opening::Card { application: of.clone(), number };
        self.raw(vec![(Move::application(of.clone(), Approve), 12), (Move::open(card.clone(), opening), 12)]);
        card
    }

    /// From print ready into the holder's hand; an old card is revoked as the new one becomes active.
    pub fn delivered(&mut self, of: &Id, card: &Id, old: Option<&Id>) {
        self.made(of, card);
        for step in [card::Step::Pack, card::Step::Receive] {
            self.raw(vec![(Move::card(card.clone(), step), 14)]);
        }
        let mut last: Vec<(Move, u64)> = old.iter().map(|old| (Move::card((*old).clone(), card::Step::Revoke), 11)).collect();
        last.push((Move::card_of(card.clone(), of.clone(), card::Step::HandOver), 10));
        last.push((Move::application(of.clone(), application::Step::Deliver), 10));
        self.raw_alone(last);
    }

    /// From print ready to a checked card.
    pub fn made(&mut self, of: &Id, card: &Id) {
        let serial = id(&format!("B-{of}"));
        self.raw(vec![(Move::open(serial.clone(), Opening::Blank { of: Word::parse("ektp-80k").unwrap() }), 13)]);
        self.raw(vec![(Move::application(of.clone(), application::Step::Personalize), 13)]);
        self.raw(vec![(Move::card(card.clone(), card::Step::Encode), 13), (Move::blank_for(serial.clone(), card.clone()), 13)]);
        self.raw(vec![(Move::blank(serial, blank::Step::Make), 13)]);
        for step in [card::Step::FinishEncoding, card::Step::Print, card::Step::Check] {
            self.raw(vec![(Move::card(card.clone(), step), 13)]);
        }
    }

    fn raw_alone(&mut self, moves: Vec<(Move, u64)>) {
        let job = self.job();
        let officers: Vec<(Move, Officer)> = moves.into_iter().map(|(step, seed)| (step, officer(seed))).collect();
        self.at(REGENCY, |desk| desk.take(&job, officers.iter().map(|(step, by)| (step.clone(), By::one(by))).collect()))
            .unwrap();
    }

    /// A card of a resident from before: in their hand, by an application that is closed.
    pub fn old_card(&mut self, of: &str) -> Id {
        let name = id(&format!("OLD-{}", &of[6..12]));
        let subject = self.key.subject(&nik(of));
        let procedure = Word::parse("regular-citizen-office").unwrap();
        let begins = application::State::Applied;
        let opening = Opening::Application { begins, procedure, subject, family: None, priority: 0 };
        self.raw(vec![(Move::open(name.clone(), opening), 10)]);
        use application::Step::{Capture, Close, Consolidate, VerifyData};
        for step in [VerifyData, Capture, Consolidate] {
            self.raw(vec![(Move::application(name.clone(), step), 10)]);
        }
        let card = self.approved(&name);
        self.delivered(&name, &card, None);
        self.raw(vec![(Move::application(name, Close), 10)]);
        card
    }

    pub fn card_state(&mut self, of: &Id) -> &'static str {
        self.store.standing(Kind::Card, of).unwrap().unwrap().state
    }
}

/// Finds every finger good.
pub struct Good;

impl Examiner for Good {
    fn examine(&self, fingers: &[(FingerPosition, &[u8])]) -> Result<Vec<u8>, CaptureError> {
        Ok(vec![80; fingers.len()])
    }
}

type Bytes = Zeroizing<Vec<u8>>;

fn named(name: &str, bytes: Vec<u8>) -> (crate::issuance::packet::FileName, Bytes) {
    (name.parse().unwrap(), Zeroizing::new(bytes))
}

fn sample_file(name: &str) -> Vec<u8> {
    sample::files().0.remove(name).unwrap()
}

/// A grey picture with something on it.
pub fn picture(width: u32, height: u32) -> Vec<u8> {
    let grey = image::GrayImage::from_fn(width, height, |x, y| image::Luma([u8::try_from((x + y) % 251).unwrap()]));
    let mut out = std::io::Cursor::new(Vec::new());
    grey.write_to(&mut out, image::ImageFormat::Png).unwrap();
    out.into_inner()
}

/// Ten fingers but for these, portrait and signature; without any finger also hands and irises.
pub fn without(excepted: &[FingerPosition]) -> Taken {
    let mut files =
        vec![named("portrait.jpg", sample_file("portrait.jpg")), named("signature.png", sample_file("signature.png"))];
    for position in FingerPosition::ALL.into_iter().filter(|position| !excepted.contains(position)) {
        let name = format!("{}.png", position.to_string().replace('_', "-"));
        files.push(named(&name, sample_file("right-index.png")));
    }
    if excepted.len() == FingerPosition::ALL.len() {
        files.push(named("hands.png", picture(480, 320)));
        files.push(named("iris-right.png", picture(640, 480)));
        files.push(named("iris-left.png", picture(640, 480)));
    }
    let exceptions = excepted.iter().map(|position| (*position, PassedOver::Amputated)).collect();
    Taken { files, exceptions, device: Some(Word::parse("Sensor-S1-0007").unwrap()) }
}

/// All of it.
pub fn whole() -> Taken {
    without(&[])
}
