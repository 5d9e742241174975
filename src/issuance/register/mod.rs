//! The population register in the store: who lives in the regency, as files of an office or the centre brought them, sealed.
//!
//! A resident is found by NIK or family card through keyed digests. What the centre brought (*clean*) overwrites what an office brought
//! (*dirty*), never the reverse: [`crate::issuance::resident`].

mod error;
#[cfg(test)]
mod tests;

pub use error::RegisterError;

use super::application;
use super::card;
use super::desk::{By, Desk};
use super::names::Named as _;
use super::office::Office;
use super::recall;
use super::resident::{State, Step};
use super::role::Role;
use super::store::{By as Find, Id, Kind, Move, Opening, Part, Standing, Store, StoreError, StoreKey, Subject, Word};
use crate::limits::CASES_AT_ONCE;
use crate::record::register::Resident;
use crate::record::{FamilyCardNo, Nik};
use zeroize::Zeroizing;

/// A resident as the store knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Under which id.
    pub id: Id,
    /// What is known of them, and by whom.
    pub state: State,
    /// Who.
    pub resident: Resident,
}

/// What an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Imported {
    /// Residents who were not there.
    pub new: usize,
    /// Residents who were there, and are otherwise now.
    pub changed: usize,
    /// Residents who were there, and are the same.
    pub same: usize,
    /// Residents whom the centre brought before, otherwise: left as they are.
    pub kept: usize,
}

impl Imported {
    fn count(&mut self, fate: Fate) {
        match fate {
            Fate::New => self.new += 1,
            Fate::Changed => self.changed += 1,
            Fate::Same => self.same += 1,
            Fate::Kept => self.kept += 1,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    New,
    Changed,
    Same,
    Kept,
}

/// Brings residents in: as the centre's word if the officer acts as the centre, else as the office's. An office brings in whom it holds: the
/// address must be its own or of an office below it, and that which the register has until now too, unless the resident was let go. Each
/// thousand is one change: what
/// was brought in before something failed is found the next time.
///
/// # Errors
/// [`RegisterError`].
pub fn import(desk: &mut Desk<'_>, job: &Id, residents: &[Resident], by: By<'_>) -> Result<Imported, RegisterError> {
    let mut done = Imported::default();
    for (n, part) in residents.chunks(CASES_AT_ONCE).enumerate() {
        let job = nth(job, n)?;
        let before = desk.store.job(&job)?;
        let mut moves = Vec::new();
        for (at, resident) in part.iter().enumerate() {
            let incoming = Incoming::new(desk, resident, by.first.place().0 == Role::Centre);
            let fate = match before.iter().find(|row| row.id == incoming.id) {
                Some(row) if recall::evidence(row) != Some(incoming.evidence) => return Err(conflict(&job)),
                Some(row) if row.was.is_empty() => Fate::New,
                Some(_) => Fate::Changed,
                None => {
                    let at = n * CASES_AT_ONCE + at + 1;
                    incoming.refuse_anothers(desk, at)?;
                    incoming.fate(desk)?.ok_or(RegisterError::Dead(at))?
                }
            };
            done.count(fate);
            if before.is_empty() && matches!(fate, Fate::New | Fate::Changed) {
                moves.push(incoming.step(desk, fate)?);
            }
        }
        if !moves.is_empty() {
            desk.take_by(&job, moves, by)?;
        }
    }
    Ok(done)
}

/// Brings residents into an office's own store as the centre has them, by the centre's signed word: over whatever is known there. The dead
/// stay as they are.
///
/// # Errors
/// [`RegisterError`].
pub fn follow(desk: &mut Desk<'_>, job: &Id, residents: &[Resident], by: By<'_>) -> Result<Imported, RegisterError> {
    let mut done = Imported::default();
    if !desk.store.job(job)?.is_empty() {
        return Ok(done);
    }
    let mut moves = Vec::new();
    for resident in residents {
        let incoming = Incoming::new(desk, resident, true);
        let fate = incoming.fate(desk)?.unwrap_or(Fate::Kept);
        done.count(fate);
        match fate {
            Fate::New => moves.push(incoming.step(desk, fate)?),
            Fate::Changed => moves.push(incoming.followed(desk)?),
            Fate::Same | Fate::Kept => {}
        }
    }
    if !moves.is_empty() {
        desk.take_by(job, moves, by)?;
    }
    Ok(done)
}

/// The name of the n-th change of a job.
fn nth(job: &Id, n: usize) -> Result<Id, StoreError> {
    if n == 0 { Ok(job.clone()) } else { Id::parse(&format!("{job}.{n}")) }
}

fn conflict(job: &Id) -> RegisterError {
    StoreError::Conflict(job.to_string()).into()
}

/// A resident who is brought in.
struct Incoming<'a> {
    resident: &'a Resident,
    id: Id,
    subject: Subject,
    family: Id,
    plain: Zeroizing<String>,
    evidence: [u8; 32],
    is_centre: bool,
}

impl<'a> Incoming<'a> {
    fn new(desk: &Desk<'_>, resident: &'a Resident, is_centre: bool) -> Self {
        let subject = desk.key.subject(&resident.biodata.nik);
        let family = desk.key.family(&resident.biodata.family_card_no).id('f');
        let plain = Zeroizing::new(resident.to_json().to_string());
        let evidence = desk.key.mark("resident", plain.as_bytes());
        Self { resident, id: subject.id('r'), subject, family, plain, evidence, is_centre }
    }

