//! The making of a batch's cards at a station: row by row, each claimed, so that any number of stations work on one batch.

use super::batch::{self, Row};
use super::notes::{self, part_of};
use super::{BureauError, shift};
use crate::crypto::hash::sha256;
use crate::issuance::desk::{By, Desk, DeskError};
use crate::issuance::names::Named as _;
use crate::issuance::store::{self, Claim, Held, Id, Kind, Move, StoreError, Word, Work};
use crate::issuance::{application, batch as rules, blank, card};
use crate::limits::STORE_MOVES;
use crate::verify::hex;

/// A card that is to be made of a blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The batch.
    pub batch: Id,
    /// The application.
    pub application: Id,
    /// The card.
    pub card: Id,
    /// Its document number.
    pub number: Word,
    /// The serial number of the blank.
    pub blank: Id,
    /// SHA-256 of the manifest of its image, as the audit has it from whoever authorized the card.
    pub image: Option<[u8; 32]>,
}

/// How a stage of the making ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Done; by the SHA-256 of its receipt or record.
    Done([u8; 32]),
    /// The blank is spoiled.
    Spoiled(Word),
    /// The state of the chip is not known.
    Quarantined(Word),
    /// Nothing is spoiled: the same card and blank go on later.
    Waits(Word),
    /// It is done at another station: this one does not print.
    Elsewhere,
}

/// What makes cards: the engine of personalization, printer and check of a station; in a test, whatever the test says.
pub trait Maker {
    /// The serial number of the blank that is to be used next, among those of the shift that are unused; none: the station stops.
    fn blank(&mut self, unused: &[Id]) -> Option<Id>;

    /// Writes the chip, or brings the writing on that began before.
    fn encode(&mut self, order: &Order) -> Stage;

    /// Prints the face.
    fn print(&mut self, order: &Order) -> Stage;

    /// Checks that chip and face are one card.
    fn check(&mut self, order: &Order) -> Stage;

    /// Whether something is wrong with the station itself, so that no other card would fare better: it stops.
    fn is_down(&self) -> bool {
        false
    }
}

/// A station at work.
#[derive(Debug)]
pub struct Station {
    /// Its name, at which a shift is open.
    pub name: Word,
    /// How long a row is its own before another station may take it up, in seconds.
    pub lease_seconds: u32,
    /// After so many rows in a row that did not become cards, it stops.
    pub most_failures: usize,
    /// Its name, held by this process: whoever worked under it before is gone, so that what it had claimed under the same officer's key is
    /// taken up at once. Without it every lease is waited for.
    pub held: Option<Held>,
}

/// Why a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// Every row was taken up.
    Done,
    /// No blank of the shift is left.
    NoBlank,
    /// Too many failures, one after the other.
    Failures,
    /// The station itself cannot go on ([`Maker::is_down`]).
    Down,
}

/// What a run did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// Cards that were finished.
    pub issued: usize,
    /// Rows that failed.
    pub failed: usize,
    /// Rows that wait, at this station or at another.
    pub waiting: usize,
    /// What this run found done before it.
    pub found: Found,
    /// Why it ended.
    pub stopped: Stopped,
}

/// What a run found when it came to the rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Found {
    /// Finished before, and left alone.
    pub finished: usize,
    /// Begun before, and gone on with, with the blank that they had.
    pub begun: usize,
}

