//! What a resident brings, by procedure and reason, and in which form.

use super::names::Named as _;
use super::procedure::{Holder, Procedure, Start};

/// Why a card is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// None was ever had.
    New,
    /// The holder moved in from another regency.
    MovedIn,
    /// The card is damaged.
    Damaged,
    /// The card is lost.
    Lost,
    /// The card has expired (a stay permit's end, or an old card with an end).
    Expired,
    /// Data on the card changed.
    DataChange,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::New, Self::MovedIn, Self::Damaged, Self::Lost, Self::Expired, Self::DataChange];

    /// Whether the old card's revocation takes effect at the report. Every other reason revokes it in the transaction that activates
    /// the new one.
    #[must_use]
    pub const fn revokes_at_once(self) -> bool {
        matches!(self, Self::Lost)
    }
}

/// A paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Paper {
    /// The signed summons.
    Summons,
    /// The family card (KK).
    FamilyCard,
    /// The permanent stay permit (KITAP), in force.
    StayPermit,
    /// The card that was had until now.
    OldCard,
    /// The letter by which the regency of before let the resident go.
    RemovalLetter,
    /// The police's letter of the loss.
    PoliceLetter,
    /// The deed or decision that proves the changed data.
    ProofOfChange,
}

/// In which form a paper is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Form {
    /// The paper itself.
    Original,
    /// A copy; the original does too.
    Copy,
}

/// A paper that must be brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Needed {
    /// Which.
    pub paper: Paper,
    /// In which form.
    pub form: Form,
}

/// Papers that are missing, or brought in a form that does not do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("these papers are missing, or the paper itself where a copy was brought: {}", written(missing))]
pub struct PapersError {
    /// Each of them.
    pub missing: Vec<Needed>,
}

/// Papers as they are named to the desk's verbs: a copy is enough only where it says so.
fn written(papers: &[Needed]) -> String {
    let word = |n: &Needed| if n.form == Form::Copy { format!("{}:copy", n.paper.name()) } else { n.paper.name().to_owned() };
    papers.iter().map(|n| format!("--paper {}", word(n))).collect::<Vec<_>>().join(", ")
}

impl crate::reason::Refusal for PapersError {
    fn reason(&self) -> crate::reason::Reason {
        crate::reason::Reason::InputInvalid
    }
}

/// What must be brought. `has_card` is whether the register knows a card of the resident.
#[must_use]
pub fn needed(procedure: Procedure, reason: Reason, has_card: bool) -> Vec<Needed> {
    let original = |paper| Needed { paper, form: Form::Original };
    let copy = |paper| Needed { paper, form: Form::Copy };
    let foreign = procedure.holder == Holder::ForeignResident;
    if procedure.start == Start::Mass {
        let old = has_card.then(|| original(Paper::OldCard));
        let permit = foreign.then(|| original(Paper::StayPermit));
        return [Some(original(Paper::Summons)), old, permit].into_iter().flatten().collect();
    }
    let by_reason: &[Needed] = match reason {
        Reason::New => &[],
        Reason::MovedIn => &[original(Paper::RemovalLetter), original(Paper::OldCard)],
        Reason::Damaged => &[original(Paper::OldCard)],
        Reason::Lost => &[original(Paper::PoliceLetter)],
        Reason::Expired => &[original(Paper::OldCard)],
        Reason::DataChange => &[original(Paper::OldCard), original(Paper::ProofOfChange)],
    };
    let permit = foreign.then(|| copy(Paper::StayPermit));
    std::iter::once(copy(Paper::FamilyCard)).chain(by_reason.iter().copied()).chain(permit).collect()
}

/// Whether what was brought is what is needed.
///
/// # Errors
/// [`PapersError`] with everything that is missing, so that nobody is sent home twice.
pub fn check(needed: &[Needed], brought: &[Needed]) -> Result<(), PapersError> {
    let does = |n: &Needed| brought.iter().any(|b| b.paper == n.paper && b.form <= n.form);
    let missing: Vec<Needed> = needed.iter().filter(|n| !does(n)).copied().collect();
    if missing.is_empty() { Ok(()) } else { Err(PapersError { missing }) }
}

#[cfg(test)]
mod tests {
    use super::super::procedure::Mode;
    use super::*;

    const fn procedure(start: Start, holder: Holder) -> Procedure {
        Procedure::new(start, holder, Mode::Office)
    }

    fn papers(start: Start, holder: Holder, reason: Reason, has_card: bool) -> Vec<(Paper, Form)> {
        needed(procedure(start, holder), reason, has_card).into_iter().map(|n| (n.paper, n.form)).collect()
    }

    #[test]
    fn each_procedure_and_reason_asks_for_its_papers() {
        use Form::{Copy, Original};
        use Holder::{Citizen, ForeignResident};
        use Paper::{FamilyCard, OldCard, PoliceLetter, ProofOfChange, RemovalLetter, StayPermit, Summons};
        use Start::{Mass, Regular};
        assert_eq!(papers(Mass, Citizen, Reason::New, false), [(Summons, Original)]);
        assert_eq!(papers(Mass, Citizen, Reason::New, true), [(Summons, Original), (OldCard, Original)]);
        assert_eq!(papers(Mass, ForeignResident, Reason::New, false), [(Summons, Original), (StayPermit, Original)]);
        let regular = |reason| papers(Regular, Citizen, reason, true);
        assert_eq!(regular(Reason::New), [(FamilyCard, Copy)]);
        assert_eq!(regular(Reason::MovedIn), [(FamilyCard, Copy), (RemovalLetter, Original), (OldCard, Original)]);
        assert_eq!(regular(Reason::Damaged), [(FamilyCard, Copy), (OldCard, Original)]);
        assert_eq!(regular(Reason::Lost), [(FamilyCard, Copy), (PoliceLetter, Original)]);
        assert_eq!(regular(Reason::Expired), [(FamilyCard, Copy), (OldCard, Original)]);
        assert_eq!(regular(Reason::DataChange), [(FamilyCard, Copy), (OldCard, Original), (ProofOfChange, Original)]);
        assert_eq!(papers(Regular, ForeignResident, Reason::New, false), [(FamilyCard, Copy), (StayPermit, Copy)]);
    }

    #[test]
    fn an_original_does_for_a_copy_and_a_copy_not_for_an_original() {
        let original = |paper| Needed { paper, form: Form::Original };
        let copy = |paper| Needed { paper, form: Form::Copy };
        let needed = [copy(Paper::FamilyCard), original(Paper::PoliceLetter)];
        assert_eq!(check(&needed, &[original(Paper::FamilyCard), original(Paper::PoliceLetter)]), Ok(()));
        let missing = vec![original(Paper::PoliceLetter)];
        assert_eq!(check(&needed, &[copy(Paper::FamilyCard), copy(Paper::PoliceLetter)]), Err(PapersError { missing }));
        assert_eq!(check(&needed, &[]), Err(PapersError { missing: needed.to_vec() }), "everything at once");
    }

    #[test]
    fn only_a_loss_revokes_at_the_report() {
        assert_eq!(Reason::ALL.into_iter().filter(|r| r.revokes_at_once()).collect::<Vec<_>>(), [Reason::Lost]);
    }
}
