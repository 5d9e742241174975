//! A country with all its offices: officers with keys and grants, a register of residents, a gallery, and an application's whole way from
//! the form to the holder's hand, by the library's own calls. Each call has a job of its own name, so that whoever was killed asks again.

use super::works::Works;
use crate::afis::Policy;
use crate::afis::sealed::{GalleryKey, Store as GalleryStore};
use crate::finger::position::FingerPosition;
use crate::issuance::application::State;
use crate::issuance::bureau::run::{self, Maker, Order, Stage, Station, Stopped};
use crate::issuance::bureau::{batch, serials, shift, stock};
use crate::issuance::case::capture::{CaptureError, Examiner, Taken};
use crate::issuance::case::{self, Application, Case, OldCard, Verification, receipt};
use crate::issuance::centre::tests::world::{Named, biodata, print};
use crate::issuance::centre::{self, Answer, Population, approve, identify};
use crate::issuance::desk::{By, Desk, Officer, signatures};
use crate::issuance::handover::{Ended, Known, Next, Presented, Read, Sample, Sitting, TrialPolicy, give, present};
use crate::issuance::officer::Roster;
use crate::issuance::officer::tests::{grant, key};
use crate::issuance::papers::{Form, Needed, Paper, Reason};
use crate::issuance::store::tests::people::{id, word};
use crate::issuance::store::{self, Head, Id, Kind, Row, Store, StoreKey, audit, tests};
use crate::issuance::transit::ship;
use crate::issuance::{Office, Role, register};
use crate::record::register::Resident;
use crate::world::{DangerousSeededEntropy, FixedClock};
use jiff::{Timestamp, ToSpan as _};
use std::path::Path;
use zeroize::Zeroizing;

pub const POINT: Office = Office::ServicePoint(31, 71, 1);
pub const REGENCY: Office = Office::Regency(31, 71);
pub const TYPE: &str = "ektp-80k";

/// Everybody who works in the country, by the seed of their key.
const PEOPLE: [(u64, Role, Office); 16] = [
    (11, Role::Operator, POINT),
    (12, Role::Supervisor, POINT),
    (13, Role::Operator, REGENCY),
    (14, Role::Supervisor, REGENCY),
    (15, Role::Personalizer, REGENCY),
    (16, Role::Approver, REGENCY),
    (17, Role::Courier, REGENCY),
    (18, Role::Courier, Office::Ministry),
    (19, Role::Supervisor, Office::Ministry),
    (20, Role::Witness, Office::Ministry),
    (21, Role::Witness, Office::Ministry),
    (22, Role::Adjudicator, Office::Ministry),
    (23, Role::Adjudicator, Office::Ministry),
    (24, Role::Centre, Office::Ministry),
    (25, Role::Approver, Office::Ministry),
    (26, Role::Operator, POINT),
];

/// An officer, in the only role that they have.
pub fn officer(seed: u64) -> Officer {
    let (_, role, office) = PEOPLE.into_iter().find(|(of, ..)| *of == seed).unwrap();
    Officer::new(key(seed), role, office)
}

/// The country at work.
pub struct Country {
    pub store: Box<dyn Store>,
    pub gallery: GalleryStore,
    pub roster: Roster,
    pub key: StoreKey,
    /// What cards are made by.
    pub works: Works,
    rng: DangerousSeededEntropy,
    pub now: Timestamp,
}

impl Country {
    /// Over a store, with the gallery of a folder, which is made if it is not there; its clock begins on the n-th day.
    pub fn new(store: Box<dyn Store>, folder: &Path, day: u32) -> Self {
        let mut rng = DangerousSeededEntropy::new(1_000 + u64::from(day));
        let (path, gallery_key) = (folder.join("gallery"), GalleryKey::new(&[8; 32]).unwrap());
        if !path.exists() {
            GalleryStore::create(&path, &gallery_key, &mut rng).unwrap();
        }
        let gallery = GalleryStore::open(&path, &gallery_key, 1, None, &mut rng).unwrap().store;
        let first: Timestamp = "2026-11-26T01:00:00Z".parse().unwrap();
        let now = first.checked_add((24 * i64::from(day)).hours()).unwrap();
        Self { store, gallery, roster: roster(), key: tests::key(), works: Works::new(folder, now), rng, now }
    }

    /// Officers of an office at their desk, a second after the last step anywhere.
    pub fn by<T>(&mut self, office: Office, seeds: &[u64], act: impl FnOnce(&mut Desk<'_>, By<'_>) -> T) -> T {
        self.now += 1.second();
        let clock = FixedClock(self.now);
        let (first, second) = (officer(seeds[0]), seeds.get(1).map(|seed| officer(*seed)));
        let (store, rng) = (self.store.as_mut(), &mut self.rng);
        let mut desk = Desk { office, roster: &self.roster, store, key: &self.key, clock: &clock, rng };
        act(&mut desk, By { first: &first, second: second.as_ref() })
    }

