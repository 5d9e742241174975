//! The stored words of states, steps and roles: what stands in tables and in the audit, and never changes once it is written.

use super::papers::{Form, Paper, Reason};
use super::procedure::{Holder, Mode, Procedure, Start};
use super::role::Role;
use super::{application, batch, blank, card, incident, resident, shift, shipment};

/// A closed list whose members have words of their own.
pub trait Named: Copy + PartialEq + std::fmt::Debug + 'static {
    /// All members.
    const EVERY: &'static [Self];

    /// The word: lower case, hyphens.
    fn name(self) -> &'static str;

    /// The member of a word.
    #[must_use]
    fn of_name(name: &str) -> Option<Self> {
        Self::EVERY.iter().copied().find(|member| member.name() == name)
    }
}

/// Words for every member of an enum; one that is left out does not compile.
macro_rules! named {
    ($of:ty { $($member:ident $word:literal)+ }) => {
        impl Named for $of {
            const EVERY: &'static [Self] = &[$(Self::$member),+];

            fn name(self) -> &'static str {
                match self {
                    $(Self::$member => $word),+
                }
            }
        }
    };
}

named!(Role {
    HeadOfRegistry "head-of-registry" Camat "camat" Operator "operator" Supervisor "supervisor" Adjudicator "adjudicator"
    Approver "approver" Personalizer "personalizer" Courier "courier" Witness "witness" Centre "centre" Sync "sync"
});

named!(application::State {
    Listed "listed" Summoned "summoned" Applied "applied" VisitPlanned "visit-planned" DataVerified "data-verified"
    Captured "captured" Queued "queued" Sent "sent" Received "received" IdentificationFailed "identification-failed"
    Doubtful "doubtful" Clarifying "clarifying" Unique "unique" PrintReady "print-ready" InPersonalization "in-personalization"
    Delivered "delivered" Closed "closed" Rejected "rejected" Withdrawn "withdrawn"
});

named!(application::Step {
    Summon "summon" PlanVisit "plan-visit" VerifyData "verify-data" Capture "capture" Consolidate "consolidate" Send "send"
    Receive "receive" FailIdentification "fail-identification" Recapture "recapture" FindSingle "find-single"
    FindDoubt "find-doubt" Clarify "clarify" ClearDoubt "clear-doubt" Reject "reject" GiveWay "give-way" Recheck "recheck" View "view" Approve "approve"
    Personalize "personalize" PutBack "put-back" Remake "remake" FailHandover "fail-handover" Deliver "deliver" Close "close" Withdraw "withdraw"
    PassSummons "pass-summons" ReplaceReceipt "replace-receipt" PrintReceipt "print-receipt"
    CaptureAnew "capture-anew" TakeIn "take-in" FollowReceived "follow-received"
    FollowFailed "follow-failed" FollowDoubtful "follow-doubtful" FollowClarifying "follow-clarifying" FollowUnique "follow-unique"
    FollowPrintReady "follow-print-ready" FollowInPersonalization "follow-in-personalization" FollowDelivered "follow-delivered"
    FollowRejected "follow-rejected" FollowWithdrawn "follow-withdrawn" FollowRecapture "follow-recapture"
});

named!(card::State {
    Allocated "allocated" Encoding "encoding" Encoded "encoded" Printed "printed" Checked "checked" Packed "packed"
    InTransit "in-transit" Waiting "waiting" Active "active" Suspended "suspended" Spoiled "spoiled" Quarantined "quarantined"
    Missing "missing" Refused "refused" Revoked "revoked" Returning "returning" Returned "returned" Destroyed "destroyed"
    Queued "queued"
});

named!(card::Step {
    Encode "encode" FinishEncoding "finish-encoding" Print "print" Check "check" Pack "pack" Send "send" Receive "receive"
    SendOn "send-on" Try "try" HandOver "hand-over" Refuse "refuse" TakeBack "take-back" Spoil "spoil" Quarantine "quarantine" Miss "miss" Lose "lose"
    Suspend "suspend" Resume "resume" Revoke "revoke" SendBack "send-back" ReceiveBack "receive-back" Destroy "destroy"
    Queue "queue" FollowWaiting "follow-waiting" FollowActive "follow-active" FollowSuspended "follow-suspended" FollowRevoked "follow-revoked"
});