    /// Refuses an office that does not hold the address in its file, or the one in the register; the `at`th of the file.
    fn refuse_anothers(&self, desk: &mut Desk<'_>, at: usize) -> Result<(), RegisterError> {
        let known = desk.store.standing(Kind::Resident, &self.id)?.map(|standing| state(&standing)).transpose()?;
        // Whoever was let go is nobody's until an office brings them in.
        let is_held = known.is_some_and(|known| known != State::Moved);
        let before = if is_held { Some(read(desk.store, desk.key, &self.id)?) } else { None };
        let own = holds(desk.office, self.resident) && before.is_none_or(|before| holds(desk.office, &before));
        if own { Ok(()) } else { Err(RegisterError::Elsewhere(at)) }
    }

    /// What becomes of them; nothing of the dead.
    fn fate(&self, desk: &mut Desk<'_>) -> Result<Option<Fate>, RegisterError> {
        let Some(standing) = desk.store.standing(Kind::Resident, &self.id)? else { return Ok(Some(Fate::New)) };
        let is_same = &read(desk.store, desk.key, &self.id)? == self.resident;
        Ok(match (state(&standing)?, self.is_centre, is_same) {
            (State::Dead, ..) => None,
            (State::Clean, _, true) | (State::Dirty, false, true) => Some(Fate::Same),
            (State::Clean, false, false) => Some(Fate::Kept),
            _ => Some(Fate::Changed),
        })
    }

    /// The step of a copy.
    fn followed(self, desk: &mut Desk<'_>) -> Result<Move, RegisterError> {
        let sealed = desk.key.seal(Kind::Resident, &self.id, Part::Biodata, self.plain.as_bytes(), desk.rng)?;
        let step = Move::resident(self.id, Some(self.family), Step::Follow);
        Ok(step.by_evidence(self.evidence).with_sealed(sealed))
    }