/// Runs a batch, or runs it on: every row that is not finished, in order. Each stage is durable before the next begins; a row that was
/// interrupted goes on with the card and the blank that it has.
///
/// # Errors
/// [`BureauError::NoShift`], [`BureauError::NotOfShift`], [`BureauError::Elsewhere`], [`BureauError::Stands`] for a batch that is not approved; what desk and store say.
pub fn run(
    desk: &mut Desk<'_>,
    job: &Id,
    id: &Id,
    station: &Station,
    maker: &mut dyn Maker,
    by: By<'_>,
) -> Result<Ran, BureauError> {
    let shift = shift::at(desk, &station.name)?;
    shift::works(desk, &shift.id, by)?;
    let found = notes::own(desk, Kind::Batch, id)?;
    begin(desk, job, id, by)?;
    let order = batch::order(desk.store, desk.key, id)?;
    let unused = shift::unused(desk, &shift.id)?.remove(found.word.as_str()).unwrap_or_default();
    let mut at = At { job, batch: id, unused: super::stock::ids(&unused)?, station, by };
    let mut ran = Ran { issued: 0, failed: 0, waiting: 0, found: Found::default(), stopped: Stopped::Done };
    let mut failures = 0;
    for (n, row) in order.rows.iter().enumerate() {
        let (became, begun) = at.row(desk, n, row, maker)?;
        ran.found.begun += usize::from(begun);
        match became {
            Became::Card => (ran.issued, failures) = (ran.issued + 1, 0),
            Became::Failed => (ran.failed, failures) = (ran.failed + 1, failures + 1),
            Became::Waiting => (ran.waiting, failures) = (ran.waiting + 1, failures + 1),
            Became::Printed => (ran.waiting, failures) = (ran.waiting + 1, 0),
            Became::Others => ran.waiting += 1,
            Became::Before => ran.found.finished += 1,
            Became::NoBlank => ran.stopped = Stopped::NoBlank,
        }
        if maker.is_down() {
            ran.stopped = Stopped::Down;
        } else if failures >= station.most_failures.max(1) {
            ran.stopped = Stopped::Failures;
        }
        if ran.stopped != Stopped::Done {
            break;
        }
    }
    end(desk, job, id, &ran, by)?;
    Ok(ran)
}

/// The batch is running from now on.
fn begin(desk: &mut Desk<'_>, job: &Id, id: &Id, by: By<'_>) -> Result<(), BureauError> {
    let state = notes::standing(desk, Kind::Batch, id)?.state;
    match rules::State::of_name(state) {
        // At another station, or here before this station fell.
        Some(rules::State::Running) => Ok(()),
        Some(rules::State::Approved | rules::State::Stopped) => steps(desk, &part_of(job, "run")?, (id, rules::Step::Run), by),
        _ => Err(BureauError::Stands { kind: Kind::Batch, id: id.clone(), state }),
    }
}

/// A batch of which something is left to do stops here; one whose rows are all finished waits to be closed.
fn end(desk: &mut Desk<'_>, job: &Id, id: &Id, ran: &Ran, by: By<'_>) -> Result<(), BureauError> {
    let left = ran.waiting > 0 || ran.stopped != Stopped::Done;
    let running = notes::standing(desk, Kind::Batch, id)?.state == rules::State::Running.name();
    if left && running { steps(desk, &part_of(job, "stop")?, (id, rules::Step::Stop), by) } else { Ok(()) }
}

/// A step of the batch, unless another station took it in the same moment.
pub(super) fn steps(desk: &mut Desk<'_>, job: &Id, (id, step): (&Id, rules::Step), by: By<'_>) -> Result<(), BureauError> {
    match desk.take_by(job, vec![Move::batch(id.clone(), step)], by) {
        Ok(_) => Ok(()),
        Err(error) => {
            let stands = rules::State::of_name(notes::standing(desk, Kind::Batch, id)?.state);
            let is_there = match step {
                rules::Step::Run => stands == Some(rules::State::Running),
                _ => stands != Some(rules::State::Running),
            };
            let was_late = matches!(error, DeskError::Store(StoreError::WrongState { .. }));
            if was_late && is_there { Ok(()) } else { Err(error.into()) }
        }
    }
}

/// What became of a row in this run.
enum Became {
    Card,
    Failed,
    Waiting,
    /// What this station does is done; it is printed elsewhere.
    Printed,
    /// Another station works on it.
    Others,
    /// It was finished before.
    Before,
    NoBlank,
}