    /// Residents by number into the register, blanks for each into the store room and to station `enc-1`, whose shift begins.
    pub fn opens(&mut self, residents: std::ops::RangeInclusive<u32>, blanks: &str) {
        let all: Vec<Resident> = residents.map(|n| Resident { biodata: biodata(n), holds_card: false }).collect();
        self.by(Office::Ministry, &[24], |desk, by| register::import(desk, &id("import"), &all, by)).unwrap();
        let serials = serials::parse(blanks).unwrap();
        let delivery = stock::Delivery { of: word(TYPE), serials, note: None, evidence: None };
        self.by(REGENCY, &[17], |desk, by| stock::receive(desk, &id("delivery"), &delivery, by)).unwrap();
        self.shift("shift-1", blanks);
    }

    /// A shift begins with nothing, and these blanks are brought to it.
    fn shift(&mut self, name: &str, blanks: &str) {
        let materials = "format = 1\n[[material]]\nname = \"ribbon\"\nunit = \"panel\"\nper_card = 1\ntolerance = 0\n";
        let materials = crate::issuance::bureau::material::Materials::parse(materials).unwrap();
        let room = shift::Begin {
            id: id("room"),
            station: word(shift::STORE_ROOM),
            operators: vec![word("S-15")],
            materials: materials.clone(),
            count: count("", 0),
        };
        self.by(REGENCY, &[15], |desk, by| shift::open(desk, &id("open-room"), &room, by)).unwrap();
        let delivery = shift::Supply { came: count("", 5_000), note: Some(word("DO-1")) };
        self.by(REGENCY, &[17, 15], |desk, by| shift::supply(desk, &id("delivery-room"), &id("room"), &delivery, by)).unwrap();
        let (station, operators) = (word("enc-1"), vec![word("S-15")]);
        let begin = shift::Begin { id: id(name), station, operators, materials, count: count("", 0) };
        self.by(REGENCY, &[15], |desk, by| shift::open(desk, &id(&format!("open-{name}")), &begin, by)).unwrap();
        let supply = shift::Supply { came: count(blanks, 5_000), note: None };
        self.by(REGENCY, &[17, 15], |desk, by| shift::supply(desk, &id(&format!("supply-{name}")), &id(name), &supply, by))
            .unwrap();
    }

    /// The form: the job's name is that of the application everywhere after.
    pub fn applies(&mut self, name: &str, resident: u32, reason: Reason) -> Id {
        let who = biodata(resident);
        let papers: &[(Paper, Form)] = match reason {
            Reason::Lost => &[(Paper::FamilyCard, Form::Copy), (Paper::PoliceLetter, Form::Original)],
            Reason::Damaged => &[(Paper::FamilyCard, Form::Copy), (Paper::OldCard, Form::Original)],
            _ => &[(Paper::FamilyCard, Form::Copy)],
        };
        let brought = papers.iter().map(|(paper, form)| Needed { paper: *paper, form: *form }).collect();
        let form = Application { nik: who.nik, family_card_no: who.family_card_no, reason, brought, changes: Vec::new() };
        self.by(POINT, &[11, 12], |desk, by| case::apply(desk, &job("apply", name), &form, by)).unwrap()
    }

    /// From the form to the centre, with the fingers of the n-th person.
    pub fn captured(&mut self, name: &str, of: &Id, person: u64, capture: u32) {
        let seen = Verification::default();
        self.by(POINT, &[11], |desk, by| case::verify(desk, &job("verify", name), of, &seen, by)).unwrap();
        self.captured_anew(name, of, person, capture);
    }

    /// The same, of whom the data are verified already.
    pub fn captured_anew(&mut self, name: &str, of: &Id, person: u64, capture: u32) {
        let taken = taken(person, capture);
        self.by(POINT, &[11], |desk, by| case::capture(desk, &job("capture", name), of, (&taken, &Good), by)).unwrap();
        self.by(POINT, &[11], |desk, by| case::consolidate(desk, &job("consolidate", name), of, by)).unwrap();
        self.by(Office::Ministry, &[24], |desk, by| centre::receive(desk, &job("receive", name), of, None, by)).unwrap();
    }

    /// The centre's answer.
    pub fn identified(&mut self, name: &str, of: &Id) -> Answer {
        self.now += 1.second();
        let (clock, centre) = (FixedClock(self.now), officer(24));
        let population = Population { gallery: &self.gallery, policy: &Policy::default(), prints: &Named };
        let (store, rng) = (self.store.as_mut(), &mut self.rng);
        let mut desk = Desk { office: Office::Ministry, roster: &self.roster, store, key: &self.key, clock: &clock, rng };
        identify(&mut desk, &job("identify", name), of, &population, By::one(&centre)).unwrap().answer
    }

