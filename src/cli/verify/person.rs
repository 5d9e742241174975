//! `ektp verify person`: the holder's live finger against those of the card: match, no match, too poor, or no finger on file.

use super::log::LogArgs;
use super::probe::{Probe, ProbeArgs};
use crate::cli::output::{Failure, Outcome, Output};
use crate::cli::place::{self, write_private};
use crate::finger::extract::Retake;
use crate::finger::matcher::{self, Band, MatchError, MatchOutcome};
use crate::finger::matching::MinutiaMatcher;
use crate::finger::position::FingerPosition;
use crate::lds::file_id::FileId;
use crate::lds::fingers::{self, StoredFinger};
use crate::limits::DOCUMENT_BYTES;
use crate::pki::trust::{TrustStore, directory};
use crate::reason::{Reason, Refusal};
use crate::verify::person::PersonFacts;
use crate::verify::{CheckName, CheckResult, Evidence, Mode, Policy, Purpose, judge};
use crate::world::{Clock, SystemClock};
use serde_json::json;
use std::path::PathBuf;

/// Options of `verify person`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  ektp verify person evidence.json --trust trust --probe live.png --dpi 500 --position right_index
  ektp verify person evidence.json --trust trust --capture \"sensor-program --usb 1\" --output compared.json

One false match is expected in ten thousand comparisons with another person's finger. A poor sample is not a mismatch. No score is told.")]
pub struct Args {
    /// Evidence read with --keep-fingers
    #[arg(value_name = "EVIDENCE")]
    evidence: PathBuf,
    /// Trust store: fingers count only as an anchor of it signed them
    #[arg(long, value_name = "DIR")]
    trust: PathBuf,
    /// Write the evidence here with what came of the comparison; the fingers themselves are left out
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    log: LogArgs,
    #[command(flatten)]
    probe: ProbeArgs,
}

/// Takes the probe and compares it with each finger of the card.
pub fn run(args: &Args, out: &mut Output) -> Result<Outcome, Failure> {
    let evidence = Evidence::from_json(&place::read(&args.evidence, u64::try_from(DOCUMENT_BYTES).unwrap_or(u64::MAX))?)?;
    let Some(file) = evidence.file(FileId::Fingers) else {
        return Err(Failure::new(
            Reason::GroupNotRead,
            "the evidence holds no EF.Fingers: read with --is-chain and --keep-fingers",
        ));
    };
    signed(&evidence, &directory::load(&args.trust)?, SystemClock.now())?;
    let log = args.log.ready()?;
    let stored = fingers::parse(file)?;
    let Some(first) = stored.first() else {
        log.record("person", Reason::NoFingerOnFile.code(), &evidence)?;
        return Ok(Outcome::with_reason(Reason::NoFingerOnFile, json!({"fingers": 0, "answer": "no-finger-on-file"})));
    };
    let wanted = args.probe.print.position().unwrap_or(first.position);
    let on_card: Vec<&str> = stored.iter().map(|finger| finger.position.text()).collect();
    if !on_card.contains(&wanted.text()) {
        // Nobody lays down a finger that could decide nothing.
        log.record("person", Reason::FingerNotOnCard.code(), &evidence)?;
        return Ok(not_on_card(&on_card, out));
    }
    let (probe, answer) = args.probe.take(Some(wanted), out, |probe| {
        let answer = answer(probe, &stored);
        let again = answer.reason == Some(Reason::SampleTooPoor);
        (answer, again)
    })?;
    log.record("person", answer.code(), &evidence)?;
    if answer.reason == Some(Reason::FingerNotOnCard) {
        return Ok(not_on_card(&on_card, out));
    }
    say(&answer, &probe, out);
    let retake = probe.retake.map(Retake::code);
    let facts = PersonFacts {
        compared_at: SystemClock.now(),
        answer: answer.code().to_owned(),
        band: answer.band.map(|band| band.name().to_owned()),
        finger: answer.finger.map(|finger| finger.text().to_owned()),
        probe: probe.facts,
    };
    let data = json!({
        "fingers": stored.len(), "answer": facts.answer, "band": facts.band, "finger": facts.finger, "retake": retake,
        "probe": facts.probe,
    });
    if let Some(path) = &args.output {
        write_private(path, &Evidence { person: Some(facts), ..evidence.without_fingers() }.to_json())?;
    }
    Ok(answer.reason.map_or_else(|| Outcome::yes(&data), |reason| Outcome::with_reason(reason, &data)))
}

/// The answer, and which finger of the card gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Answer {
    /// Why it is no match; none if it is one.
    reason: Option<Reason>,
    band: Option<Band>,
    finger: Option<FingerPosition>,
}

impl Answer {
    fn code(&self) -> &'static str {
        self.reason.map_or("match", Reason::code)
    }
}

