//! The list of who must hold a card and has none: made from the register by the head of the registry office, an application for each.

use super::{CaseError, Dossier, asked, before, holder, only_at, seal};
use crate::issuance::application::State;
use crate::issuance::desk::{By, Desk};
use crate::issuance::names::Named as _;
use crate::issuance::papers::Reason;
use crate::issuance::procedure::{Holder, Mode, Place, Procedure, Start};
use crate::issuance::register::{self, Known};
use crate::issuance::store::{By as Find, Cursor, Id, Kind, Move, Opening, Page, StoreError, Word};
use crate::limits::{CASES_AT_ONCE, STORE_PAGE_ROWS};
use crate::verify::hex;
use jiff::civil::Date;

/// A list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Applications, in the order of the register.
    pub applications: Vec<Id>,
    /// Whether more residents must hold a card than one list takes: the next list has them.
    pub has_more: bool,
}

/// Lists residents of one kind who must hold a card by the day of the office's clock, and neither have one nor an open application. An
/// empty list changes nothing.
///
/// # Errors
/// [`CaseError`].
pub fn list(desk: &mut Desk<'_>, job: &Id, of: Holder, by: By<'_>) -> Result<Listed, CaseError> {
    let digest = asked(desk, "list", &[Procedure::new(Start::Mass, of, Mode::Office).name().as_bytes()]);
    if let Some(done) = before(desk, job, &digest)? {
        let ids = desk.store.job(job)?.into_iter().map(|row| row.id).collect();
        return Ok(Listed { applications: ids, has_more: done.entries.len() == CASES_AT_ONCE });
    }
    let (mut moves, mut applications, mut after) = (Vec::new(), Vec::new(), None);
    let day = desk.today();
    'all: while let Some((residents, last)) = next(desk, after)? {
        for known in residents {
            if moves.len() == CASES_AT_ONCE {
                break 'all;
            }
            if let Some(step) = opened(desk, job, (&known, of, day), digest)? {
                applications.push(step.0);
                moves.push(step.1);
            }
        }
        after = Some(last);
    }
    let has_more = moves.len() == CASES_AT_ONCE;
    if !moves.is_empty() {
        desk.take_by(job, moves, by)?;
    }
    Ok(Listed { applications, has_more })
}

/// The next page of the register, and where it ends.
fn next(desk: &mut Desk<'_>, after: Option<Cursor>) -> Result<Option<(Vec<Known>, Cursor)>, CaseError> {
    let page = Page { after, limit: STORE_PAGE_ROWS, ..Page::of(Kind::Resident) };
    let standings = desk.store.page(&page)?;
    let Some(last) = standings.last().map(crate::issuance::store::Standing::cursor) else { return Ok(None) };
    let all = standings.iter().map(|standing| register::known(desk.store, desk.key, standing)).collect::<Result<_, _>>()?;
    Ok(Some((all, last)))
}

/// The application of a resident who is to be on the list.
fn opened(
    desk: &mut Desk<'_>,
    job: &Id,
    (known, of, day): (&Known, Holder, Date),
    digest: [u8; 32],
) -> Result<Option<(Id, Move)>, CaseError> {
    let resident = &known.resident;
    if !known.state.lives_here() || resident.holds_card || holder(&resident.biodata) != of || !resident.must_hold_card(day) {
        return Ok(None);
    }
    let dossier = Dossier {
        procedure: Procedure::new(Start::Mass, of, Mode::Office),
        reason: Reason::New,
        biodata: resident.biodata.clone(),
        is_clean: known.state == crate::issuance::resident::State::Clean,
        holds_card: false,
        brought: Vec::new(),
        changes: Vec::new(),
        summoned_for: None,
        passed: Vec::new(),
        visit: None,
        receipt: 0,
        printed: 0,
    };
    // Residents of other regencies are others' to list.
    if only_at(desk, &dossier, Place::Regency).is_err() || is_recorded(desk, &dossier)? {
        return Ok(None);
    }
    let id = id_of(desk, job, &dossier)?;
    let opening = opening(desk, &dossier, State::Listed)?;
    let sealed = seal(desk, &id, &dossier)?;
    Ok(Some((id.clone(), Move::open(id, opening).by_evidence(digest).with_sealed(sealed))))
}

/// Whether the person is on the way to a card, or has one.
fn is_recorded(desk: &mut Desk<'_>, dossier: &Dossier) -> Result<bool, CaseError> {
    let subject = desk.key.subject(&dossier.biodata.nik);
    let applications = desk.store.find(Kind::Application, Find::Person(&subject))?;
    let counts = |state: State| state.is_open() || matches!(state, State::Delivered | State::Closed);
    Ok(applications.iter().any(|a| State::of_name(a.state).is_some_and(counts)))
}

/// The id of an application: drawn from its job and person, so that the same job makes the same one; it tells nothing of the person.
pub(super) fn id_of(desk: &Desk<'_>, job: &Id, dossier: &Dossier) -> Result<Id, CaseError> {
    let of = format!("{job} {}", dossier.biodata.nik.as_str());
    let mark = desk.key.mark("application", of.as_bytes());
    // Of the places of the digest the first that is not digits alone, which could be taken for somebody's number.
    let texts = mark.chunks_exact(8).map(|part| Id::parse(&format!("A-{}", hex::encode(part).to_uppercase())));
    Ok(texts.flatten().next().ok_or(StoreError::Word("id"))?)
}

/// How an application begins.
pub(in crate::issuance) fn opening(desk: &Desk<'_>, dossier: &Dossier, begins: State) -> Result<Opening, CaseError> {
    let subject = desk.key.subject(&dossier.biodata.nik);
    let family = Some(desk.key.family(&dossier.biodata.family_card_no));
    let procedure = Word::parse(dossier.procedure.name())?;
    Ok(Opening::Application { begins, procedure, subject, family, priority: priority(dossier) })
}

/// Who never had a card comes first, and a card that was lost before one that is merely damaged.
const fn priority(dossier: &Dossier) -> i16 {
    match dossier.reason {
        Reason::New if !dossier.holds_card => 0,
        Reason::Lost => 10,
        Reason::New | Reason::MovedIn | Reason::Expired | Reason::DataChange => 20,
        Reason::Damaged => 30,
    }
}
