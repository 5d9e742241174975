//! `ektp sync push`: what there is to send is made, durable in the office's folder, and sent.

use super::args::{Refused, SyncArgs, Where, or_offline, parse_where, unused};
use crate::cli::Answer;
use crate::cli::output::{Failure, Output};
use crate::issuance::Role;
use crate::issuance::desk::Desk;
use crate::issuance::sync::line::{Client, Credentials};
use crate::issuance::sync::{Maker, Spool, SyncError, folder};
use crate::reason::Refusal as _;
use serde_json::json;

/// Where to, and from which desk.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A folder (a stick, a share), or https://HOST:PORT of the office above; without one, what there is to send is made, for the offices
    /// below that fetch it (`ektp sync serve`)
    #[arg(value_name = "WHERE", value_parser = parse_where)]
    to: Option<Where>,
    /// Send once more what was sent and has no receipt yet, and what was refused
    #[arg(long)]
    again: bool,
    #[command(flatten)]
    sync: SyncArgs,
}

pub(super) fn run(args: &Args, out: &mut Output) -> Answer {
    let line = matches!(args.to, Some(Where::Line(_))).then(|| args.sync.line.open()).transpose()?;
    let recipients = args.sync.recipients()?;
    let (spool, _held) = args.sync.spool()?;
    let mut sitting = args.sync.desk.sit(&[Role::Sync, Role::Centre])?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    unused(&mut desk, &job)?;
    let made = Maker { desk: &mut desk, by, spool: &spool, recipients: &recipients }.make()?;
    let mut refused = Refused::default();
    for one in &made {
        match &one.refused {
            None => out.event("packed", json!({"kind": one.kind, "about": one.about})),
            Some(error) => refused.add(one.kind, &one.about, error.reason(), out),
        }
    }
    let made = made.iter().filter(|made| made.refused.is_none()).count();
    let sent = send(args, (&spool, line.as_ref()), &mut desk, &mut refused, out);
    let (sent, offline) = or_offline(sent, out)?;
    let waiting = spool.outgoing()?.iter().filter(|entry| entry.is_due(false, desk.now())).count();
    out.line(format!("{made} {}, {sent} {}", out.lang().pick("made", "dibuat"), out.lang().pick("sent", "dikirim")));
    Ok(refused.outcome(json!({"office": desk.office, "made": made, "sent": sent, "waiting": waiting}), offline))
}

fn send(
    args: &Args,
    (spool, line): (&Spool, Option<&Credentials>),
    desk: &mut Desk<'_>,
    refused: &mut Refused,
    out: &mut Output,
) -> Result<usize, Failure> {
    let now = desk.now();
    let carried = match (&args.to, line) {
        (Some(Where::Line(address)), Some(credentials)) => {
            let mut client = Client::reach(address, credentials, desk.office)?;
            hello(&mut client, spool, desk)?;
            client.push(spool, args.again, now, &mut |_| {})?
        }
        (Some(Where::Folder(path)), _) => folder::push(spool, path, args.again, now)?,
        _ => Vec::new(),
    };
    Ok(refused.carried(&carried, out))
}

/// Says hello with what the own store shows.
pub(super) fn hello(client: &mut Client, spool: &Spool, desk: &mut Desk<'_>) -> Result<(), SyncError> {
    let (now, shown) = (desk.now(), spool.shown(desk.office)?);
    match shown {
        Some(shown) => client.hello(desk.office, Some((&shown, &mut *desk.store)), (desk.roster, now)),
        None => client.hello(desk.office, None, (desk.roster, now)),
    }
}
