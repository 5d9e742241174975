//! Steps without end: applications that the centre sends, receives and fails to identify, over and over.

use ektp::issuance::application::{State, Step};
use ektp::issuance::officer::OfficerId;
use ektp::issuance::role::Role;
use ektp::issuance::store::{Actor, Change, Draft, Hands, Id, Move, Office, Opening, Store, Word};
use ektp::record::Nik;
use jiff::Timestamp;

/// Applications of one station.
const APPLICATIONS: u32 = 1_000;
/// How many of them are made ready in one change.
const TOGETHER: u32 = 50;

/// A station of an office, with applications of its own.
pub struct Station {
    office: String,
    job: u64,
    turn: usize,
}

fn hands(role: Role) -> Hands {
    let office = Office::parse("centre").unwrap();
    Hands { by: Actor { id: OfficerId::from_bytes([7; 16]), role, office, signature: vec![0xA5; 71] }, with: None }
}

impl Station {
    /// A station whose applications are all received.
    pub fn new(n: u32, store: &mut dyn Store) -> Self {
        let mut station = Self { office: format!("office-{n}"), job: 0, turn: 0 };
        for first in (0..APPLICATIONS).step_by(TOGETHER as usize) {
            let all = first..first + TOGETHER;
            let by_desk = all.clone().flat_map(|at| station.opened(n, at)).collect();
            let by_desk = station.change(by_desk, Role::Operator);
            store.take(&by_desk).unwrap();
            let sent =
                all.flat_map(|at| [Step::Send, Step::Receive].map(|step| Move::application(station.id(at), step))).collect();
            let by_centre = station.change(sent, Role::Centre);
            store.take(&by_centre).unwrap();
        }
        station
    }

    /// An application up to its being queued.
    fn opened(&self, n: u32, at: u32) -> Vec<Move> {
        let nik = Nik::parse(&format!("3173010101{:06}", n * APPLICATIONS + at)).unwrap();
        let opening = Opening::Application {
            begins: State::Applied,
            procedure: Word::parse("regular-citizen-office").unwrap(),
            subject: super::database::key().subject(&nik),
            family: None,
            priority: 0,
        };
        let steps = [Step::VerifyData, Step::Capture, Step::Consolidate].map(|step| Move::application(self.id(at), step));
        std::iter::once(Move::open(self.id(at), opening)).chain(steps).collect()
    }

    fn id(&self, at: u32) -> Id {
        Id::parse(&format!("{}-a{at}", self.office)).unwrap()
    }

    fn change(&mut self, moves: Vec<Move>, role: Role) -> Change {
        self.job += 1;
        let job = Id::parse(&format!("{}-j{}", self.office, self.job)).unwrap();
        let office = Office::parse(&self.office).unwrap();
        Draft::new(job, office, Timestamp::now(), moves).unwrap().signed_by(&hands(role)).unwrap()
    }

    /// The next step: through all applications, then the next step of all.
    pub fn step(&mut self, store: &mut dyn Store) {
        let (round, at) = (self.turn / APPLICATIONS as usize, self.turn % APPLICATIONS as usize);
        self.turn += 1;
        let step = [Step::FailIdentification, Step::Send, Step::Receive][round % 3];
        let of = Move::application(self.id(at as u32), step).on(Word::parse("station-7").unwrap());
        let change = self.change(vec![of], Role::Centre);
        store.take(&change).unwrap();
    }

    /// Bytes of the audit row of such a step: every column of it.
    pub fn row_bytes(&self, store: &mut dyn Store) -> usize {
        let rows = store.rows(&Office::parse(&self.office).unwrap(), 1_100, 1).unwrap();
        let row = rows.first().unwrap();
        let texts = [
            row.office.as_str(),
            row.kind.name(),
            row.id.as_str(),
            &row.was,
            &row.now,
            row.job.as_str(),
            &row.statement,
            &row.hands,
        ];
        // And n, revision, time and part as eight bytes each, and the head.
        texts.iter().map(|text| text.len()).sum::<usize>() + 4 * 8 + 32
    }
}
