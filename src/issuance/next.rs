//! What can be done with a thing now: the verbs that make the steps which its state takes.

use super::store::Kind;

/// Thing, step, from which states (none: from all that its table has), and the verbs that make it (`tests/house/edges.rs` holds them to
/// the tables and to the code).
pub type Made = (Kind, &'static str, &'static [&'static str], &'static [&'static str]);

/// Every step of every table, and what makes it.
pub const MADE: &[Made] = &[
    (Kind::Application, "summon", &[], &["case summon"]),
    (Kind::Application, "pass-summons", &[], &["case pass"]),
    (Kind::Application, "plan-visit", &[], &["case visit"]),
    (Kind::Application, "verify-data", &[], &["case verify"]),
    (Kind::Application, "capture", &[], &["case capture"]),
    (Kind::Application, "consolidate", &[], &["case consolidate"]),
    (Kind::Application, "send", &[], &["centre receive"]),
    (Kind::Application, "receive", &[], &["centre receive"]),
    (Kind::Application, "take-in", &[], &["sync pull"]),
    (Kind::Application, "fail-identification", &[], &["centre identify"]),
    (Kind::Application, "find-single", &[], &["centre identify"]),
    (Kind::Application, "find-doubt", &[], &["centre identify"]),
    (Kind::Application, "recapture", &["identification-failed"], &["case capture"]),
    (Kind::Application, "recapture", &["clarifying"], &["clarify decide"]),
    (Kind::Application, "clarify", &[], &["clarify open"]),
    (Kind::Application, "clear-doubt", &[], &["clarify decide"]),
    (Kind::Application, "reject", &[], &["clarify decide"]),
    (Kind::Application, "give-way", &[], &["clarify decide"]),
    (Kind::Application, "view", &[], &["clarify show"]),
    (Kind::Application, "recheck", &[], &["centre identify"]),
    (Kind::Application, "approve", &[], &["centre approve"]),
    (Kind::Application, "personalize", &[], &["batch create"]),
    (Kind::Application, "put-back", &[], &["batch close", "batch withdraw"]),
    (Kind::Application, "remake", &[], &["batch requeue"]),
    (Kind::Application, "deliver", &[], &["handover"]),
    (Kind::Application, "fail-handover", &[], &["handover"]),
    (Kind::Application, "close", &[], &["case close"]),
    (Kind::Application, "withdraw", &[], &["case withdraw"]),
    (Kind::Application, "withdraw", &["in-personalization"], &["return"]),
    (Kind::Application, "capture-anew", &[], &["case recapture"]),
    (Kind::Application, "print-receipt", &[], &["case stamp"]),
    (Kind::Application, "replace-receipt", &[], &["case receipt"]),
    (Kind::Card, "encode", &[], &["batch run", "batch resume"]),
    (Kind::Card, "finish-encoding", &[], &["batch run"]),
    (Kind::Card, "print", &[], &["batch run"]),
    (Kind::Card, "check", &[], &["batch run"]),
    (Kind::Card, "spoil", &[], &["batch run", "blank leave"]),
    (Kind::Card, "quarantine", &[], &["batch run"]),
    (Kind::Card, "pack", &[], &["ship pack", "ship shelve"]),
    (Kind::Card, "send", &[], &["ship send"]),
    (Kind::Card, "send-on", &[], &["ship send"]),
    (Kind::Card, "receive", &["packed"], &["ship shelve"]),
    (Kind::Card, "receive", &["in-transit", "returning"], &["ship receive", "ship settle"]),
    (Kind::Card, "receive-back", &[], &["ship receive"]),
    (Kind::Card, "try", &[], &["handover"]),
    (Kind::Card, "hand-over", &[], &["handover"]),
    (Kind::Card, "refuse", &[], &["handover"]),
    (Kind::Card, "take-back", &[], &["return"]),
    (Kind::Card, "take-back", &[], &["case withdraw"]),
    (Kind::Card, "take-back", &[], &["case recapture"]),
    (Kind::Card, "miss", &["in-transit", "packed", "returning"], &["ship missing", "ship settle"]),
    (Kind::Card, "miss", &["checked", "waiting", "refused", "returned"], &["status missing"]),
    (Kind::Card, "suspend", &[], &["status suspend"]),
    (Kind::Card, "suspend", &[], &["clarify open"]),
    (Kind::Card, "resume", &[], &["status resume"]),
    (Kind::Card, "resume", &[], &["clarify decide"]),
    (Kind::Card, "revoke", &["allocated"], &["case withdraw"]),
    (Kind::Card, "revoke", &["active", "suspended"], &["status revoke"]),
    (Kind::Card, "revoke", &["active", "suspended"], &["handover"]),
    (Kind::Card, "revoke", &["active", "suspended"], &["case apply"]),
    (Kind::Card, "revoke", &["active", "suspended"], &["clarify decide"]),
    (
        Kind::Card,
        "revoke",
        &["encoding", "encoded", "printed", "checked", "packed", "in-transit", "waiting"],
        &["clarify decide"],
    ),
    (Kind::Card, "receive", &["revoked"], &["ship receive", "ship settle"]),
    (Kind::Card, "miss", &["revoked"], &["ship missing", "ship settle"]),
    (Kind::Card, "send-back", &["spoiled", "quarantined", "refused", "revoked"], &["ship send"]),
    (Kind::Card, "send-back", &["revoked"], &["case close"]),
    (Kind::Card, "send-back", &["missing"], &["status found"]),
    (Kind::Card, "send-back", &["missing"], &["ship settle"]),
    (Kind::Card, "destroy", &[], &["destroy"]),
    (Kind::Card, "lose", &[], &["blank leave", "shift close"]),
    (Kind::Blank, "take", &[], &["batch run"]),
    (Kind::Blank, "make", &[], &["batch run"]),
    (Kind::Blank, "spoil", &["in-process"], &["batch run"]),
    (Kind::Blank, "spoil", &[], &["blank leave"]),
    (Kind::Blank, "quarantine", &[], &["batch run"]),
    (Kind::Blank, "sample", &[], &["blank leave"]),
    (Kind::Blank, "give-back", &[], &["blank leave"]),
    (Kind::Blank, "lose", &[], &["blank leave", "shift close"]),
    (Kind::Blank, "miss", &[], &["blank leave", "shift close"]),
    (Kind::Blank, "find", &[], &["blank leave"]),
    (Kind::Batch, "approve", &[], &["batch approve"]),
    (Kind::Batch, "run", &[], &["batch run", "batch resume"]),
    (Kind::Batch, "stop", &[], &["batch run"]),
    (Kind::Batch, "close", &[], &["batch close"]),
    (Kind::Batch, "withdraw", &[], &["batch withdraw"]),
    (Kind::Shipment, "send", &[], &["ship send"]),
    (Kind::Shipment, "receive", &[], &["ship receive"]),
    (Kind::Shipment, "dispute", &[], &["ship dispute"]),
    (Kind::Shipment, "settle", &[], &["ship settle"]),
    (Kind::Shipment, "miss", &[], &["ship missing"]),
    (Kind::Shift, "supply", &[], &["shift supply"]),
    (Kind::Shift, "count", &[], &["shift close"]),
    (Kind::Shift, "close", &[], &["shift close"]),
    (Kind::Incident, "close", &[], &["incident close"]),
    (Kind::Incident, "close", &[], &["clarify decide"]),
    (Kind::Resident, "import", &[], &["case register import"]),
    (Kind::Resident, "consolidate", &[], &["case register import"]),
    (Kind::Resident, "follow", &[], &["sync pull"]),
    (Kind::Resident, "move-away", &[], &["case register depart"]),
    (Kind::Resident, "record-death", &[], &["case register depart"]),
];

/// The verbs that make a step out of a state.
pub fn verbs(kind: Kind, state: &str, step: &str) -> impl Iterator<Item = &'static str> {
    let is_of = move |made: &&Made| made.0 == kind && made.1 == step && (made.2.is_empty() || made.2.contains(&state));
    MADE.iter().filter(is_of).flat_map(|made| made.3.iter().copied())
}

/// The verbs that a thing in this state takes, each once, in the order of its table: none where it is at its end.
#[must_use]
pub fn after(kind: Kind, state: &str) -> Vec<&'static str> {
    let mut found = Vec::new();
    // Who gives way is decided with another application, and is no step of one's own.
    let own = kind.steps(state).into_iter().filter(|step| *step != "give-way");
    for verb in own.flat_map(|step| verbs(kind, state, step)) {
        if !found.contains(&verb) {
            found.push(verb);
        }
    }
    found
}

/// The same as a refusal says it.
pub(super) fn told(kind: Kind, state: &str) -> String {
    let verbs: Vec<String> = after(kind, state).iter().map(|verb| format!("`ektp {verb}`")).collect();
    if verbs.is_empty() { "it is at its end".to_owned() } else { format!("what it takes: {}", verbs.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_is_said_by_verbs_each_once() {
        assert_eq!(after(Kind::Application, "captured"), ["case consolidate", "case withdraw", "case receipt", "case stamp"]);
        assert_eq!(after(Kind::Application, "doubtful"), ["clarify open", "clarify show", "case receipt", "case stamp"]);
        assert_eq!(after(Kind::Shipment, "sealed"), ["ship send"]);
        assert_eq!(told(Kind::Shipment, "sealed"), "what it takes: `ektp ship send`");
        assert_eq!((after(Kind::Card, "destroyed"), told(Kind::Card, "destroyed")), (Vec::new(), "it is at its end".to_owned()));
        assert_eq!(after(Kind::Card, "no such state"), Vec::<&str>::new());
    }
}
