//! `ektp officer roster`, `grant` and `revoke`: the folder of grants, and what the level above signs into it.

use super::{instant, refused};
use crate::cli::Answer;
use crate::cli::output::{Failure, Outcome, Output};
use crate::cli::pki::files::KeyFile;
use crate::cli::place::read;
use crate::issuance::officer::{Ended, Folder, FolderError, OfficerId, SignedRequest};
use crate::limits::OFFICER_DOCUMENT_BYTES;
use crate::reason::Reason;
use crate::reason::Refusal as _;
use crate::verify::hex;
use jiff::Timestamp;
use serde_json::json;
use std::path::PathBuf;

/// Which roster.
#[derive(Debug, clap::Args)]
pub struct RosterArgs {
    /// Folder to make
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    #[command(flatten)]
    root: KeyFile,
}

pub(super) fn roster(args: &RosterArgs, out: &mut Output) -> Answer {
    let root = args.root.open()?.public_key();
    let folder = Folder::create(&args.folder, &root).map_err(|e| failed(&e))?;
    let id = OfficerId::of(folder.roster().root()).to_string();
    out.line(format!("{}  {} {id}", args.folder.display(), out.lang().pick("roster under", "daftar petugas di bawah")));
    Ok(Outcome::yes(json!({"roster": args.folder.display().to_string(), "root": id})))
}

/// Which grant.
#[derive(Debug, clap::Args)]
pub struct GrantArgs {
    /// The officer's request
    #[arg(value_name = "REQUEST")]
    request: PathBuf,
    /// Folder of the roster
    #[arg(long, value_name = "DIR")]
    roster: PathBuf,
    #[command(flatten)]
    granter: KeyFile,
    /// First day, or instant (default: now)
    #[arg(long, value_name = "DAY|TIME", value_parser = instant)]
    from: Option<Timestamp>,
    /// The day, or instant, from which it is over
    #[arg(long, value_name = "DAY|TIME", value_parser = instant)]
    until: Timestamp,
}

pub(super) fn grant(args: &GrantArgs, out: &mut Output) -> Answer {
    let request = SignedRequest::parse(&read(&args.request, OFFICER_DOCUMENT_BYTES)?).map_err(|e| refused(&args.request, &e))?;
    let mut folder = Folder::open(&args.roster).map_err(|e| failed(&e))?;
    let from = args.from.unwrap_or_else(Timestamp::now);
    let granted = request.granted(from, args.until).map_err(|e| refused(&args.request, &e))?;
    let (role, office) = granted.place();
    let label = granted.label().to_owned();
    let digest = folder.add(granted.signed_by(&args.granter.open()?)).map_err(|e| failed(&e))?;
    let officer = request.officer().map_err(|e| refused(&args.request, &e))?.to_string();
    let text = out.lang().pick("is", "adalah");
    out.line(format!("{officer}  {label} {text} {role} @ {office}, {from} – {}", args.until));
    Ok(Outcome::yes(json!({
        "grant": hex::encode(&digest), "officer": officer, "label": label, "role": role, "office": office,
        "from": from, "until": args.until
    })))
}

/// Which grant ends.
#[derive(Debug, clap::Args)]
pub struct RevokeArgs {
    /// The grant's digest, as `officer grant` and `officer show` tell it
    #[arg(value_name = "GRANT")]
    grant: String,
    /// Folder of the roster
    #[arg(long, value_name = "DIR")]
    roster: PathBuf,
    #[command(flatten)]
    granter: KeyFile,
    /// From when: back to when a key was lost, if it was (default: now)
    #[arg(long, value_name = "DAY|TIME", value_parser = instant)]
    at: Option<Timestamp>,
}

pub(super) fn revoke(args: &RevokeArgs, out: &mut Output) -> Answer {
    let key = args.granter.open()?;
    let mut folder = Folder::open(&args.roster).map_err(|e| failed(&e))?;
    let known = folder.roster().grants().find(|(digest, ..)| hex::encode(digest) == args.grant);
    let unknown = || Failure::new(Reason::WrongState, format!("the roster has no grant {}", args.grant));
    let grant = known.map(|(_, grant, _)| grant.clone()).ok_or_else(unknown)?;
    let at = args.at.unwrap_or_else(Timestamp::now);
    folder.end(&Ended::of(&grant, at).signed_by(&key)).map_err(|e| failed(&e))?;
    let label = grant.grant().label();
    out.line(format!("{label}  {} {at}", out.lang().pick("revoked from", "dicabut sejak")));
    Ok(Outcome::yes(json!({"grant": args.grant, "label": label, "at": at})))
}

/// A roster that does not take it.
pub(super) fn failed(error: &FolderError) -> Failure {
    Failure::new(error.reason(), error.to_string())
}
