//! A card on the desk: that it is the authority's, not handed over, this application's, and in this desk's custody.

use super::HandoverError;
use crate::finger::position::FingerPosition;
use crate::finger::template::Template;
use crate::issuance::application;
use crate::issuance::card::State;
use crate::issuance::case::{Case, CaseError, receipt};
use crate::issuance::centre::clarify::refuse_if_held;
use crate::issuance::desk::Desk;
use crate::issuance::names::Named as _;
use crate::issuance::register;
use crate::issuance::store::{By as Find, Id, Kind, Standing};
use crate::lds::file_id::FileId;
use crate::lds::mrz::Td1;
use crate::lds::{dg1, fingers};
use crate::pki::trust::TrustStore;
use crate::reason::Reason;
use crate::verify::{Decision, Evidence, JudgeState, ListsSeen, Mode, Policy, Purpose, Verdict, judge_with};
use jiff::{SignedDuration, Timestamp};

/// The oldest status list by which a card is handed over.
const LIST_AGE: SignedDuration = SignedDuration::from_hours(24);

/// How a card is judged that is to be handed over.
pub struct Judge<'a> {
    /// How the chip proved to be there.
    pub mode: &'a Mode<'a>,
    /// The authority's anchors.
    pub trust: &'a TrustStore,
    /// The signed status list.
    pub status_list: &'a [u8],
    /// What this desk saw before: a list that was brought back is found out.
    pub memory: &'a mut dyn JudgeState,
}

impl std::fmt::Debug for Judge<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Judge({:?})", self.mode)
    }
}

/// A card that was read and judged for handover. Only [`Read::judged`] makes one.
#[derive(Debug, Clone)]
pub struct Read {
    number: String,
    fingers: Vec<(FingerPosition, Template)>,
    verdict: Verdict,
}

impl Read {
    /// Judges what was collected of a card, with the purpose *handover*: genuine but for not being handed over, by a list of today.
    ///
    /// # Errors
    /// [`HandoverError::Verdict`] with the reason, [`HandoverError::Fingers`].
    pub fn judged(evidence: &Evidence, by: Judge<'_>, now: Timestamp) -> Result<Self, HandoverError> {
        let policy = Policy { now, purpose: Purpose::Handover, status_list: Some(by.status_list), seen: ListsSeen::default() };
        let verdict = judge_with(evidence, by.mode, by.trust, &policy, by.memory)?;
        if verdict.decision() != Decision::Genuine {
            return Err(HandoverError::Verdict(verdict.reason().unwrap_or(Reason::CouldNotDecide)));
        }
        let oldest = now.saturating_sub(LIST_AGE).unwrap_or(Timestamp::MIN);
        if verdict.status_list.is_none_or(|list| list.issued_at < oldest) {
            return Err(HandoverError::Verdict(Reason::StatusListStale));
        }
        let unread = || HandoverError::Verdict(Reason::GroupNotRead);
        let zone = evidence.file(FileId::Dg1).filter(|_| verdict.hashed.contains(&FileId::Dg1)).ok_or_else(unread)?;
        let zone = dg1::parse(zone).ok().and_then(|zone| Td1::parse(&zone).ok()).ok_or_else(unread)?;
        let stored = evidence.file(FileId::Fingers).ok_or(HandoverError::Fingers)?;
        let stored = fingers::parse(stored).map_err(|_| HandoverError::Fingers)?;
        let fingers = stored.into_iter().map(|finger| (finger.position, finger.template)).collect();
        Ok(Self { number: zone.document_number.clone(), fingers, verdict })
    }

    /// What is read of a card that tests say is genuine.
    #[cfg(test)]
    pub(in crate::issuance) fn of_test(number: &str, fingers: Vec<(FingerPosition, Template)>) -> Self {
        Self { number: number.to_owned(), fingers, verdict: Verdict::of_nothing() }
    }

    /// What was decided, check by check.
    #[must_use]
    pub const fn verdict(&self) -> &Verdict {
        &self.verdict
    }
}

/// A card that may be handed over once its holder is known. Only [`present`] makes one.
#[derive(Debug, Clone)]
pub struct Presented {
    pub(super) case: Case,
    pub(super) card: Standing,
    /// The card's fingers, as the authority signed them.
    fingers: Vec<(FingerPosition, Template)>,
}

impl Presented {
    /// Which card.
    #[must_use]
    pub const fn card(&self) -> &Id {
        &self.card.id
    }

    /// The fingers on it.
    #[must_use]
    pub fn fingers(&self) -> &[(FingerPosition, Template)] {
        &self.fingers
    }
}

/// Holds a card that was read against the application whose receipt is shown. A lost receipt has its own procedure, which gives a new one.
///
/// # Errors
/// [`HandoverError`]: the receipt, the verdict, another card, another custody, a clarification that holds the case, or a holder who died or
/// moved away.
pub fn present(desk: &mut Desk<'_>, id: &Id, shown: &str, read: &Read) -> Result<Presented, HandoverError> {
    let case = Case::open(desk, id)?;
    receipt::check(desk.key, &case, shown)?;
    let place = case.dossier.procedure.desk();
    match case.dossier.office(place) {
        Some(office) if office == desk.office => {}
        other => return Err(HandoverError::Elsewhere(other)),
    }
    if case.state != application::State::InPersonalization {
        return Err(HandoverError::State(case.state));
    }
    refuse_if_held(desk, id)?;
    if let Some(state) = register::departed(desk.store, &desk.key.subject(&case.dossier.biodata.nik))? {
        return Err(CaseError::NotResident(state).into());
    }
    let cards = desk.store.find(Kind::Card, Find::Owner(id))?;
    let card = cards.into_iter().find(|card| card.word.as_str() == read.number).ok_or(HandoverError::OtherCard)?;
    let state = State::of_name(card.state).ok_or(HandoverError::OtherCard)?;
    if state != State::Waiting {
        return Err(HandoverError::Card(state));
    }
    if card.custody != desk.office.into() {
        return Err(HandoverError::Custody(card.custody));
    }
    Ok(Presented { case, card, fingers: read.fingers.clone() })
}