named!(blank::State {
    InStock "in-stock" InProcess "in-process" Made "made" Spoiled "spoiled" Quarantined "quarantined" Sample "sample"
    GivenBack "given-back" Missing "missing"
});

named!(blank::Step {
    Take "take" Make "make" Spoil "spoil" Quarantine "quarantine" Sample "sample" GiveBack "give-back" Miss "miss" Lose "lose" Find "find"
});

named!(batch::State {
    Created "created" Approved "approved" Running "running" Stopped "stopped" Closed "closed" Withdrawn "withdrawn"
});

named!(batch::Step { Approve "approve" Run "run" Stop "stop" Close "close" Withdraw "withdraw" });

named!(shipment::State {
    Sealed "sealed" Sent "sent" Received "received" Disputed "disputed" Missing "missing"
});

named!(shipment::Step {
    Send "send" Receive "receive" Dispute "dispute" Settle "settle" Miss "miss"
    FollowReceived "follow-received" FollowDisputed "follow-disputed" FollowMissing "follow-missing"
});

named!(shift::State { Open "open" Closed "closed" });

named!(shift::Step { Supply "supply" Count "count" Close "close" });

named!(incident::State { Open "open" Closed "closed" });

named!(incident::Step { Close "close" });

named!(resident::State { Dirty "dirty" Clean "clean" Moved "moved" Dead "dead" });

named!(resident::Step {
    Import "import" Consolidate "consolidate" Follow "follow" MoveAway "move-away" RecordDeath "record-death"
});

named!(Reason {
    New "new" MovedIn "moved-in" Damaged "damaged" Lost "lost" Expired "expired" DataChange "data-change"
});

named!(Paper {
    Summons "summons" FamilyCard "family-card" StayPermit "stay-permit" OldCard "old-card" RemovalLetter "removal-letter"
    PoliceLetter "police-letter" ProofOfChange "proof-of-change"
});

named!(Form { Original "original" Copy "copy" });

impl Named for Procedure {
    const EVERY: &'static [Self] = &Self::ALL;

    fn name(self) -> &'static str {
        use Holder::{Citizen, ForeignResident};
        use Mode::{HomeVisit, Office};
        use Start::{Mass, Regular};
        match (self.start, self.holder, self.mode) {
            (Mass, Citizen, Office) => "mass-citizen-office",
            (Mass, ForeignResident, Office) => "mass-foreign-office",
            (Regular, Citizen, Office) => "regular-citizen-office",
            (Regular, ForeignResident, Office) => "regular-foreign-office",
            (Mass, Citizen, HomeVisit) => "mass-citizen-home",
            (Mass, ForeignResident, HomeVisit) => "mass-foreign-home",
            (Regular, Citizen, HomeVisit) => "regular-citizen-home",
            (Regular, ForeignResident, HomeVisit) => "regular-foreign-home",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every word is told from every other of its list, has one form, and is read back.
    fn holds<T: Named>() {
        for member in T::EVERY {
            let word = member.name();
            assert!(word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{word}");
            assert_eq!(T::of_name(word), Some(*member), "{word}");
        }
        assert_eq!(T::of_name("Nothing"), None);
    }

    #[test]
    fn every_word_is_read_back_as_what_it_names() {
        holds::<Role>();
        holds::<resident::State>();
        holds::<resident::Step>();
        holds::<Reason>();
        holds::<Paper>();
        holds::<Form>();
        holds::<Procedure>();
        holds::<application::State>();
        holds::<application::Step>();
        holds::<card::State>();
        holds::<card::Step>();
        holds::<blank::State>();
        holds::<blank::Step>();
        holds::<batch::State>();
        holds::<batch::Step>();
        holds::<shipment::State>();
        holds::<shipment::Step>();
        holds::<shift::State>();
        holds::<shift::Step>();
        holds::<incident::State>();
        holds::<incident::Step>();
    }
}
