//! `ektp verify card`: the verdict, with every check behind it.

use super::log::LogArgs;
use super::pictures::{PictureArgs, Places};
use super::sample::{self, Sample};
use super::say;
use crate::cli::card_reading::CardArgs;
use crate::cli::output::{Failure, Outcome, Output};
use crate::cli::place;
use crate::cli::read::load_challenge;
use crate::cli::status_list;
use crate::crypto::hash::sha256;
use crate::lds::file_id::FileId;
use crate::limits::DOCUMENT_BYTES;
use crate::pki::trust::{TrustStore, directory};
use crate::reason::Reason;
use crate::verify::hex;
use crate::verify::state_dir::StateDir;
use crate::verify::{Evidence, JudgeState, Mode, Policy, Purpose, Verdict, judge_with};
use crate::world::{Clock, SystemClock};
use std::path::{Path, PathBuf};

/// What only a reading takes: beside an evidence file or a sample it would be left unheard.
const READING: [&str; 10] =
    ["reader", "stations", "extended", "can", "mrz", "legacy", "is_chain", "is_name", "is_passphrase", "want"];
/// What a sample brings itself.
const JUDGING: [&str; 7] = ["trust", "status_list", "state", "challenge", "purpose", "log", "log_purpose"];

/// Options of `verify card`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Evidence file of `ektp read`; without it, the card on --reader is read and judged in one
    #[arg(value_name = "EVIDENCE", conflicts_with = "sample", conflicts_with_all = READING)]
    evidence: Option<PathBuf>,
    #[command(flatten)]
    card: CardArgs,
    /// Judge a shipped sample, with its own trust, challenge, date and throwaway state
    #[arg(long, value_enum, value_name = "NAME", conflicts_with_all = JUDGING, conflicts_with_all = READING)]
    sample: Option<Sample>,
    /// Trust store: the anchors that you decided to trust, and their lists
    #[arg(long, value_name = "DIR")]
    trust: Option<PathBuf>,
    /// Signed card status list: the whole list, again for each delta after it in their order, or the folder that has both; without it,
    /// that of the trust store
    #[arg(long, value_name = "FILE|DIR")]
    status_list: Vec<PathBuf>,
    /// The challenge that the evidence must answer; a card on --reader is given one of its own
    #[arg(long, value_name = "FILE", requires = "evidence", conflicts_with_all = READING)]
    challenge: Option<PathBuf>,
    /// The judge's own memory: spent challenges, highest list number
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// What the card is presented for
    #[arg(long, value_name = "PURPOSE", default_value = "use", value_parser = ["use", "handover"])]
    purpose: String,
    #[command(flatten)]
    log: LogArgs,
    #[command(flatten)]
    pictures: PictureArgs,
}

/// Reads or loads, judges, and says so.
pub fn run(args: &Args, out: &mut Output) -> Result<Outcome, Failure> {
    if let Some(name) = args.sample {
        let pictures = args.pictures.open()?;
        let (evidence, verdict, setting) = sample::judge_sample(name)?;
        return Ok(answer(&evidence, &verdict, &setting, pictures, out));
    }
    let usage = |text: &str| Failure::new(Reason::Usage, text);
    let trust_dir = args.trust.as_deref().ok_or_else(|| usage("--trust is needed: nothing is trusted by itself"))?;
    let state_dir = args.state.as_deref().ok_or_else(|| usage("--state is needed: the judge must remember what it has seen"))?;
    let trust = directory::load(trust_dir)?;
    let list = match args.status_list.as_slice() {
        [] => status_list::beside(trust_dir)?,
        given => Some(status_list::read(given)?),
    };
    let mut state = StateDir::open(state_dir)?;
    // Before anything is read or spent: a place that cannot be used costs no challenge and loses no verdict.
    let pictures = args.pictures.open()?;
    let log = args.log.ready()?;
    let purpose = if args.purpose == "handover" { Purpose::Handover } else { Purpose::Use };
    let policy =
        Policy { now: SystemClock.now(), purpose, status_list: list.as_deref(), seen: crate::verify::ListsSeen::default() };
    let (evidence, verdict, setting) = match &args.evidence {
        Some(path) => judge_file(args, path, &trust, &policy, &mut state)?,
        None => {
            let reading = args.card.read(None, out)?;
            // The clock again: the holder may have taken a while to find the card.
            let policy = Policy { now: SystemClock.now(), ..policy };
            let verdict = judge_with(&reading.evidence, &Mode::Live(&reading.proof), &trust, &policy, &mut state)?;
            (reading.evidence, verdict, Setting::of("live", &policy, &trust))
        }
    };
    log.record("card", verdict.decision().code(), &evidence)?;
    Ok(answer(&evidence, &verdict, &setting, pictures, out))
}

fn judge_file(
    args: &Args,
    path: &Path,
    trust: &TrustStore,
    policy: &Policy<'_>,
    state: &mut dyn JudgeState,
) -> Result<(Evidence, Verdict, Setting), Failure> {
    let evidence = Evidence::from_json(&bounded(path, DOCUMENT_BYTES)?)?;
    let Some(challenge) = args.challenge.as_deref().map(load_challenge).transpose()? else {
        let verdict = judge_with(&evidence, &Mode::Data, trust, policy, state)?;
        return Ok((evidence, verdict, Setting::of("none", policy, trust)));
    };
    let spent = state.spend(&challenge)?;
    let verdict = judge_with(&evidence, &Mode::Challenged(&spent), trust, policy, state)?;
    Ok((evidence, verdict, Setting::of("challenged", policy, trust)))
}

fn bounded(path: &Path, most: usize) -> Result<Vec<u8>, Failure> {
    place::read(path, u64::try_from(most).unwrap_or(u64::MAX))
}

/// Says the verdict to people, and as data.
fn answer(evidence: &Evidence, verdict: &Verdict, setting: &Setting, pictures: Places<'_>, out: &mut Output) -> Outcome {
    say::verdict(verdict, out);
    let pictures = pictures.fill(evidence, verdict, out);
    let card = evidence.file(FileId::Sod).map(|sod| hex::encode(&sha256(sod)));
    let data = serde_json::json!({
        "mode": setting.mode, "purpose": setting.purpose, "judged_at": setting.judged_at, "trust": setting.trust, "sod_sha256": card,
        "pictures": pictures, "verdict": verdict,
    });
    match verdict.reason() {
        None => Outcome::yes(data),
        Some(reason) => Outcome::with_reason(reason, data),
    }
}

/// Under what a verdict was given.
pub(super) struct Setting {
    mode: &'static str,
    purpose: &'static str,
    judged_at: jiff::Timestamp,
    trust: serde_json::Value,
}

impl Setting {
    /// Of a mode, a policy and a trust store.
    pub(super) fn of(mode: &'static str, policy: &Policy<'_>, trust: &TrustStore) -> Self {
        let purpose = match policy.purpose {
            Purpose::Handover => "handover",
            Purpose::Use => "use",
        };
        let trust = serde_json::json!({"kind": trust.kind(), "country": trust.country()});
        Self { mode, purpose, judged_at: policy.now, trust }
    }
}
