//! Whether a person is unique: the capture against everyone who was ever enrolled, and against the NIK's own enrolment.
//!
//! Everyone who is identified is in the gallery from then on, whatever came of it, so that of two who come at once the second finds the
//! first, and who was refused is found again. A capture that is taken anew takes the place of the one before; a record that was given up for
//! another leaves the gallery. Data that the centre consolidated since overwrite the copy first.

use super::captured::{Captured, Prints};
use super::findings::{Answer, Doubt, Findings, OWN_NIK, Suspect, Suspects, subject};
use super::own::{Own, was_given_up};
use super::{CentreError, application_of, person_of};
use crate::afis::answer::Enough;
use crate::afis::sealed::Store as GalleryStore;
use crate::afis::{self, Candidate, Gallery, Likeness, Person, PersonError, PersonId, Policy};
use crate::issuance::application::{State, Step};
use crate::issuance::case::Case;
use crate::issuance::desk::{By, Desk};
use crate::issuance::likeness::{self, Traits};
use crate::issuance::papers::Reason;
use crate::issuance::recall::took;
use crate::issuance::store::{By as Find, Id, Kind, Move, Word};
use crate::reason::Refusal as _;

/// Everyone, and how they are searched.
#[derive(Clone, Copy)]
pub struct Population<'a> {
    /// The sealed gallery.
    pub gallery: &'a GalleryStore,
    /// The two thresholds.
    pub policy: &'a Policy,
    /// What makes templates of the captured images.
    pub prints: &'a dyn Prints,
}

/// Identifies the person of an application that was received, or that was found unique before the centre's data of them changed. The
/// findings; the application is *unique* then, or *doubtful*. A capture that is no person's will not become one: the application is
/// *identification failed* then, and waits to be sent or captured again.
///
/// # Errors
/// [`CentreError::Person`] if one finger was captured for two, [`CentreError::Gallery`]; what desk and store say.
pub fn identify(
    desk: &mut Desk<'_>,
    job: &Id,
    id: &Id,
    population: &Population<'_>,
    by: By<'_>,
) -> Result<Findings, CentreError> {
    let mut case = Case::open(desk, id)?;
    let ends = [Step::FindSingle, Step::FindDoubt, Step::FailIdentification];
    if took(desk, job, id, &ends, None)? && !took(desk, job, id, &[Step::FailIdentification], None).unwrap_or(false) {
        return Findings::open(desk, id);
    }
    let changed = case.take_clean(desk)?;
    let captured = Captured::open(desk, id)?;
    let (templates, exceptions) = captured.templates(population.prints);
    let person = Person::of(person_of(id)?, templates.iter().map(|(finger, template)| (*finger, template)), exceptions);
    let person = match person {
        Ok(person) => person,
        Err(error) => return Err(failed(desk, job, id, error, by)?),
    };
    seat(desk, population, &person)?;
    likeness::index(desk.store, desk.key, id, &Traits::of(&case.dossier.biodata))?;
    let own = Own::of(desk, &case, population.gallery)?;
    for given_up in own.outlived.iter().filter(|person| population.gallery.gallery().contains(**person)) {
        population.gallery.delete(*given_up, desk.rng)?;
    }
    let (answer, suspects) = decide(desk, &case, population, &person, &own)?;
    let latest = own.enrolled.last().map(|own| application_of(*own)).transpose()?;
    let findings = Findings::new(desk.now(), answer, suspects, latest.as_ref(), subject(&case, &captured.digest));
    let step = if matches!(answer, Answer::Doubt(_)) { Step::FindDoubt } else { Step::FindSingle };
    let sealed = findings.seal(desk, id)?;
    let mut found = Move::application(id.clone(), step).because(Word::parse(answer.code())?).with_sealed(sealed);
    if changed {
        found = found.with_sealed(case.sealed(desk)?);
    }
    let mut moves = vec![found.by_evidence(subject(&case, &captured.digest))];
    if changed && case.state == State::Unique {
        moves.insert(0, Move::application(id.clone(), Step::Recheck));
    }
    desk.take_by(job, moves, by)?;
    Ok(findings)
}

/// Writes down that an identification came to no answer, and why; the same job again says the same.
fn failed(desk: &mut Desk<'_>, job: &Id, id: &Id, error: PersonError, by: By<'_>) -> Result<CentreError, CentreError> {
    let why = error.reason().code();
    if !took(desk, job, id, &[Step::FailIdentification], Some(why))? {
        let step = Move::application(id.clone(), Step::FailIdentification).because(Word::parse(why)?);
        desk.take_by(job, vec![step], by)?;
    }
    Ok(error.into())
}

/// Takes the person into the gallery, in the place of an earlier capture of the same application.
fn seat(desk: &mut Desk<'_>, population: &Population<'_>, person: &Person) -> Result<(), CentreError> {
    let store = population.gallery;
    match store.gallery().person(person.id()) {
        Some(known) if known == *person => return Ok(()),
        Some(_) => drop(store.delete(person.id(), desk.rng)?),
        None => {}
    }
    store.admit(person, desk.rng)?;
    Ok(())
}

/// Those candidates who are somebody else's record, the surest first; more than can be named are told. A record that was given up for
/// another leaves the gallery here at the latest.
fn others(
    desk: &mut Desk<'_>,
    population: &Population<'_>,
    candidates: &[Candidate],
    own: &Own,
) -> Result<Suspects, CentreError> {
    let mut suspects = Suspects::default();
    for candidate in candidates.iter().filter(|candidate| !own.knows(candidate.id)) {
        if was_given_up(desk, candidate.id)? {
            population.gallery.delete(candidate.id, desk.rng)?;
        } else if !suspects.add_by_fingers(suspect(candidate)?) {
            break;
        }
    }
    Ok(suspects)
}

