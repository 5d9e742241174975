//! `ektp officer show`: the roster, and who of it is in force.

use super::grant::failed;
use super::instant;
use crate::cli::Answer;
use crate::cli::output::{Outcome, Output};
use crate::issuance::officer::{Folder, OfficerId, Roster, SignedGrant, StandingError};
use crate::verify::hex;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Which roster, and when.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder of the roster
    #[arg(value_name = "DIR")]
    roster: PathBuf,
    /// The instant of which it tells (default: now)
    #[arg(long, value_name = "DAY|TIME", value_parser = instant)]
    at: Option<Timestamp>,
}

pub(super) fn run(args: &Args, out: &mut Output) -> Answer {
    let folder = Folder::open(&args.roster).map_err(|e| failed(&e))?;
    let at = args.at.unwrap_or_else(Timestamp::now);
    let mut rows = Vec::new();
    let mut grants: Vec<_> = folder.roster().grants().collect();
    grants.sort_by_key(|(_, grant, _)| (grant.grant().place().1, grant.grant().place().0, grant.grant().label().to_owned()));
    for (digest, grant, ended) in grants {
        let state = state(folder.roster(), grant, at);
        let (role, office) = grant.grant().place();
        let (from, until) = grant.grant().time();
        out.line(format!("{}  {role} @ {office}  {from} – {until}  {state}", grant.grant().label()));
        rows.push(json!({
            "grant": hex::encode(&digest), "officer": officer(grant), "label": grant.grant().label(), "role": role,
            "office": office, "from": from, "until": until, "revoked": ended, "state": state
        }));
    }
    let root = OfficerId::of(folder.roster().root()).to_string();
    Ok(Outcome::yes(json!({"roster": args.roster.display().to_string(), "root": root, "at": at, "grants": rows})))
}

fn officer(grant: &SignedGrant) -> Value {
    grant.grant().key().map_or(Value::Null, |key| OfficerId::of(&key).to_string().into())
}

/// Whether this very grant is in force.
fn state(roster: &Roster, grant: &SignedGrant, at: Timestamp) -> &'static str {
    match roster.state(&grant.digest(), at) {
        Ok(()) => "in-force",
        Err(StandingError::NotYet(_)) => "not-yet",
        Err(StandingError::Expired(_)) => "expired",
        Err(_) => "revoked",
    }
}
