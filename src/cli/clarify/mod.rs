//! `ektp clarify …`: what an identification left open, or a handover that failed, is decided by two officers.

use super::Answer;
use super::centre::application;
use super::office::OfficeArgs;
use super::output::{Failure, Outcome, Output};
use super::place;
use crate::issuance::Role;
use crate::issuance::case::Case;
use crate::issuance::centre::clarify::{decide, refuse_elsewhere, take_up};
use crate::issuance::centre::view::{Side, view};
use crate::issuance::centre::{Answer as Found, Decision, Doubt, Findings, Outcome as Decided};
use crate::issuance::names::Named as _;
use crate::issuance::store::Id;
use crate::reason::{Lang, Reason};
use clap::ValueEnum;
use clap::builder::PossibleValue;
use serde_json::json;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Whoever clarifies, the usual one first.
const CLARIFIERS: [Role; 2] = [Role::Adjudicator, Role::Supervisor];

/// The verbs of this group.
#[derive(Debug, clap::Subcommand)]
pub enum ClarifyVerb {
    /// What was found of an application: the answer, and its candidates
    Show(ShowArgs),
    /// Take a doubt up: its candidates' open cases are held
    Open(OpenArgs),
    /// Say what it is, and end it
    Decide(DecideArgs),
}

/// Which doubt is looked at.
#[derive(Debug, clap::Args)]
pub struct ShowArgs {
    /// The application
    #[arg(value_name = "APPLICATION", value_parser = application)]
    application: Id,
    /// Write what both sides are, data and pictures, into a new folder: a folder for each application, the applicant's beside those of the
    /// candidates. It is signed for, and stands in the audit
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    #[command(flatten)]
    desk: OfficeArgs,
}

/// Which doubt is taken up.
#[derive(Debug, clap::Args)]
pub struct OpenArgs {
    /// The application
    #[arg(value_name = "APPLICATION", value_parser = application)]
    application: Id,
    /// Fraud is suspected: active cards of the candidates are suspended
    #[arg(long)]
    suspect_fraud: bool,
    #[command(flatten)]
    desk: OfficeArgs,
}

/// What was found.
#[derive(Debug, clap::Args)]
pub struct DecideArgs {
    /// The application
    #[arg(value_name = "APPLICATION", value_parser = application)]
    application: Id,
    /// The outcome
    #[arg(long, value_enum, value_name = "OUTCOME")]
    outcome: Decided,
    /// A candidate that is the same person; again for each. Needed for keep-first and keep-chosen where there are several candidates, or
    /// one that is alike by data alone. Of fraud: whose suspended card stays so; all do if nobody is named
    #[arg(long, value_name = "APPLICATION", value_parser = application)]
    same: Vec<Id>,
    #[command(flatten)]
    desk: OfficeArgs,
}

impl ValueEnum for Decided {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let help = match self {
            Self::KeepFirst => "One person, who keeps the record that was there first",
            Self::KeepChosen => "One person, who keeps this record; the cards of the others of --same are revoked",
            Self::DifferentPeople => "Different people: a false match",
            Self::Fraud => "Fraud",
            Self::Recapture => "Poor data: the fingers are taken again",
            Self::Remake => "After a mismatch at handover: the card is made again",
            Self::ImpostorRefused => "After a mismatch at handover: somebody else came",
        };
        Some(PossibleValue::new(self.name()).help(help))
    }
}

impl ClarifyVerb {
    /// The verb's name in the machine contract.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Show(_) => "clarify show",
            Self::Open(_) => "clarify open",
            Self::Decide(_) => "clarify decide",
        }
    }

    /// Runs the verb.
    pub fn run(self, out: &mut Output) -> Answer {
        match self {
            Self::Show(args) => show(&args, out),
            Self::Open(args) => open(&args, out),
            Self::Decide(args) => conclude(&args, out),
        }
    }
}

/// What an answer means to those who decide.
const fn meaning(answer: Found, lang: Lang) -> &'static str {
    let Found::Doubt(doubt) = answer else { return lang.pick("no doubt", "tidak diragukan") };
    match doubt {
        Doubt::Duplicate => lang.pick("somebody in the gallery is this person", "orang ini sudah ada di galeri"),
        Doubt::Candidates => lang.pick("somebody in the gallery may be this person", "mungkin sudah ada di galeri"),
        Doubt::NoUsableFinger => {
            lang.pick("no finger to compare: papers and face decide", "tidak ada jari: berkas dan wajah menentukan")
        }
        Doubt::TooFewFingers => {
            lang.pick("too few fingers to be sure: papers and face decide", "jari kurang: berkas dan wajah menentukan")
        }
        Doubt::NotComparable => lang.pick("others have fingers that this person has not", "jari tidak dapat dibandingkan"),
        Doubt::OwnMismatch => {
            lang.pick("the fingers are not those enrolled under this NIK", "jari bukan milik pemegang NIK ini yang terekam")
        }
        Doubt::NothingEnrolled => lang.pick(
            "nothing is enrolled to compare with: papers and face decide",
            "belum ada rekaman pembanding: berkas dan wajah menentukan",
        ),
    }
}

