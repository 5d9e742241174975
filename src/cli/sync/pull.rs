//! `ektp sync pull`: what there is for this office is fetched, and taken in, each thing once.

use super::args::{Refused, SyncArgs, Where, or_offline, parse_where, unused};
use super::push::hello;
use crate::cli::output::{Failure, Output};
use crate::cli::{Answer, secret_input};
use crate::issuance::Role;
use crate::issuance::desk::Desk;
use crate::issuance::sync::line::{Client, Credentials};
use crate::issuance::sync::make::hold_own;
use crate::issuance::sync::{Fate, Maker, Spool, Taken, folder};
use crate::pki::key::PrivateKey;
use crate::pki::keystore;
use crate::reason::Refusal as _;
use serde_json::json;
use std::path::PathBuf;

/// Where from, and to which desk.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A folder (a stick, a share), or https://HOST:PORT of the office above; without one, what is here already is taken in
    #[arg(value_name = "WHERE", value_parser = parse_where)]
    from: Option<Where>,
    /// The key that opens what is sealed to this office
    #[arg(long, value_name = "FILE", env = "EKTP_OPENS")]
    opens: PathBuf,
    /// Its passphrase: `prompt`, `-` (standard input) or `file:PATH`
    #[arg(long, value_name = "SOURCE", default_value = "prompt")]
    opens_passphrase: String,
    #[command(flatten)]
    sync: SyncArgs,
}

pub(super) fn run(args: &Args, out: &mut Output) -> Answer {
    let line = matches!(args.from, Some(Where::Line(_))).then(|| args.sync.line.open()).transpose()?;
    let recipients = args.sync.recipients()?;
    let passphrase = secret_input::read(&args.opens_passphrase, "passphrase of the key that opens")?;
    let opens: PrivateKey = keystore::open(&args.opens, &passphrase).map_err(|e| Failure::at(&args.opens, &e))?;
    let (spool, _held) = args.sync.spool()?;
    let mut sitting = args.sync.desk.sit(&[Role::Sync, Role::Centre])?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    unused(&mut desk, &job)?;
    hold_own(&mut desk, &spool)?;
    let mut refused = Refused::default();
    let fetched = fetch(args, (&spool, line.as_ref()), &mut desk, &mut refused, out);
    let (fetched, offline) = or_offline(fetched, out)?;
    let fates = Maker { desk: &mut desk, by, spool: &spool, recipients: &recipients }.take_in(&opens)?;
    let (taken, again) = told(&fates, &mut refused, out);
    out.line(format!(
        "{fetched} {}, {taken} {}",
        out.lang().pick("fetched", "diambil"),
        out.lang().pick("taken in", "dimasukkan")
    ));
    Ok(refused.outcome(json!({"office": desk.office, "fetched": fetched, "taken": taken, "again": again}), offline))
}

fn fetch(
    args: &Args,
    (spool, line): (&Spool, Option<&Credentials>),
    desk: &mut Desk<'_>,
    refused: &mut Refused,
    out: &mut Output,
) -> Result<usize, Failure> {
    let (now, roster) = (desk.now(), desk.roster);
    let carried = match (&args.from, line) {
        (Some(Where::Line(address)), Some(credentials)) => {
            let mut client = Client::reach(address, credentials, desk.office)?;
            hello(&mut client, spool, desk)?;
            client.pull(spool, (roster, now), &mut |_| {})?
        }
        (Some(Where::Folder(path)), _) => folder::pull(spool, path, roster, now)?,
        _ => Vec::new(),
    };
    Ok(refused.carried(&carried, out))
}

/// What became of each: how many were new, and how many were here before.
fn told(fates: &[Fate], refused: &mut Refused, out: &mut Output) -> (usize, usize) {
    for fate in fates {
        match &fate.taken {
            Ok(taken) => {
                let again = *taken == Taken::Again;
                out.event("taken-in", json!({"kind": fate.kind, "about": fate.about, "from": fate.from, "again": again}));
            }
            Err(error) => refused.add(fate.kind, &fate.about, error.reason(), out),
        }
    }
    let count = |of: Taken| fates.iter().filter(|fate| fate.taken == Ok(of)).count();
    (count(Taken::New), count(Taken::Again))
}
