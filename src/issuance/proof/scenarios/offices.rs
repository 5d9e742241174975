//! Three offices with all their officers, a register of residents, a gallery and two bureaus, in one store; and two offices beside, which
//! have nothing to do with anybody here.

use super::super::country::count;
use super::super::works::Works;
use crate::afis::sealed::{GalleryKey, Store as GalleryStore};
use crate::issuance::bureau::material::Materials;
use crate::issuance::bureau::{serials, shift, stock};
use crate::issuance::desk::{By, Desk, Officer};
use crate::issuance::officer::Roster;
use crate::issuance::officer::tests::{grant, key};
use crate::issuance::store::tests::people::{id, word};
use crate::issuance::store::{Id, Store, StoreKey, tests};
use crate::issuance::{Office, Role, register};
use crate::record::register as file;
use crate::record::sample;
use crate::world::{DangerousSeededEntropy, FixedClock};
use jiff::ToSpan as _;

pub const POINT: Office = Office::ServicePoint(31, 71, 1);
pub const REGENCY: Office = Office::Regency(31, 71);
/// Every office that there is: no step may be taken at one that the file does not name for it.
pub const OFFICES: [Office; 5] = [Office::Ministry, REGENCY, POINT, Office::ServicePoint(31, 71, 2), Office::Regency(31, 72)];
pub const TYPE: &str = "ektp-80k";
pub const STATION: &str = "enc-1";

/// Everybody who works in these offices, by the seed of their key.
const PEOPLE: [(u64, Role, Office); 20] = [
    (11, Role::Operator, POINT),
    (12, Role::Supervisor, POINT),
    (13, Role::Camat, POINT),
    (14, Role::Adjudicator, POINT),
    (15, Role::Adjudicator, POINT),
    (21, Role::Operator, REGENCY),
    (22, Role::Supervisor, REGENCY),
    (23, Role::HeadOfRegistry, REGENCY),
    (24, Role::Adjudicator, REGENCY),
    (25, Role::Adjudicator, REGENCY),
    (26, Role::Approver, REGENCY),
    (27, Role::Personalizer, REGENCY),
    (28, Role::Courier, REGENCY),
    (31, Role::Centre, Office::Ministry),
    (32, Role::Approver, Office::Ministry),
    (33, Role::Personalizer, Office::Ministry),
    (34, Role::Courier, Office::Ministry),
    (35, Role::Supervisor, Office::Ministry),
    (36, Role::Witness, Office::Ministry),
    (37, Role::Witness, Office::Ministry),
];

/// Whoever has these roles at an office, each another person; of an office's own people first.
pub fn sitting(roles: &[impl AsRef<str>], office: Office) -> Vec<Officer> {
    let mut taken = Vec::new();
    for role in roles {
        let free =
            |(seed, is, at): &(u64, Role, Office)| is.to_string() == role.as_ref() && at.holds(office) && !taken.contains(seed);
        let own = PEOPLE.iter().find(|one| one.2 == office && free(one)).or_else(|| PEOPLE.iter().find(|one| free(one)));
        let (seed, ..) = own.unwrap_or_else(|| panic!("no {} at {office}", role.as_ref()));
        taken.push(*seed);
    }
    taken.into_iter().map(officer).collect()
}

fn officer(seed: u64) -> Officer {
    let (_, role, office) = PEOPLE.into_iter().find(|(of, ..)| *of == seed).unwrap();
    Officer::new(key(seed), role, office)
}

pub fn seated(officers: &[Officer]) -> By<'_> {
    By { first: &officers[0], second: officers.get(1) }
}

pub struct Offices {
    pub store: Box<dyn Store>,
    pub gallery: GalleryStore,
    pub roster: Roster,
    pub key: StoreKey,
    pub works: Works,
    pub clock: FixedClock,
    rng: DangerousSeededEntropy,
    jobs: u32,
    /// Bureaus that have blanks and a shift.
    open: Vec<Office>,
    _folder: tempfile::TempDir,
}