/// Which fingers would do; nothing was compared.
fn not_on_card(on_card: &[&str], out: &mut Output) -> Outcome {
    let reason = Reason::FingerNotOnCard;
    out.line(format!("{}: {}", reason.text(out.lang()), on_card.join(", ")));
    Outcome::with_reason(reason, json!({"fingers": on_card.len(), "answer": reason.code(), "on_card": on_card}))
}

fn answer(probe: &Probe, stored: &[StoredFinger]) -> Answer {
    let template = match &probe.template {
        Ok(template) => template,
        Err(reason) => return Answer { reason: Some(*reason), band: None, finger: None },
    };
    let chances = stored.iter().filter(|finger| template.position().is_none_or(|p| p == finger.position)).count();
    let matcher = MinutiaMatcher::default().among(chances);
    let compare = |finger: &StoredFinger| matcher::compare(Some(&matcher), template, &finger.template);
    conclude(&stored.iter().map(|finger| (finger.position, compare(finger))).collect::<Vec<_>>())
}

fn say(answer: &Answer, probe: &Probe, out: &mut Output) {
    let lang = out.lang();
    let text = match answer.reason {
        None => lang.pick("the finger is the card holder's", "sidik jari milik pemegang kartu"),
        Some(reason) => reason.text(lang),
    };
    let near = if answer.band == Some(Band::Near) { lang.pick(" (near the threshold)", " (dekat ambang)") } else { "" };
    out.line(format!("{text}{near}"));
    if let (Some(Reason::SampleTooPoor), Some(retake)) = (answer.reason, probe.retake) {
        out.line(format!("! {}", retake.text(lang)));
    }
}

/// Evidence is a file that anyone may write: its fingers are the card's only if EF.SOD chains to an anchor of ours, DG13 has its hash
/// there, and EF.Fingers its digest in DG13.
fn signed(evidence: &Evidence, trust: &TrustStore, now: jiff::Timestamp) -> Result<(), Failure> {
    let policy = Policy { now, purpose: Purpose::Use, status_list: None, seen: crate::verify::ListsSeen::default() };
    let verdict = judge(evidence, &Mode::Data, trust, &policy);
    for name in [CheckName::Signer, CheckName::Revocation, CheckName::GroupsHashed, CheckName::Fingers] {
        match verdict.checks.iter().find(|c| c.name == name) {
            Some(check) if check.result == CheckResult::Passed => {}
            Some(check) => return Err(Failure::new(check.reason.unwrap_or(Reason::CouldNotDecide), check.detail.en())),
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
fn conclude(outcomes: &[(FingerPosition, Result<MatchOutcome, MatchError>)]) -> Answer {
    let found =
        |wanted: fn(MatchOutcome) -> Option<Band>| outcomes.iter().find_map(|(finger, o)| Some((*finger, wanted((*o).ok()?)?)));
    let matched = found(|o| if let MatchOutcome::Match(band) = o { Some(band) } else { None });
    let missed = found(|o| if let MatchOutcome::NoMatch(band) = o { Some(band) } else { None });
    let without = |reason| Answer { reason: Some(reason), band: None, finger: None };
    if let Some((finger, band)) = matched {
        return Answer { reason: None, band: Some(band), finger: Some(finger) };
    }
    if outcomes.iter().any(|(_, o)| matches!(o, Ok(MatchOutcome::SampleTooPoor))) {
        return without(Reason::SampleTooPoor);
    }
    // A finger of another name could never match; what kept a comparison from being made decides nothing at all.
    let error = outcomes.iter().filter_map(|(_, o)| o.err()).find(|e| !matches!(e, MatchError::DifferentFingers));
    match (error, missed) {
        (Some(error), _) => without(error.reason()),
        (None, Some((finger, band))) => Answer { reason: Some(Reason::PersonMismatch), band: Some(band), finger: Some(finger) },
        (None, None) => without(Reason::FingerNotOnCard),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
    fn a_match_of_any_finger_is_one_and_a_poor_sample_is_no_mismatch() {
        use FingerPosition::{LeftIndex, RightIndex};
        let of = |right, left| {
            let answer = conclude(&[(RightIndex, right), (LeftIndex, left)]);
            (answer.reason, answer.band, answer.finger)
        };
        let other = Err(MatchError::DifferentFingers);
        let missed = Ok(MatchOutcome::NoMatch(Band::Clear));
        assert_eq!(of(Err(MatchError::NoMatcher), other), (Some(Reason::MatcherMissing), None, None));
        assert_eq!(of(other, other), (Some(Reason::FingerNotOnCard), None, None));
        assert_eq!(of(missed, other), (Some(Reason::PersonMismatch), Some(Band::Clear), Some(RightIndex)));
        assert_eq!(of(missed, Ok(MatchOutcome::SampleTooPoor)), (Some(Reason::SampleTooPoor), None, None));
        assert_eq!(of(missed, Err(MatchError::EmptyTemplate)), (Some(Reason::TemplateInvalid), None, None));
        assert_eq!(of(missed, Ok(MatchOutcome::Match(Band::Near))), (None, Some(Band::Near), Some(LeftIndex)));
    }
}
