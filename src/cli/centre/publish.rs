//! `ektp centre publish`: the list of statuses is given out from the store itself: a delta always, a whole list when it is time for one.

use crate::cli::Answer;
use crate::cli::office::StoreArgs;
use crate::cli::output::{Failure, Outcome, Output};
use crate::cli::pki::files::KeyFile;
use crate::issuance::status::{Published, StatusError, bring, publish};
use crate::pki::status_list::StatusListError;
use crate::pki::status_list::folder::Folder;
use crate::pki::status_list::register::Register;
use crate::pki::x509::issue::{Credential, Purpose};
use crate::pki::x509::path;
use crate::reason::{Lang, Reason};
use crate::world::{Clock as _, SystemClock};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Which register, and how its list is signed.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The register of statuses (`ektp pki status-list-new`)
    #[arg(value_name = "REGISTER")]
    register: PathBuf,
    /// Certificate of the list's signer; without it the register alone is brought to the store
    #[arg(long, value_name = "FILE", requires_all = ["key", "out"])]
    cert: Option<PathBuf>,
    /// The signer's private key file
    #[arg(long, value_name = "FILE", requires = "cert")]
    key: Option<PathBuf>,
    /// Its passphrase: `prompt`, `-` (standard input) or `file:PATH`
    #[arg(long, value_name = "SOURCE", default_value = "prompt")]
    passphrase: String,
    /// Folder that verifiers pull: status-list.cwt, and status-delta-NUMBER.cwt for each number after it
    #[arg(long, value_name = "DIR", requires = "cert")]
    out: Option<PathBuf>,
    /// A whole list too, whatever its age; all cards are looked at
    #[arg(long, requires = "cert")]
    full: bool,
    #[command(flatten)]
    store: StoreArgs,
}

pub(super) fn run(args: &Args, out: &mut Output) -> Answer {
    let at = |e: &StatusListError| Failure::at(&args.register, e);
    match (&args.cert, &args.key, &args.out) {
        (Some(cert), Some(key), Some(folder)) => give_out(args, (cert, key, folder), out),
        _ => {
            let mut held = Register::hold(&args.register).map_err(|e| at(&e))?;
            let (mut store, key) = args.store.open()?;
            let changed = bring(store.as_mut(), &key, &mut held.register, true)?;
            held.save().map_err(|e| at(&e))?;
            let text = out.lang().pick("statuses changed", "status berubah");
            out.line(format!("{}  {changed} {text}", args.register.display()));
            Ok(Outcome::yes(json!({"register": args.register.display().to_string(), "changed": changed})))
        }
    }
}

fn give_out(args: &Args, (cert, key, dir): (&PathBuf, &PathBuf, &PathBuf), out: &mut Output) -> Answer {
    let now = SystemClock.now();
    let signer = KeyFile { key: key.clone(), passphrase: args.passphrase.clone() }.credential(cert)?;
    must_be_fit(cert, &signer, now)?;
    let at = |e: StatusListError| Failure::at(&args.register, &e);
    let mut held = Register::hold(&args.register).map_err(at)?;
    let folder = Folder::open(dir).map_err(|e| Failure::at(dir, &e))?;
    let (mut store, store_key) = args.store.open()?;
    let done = publish((store.as_mut(), &store_key), (&mut held, &folder), &signer, (now, args.full));
    let done = done.map_err(unpublished)?;
    Ok(Outcome::yes(told((&args.register, dir), &done, out)))
}

/// A list that no verifier accepts must not be the one with today's number.
pub(super) fn must_be_fit(cert: &Path, signer: &Credential, now: Timestamp) -> Result<(), Failure> {
    let fit = path::check_purpose(&signer.cert, Purpose::StatusList).and_then(|()| path::check_dates(&signer.cert, now));
    fit.map_err(|e| Failure::at(cert, &e))
}

/// Why nothing was given out.
pub(super) fn unpublished(error: StatusError) -> Failure {
    match error.into() {
        Failure { reason: Reason::StatusListInvalid, .. } => {
            Failure::new(Reason::InputInvalid, "a status list is signed with a key on P-256 or P-384")
        }
        other => other,
    }
}

/// What was given out, in a line and as data.
pub(super) fn told((register, dir): (&Path, &Path), done: &Published, out: &mut Output) -> Value {
    let Published { number, changed, delta, whole } = done;
    let list = match (out.lang(), delta, whole) {
        (Lang::En, Some((indices, bytes)), None) => format!("delta {number}, {indices} indices, {bytes} bytes"),
        (Lang::Id, Some((indices, bytes)), None) => format!("delta {number}, {indices} indeks, {bytes} bita"),
        (lang, _, whole) => {
            let (length, bytes) = whole.unwrap_or_default();
            lang.pick("list N, L indices, B bytes", "daftar N, L indeks, B bita")
                .replace('N', &number.to_string())
                .replace('L', &length.to_string())
                .replace('B', &bytes.to_string())
        }
    };
    out.line(format!("{}  {changed} {}; {list}", dir.display(), out.lang().pick("statuses changed", "status berubah")));
    let delta: Value = delta.map_or(Value::Null, |(indices, bytes)| {
        json!({"file": dir.join(format!("status-delta-{number}.cwt")).display().to_string(), "indices": indices, "bytes": bytes})
    });
    let whole: Value = whole.map_or(
        Value::Null,
        |(length, bytes)| json!({"file": dir.join("status-list.cwt").display().to_string(), "length": length, "bytes": bytes}),
    );
    json!({"register": register.display().to_string(), "changed": changed, "number": number, "delta": delta, "full": whole})
}