impl Offices {
    /// Over a store, with the register of the samples as the regency's operator brought it. Whoever `holds` a card by the samples has none
    /// yet.
    pub fn new(store: Box<dyn Store>, holds: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut rng = DangerousSeededEntropy::new(31);
        let (path, gallery_key) = (folder.path().join("gallery"), GalleryKey::new(&[8; 32]).unwrap());
        GalleryStore::create(&path, &gallery_key, &mut rng).unwrap();
        let gallery = GalleryStore::open(&path, &gallery_key, 1, None, &mut rng).unwrap().store;
        let mut roster = Roster::new(key(1).public_key());
        for (seed, role, office) in PEOPLE {
            roster.add(grant(&key(seed), &format!("S-{seed}"), (role, office), "2029-01-01").signed_by(&key(1))).unwrap();
        }
        let clock = FixedClock("2026-11-26T01:00:00Z".parse().unwrap());
        let works = Works::new(folder.path(), clock.0);
        let (key, open) = (tests::key(), Vec::new());
        let mut offices = Self { store, gallery, roster, key, works, clock, rng, jobs: 0, open, _folder: folder };
        offices.registers(|resident| resident.holds_card &= resident.biodata.nik.as_str() != holds);
        offices
    }

    /// The register of the samples, changed so, into the store.
    pub fn registers(&mut self, change: impl Fn(&mut file::Resident)) {
        let mut residents = file::read(sample::REGISTER.as_bytes(), "2026-11-26".parse().unwrap()).unwrap();
        residents.iter_mut().for_each(change);
        self.by(REGENCY, &["operator"], |desk, job, by| register::import(desk, job, &residents, by)).unwrap();
    }

    /// Officers of an office at their desk, a second after the last step anywhere, with a job of their own.
    pub fn by<T>(&mut self, office: Office, roles: &[impl AsRef<str>], act: impl FnOnce(&mut Desk<'_>, &Id, By<'_>) -> T) -> T {
        let officers = sitting(roles, office);
        self.at(office, |desk, job| act(desk, job, seated(&officers)))
    }

    /// At an office, whoever signs.
    pub fn at<T>(&mut self, office: Office, act: impl FnOnce(&mut Desk<'_>, &Id) -> T) -> T {
        let job = self.job();
        let (mut desk, ..) = self.parts(office);
        act(&mut desk, &job)
    }

    /// A name that was not used before; the clock goes on.
    pub fn job(&mut self) -> Id {
        self.jobs += 1;
        self.clock.0 += 1.second();
        id(&format!("job-{}", self.jobs))
    }

    /// A desk, and beside it what the centre searches and cards are made by.
    pub fn parts(&mut self, office: Office) -> (Desk<'_>, &GalleryStore, &mut Works) {
        let (store, roster, key, clock) = (self.store.as_mut(), &self.roster, &self.key, &self.clock);
        let desk = Desk { office, roster, store, key, clock, rng: &mut self.rng };
        (desk, &self.gallery, &mut self.works)
    }

    /// Blanks, ribbon and a shift at the station of a bureau, if it has none yet.
    pub fn opens(&mut self, bureau: Office) {
        if self.open.contains(&bureau) {
            return;
        }
        self.open.push(bureau);
        let letter = if bureau == Office::Ministry { 'M' } else { 'R' };
        let (blanks, materials) = (format!("{letter}0001..{letter}0009"), materials());
        let delivery = stock::Delivery { of: word(TYPE), serials: serials::parse(&blanks).unwrap(), note: None, evidence: None };
        self.by(bureau, &["courier"], |desk, job, by| stock::receive(desk, job, &delivery, by)).unwrap();
        let operator = if bureau == Office::Ministry { "S-33" } else { "S-27" };
        for (name, station) in [("room", shift::STORE_ROOM), ("shift", STATION)] {
            let (name, operators) = (id(&format!("{name}-{letter}")), vec![word(operator)]);
            let (station, came) = (word(station), if name.as_str().starts_with("room") { "" } else { &blanks });
            let supply = shift::Supply { came: count(came, 9), note: came.is_empty().then(|| word("DO-1")) };
            let begin = shift::Begin { id: name.clone(), station, operators, materials: materials.clone(), count: count("", 0) };
            self.by(bureau, &["personalizer"], |desk, job, by| shift::open(desk, job, &begin, by)).unwrap();
            let two = ["courier", "personalizer"];
            self.by(bureau, &two, |desk, job, by| shift::supply(desk, job, &name, &supply, by)).unwrap();
        }
    }
}

fn materials() -> Materials {
    Materials::parse("format = 1\n[[material]]\nname = \"ribbon\"\nunit = \"panel\"\nper_card = 1\ntolerance = 0\n").unwrap()
}
