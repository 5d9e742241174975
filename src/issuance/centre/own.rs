//! Enrolments in the gallery that make nobody a candidate: the NIK's own, and records that two officers gave up for another.
//!
//! What a NIK was found unique with stays its own, whatever became of the application: taken back, or refused because somebody else came
//! to collect the card. What was refused before anyone was found unique is not: an impostor's fingers are found again.

use super::findings::Findings;
use super::{CentreError, Outcome, application_of, person_of};
use crate::afis::PersonId;
use crate::afis::sealed::Store as GalleryStore;
use crate::issuance::application::{State, Step};
use crate::issuance::case::Case;
use crate::issuance::desk::Desk;
use crate::issuance::names::Named as _;
use crate::issuance::store::{By as Find, Id, Kind, Page, Row};
use crate::limits::STORE_PAGE_ROWS;

/// Enrolments that belong to an application's NIK.
#[derive(Debug, Default)]
pub(super) struct Own {
    /// With which somebody was found unique, the latest last: what the live fingers are held against.
    pub enrolled: Vec<PersonId>,
    /// Taken back before anyone was found unique: the same fingers under the same NIK say nothing.
    withdrawn: Vec<PersonId>,
    /// What the own records were kept in the place of.
    pub outlived: Vec<PersonId>,
}

impl Own {
    /// Those of a case's NIK that are in a gallery.
    pub fn of(desk: &mut Desk<'_>, case: &Case, gallery: &GalleryStore) -> Result<Self, CentreError> {
        let subject = desk.key.subject(&case.dossier.biodata.nik);
        let mut own = Self::default();
        for found in desk.store.find(Kind::Application, Find::Person(&subject))? {
            let life = desk.store.history(Kind::Application, &found.id, 0, STORE_PAGE_ROWS)?;
            let is_unique = is_unique(&life);
            if is_unique && was_kept(&life) {
                let over = Findings::open(desk, &found.id)?;
                own.outlived.extend(over.given_up().filter_map(|application| person_of(&Id::parse(application).ok()?).ok()));
            }
            let person = person_of(&found.id).ok().filter(|person| gallery.gallery().contains(*person));
            let Some(person) = person.filter(|_| found.id != case.id) else { continue };
            if is_unique && !gave_up(&life) {
                own.enrolled.push(person);
            } else if found.state == State::Withdrawn.name() {
                own.withdrawn.push(person);
            }
        }
        Ok(own)
    }

    /// Whether somebody in the gallery is known to make no doubt.
    pub fn knows(&self, person: PersonId) -> bool {
        [&self.enrolled, &self.withdrawn, &self.outlived].into_iter().any(|all| all.contains(&person))
    }
}

/// Whether somebody was found unique with the capture that an application has now.
fn is_unique(life: &[Row]) -> bool {
    let since = life.iter().rposition(|row| row.now == State::Captured.name() && row.was != row.now).unwrap_or(0);
    life.iter().skip(since).any(|row| row.now == State::Unique.name())
}

/// Whether two officers kept this record in the place of others.
fn was_kept(life: &[Row]) -> bool {
    let clarified = life.iter().filter(|row| row.was == State::Clarifying.name());
    clarified.filter_map(Row::reason).any(|why| why == Outcome::KeepChosen.name())
}

/// Whether two officers gave this record up for another.
fn gave_up(life: &[Row]) -> bool {
    life.iter().any(|row| {
        let kept_first = row.now == State::Rejected.name() && row.reason().as_deref() == Some(Outcome::KeepFirst.name());
        kept_first || row.step().as_deref() == Some(Step::GiveWay.name())
    })
}

/// Whether the application of somebody in the gallery was given up for another record of the same person.
pub(super) fn was_given_up(desk: &mut Desk<'_>, person: PersonId) -> Result<bool, CentreError> {
    let id = application_of(person)?;
    let ended = desk.store.standing(Kind::Application, &id)?.is_some_and(|found| found.state == State::Rejected.name());
    Ok(ended && gave_up(&desk.store.history(Kind::Application, &id, 0, STORE_PAGE_ROWS)?))
}

/// Takes the records that two officers gave up out of the gallery: one person has one enrolment. How many there were.
///
/// # Errors
/// [`CentreError::Gallery`]; what the store says.
pub fn vacate(desk: &mut Desk<'_>, gallery: &GalleryStore) -> Result<usize, CentreError> {
    let mut page = Page { state: Some(State::Rejected.name()), limit: STORE_PAGE_ROWS, ..Page::of(Kind::Application) };
    let mut vacated = 0;
    loop {
        let found = desk.store.page(&page)?;
        for ended in &found {
            let person = person_of(&ended.id).ok().filter(|person| gallery.gallery().contains(*person));
            if let Some(person) = person
                && was_given_up(desk, person)?
            {
                gallery.delete(person, desk.rng)?;
                vacated += 1;
            }
        }
        let Some(last) = found.last() else { return Ok(vacated) };
        page.after = Some(last.cursor());
    }
}
