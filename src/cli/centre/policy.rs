//! `ektp centre policy`: the ministry signs how handovers are held, for an office and those below it, for a time.

use crate::cli::Answer;
use crate::cli::officer::instant;
use crate::cli::output::{Failure, Outcome, Output};
use crate::cli::pki::files::KeyFile;
use crate::cli::place;
use crate::issuance::Office;
use crate::issuance::handover::{HandoverError, SignedPolicy, TrialPolicy};
use crate::issuance::officer::Folder;
use crate::limits::HANDOVER_POLICY_BYTES;
use crate::reason::Reason;
use crate::world::{Clock as _, SystemClock};
use jiff::Timestamp;
use serde_json::json;
use std::path::PathBuf;

/// Which settings, for whom, and who signs.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The settings (TOML, see docs/operations.md, *Handover*)
    #[arg(value_name = "SETTINGS")]
    settings: PathBuf,
    /// The office that they are for, and those below it: `ministry` for all
    #[arg(long = "for", value_name = "OFFICE")]
    of: Office,
    /// First day, or instant (default: now)
    #[arg(long, value_name = "DAY|TIME", value_parser = instant)]
    from: Option<Timestamp>,
    /// The day, or instant, from which it is over
    #[arg(long, value_name = "DAY|TIME", value_parser = instant)]
    until: Timestamp,
    /// The roster: the folder of all grants (`ektp officer roster`)
    #[arg(long, value_name = "DIR", env = "EKTP_ROSTER")]
    roster: PathBuf,
    #[command(flatten)]
    signer: KeyFile,
    /// The signed policy (JSON), for every desk of these offices
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(super) fn run(args: &Args, out: &mut Output) -> Answer {
    place::must_be_free(&args.out)?;
    let text = String::from_utf8(place::read(&args.settings, HANDOVER_POLICY_BYTES)?).unwrap_or_default();
    let policy = TrialPolicy::parse(&text).map_err(|e| Failure::at(&args.settings, &e))?;
    let roster = Folder::open(&args.roster)?.roster().clone();
    let (from, until) = (args.from.unwrap_or_else(|| SystemClock.now()), args.until);
    let signed = SignedPolicy::sign(&policy, args.of, (from, until), (&args.signer.open()?, &roster));
    let signed = signed.map_err(HandoverError::from)?;
    let bytes = serde_json::to_vec(&signed).map_err(|_| Failure::new(Reason::InternalError, "the policy was not written"))?;
    place::create_public(&args.out, &bytes)?;
    let digest = policy.digest();
    out.line(format!("{}  {} {digest}, {from} – {until}", args.out.display(), args.of));
    Ok(Outcome::yes(json!({
        "policy": args.out.display().to_string(), "digest": digest, "office": args.of, "from": from, "until": until,
        "signer": signed.by().to_string()
    })))
}
