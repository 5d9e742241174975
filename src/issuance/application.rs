//! The states of an application, and the only steps between them.

use super::role::{Asked, Role};
use super::table::{self, Staged, StepError};

/// Where an application stands (`docs/issuance.md`; the ministry's own names are there).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// On the list of those who must hold a card.
    Listed,
    /// The summons is signed and on its way.
    Summoned,
    /// The form is recorded.
    Applied,
    /// A home visit is planned.
    VisitPlanned,
    /// Biodata were called up and found right.
    DataVerified,
    /// Fingers, portrait and signature are taken, the receipt stamped.
    Captured,
    /// Consolidated with the register, waiting to be sent.
    Queued,
    /// Sent to the centre.
    Sent,
    /// Taken in by the centre, exactly once.
    Received,
    /// The centre could not identify; sent or captured again.
    IdentificationFailed,
    /// Somebody in the gallery is, or may be, this person.
    Doubtful,
    /// Two officers clarify.
    Clarifying,
    /// Found to be nobody else.
    Unique,
    /// Authorized: an image exists, and may become one card.
    PrintReady,
    /// In a batch.
    InPersonalization,
    /// Its card was handed over.
    Delivered,
    /// Delivered, and the old card, if any, collected.
    Closed,
    /// Fraud.
    Rejected,
    /// Taken back by the applicant, or by their death.
    Withdrawn,
}

/// A step of an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// The summons is signed.
    Summon,
    /// A visit is planned for somebody summoned or applying who cannot come.
    PlanVisit,
    /// Biodata and papers are found right.
    VerifyData,
    /// Capture is complete.
    Capture,
    /// The capture is consolidated.
    Consolidate,
    /// The packet is sent, or sent again.
    Send,
    /// The centre takes the packet in.
    Receive,
    /// Identification did not come to an answer.
    FailIdentification,
    /// The capture is to be made again.
    Recapture,
    /// Identified as *single*, or 1:1 as the NIK's own enrolment.
    FindSingle,
    /// Identified as *duplicate* or *adjudicate*.
    FindDoubt,
    /// The centre's data changed since: it is identified anew.
    Recheck,
    /// An officer looks at what both sides are: data and pictures, written out.
    View,
    /// Two officers take it up.
    Clarify,
    /// Clarified: a different person from every candidate, or the same under this very record.
    ClearDoubt,
    /// Clarified: fraud, or the same person who keeps another record.
    Reject,
    /// Another application of the same person was clarified, and is the one that is kept.
    GiveWay,
    /// Authorized.
    Approve,
    /// Taken into a batch.
    Personalize,
    /// Its batch ended before a chip was taken for its card: it waits for another, with the same authorization.
    PutBack,
    /// The card could not be made, was spoiled, or lost its number: another is to be made.
    Remake,
    /// The live finger did not match at handover.
    FailHandover,
    /// The card is in its holder's hand.
    Deliver,
    /// The old card is collected, or there was none.
    Close,
    /// Taken back.
    Withdraw,
    /// The summons goes from one hand to the next.
    PassSummons,
    /// The receipt was lost: another is stamped, and the lost one is worth nothing.
    ReplaceReceipt,
    /// The centre takes another packet in, of a capture that was made anew in the office's own store.
    TakeIn,
    /// The centre told: received.
    FollowReceived,
    /// The centre told: not identified.
    FollowFailed,
    /// The centre told: in doubt.
    FollowDoubtful,
    /// The centre told: being clarified.
    FollowClarifying,
    /// The centre told: nobody else.
    FollowUnique,
    /// The centre told: authorized.
    FollowPrintReady,
    /// The centre told: its card is being made, or waits.
    FollowInPersonalization,
    /// The centre told: handed over.
    FollowDelivered,
    /// The centre told: rejected.
    FollowRejected,
    /// The centre told: taken back.
    FollowWithdrawn,
    /// The centre told: to be captured anew.
    FollowRecapture,
}

/// Why a step of this table is refused.
pub type Refused = StepError<State, Step>;

type Row = table::Row<State, Step>;