    /// The card's image built and sealed to the bureau, the application print ready, its card allocated, the authorization signed.
    pub fn approved(&mut self, name: &str, of: &Id) -> Id {
        self.now += 1.second();
        let (clock, approver) = (FixedClock(self.now), officer(25));
        let (store, rng) = (self.store.as_mut(), &mut self.rng);
        let mut desk = Desk { office: Office::Ministry, roster: &self.roster, store, key: &self.key, clock: &clock, rng };
        let mut making = self.works.making();
        approve(&mut desk, &job("approve", name), of, (&mut making, false), By::one(&approver)).unwrap().card
    }

    /// The image of an application's latest card is one that its bureau opens: authorized, and the very one that the store allocated.
    pub fn opens_image(&mut self, of: &Id) {
        let cards = self.store.find(Kind::Card, store::By::Owner(of)).unwrap();
        let card = cards.last().unwrap();
        let work = self.works.open(&format!("{of}.{}", cards.len()), self.now);
        assert_eq!(work.job.document_number, card.word.as_str(), "{of}");
        let first = self.store.history(Kind::Card, &card.id, 0, 1).unwrap();
        assert_eq!(first[0].evidence(), Some(work.job.image_digest), "{of}: another image than was allocated");
    }

    /// The place of a card in the status list.
    pub fn index(&mut self, card: &Id) -> u64 {
        let card = self.store.standing(Kind::Card, card).unwrap().unwrap();
        centre::approve::facts(self.store.as_mut(), &self.key, &card).unwrap().status_index.into()
    }

    /// A batch, from being put together to its end.
    pub fn made(&mut self, name: &str, of: &[Id], maker: &mut dyn Maker) -> batch::Closed {
        let (batch, list) = (id(&format!("batch-{name}")), batch::Choice::List(of.to_vec()));
        self.by(REGENCY, &[15], |d, by| batch::create(d, &job("create", name), (&batch, &word(TYPE)), &list, by)).unwrap();
        self.by(REGENCY, &[16], |desk, by| batch::approve(desk, &job("release", name), &batch, by)).unwrap();
        let station = Station { name: word("enc-1"), lease_seconds: 60, most_failures: 1_000, held: None };
        let closed = self.store.standing(Kind::Batch, &batch).unwrap().is_some_and(|found| found.state == "closed");
        if !closed {
            let ran = self.by(REGENCY, &[15], |desk, by| run::run(desk, &job("run", name), &batch, &station, maker, by)).unwrap();
            assert_eq!((ran.stopped, ran.waiting), (Stopped::Done, 0), "{name}");
        }
        self.by(REGENCY, &[15, 14], |desk, by| batch::close(desk, &job("close-batch", name), &batch, by)).unwrap()
    }

    /// Cards under seal from one office to the next.
    pub fn shipped(&mut self, name: &str, (from, sender): (Office, u64), (to, receiver): (Office, u64), cards: &[Id]) {
        let (shipment, seals) = (id(&format!("ship-{name}")), [word(&format!("S-{name}"))]);
        self.by(from, &[sender], |d, by| ship::pack(d, &job("pack", name), &shipment, (to, cards, &seals), by)).unwrap();
        self.by(from, &[sender], |desk, by| ship::send(desk, &job("send", name), &shipment, by)).unwrap();
        self.by(to, &[receiver], |d, by| ship::receive(d, &job("arrive", name), &shipment, (cards, &seals), by)).unwrap();
    }

    /// A card on the desk, as it was read, with the fingers of whoever was captured.
    pub fn presented(&mut self, of: &Id, card: &Id, fingers: (u64, u32)) -> Presented {
        let stored = [FingerPosition::RightIndex, FingerPosition::LeftIndex].map(|f| (f, print(fingers.0, f, fingers.1)));
        let read = Read::of_test(number(card).as_str(), stored.to_vec());
        self.by(POINT, &[11], |desk, _| {
            let code = receipt::stamped(desk.key, &Case::open(desk, of).unwrap()).unwrap();
            present(desk, of, &code, &read)
        })
        .unwrap()
    }

    /// How a comparison ends in which somebody lays down their fingers, and where it comes to that, before a second officer too.
    pub fn claimed(&mut self, presented: &Presented, person: u64) -> Ended {
        self.by(POINT, &[11, 26], |desk, by| {
            let mut sitting = Sitting::over(desk, presented, TrialPolicy::default(), by).unwrap();
            loop {
                let capture = u32::try_from(sitting.captures()).unwrap() + 10;
                match sitting.next() {
                    Next::Capture(finger) => {
                        let print = print(person, finger, capture);
                        sitting.take(desk, (finger, Sample::Print(&print)), None, by).unwrap();
                    }
                    Next::SecondOfficer => drop(sitting.repeat(desk, by).unwrap()),
                    Next::Over(ended) => return ended,
                }
            }
        })
    }