fn decide(
    desk: &mut Desk<'_>,
    case: &Case,
    population: &Population<'_>,
    person: &Person,
    own: &Own,
) -> Result<(Answer, Suspects), CentreError> {
    let gallery = population.gallery.gallery();
    let searched = match gallery.ticket(person.id()) {
        Some(ticket) => gallery.identify_before(ticket, person, population.policy),
        None => gallery.identify(person, population.policy),
    };
    let doubt = |doubt, suspects| Ok((Answer::Doubt(doubt), suspects));
    match &searched {
        afis::Answer::Adjudicate(why, candidates) if *why != afis::Doubt::Candidates => {
            let by_fingers = others(desk, population, candidates, own)?;
            return doubt(of_afis(*why), by_biodata(desk, case, population, by_fingers)?);
        }
        afis::Answer::Duplicate(candidates) | afis::Answer::Adjudicate(_, candidates) => {
            let suspects = others(desk, population, candidates, own)?;
            if let (Some(surest), Some(first)) = (candidates.first(), suspects.all.first()) {
                let is_surest = first.application == application_of(surest.id)?.as_str();
                let sure = matches!(searched, afis::Answer::Duplicate(_)) && is_surest;
                return doubt(if sure { Doubt::Duplicate } else { Doubt::Candidates }, suspects);
            }
        }
        afis::Answer::Single(_) => {}
    }
    // The NIK's own enrolment, 1:1: whoever claims a card of somebody must be that somebody.
    match own.enrolled.last() {
        Some(latest) if is_same(gallery, *latest, person, population.policy)? => Ok((Answer::Reissue, Suspects::default())),
        Some(latest) => {
            let mut suspects = Suspects::default();
            suspects.add(&application_of(*latest)?, OWN_NIK);
            doubt(Doubt::OwnMismatch, suspects)
        }
        None if case.dossier.reason != Reason::New => doubt(Doubt::NothingEnrolled, Suspects::default()),
        None => Ok((Answer::Single, Suspects::default())),
    }
}

/// Whether somebody in the gallery leaves no doubt to be this person, compared with nobody else.
fn is_same(gallery: &Gallery, known: PersonId, person: &Person, policy: &Policy) -> Result<bool, CentreError> {
    let Some(known) = gallery.person(known) else { return Ok(false) };
    let alone = Gallery::new(1);
    alone.insert(&known).map_err(afis::sealed::SealedError::from)?;
    Ok(matches!(alone.identify(person, policy), afis::Answer::Duplicate(_)))
}

const fn of_afis(doubt: afis::Doubt) -> Doubt {
    match doubt {
        afis::Doubt::Candidates => Doubt::Candidates,
        afis::Doubt::NoUsableFinger => Doubt::NoUsableFinger,
        afis::Doubt::NotComparable { .. } => Doubt::NotComparable,
        afis::Doubt::TooFewFingers { .. } => Doubt::TooFewFingers,
    }
}

fn suspect(candidate: &Candidate) -> Result<Suspect, CentreError> {
    let same = candidate.fingers.iter().filter(|finger| finger.likeness == Likeness::Same);
    Ok(Suspect {
        application: application_of(candidate.id)?.to_string(),
        band: Some(candidate.band.name().to_owned()),
        hands_swapped: candidate.hands_swapped,
        fingers: same.map(|finger| finger.probe.text().to_owned()).collect(),
        by: Vec::new(),
    })
}

/// Candidates where fingers cannot say enough, beside those that fingers found: who is like this person by name and birth, who was enrolled
/// under the same family card, and everybody else whose fingers cannot say enough.
fn by_biodata(
    desk: &mut Desk<'_>,
    case: &Case,
    population: &Population<'_>,
    mut suspects: Suspects,
) -> Result<Suspects, CentreError> {
    let gallery = population.gallery.gallery();
    let everybody = likeness::search(desk.store, desk.key, &case.id, &Traits::of(&case.dossier.biodata))?;
    suspects.is_cut |= everybody.is_cut;
    for found in &everybody.found {
        found.alike.why.iter().for_each(|why| suspects.add(&found.application, why.code()));
    }
    let family = desk.key.family(&case.dossier.biodata.family_card_no);
    for of_family in desk.store.find(Kind::Application, Find::Family(&family))? {
        if of_family.id != case.id && person_of(&of_family.id).is_ok_and(|person| gallery.contains(person)) {
            suspects.add(&of_family.id, "family-card");
        }
    }
    // Who came last first: theirs are the cases that are open, if there are more than can be named.
    for (person, why) in short_of_fingers(gallery, population.policy).into_iter().rev() {
        let id = application_of(person)?;
        if id != case.id {
            suspects.add(&id, why);
        }
    }
    Ok(suspects)
}

/// Everybody whose fingers cannot say enough, and why, as they came.
fn short_of_fingers(gallery: &Gallery, policy: &Policy) -> Vec<(PersonId, &'static str)> {
    let searched = gallery.len();
    let short = gallery.persons().filter_map(|person| {
        let why = match Enough::count(person.usable(), searched, policy).err()? {
            afis::Doubt::NoUsableFinger => "no-finger",
            _ => "few-fingers",
        };
        Some((person.id(), why))
    });
    short.collect()
}