/// Where the work is done, and for what.
struct At<'a> {
    job: &'a Id,
    batch: &'a Id,
    /// Blanks of the shift that are unused.
    unused: Vec<Id>,
    station: &'a Station,
    by: By<'a>,
}

impl At<'_> {
    /// What became of a row, and whether it had been begun before.
    fn row(&mut self, desk: &mut Desk<'_>, n: usize, row: &Row, maker: &mut dyn Maker) -> Result<(Became, bool), BureauError> {
        let (application, card) = (Id::parse(&row.application)?, Id::parse(&row.card)?);
        if self.finished(desk, &card)? {
            return Ok((self.called_back(desk, n, &card)?, false));
        }
        let Some(claim) = self.claim(desk, &application)? else { return Ok((Became::Others, false)) };
        // Another station may have finished it between the look and the claim.
        if self.finished(desk, &card)? {
            desk.store.release(&claim)?;
            return Ok((Became::Before, false));
        }
        let begun = notes::standing(desk, Kind::Card, &card)?.state != card::State::Allocated.name();
        let made = self.make(desk, n, row, (application, card), maker);
        desk.store.release(&claim)?;
        Ok((made?, begun))
    }

    fn finished(&self, desk: &mut Desk<'_>, card: &Id) -> Result<bool, BureauError> {
        let state = card::State::of_name(notes::standing(desk, Kind::Card, card)?.state);
        let open = [card::State::Allocated, card::State::Encoding, card::State::Encoded, card::State::Printed];
        Ok(!state.is_some_and(|state| open.contains(&state)))
    }

    /// Spoils the blank of a card that was revoked while it was being made: nothing more is done to it, and the books say where it is.
    fn called_back(&self, desk: &mut Desk<'_>, n: usize, card: &Id) -> Result<Became, BureauError> {
        let revoked = notes::standing(desk, Kind::Card, card)?.state == card::State::Revoked.name();
        let blank = desk.store.find(Kind::Blank, store::By::Owner(card))?.into_iter().next();
        let Some(blank) = blank.filter(|blank| revoked && blank.state == blank::State::InProcess.name()) else {
            return Ok(Became::Before);
        };
        let step = Move::blank(blank.id, blank::Step::Spoil).because(Word::parse("called-back")?).on(self.station.name.clone());
        desk.take_by(&self.part(n, "called-back")?, vec![step], self.by)?;
        Ok(Became::Failed)
    }

    /// The row, for this station alone; none if another has it, or it is in no batch any more.
    fn claim(&self, desk: &mut Desk<'_>, application: &Id) -> Result<Option<Claim>, BureauError> {
        let work = Work {
            kind: Kind::Application,
            state: application::State::InPersonalization.name(),
            station: self.holder()?,
            now: desk.now(),
            lease_seconds: self.station.lease_seconds,
        };
        Ok(match self.station.held {
            Some(_) => desk.store.take_up(&work, application)?,
            None => desk.store.claim_one(&work, application)?,
        })
    }

    /// In whose name rows are claimed: the station's, under this officer's key.
    fn holder(&self) -> Result<Word, BureauError> {
        let name = self.station.name.as_str();
        let whole = sha256(format!("{name}\0{}", self.by.first.id()).as_bytes());
        let mark = hex::encode(whole.get(..8).unwrap_or_default());
        Ok(Word::parse(&format!("{}.{mark}", name.get(..40).unwrap_or(name)))?)
    }

    /// Brings a row as far as it goes.
    fn make(
        &mut self,
        desk: &mut Desk<'_>,
        n: usize,
        row: &Row,
        (application, card): (Id, Id),
        maker: &mut dyn Maker,
    ) -> Result<Became, BureauError> {
        let number = Word::parse(&row.number)?;
        let Some(blank) = self.blank(desk, n, (&application, &card), maker)? else { return Ok(Became::NoBlank) };
        let image = desk.store.history(Kind::Card, &card, 0, 1)?.first().and_then(store::Row::evidence);
        let order = Order { batch: self.batch.clone(), application, card, number, blank, image };
        // Three stages at most, each of which leaves the card in another state.
        for _ in 0..3 {
            let state = card::State::of_name(notes::standing(desk, Kind::Card, &order.card)?.state);
            let (name, stage, step) = match state {
                Some(card::State::Encoding) => ("encode", maker.encode(&order), card::Step::FinishEncoding),
                Some(card::State::Encoded) => ("print", maker.print(&order), card::Step::Print),
                Some(card::State::Printed) => ("check", maker.check(&order), card::Step::Check),
                _ => return Ok(Became::Before),
            };
            match stage {
                Stage::Done(evidence) => self.done(desk, n, &order, (name, step), evidence)?,
                Stage::Waits(_) => return Ok(Became::Waiting),
                Stage::Elsewhere => return Ok(Became::Printed),
                Stage::Spoiled(why) => return self.failed(desk, n, &order, (card::Step::Spoil, blank::Step::Spoil), why),
                // Once it is encoded the state of its chip is known: what fails later spoils it.
                Stage::Quarantined(why) if name == "encode" => {
                    return self.failed(desk, n, &order, (card::Step::Quarantine, blank::Step::Quarantine), why);
                }
                Stage::Quarantined(why) => return self.failed(desk, n, &order, (card::Step::Spoil, blank::Step::Spoil), why),
            }
            if step == card::Step::Check {
                return Ok(Became::Card);
            }
        }
        Ok(Became::Card)
    }

    /// The blank of a card: the one that it has, or one that is taken for it now.
    fn blank(
        &mut self,
        desk: &mut Desk<'_>,
        n: usize,
        (application, card): (&Id, &Id),
        maker: &mut dyn Maker,
    ) -> Result<Option<Id>, BureauError> {
        if let Some(blank) = desk.store.find(Kind::Blank, store::By::Owner(card))?.into_iter().next() {
            return Ok(Some(blank.id));
        }
        let Some(blank) = maker.blank(&self.unused).filter(|chosen| self.unused.contains(chosen)) else { return Ok(None) };
        let moves = vec![
            Move::card_of(card.clone(), application.clone(), card::Step::Encode).on(self.station.name.clone()),
            Move::blank_for(blank.clone(), card.clone()).on(self.station.name.clone()),
        ];
        desk.take_by(&self.part(n, "take")?, moves, self.by)?;
        self.unused.retain(|unused| *unused != blank);
        Ok(Some(blank))
    }

    /// A stage is done. With the last one the blank is a card.
    fn done(
        &self,
        desk: &mut Desk<'_>,
        n: usize,
        order: &Order,
        (name, step): (&str, card::Step),
        evidence: [u8; 32],
    ) -> Result<(), BureauError> {
        let mut moves = vec![self.step(order, step)?.by_evidence(evidence)];
        if step == card::Step::Check {
            moves.push(Move::blank(order.blank.clone(), blank::Step::Make));
        }
        desk.take_by(&self.part(n, name)?, moves, self.by)?;
        Ok(())
    }

    fn failed(
        &self,
        desk: &mut Desk<'_>,
        n: usize,
        order: &Order,
        (step, blank): (card::Step, blank::Step),
        why: Word,
    ) -> Result<Became, BureauError> {
        let moves = vec![self.step(order, step)?.because(why.clone()), Move::blank(order.blank.clone(), blank).because(why)];
        desk.take_by(&self.part(n, "failed")?, moves, self.by)?;
        Ok(Became::Failed)
    }

    fn step(&self, order: &Order, step: card::Step) -> Result<Move, BureauError> {
        Ok(Move::card_of(order.card.clone(), order.application.clone(), step).on(self.station.name.clone()))
    }

    fn part(&self, n: usize, name: &str) -> Result<Id, BureauError> {
        debug_assert!(n < STORE_MOVES);
        part_of(self.job, &format!("{n}.{name}"))
    }
}
