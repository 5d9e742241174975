//! `ektp verify person`: the holder's finger against those of the card. Without a matcher it says so and decides nothing.

use crate::cli::output::{Failure, Outcome, Output};
use crate::finger::matcher::{self, MatchError, MatchOutcome};
use crate::finger::template::parse_record_2005;
use crate::lds::file_id::FileId;
use crate::lds::fingers;
use crate::limits::DOCUMENT_BYTES;
use crate::pki::trust::{TrustStore, directory};
use crate::reason::{Reason, Refusal};
use crate::verify::{CheckName, CheckResult, Evidence, Mode, Policy, Purpose, judge};
use crate::world::{Clock, SystemClock};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Options of `verify person`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Evidence read with --keep-fingers
    #[arg(value_name = "EVIDENCE")]
    evidence: PathBuf,
    /// Trust store: fingers count only as an anchor of it signed them
    #[arg(long, value_name = "DIR")]
    trust: PathBuf,
    /// The probe: an ISO/IEC 19794-2:2005 record of a finger just captured
    #[arg(long, value_name = "FILE")]
    probe: PathBuf,
}

/// Compares the probe with each finger of the card.
pub fn run(args: &Args, out: &mut Output) -> Result<Outcome, Failure> {
    let evidence = Evidence::from_json(&load(&args.evidence)?)?;
    let probe = parse_record_2005(&load(&args.probe)?)?;
    let Some(file) = evidence.file(FileId::Fingers) else {
        return Err(Failure::new(
            Reason::GroupNotRead,
            "the evidence holds no EF.Fingers: read with --is-chain and --keep-fingers",
        ));
    };
    signed(&evidence, &directory::load(&args.trust)?, SystemClock.now())?;
    let stored = fingers::parse(file)?;
    if stored.is_empty() {
        return Ok(Outcome::with_reason(Reason::NoFingerOnFile, json!({"fingers": 0, "answer": "no-finger-on-file"})));
    }
    let outcomes: Vec<_> = stored.iter().map(|finger| matcher::compare(None, &probe, &finger.template)).collect();
    let (reason, text) = conclude(&outcomes);
    out.line(text);
    let data = json!({"fingers": stored.len(), "answer": reason.map_or("match", Reason::code)});
    Ok(reason.map_or_else(|| Outcome::yes(&data), |reason| Outcome::with_reason(reason, &data)))
}

/// Evidence is a file that anyone may write: its fingers are the card's only if EF.SOD chains to an anchor of ours, DG13 has its hash
/// there, and EF.Fingers its digest in DG13.
fn signed(evidence: &Evidence, trust: &TrustStore, now: jiff::Timestamp) -> Result<(), Failure> {
    let policy = Policy { now, purpose: Purpose::Use, status_list: None, seen: crate::verify::ListsSeen::default() };
    let verdict = judge(evidence, &Mode::Data, trust, &policy);
    for name in [CheckName::Signer, CheckName::Revocation, CheckName::GroupsHashed, CheckName::Fingers] {
        match verdict.checks.iter().find(|c| c.name == name) {
            Some(check) if check.result == CheckResult::Passed => {}
            Some(check) => return Err(Failure::new(check.reason.unwrap_or(Reason::CouldNotDecide), check.detail.clone())),
            None => return Err(Failure::new(Reason::CouldNotDecide, "the fingers' signature was not checked")),
        }
    }
    if verdict.hashed.contains(&FileId::Dg13) {
        Ok(())
    } else {
        Err(Failure::new(Reason::GroupUnsigned, "the authority did not sign DG13, which holds the digest of EF.Fingers"))
    }
}

/// A match of any finger is a match; else a poor sample is no mismatch; else what kept the comparison from being made.
fn conclude(outcomes: &[Result<MatchOutcome, MatchError>]) -> (Option<Reason>, &'static str) {
    let any = |wanted: fn(&MatchOutcome) -> bool| outcomes.iter().flatten().any(wanted);
    if any(|o| matches!(o, MatchOutcome::Match(_))) {
        return (None, "the finger is the card holder's");
    }
    if any(|o| matches!(o, MatchOutcome::SampleTooPoor)) {
        return (Some(Reason::SampleTooPoor), "the sample is too poor to compare");
    }
    // A finger of another name could never match; a missing matcher decides nothing at all.
    let error = outcomes.iter().filter_map(|o| o.as_ref().err()).find(|e| !matches!(e, MatchError::DifferentFingers));
    match error {
        Some(error) => (Some(error.reason()), "could not decide: no comparison was made"),
        None if any(|_| true) => (Some(Reason::PersonMismatch), "the finger is not the card holder's"),
        None => (Some(Reason::CouldNotDecide), "could not decide: the card holds other fingers than the probe"),
    }
}

fn load(path: &Path) -> Result<Vec<u8>, Failure> {
    let unreadable = |what: &str| Failure::new(Reason::FileUnreadable, format!("{}: {what}", path.display()));
    let bytes = std::fs::read(path).map_err(|e| unreadable(&e.kind().to_string()))?;
    if bytes.len() > DOCUMENT_BYTES { Err(unreadable("too large")) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finger::matcher::Band;
    use crate::verify::evidence::Content;
    use crate::verify::tests::kit::Card;

    #[test]
    fn fingers_that_the_authority_did_not_sign_are_not_compared() {
        let card = Card::new();
        let of = |evidence: &Evidence| signed(evidence, &card.trust(), card.now).map_err(|failure| failure.reason);
        assert_eq!(of(&card.evidence()), Ok(()));
        let mut own = card.evidence();
        own.files.insert(FileId::Fingers, Content::Bytes(vec![0x7F, 0x61, 0x03, 0x02, 0x01, 0x01].into()));
        assert_eq!(of(&own), Err(Reason::HashMismatch));
        let mut unsigned = card.evidence();
        unsigned.files.remove(&FileId::Sod);
        assert_eq!(of(&unsigned), Err(Reason::GroupNotRead));
        let mut without = Card::new();
        let national = without.files.0.remove(&FileId::Dg13).unwrap();
        without.sign();
        let mut beyond = without.evidence();
        beyond.files.insert(FileId::Dg13, Content::Bytes(national.into()));
        assert_eq!(of(&beyond), Err(Reason::GroupUnsigned));
        assert_eq!(of(&card.evidence().without_fingers()), Err(Reason::CouldNotDecide));
    }

    #[test]
    fn a_missing_matcher_decides_nothing_and_a_match_of_any_finger_is_one() {
        let reason = |outcomes: &[_]| conclude(outcomes).0;
        let no_matcher = Err(MatchError::NoMatcher);
        let other = Err(MatchError::DifferentFingers);
        assert_eq!(reason(&[no_matcher, other]), Some(Reason::MatcherMissing));
        assert_eq!(reason(&[other]), Some(Reason::CouldNotDecide));
        assert_eq!(reason(&[Ok(MatchOutcome::NoMatch(Band::Clear)), other]), Some(Reason::PersonMismatch));
        assert_eq!(reason(&[Ok(MatchOutcome::SampleTooPoor), other]), Some(Reason::SampleTooPoor));
        assert_eq!(reason(&[Ok(MatchOutcome::NoMatch(Band::Clear)), Ok(MatchOutcome::Match(Band::Near))]), None);
    }
}