const HEAD: Asked = Asked::one(&[Role::HeadOfRegistry, Role::Camat]);
const DESK: Asked = Asked::one(&[Role::Operator, Role::Supervisor]);
const CENTRE: Asked = Asked::one(&[Role::Centre]);
const CLARIFIER: Asked = Asked::one(&[Role::Adjudicator, Role::Supervisor]);
/// The centre where office and centre work on one store; else the office's own service.
const SENDER: Asked = Asked::one(&[Role::Centre, Role::Sync]);
const SYNC: Asked = Asked::one(&[Role::Sync]);
const CLARIFIERS: Asked = Asked::two(&[Role::Adjudicator], &[Role::Adjudicator, Role::Supervisor]);
const APPROVER: Asked = Asked::one(&[Role::Approver]);
const BUREAU: Asked = Asked::one(&[Role::Personalizer]);

/// What an application begins as: on a list, by a form; in the centre's store also by a packet of an office that has its own.
pub const STARTS: &[State] = &[State::Listed, State::Applied, State::Received];

/// Every step that there is.
pub const TABLE: &[Row] = &[
    (State::Listed, Step::Summon, State::Summoned, HEAD),
    (State::Summoned, Step::PassSummons, State::Summoned, DESK),
    (State::Summoned, Step::PlanVisit, State::VisitPlanned, DESK),
    (State::Applied, Step::PlanVisit, State::VisitPlanned, DESK),
    (State::Summoned, Step::VerifyData, State::DataVerified, DESK),
    (State::Applied, Step::VerifyData, State::DataVerified, DESK),
    (State::VisitPlanned, Step::VerifyData, State::DataVerified, DESK),
    (State::DataVerified, Step::Capture, State::Captured, DESK),
    (State::Captured, Step::Consolidate, State::Queued, DESK),
    (State::Queued, Step::Send, State::Sent, SENDER),
    (State::Sent, Step::Receive, State::Received, CENTRE),
    (State::Received, Step::FailIdentification, State::IdentificationFailed, CENTRE),
    (State::IdentificationFailed, Step::Send, State::Sent, SENDER),
    (State::IdentificationFailed, Step::TakeIn, State::Received, CENTRE),
    (State::DataVerified, Step::TakeIn, State::Received, CENTRE),
    (State::IdentificationFailed, Step::Recapture, State::DataVerified, DESK),
    (State::Received, Step::FindSingle, State::Unique, CENTRE),
    (State::Received, Step::FindDoubt, State::Doubtful, CENTRE),
    (State::Doubtful, Step::Clarify, State::Clarifying, CLARIFIERS),
    (State::Doubtful, Step::View, State::Doubtful, CLARIFIER),
    (State::Clarifying, Step::View, State::Clarifying, CLARIFIER),
    (State::Clarifying, Step::ClearDoubt, State::Unique, CLARIFIERS),
    (State::Clarifying, Step::Recapture, State::DataVerified, CLARIFIERS),
    (State::Clarifying, Step::Reject, State::Rejected, CLARIFIERS),
    (State::Unique, Step::Recheck, State::Received, CENTRE),
    (State::Unique, Step::Approve, State::PrintReady, APPROVER),
    (State::PrintReady, Step::Personalize, State::InPersonalization, BUREAU),
    (State::InPersonalization, Step::PutBack, State::PrintReady, BUREAU),
    (State::InPersonalization, Step::Remake, State::Unique, BUREAU),
    (State::InPersonalization, Step::Deliver, State::Delivered, DESK),
    (State::InPersonalization, Step::FailHandover, State::Clarifying, Asked::two(DESK.first, DESK.first)),
    (State::Delivered, Step::Close, State::Closed, DESK),
    (State::Listed, Step::Withdraw, State::Withdrawn, DESK),
    (State::Summoned, Step::Withdraw, State::Withdrawn, DESK),
    (State::Applied, Step::Withdraw, State::Withdrawn, DESK),
    (State::VisitPlanned, Step::Withdraw, State::Withdrawn, DESK),
    (State::DataVerified, Step::Withdraw, State::Withdrawn, DESK),
    (State::Captured, Step::Withdraw, State::Withdrawn, DESK),
    (State::Queued, Step::Withdraw, State::Withdrawn, DESK),
    (State::Unique, Step::Withdraw, State::Withdrawn, DESK),
    (State::PrintReady, Step::Withdraw, State::Withdrawn, DESK),
    replaced(State::Captured),
    replaced(State::Queued),
    replaced(State::Sent),
    replaced(State::Received),
    replaced(State::IdentificationFailed),
    replaced(State::Doubtful),
    replaced(State::Clarifying),
    replaced(State::Unique),
    replaced(State::PrintReady),
    replaced(State::InPersonalization),
    // Its card never becomes anybody's: a handover goes with a delivery, and that does not follow from here.
    (State::InPersonalization, Step::Withdraw, State::Withdrawn, DESK),
    gives_way(State::Listed),
    gives_way(State::Summoned),
    gives_way(State::Applied),
    gives_way(State::VisitPlanned),
    gives_way(State::DataVerified),
    gives_way(State::Captured),
    gives_way(State::Queued),
    gives_way(State::Sent),
    gives_way(State::Received),
    gives_way(State::IdentificationFailed),
    gives_way(State::Doubtful),
    gives_way(State::Clarifying),
    gives_way(State::Unique),
    gives_way(State::PrintReady),
    gives_way(State::InPersonalization),
];

