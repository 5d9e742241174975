//! `ektp perso status`: the jobs of a store, one job with its receipt, and the receipt chain checked from its first entry.

use super::show::facts;
use crate::cli::Answer;
use crate::cli::office::store_key;
use crate::cli::output::{Failure, Outcome, Output};
use crate::cli::place::write_private;
use crate::issuance::store::Place;
use crate::perso::error::PersoError;
use crate::perso::job::JobId;
use crate::perso::journal::{Journal, JournalError, Ledger as _, SetAside};
use crate::pki::trust::directory;
use crate::reason::Reason;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Most jobs of one answer.
const MOST: u32 = 1_000;

/// What to show.
#[derive(Debug, clap::Args)]
pub struct StatusArgs {
    /// The journal: a station's own file, or with --store-key a store of issuance, a file or postgres://… on this machine
    #[arg(long, value_name = "STORE")]
    store: String,
    /// The key of that store, a file of `ektp pki chip-key --kind store`
    #[arg(long, value_name = "FILE")]
    store_key: Option<PathBuf>,
    /// Passphrase of that file: `prompt`, `-` (standard input) or `file:PATH`
    #[arg(long, value_name = "SOURCE", default_value = "prompt", requires = "store_key")]
    store_passphrase: String,
    /// Trust store whose receipt keys the chain's signatures must be by; without it they are checked by the certificates in them
    #[arg(long, value_name = "DIR")]
    trust: Option<PathBuf>,
    /// One job, with its receipt
    #[arg(long, value_name = "ID")]
    job_id: Option<String>,
    /// Write the job's receipt here, and the station's signature beside it as FILE.p7s
    #[arg(long, value_name = "FILE", requires = "job_id")]
    receipt: Option<PathBuf>,
}

/// A station's own journal, or a store's: what is not there is not made.
fn journal(args: &StatusArgs) -> Result<Journal, Failure> {
    if let Some(key) = &args.store_key {
        return Ok(Place::parse(&args.store).journal_to_read(&store_key(key, &args.store_passphrase)?)?);
    }
    let path = Path::new(&args.store);
    if !path.exists() {
        return Err(Failure::new(Reason::FileUnreadable, format!("{} is not there", path.display())));
    }
    Ok(Journal::open(path)?)
}

/// Shows it.
pub(super) fn run(args: &StatusArgs, out: &mut Output) -> Answer {
    let journal = journal(args)?;
    let trust = args.trust.as_deref().map(directory::load).transpose()?;
    let receipts = journal.verify_chain(trust.as_ref())?;
    let jobs = match &args.job_id {
        Some(id) => vec![journal.job(&JobId::parse(id).map_err(PersoError::from)?)?],
        None => journal.jobs(MOST)?,
    };
    let lang = out.lang();
    for job in &jobs {
        let chip = job.chip.map_or_else(|| "-".to_owned(), |c| c.to_string());
        let (chip_word, runs_word) = (lang.pick("chip", "cip"), lang.pick("runs", "kali jalan"));
        let (state, custody) = (job.state.name(), job.custody.name());
        out.line(format!("{:<24} {state:<13} {custody:<10} {chip_word} {chip} {runs_word} {}", job.id, job.runs));
    }
    let set_aside = if args.job_id.is_none() { journal.set_aside(MOST)? } else { Vec::new() };
    for SetAside { chip, reason, .. } in &set_aside {
        out.line(format!("{} {chip}: {reason}", lang.pick("set aside: chip", "disisihkan: cip")));
    }
    let by = if trust.is_some() {
        lang.pick("by receipt keys of the trust store", "dengan kunci tanda terima gudang kepercayaan")
    } else {
        lang.pick("by the keys in them; --trust asks whose those are", "dengan kunci di dalamnya; --trust menanyakan milik siapa")
    };
    let holds = lang.pick("receipts, the chain holds, each signed", "tanda terima, rantainya utuh, masing-masing ditandatangani");
    out.line(format!("{receipts} {holds} {by}"));
    let mut receipt = Value::Null;
    if let (Some(_), Some(_), [job]) = (&args.receipt, &args.job_id, jobs.as_slice())
        && journal.receipt(&job.id)?.is_none()
    {
        return Err(JournalError::WrongState { at: job.state.name(), step: "a receipt" }.into());
    }
    if let (Some(_), [job]) = (&args.job_id, jobs.as_slice())
        && let Some(entry) = journal.receipt(&job.id)?
    {
        receipt = serde_json::from_slice(&entry.body).unwrap_or(Value::Null);
        if let Some(path) = &args.receipt {
            write_private(path, &entry.body)?;
            write_private(&path.with_added_extension("p7s"), &entry.signature)?;
        }
    }
    let jobs: Vec<Value> = jobs.iter().map(facts).collect();
    let signers = if trust.is_some() { "trusted" } else { "as-carried" };
    let told = |s: &SetAside| json!({"chip": s.chip.to_string(), "reason": s.reason.code(), "at": s.at.to_string()});
    let set_aside: Vec<Value> = set_aside.iter().map(told).collect();
    Ok(Outcome::yes(json!({"jobs": jobs, "set_aside": set_aside, "receipts": receipts, "signers": signers, "receipt": receipt})))
}