    /// The card into its holder's hand, after a match; a card that they had is revoked in the same change.
    pub fn handed_over(&mut self, name: &str, presented: &Presented, ended: &Ended) {
        let Ended::Match(matched) = ended else { panic!("{name}: {ended:?}") };
        let (job, centre) = (job("give", name), officer(24));
        let known = Known::Fingers(matched);
        self.by(POINT, &[11, 12], |desk, by| {
            let by = By::one(by.first);
            give(desk, &job, presented, known, (by, Some(&centre)))
        })
        .unwrap();
    }

    /// The case is closed; what old cards there were are not collected.
    pub fn closed(&mut self, name: &str, of: &Id) {
        self.by(POINT, &[11], |desk, by| case::close(desk, &job("close", name), of, (OldCard::None, &[]), by)).unwrap();
    }

    /// The whole way of the n-th resident, who is the n-th person; each step that was taken before is found.
    pub fn issues(&mut self, n: u32) {
        let name = n.to_string();
        let of = self.applies(&name, n, Reason::New);
        self.captured(&name, &of, n.into(), 1);
        assert_eq!(self.identified(&name, &of), Answer::Single, "{n}");
        let card = self.approved(&name, &of);
        self.made(&name, std::slice::from_ref(&of), &mut Machine);
        self.shipped(&name, (REGENCY, 17), (POINT, 11), std::slice::from_ref(&card));
        if self.state(&of) == State::InPersonalization {
            let presented = self.presented(&of, &card, (n.into(), 1));
            let ended = self.claimed(&presented, n.into());
            self.handed_over(&name, &presented, &ended);
        }
        self.closed(&name, &of);
    }

    /// Where an application stands.
    pub fn state(&mut self, of: &Id) -> State {
        self.by(POINT, &[11], |desk, _| Case::open(desk, of)).unwrap().state
    }
}

/// The roster of the country.
pub fn roster() -> Roster {
    let mut roster = Roster::new(key(1).public_key());
    for (seed, role, office) in PEOPLE {
        roster.add(grant(&key(seed), &format!("S-{seed}"), (role, office), "2029-01-01").signed_by(&key(1))).unwrap();
    }
    roster
}

/// Verifies a store from its first row; the signatures of those rows that `known` has not.
pub fn verified(store: &mut dyn Store, roster: &Roster, known: &[Head]) -> audit::Verified {
    let seen = |row: &Row| known.iter().any(|head| head.office == row.office && row.n <= head.n);
    let judge = |row: &Row| if seen(row) { Ok(()) } else { signatures::row(row, roster) };
    audit::verify_with(store, known, &judge).unwrap()
}

/// The document number of a card.
pub fn number(card: &Id) -> crate::issuance::store::Word {
    word(card.as_str().strip_prefix("C-").unwrap())
}

fn job(step: &str, name: &str) -> Id {
    id(&format!("{step}-{name}"))
}

/// A count of blanks and ribbon.
pub fn count(list: &str, ribbon: u64) -> shift::Count {
    let blanks = if list.is_empty() { Default::default() } else { serials::parse(list).unwrap() };
    shift::Count { blanks, counters: [("ribbon".to_owned(), ribbon)].into() }
}

/// Finds every finger good.
struct Good;

impl Examiner for Good {
    fn examine(&self, fingers: &[(FingerPosition, &[u8])]) -> Result<Vec<u8>, CaptureError> {
        Ok(vec![80; fingers.len()])
    }
}

/// A capture of somebody, whose finger images are their names.
fn taken(person: u64, capture: u32) -> Taken {
    let mut files = vec![
        ("portrait.jpg".to_owned(), include_bytes!("../../../samples/portrait.jpg").to_vec()),
        ("signature.png".to_owned(), include_bytes!("../../../samples/signature.png").to_vec()),
    ];
    let image = format!("{person} {capture}").into_bytes();
    files.extend(FingerPosition::ALL.map(|finger| (format!("{}.png", finger.text().replace('_', "-")), image.clone())));
    let files = files.into_iter().map(|(name, bytes)| (name.parse().unwrap(), Zeroizing::new(bytes))).collect();
    Taken { files, exceptions: Vec::new(), device: None }
}

/// A station that makes every card.
pub struct Machine;

impl Maker for Machine {
    fn blank(&mut self, unused: &[Id]) -> Option<Id> {
        unused.first().cloned()
    }

    fn encode(&mut self, _: &Order) -> Stage {
        Stage::Done([1; 32])
    }

    fn print(&mut self, _: &Order) -> Stage {
        Stage::Done([2; 32])
    }

    fn check(&mut self, _: &Order) -> Stage {
        Stage::Done([3; 32])
    }
}