/// The row of an application whose person keeps another one: wherever it has got to, it ends.
const fn gives_way(state: State) -> Row {
    (state, Step::GiveWay, State::Rejected, CLARIFIERS)
}

/// What the centre's word does to a copy: from wherever it is since it was sent, to where the centre says.
const FOLLOWED: [(Step, State); 11] = [
    (Step::FollowReceived, State::Received),
    (Step::FollowFailed, State::IdentificationFailed),
    (Step::FollowDoubtful, State::Doubtful),
    (Step::FollowClarifying, State::Clarifying),
    (Step::FollowUnique, State::Unique),
    (Step::FollowPrintReady, State::PrintReady),
    (Step::FollowInPersonalization, State::InPersonalization),
    (Step::FollowDelivered, State::Delivered),
    (Step::FollowRejected, State::Rejected),
    (Step::FollowWithdrawn, State::Withdrawn),
    (Step::FollowRecapture, State::DataVerified),
];

/// Where a copy is while the centre has the application.
const SENT: [State; 8] = [
    State::Sent,
    State::Received,
    State::IdentificationFailed,
    State::Doubtful,
    State::Clarifying,
    State::Unique,
    State::PrintReady,
    State::InPersonalization,
];

/// The steps of copies alone, which a store has that is not the centre's: an office's own service takes them, by the centre's signed word.
pub const COPIES: &[Row] = &copies();

const fn copies() -> [Row; SENT.len() * FOLLOWED.len()] {
    let mut rows = [(State::Sent, Step::FollowReceived, State::Received, SYNC); SENT.len() * FOLLOWED.len()];
    let mut at = 0;
    while at < rows.len() {
        let (step, to) = FOLLOWED[at % FOLLOWED.len()];
        rows[at] = (SENT[at / FOLLOWED.len()], step, to, SYNC);
        at += 1;
    }
    rows
}

/// The row of a receipt that is replaced.
const fn replaced(state: State) -> Row {
    (state, Step::ReplaceReceipt, state, Asked::two(DESK.first, DESK.first))
}

impl Staged for State {
    type Step = Step;
    const TABLE: &'static [Row] = TABLE;
    const COPIES: &'static [Row] = COPIES;
}

impl State {
    /// The step by which a copy follows the centre here; none if nothing is followed there.
    #[must_use]
    pub fn followed(self) -> Option<Step> {
        FOLLOWED.iter().find(|(_, to)| *to == self).map(|(step, _)| *step)
    }

    /// Whether a copy in an office's own store stands here because the centre has the application.
    #[must_use]
    pub fn is_with_the_centre(self) -> bool {
        SENT.contains(&self)
    }

    /// Whether the application still may become a card in somebody's hand: a person has at most one.
    #[must_use]
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Delivered | Self::Closed | Self::Rejected | Self::Withdrawn)
    }

    /// Whether nothing follows.
    #[must_use]
    pub fn is_final(self) -> bool {
        TABLE.iter().all(|(from, ..)| *from != self)
    }
}

impl Step {
    /// Where a copy goes by this step, if it is one of copies.
    #[must_use]
    pub fn follows(self) -> Option<State> {
        FOLLOWED.iter().find(|(step, _)| *step == self).map(|(_, to)| *to)
    }
}

#[cfg(test)]
#[path = "application_tests.rs"]
mod tests;