    fn step(self, desk: &mut Desk<'_>, fate: Fate) -> Result<Move, RegisterError> {
        let sealed = desk.key.seal(Kind::Resident, &self.id, Part::Biodata, self.plain.as_bytes(), desk.rng)?;
        let step = match (fate, self.is_centre) {
            (Fate::New, is_centre) => {
                let begins = if is_centre { State::Clean } else { State::Dirty };
                let source = Word::parse(if is_centre { "centre" } else { "office" })?;
                Move::open(self.id, Opening::Resident { begins, subject: self.subject, family: self.family, source })
            }
            (_, true) => Move::resident(self.id, Some(self.family), Step::Consolidate),
            (_, false) => Move::resident(self.id, Some(self.family), Step::Import),
        };
        Ok(step.by_evidence(self.evidence).with_sealed(sealed))
    }
}

/// The resident of a NIK whose family card has this number.
///
/// # Errors
/// [`RegisterError::Unknown`] if nobody has the NIK, [`RegisterError::OtherFamily`] if they are in another family.
pub fn call_up(store: &mut dyn Store, key: &StoreKey, nik: &Nik, family: &FamilyCardNo) -> Result<Known, RegisterError> {
    let known = of_nik(store, key, nik)?.ok_or(RegisterError::Unknown)?;
    if known.resident.biodata.family_card_no == *family { Ok(known) } else { Err(RegisterError::OtherFamily) }
}

/// The resident of a NIK, if the register knows one.
///
/// # Errors
/// [`RegisterError`].
pub fn of_nik(store: &mut dyn Store, key: &StoreKey, nik: &Nik) -> Result<Option<Known>, RegisterError> {
    let id = key.subject(nik).id('r');
    let Some(standing) = store.standing(Kind::Resident, &id)? else { return Ok(None) };
    known(store, key, &standing).map(Some)
}

/// Everybody of a family card, in the order in which the register came to know them.
///
/// # Errors
/// [`RegisterError::Unknown`] if there is nobody.
pub fn of_family(store: &mut dyn Store, key: &StoreKey, family: &FamilyCardNo) -> Result<Vec<Known>, RegisterError> {
    let all = store.find(Kind::Resident, Find::Owner(&key.family(family).id('f')))?;
    let all: Vec<Known> = all.iter().map(|standing| known(store, key, standing)).collect::<Result<_, _>>()?;
    if all.is_empty() { Err(RegisterError::Unknown) } else { Ok(all) }
}

/// What somebody who is no resident any more leaves behind, and what must be done about it: the register ends neither.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Departed {
    /// Open applications: to be withdrawn.
    pub applications: Vec<Id>,
    /// Cards in the making, on their way or in the holder's hand, and the word of their state: to be taken back or revoked.
    pub cards: Vec<(Id, &'static str)>,
}

/// A resident left or died: no card is made for them from now on, and none handed over. What they have is told.
///
/// # Errors
/// [`RegisterError::Unknown`], [`RegisterError::Elsewhere`] for another office's, or what the desk says.
pub fn depart(desk: &mut Desk<'_>, job: &Id, nik: &Nik, step: Step, by: By<'_>) -> Result<Departed, RegisterError> {
    let subject = desk.key.subject(nik);
    let id = subject.id('r');
    if desk.store.standing(Kind::Resident, &id)?.is_none() {
        return Err(RegisterError::Unknown);
    }
    if !holds(desk.office, &read(desk.store, desk.key, &id)?) {
        return Err(RegisterError::Elsewhere(1));
    }
    desk.take_by(job, vec![Move::resident(id, None, step)], by)?;
    let open = |a: &Standing| application::State::of_name(a.state).is_some_and(application::State::is_open);
    let worth = |c: &Standing| card::State::of_name(c.state).is_some_and(|s| s.is_live() || s.is_unfinished());
    let applications = desk.store.find(Kind::Application, Find::Person(&subject))?.into_iter().filter(open).map(|a| a.id);
    let applications = applications.collect();
    let cards = desk.store.find(Kind::Card, Find::Person(&subject))?.into_iter().filter(worth).map(|c| (c.id, c.state)).collect();
    Ok(Departed { applications, cards })
}

/// Whether somebody whom the register knows is no resident any more, and what they are instead. Whom it does not know is not judged by it.
///
/// # Errors
/// What the store says.
pub fn departed(store: &mut dyn Store, subject: &Subject) -> Result<Option<State>, StoreError> {
    let Some(standing) = store.standing(Kind::Resident, &subject.id('r'))? else { return Ok(None) };
    Ok(Some(state(&standing)?).filter(|state| !state.lives_here()))
}

/// Whether a resident lives where an office, or one below it, is.
fn holds(office: Office, resident: &Resident) -> bool {
    let address = &resident.biodata.address;
    let own = [address.district_code.as_str(), address.regency_code.as_str()].map(str::parse);
    office == Office::Ministry || own.into_iter().flatten().next().is_some_and(|own| office.holds(own))
}

/// A resident by how they stand.
pub(in crate::issuance) fn known(store: &mut dyn Store, key: &StoreKey, standing: &Standing) -> Result<Known, RegisterError> {
    Ok(Known { id: standing.id.clone(), state: state(standing)?, resident: read(store, key, &standing.id)? })
}

fn state(standing: &Standing) -> Result<State, StoreError> {
    State::of_name(standing.state).ok_or(StoreError::Damaged("state"))
}

fn read(store: &mut dyn Store, key: &StoreKey, id: &Id) -> Result<Resident, RegisterError> {
    let sealed = store.sealed(Kind::Resident, id, Part::Biodata)?;
    let plain = key.open(&sealed.ok_or(StoreError::Damaged("sealed"))?)?;
    Resident::from_json(&plain).map_err(|_| StoreError::Damaged("resident").into())
}