fn show(args: &ShowArgs, out: &mut Output) -> Answer {
    if let Some(folder) = &args.out {
        place::must_be_free(folder)?;
    }
    let mut sitting = args.desk.sit(&CLARIFIERS)?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    // Who the candidates are is for those who decide.
    by.may_act_as(&CLARIFIERS)?;
    refuse_elsewhere(&mut desk, &args.application)?;
    let found = Findings::open(&mut desk, &args.application)?;
    if let Some(folder) = &args.out {
        let viewed = view(&mut desk, &job, &args.application, by)?;
        for side in viewed.sides(&mut desk) {
            write_out(folder, &side?)?;
        }
    }
    let lang = out.lang();
    out.line(format!("{}  {}: {}", args.application, found.answer.code(), meaning(found.answer, lang)));
    for candidate in &found.candidates {
        let band = candidate.band.as_deref().unwrap_or("-");
        out.line(format!("  {}  {band:<5} {} {}", candidate.application, candidate.fingers.join(" "), candidate.by.join(", ")));
    }
    if found.more {
        out.line(lang.pick("  and more than are named", "  dan lebih banyak daripada yang disebut"));
    }
    if let Some(decided) = &found.decided {
        out.line(format!("  {}: {} {}", lang.pick("decided", "diputuskan"), decided.outcome, decided.same.join(" ")));
    }
    Ok(Outcome::yes(json!({
        "application": args.application, "answer": found.answer.code(), "at": found.at.to_string(), "own": found.own,
        "candidates": found.candidates, "more": found.more, "more_by_fingers": found.more_by_fingers, "decided": found.decided,
        "written": args.out.as_ref().map(|folder| folder.display().to_string())
    })))
}

/// A side into a folder that nobody else may read.
fn write_out(folder: &Path, side: &Side) -> Result<(), Failure> {
    let own = folder.join(side.application.as_str());
    crate::durable::private_folder(&own)
        .map_err(|e| Failure::new(Reason::of_io(e.kind()), format!("{}: {}", own.display(), e.kind())))?;
    let data = Zeroizing::new(serde_json::to_vec_pretty(&side.data).unwrap_or_default());
    place::create_private(&own.join("data.json"), &data)?;
    for (name, bytes) in &side.pictures {
        place::create_private(&own.join(name), bytes)?;
    }
    Ok(())
}

fn open(args: &OpenArgs, out: &mut Output) -> Answer {
    let mut sitting = args.desk.sit(&CLARIFIERS)?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    let candidates = take_up(&mut desk, &job, &args.application, args.suspect_fraud, by)?;
    let state = Case::open(&mut desk, &args.application)?.state.name();
    out.line(format!("{}  {state}", args.application));
    candidates.iter().for_each(|candidate| out.line(format!("  {candidate}")));
    Ok(Outcome::yes(json!({"application": args.application, "state": state, "candidates": candidates})))
}

fn conclude(args: &DecideArgs, out: &mut Output) -> Answer {
    let mut sitting = args.desk.sit(&CLARIFIERS)?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    let outcome = args.outcome;
    let done = decide(&mut desk, &job, &args.application, Decision { outcome, same: &args.same }, by)?;
    let state = Case::open(&mut desk, &args.application)?.state.name();
    out.line(format!("{}  {}: {state}", args.application, outcome.name()));
    let lang = out.lang();
    done.same.iter().for_each(|id| out.line(format!("  {id}  {}", lang.pick("the same person", "orang yang sama"))));
    done.ended.iter().for_each(|id| out.line(format!("  {id}  {}", lang.pick("ended", "berakhir"))));
    done.revoked.iter().for_each(|id| out.line(format!("  {id}  {}", lang.pick("revoked", "dicabut"))));
    Ok(Outcome::yes(json!({
        "application": args.application, "outcome": outcome.name(), "state": state, "same": done.same, "ended": done.ended,
        "revoked": done.revoked
    })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_answer_means_is_told_in_both_languages() {
        let text = |answer, lang| meaning(answer, lang);
        let nothing = Found::Doubt(Doubt::NothingEnrolled);
        assert_eq!(text(nothing, Lang::En), "nothing is enrolled to compare with: papers and face decide");
        assert_eq!(text(nothing, Lang::Id), "belum ada rekaman pembanding: berkas dan wajah menentukan");
        assert_eq!(text(Found::Single, Lang::En), "no doubt");
    }
}
