//! `ektp sync relay`: what is others' is fetched from a folder or from the office above, and sent on, without a store and without keys.

use super::args::{LineArgs, Refused, SpoolArgs, Where, hold, parse_where};
use crate::cli::Answer;
use crate::cli::output::Output;
use crate::issuance::officer::Folder;
use crate::issuance::sync::folder;
use crate::issuance::sync::line::Client;
use crate::reason::{Reason, Refusal as _};
use crate::world::{Clock as _, SystemClock};
use serde_json::json;

/// Which folders and lines.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folders (sticks, shares) and https://HOST:PORT of the office above: from each is fetched, then to each is sent
    #[arg(value_name = "WHERE", required = true, value_parser = parse_where)]
    at: Vec<Where>,
    #[command(flatten)]
    place: SpoolArgs,
    #[command(flatten)]
    line: LineArgs,
}

pub(super) fn run(args: &Args, out: &mut Output) -> Answer {
    let has_line = args.at.iter().any(|at| matches!(at, Where::Line(_)));
    let line = has_line.then(|| args.line.open()).transpose()?;
    let roster = Folder::open(&args.place.roster)?.roster().clone();
    let (spool, _held) = hold(&args.place.spool, args.place.office)?;
    let (mut refused, mut fetched, mut sent, mut offline) = (Refused::default(), 0, 0, false);
    for is_sending in [false, true] {
        for at in &args.at {
            let now = SystemClock.now();
            let carried = match (at, &line) {
                (Where::Line(address), Some(credentials)) => {
                    Client::reach(address, credentials, args.place.office).and_then(|mut client| {
                        client.hello(args.place.office, None, (&roster, now))?;
                        if is_sending {
                            client.push(&spool, false, now, &mut |_| {})
                        } else {
                            client.pull(&spool, (&roster, now), &mut |_| {})
                        }
                    })
                }
                (Where::Folder(path), _) if is_sending => folder::push(&spool, path, false, now),
                (Where::Folder(path), _) => folder::pull(&spool, path, &roster, now),
                (Where::Line(_), None) => Ok(Vec::new()),
            };
            let carried = match carried {
                Err(error) if error.reason() == Reason::OfflineQueued => {
                    out.note(error.to_string());
                    offline = true;
                    continue;
                }
                carried => carried?,
            };
            *(if is_sending { &mut sent } else { &mut fetched }) += refused.carried(&carried, out);
        }
    }
    out.line(format!("{fetched} {}, {sent} {}", out.lang().pick("fetched", "diambil"), out.lang().pick("sent", "dikirim")));
    Ok(refused.outcome(json!({"office": args.place.office, "fetched": fetched, "sent": sent}), offline))
}
