//! Changes of tests, in few words: each step with the officers whom the tables ask for.

use super::people::{at, by, by_two, hands, id, office, person, word};
use crate::issuance::role::{Asked, Role};
use crate::issuance::store::{Act, Change, Done, Draft, Hands, Kind, Move, Opening, Step, Store, StoreError};
use crate::issuance::{application, batch, blank, card, incident, resident, shift, shipment};

/// A stream of changes of one office: each has a job and a second of its own.
pub struct Desk {
    pub office: &'static str,
    pub job: u32,
}

impl Desk {
    pub const fn new(office: &'static str) -> Self {
        Self { office, job: 0 }
    }

    /// A change by those whom the tables ask for.
    pub fn change(&mut self, moves: Vec<Move>) -> Change {
        let all = moves.iter().map(asked).collect();
        self.change_by(moves, all).unwrap()
    }

    /// A change by these.
    pub fn change_by(&mut self, moves: Vec<Move>, all: Vec<Hands>) -> Result<Change, StoreError> {
        self.job += 1;
        let job = id(&format!("{}-{}", self.office, self.job));
        Draft::new(job, office(self.office), at(self.job.into()), moves)?.signed(all)
    }

    pub fn take(&mut self, store: &mut dyn Store, moves: Vec<Move>) -> Result<Done, StoreError> {
        let change = self.change(moves);
        store.take(&change)
    }

    pub fn done(&mut self, store: &mut dyn Store, moves: Vec<Move>) -> Done {
        self.take(store, moves).unwrap()
    }
}

/// The officers whom the first row of a step asks for.
fn asked(of: &Move) -> Hands {
    fn first<S: Copy, P: PartialEq + Copy>(table: &[(S, P, S, Asked)], step: P) -> Hands {
        let (.., asked) = table.iter().find(|(_, of, ..)| *of == step).unwrap();
        hands(&super::people::fitting(asked))
    }
    match &of.act {
        Act::Step(Step::Application(step)) => first(application::TABLE, *step),
        Act::Step(Step::Card(step)) => first(card::TABLE, *step),
        Act::Step(Step::Blank(step)) => first(blank::TABLE, *step),
        Act::Step(Step::Batch(step)) => first(batch::TABLE, *step),
        Act::Step(Step::Shipment(step)) => first(shipment::TABLE, *step),
        Act::Step(Step::Shift(step)) => first(shift::TABLE, *step),
        Act::Step(Step::Incident(step)) => first(incident::TABLE, *step),
        Act::Step(Step::Resident(step)) => first(resident::TABLE, *step),
        Act::Open(Opening::Resident { begins: resident::State::Clean, .. }) => by(Role::Centre),
        Act::Open(Opening::Application { begins: application::State::Listed, .. }) => by(Role::HeadOfRegistry),
        Act::Open(opening) => match opening {
            Opening::Application { .. } => by(Role::Operator),
            Opening::Card { .. } => by(Role::Approver),
            Opening::CardCopy { .. } | Opening::CardComing { .. } | Opening::ShipmentCopy { .. } => by(Role::Sync),
            Opening::Blank { .. } | Opening::Batch { .. } | Opening::Shift { .. } => by(Role::Personalizer),
            Opening::Shipment { .. } => by_two(Role::Courier, Role::Supervisor),
            Opening::Incident { .. } | Opening::Resident { .. } => by(Role::Operator),
        },
    }
}

/// An application of the n-th person.
pub fn applied(name: &str, n: u32) -> Move {
    let begins = application::State::Applied;
    let procedure = word("regular-citizen-office");
    Move::open(id(name), Opening::Application { begins, procedure, subject: person(n), family: None, priority: 0 })
}

/// Steps of an application, one after the other.
pub fn steps(name: &str, steps: &[application::Step]) -> Vec<Move> {
    steps.iter().map(|step| Move::application(id(name), *step)).collect()
}

/// From its form to being found unique.
pub fn to_unique(name: &str) -> Vec<Move> {
    use application::Step::{Capture, Consolidate, FindSingle, Receive, Send, VerifyData};
    steps(name, &[VerifyData, Capture, Consolidate, Send, Receive, FindSingle])
}

/// An authorization: the application is print ready, and its card is there.
pub fn approved(name: &str, card: &str) -> Vec<Move> {
    let opening = Opening::Card { application: id(name), number: word(&format!("N-{card}")) };
    vec![Move::application(id(name), application::Step::Approve), Move::open(id(card), opening)]
}

/// A blank in stock.
pub fn stock(name: &str) -> Move {
    Move::open(id(name), Opening::Blank { of: word("ektp-80k") })
}

/// An incident about something, and the step by which that is missing.
pub fn missing(incident: &str, about: &str, step: Move) -> Vec<Move> {
    let report = Move::open(id(incident), Opening::Incident { about: word(about) });
    vec![report, step.because(word(incident))]
}

/// An incident about a card, and the steps by which it is missing together with its blank.
pub fn lost(incident: &str, card: &str, blank: &str) -> Vec<Move> {
    let why = word(incident);
    let report = Move::open(id(incident), Opening::Incident { about: word(card) });
    let both = [Move::card(id(card), card::Step::Lose), Move::blank_lost(id(blank), id(card))];
    std::iter::once(report).chain(both.map(|step| step.because(why.clone()))).collect()
}

/// The n-th person in the register, of a family.
pub fn registered(name: &str, n: u32, family: &str, begins: resident::State) -> Move {
    let (subject, family, source) = (person(n), id(family), word("file"));
    Move::open(id(name), Opening::Resident { begins, subject, family, source })
}

/// A chip is taken for a card.
pub fn encoded(card: &str, blank: &str) -> Vec<Move> {
    vec![Move::card(id(card), card::Step::Encode), Move::blank_for(id(blank), id(card))]
}

/// Steps of a card, one after the other.
pub fn card_steps(name: &str, steps: &[card::Step]) -> Vec<Move> {
    steps.iter().map(|step| Move::card(id(name), *step)).collect()
}

/// The card is in its holder's hand.
pub fn handed_over(card: &str, name: &str) -> Vec<Move> {
    let over = Move::card_of(id(card), id(name), card::Step::HandOver);
    vec![over, Move::application(id(name), application::Step::Deliver)]
}

/// A person's card, waiting at the desk: application `name`, card `card`, blank `blank`.
pub fn to_waiting(desk: &mut Desk, store: &mut dyn Store, name: &str, n: u32, card: &str, blank: &str) {
    use card::Step::{Check, FinishEncoding, Pack, Print, Receive};
    desk.done(store, vec![applied(name, n), stock(blank)]);
    for step in to_unique(name) {
        desk.done(store, vec![step]);
    }
    desk.done(store, approved(name, card));
    desk.done(store, steps(name, &[application::Step::Personalize]));
    desk.done(store, encoded(card, blank));
    desk.done(store, vec![Move::blank(id(blank), blank::Step::Make)]);
    desk.done(store, card_steps(card, &[FinishEncoding, Print, Check, Pack, Receive]));
}

/// And in its holder's hand.
pub fn to_active(desk: &mut Desk, store: &mut dyn Store, name: &str, n: u32, card: &str, blank: &str) {
    to_waiting(desk, store, name, n, card, blank);
    desk.done(store, handed_over(card, name));
}

/// The state's word of a thing.
pub fn state(store: &mut dyn Store, kind: Kind, name: &str) -> &'static str {
    store.standing(kind, &id(name)).unwrap().unwrap().state
}
