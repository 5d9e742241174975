//! `ektp sync status`: what waits in an office's folder; needs no key.

use crate::cli::Answer;
use crate::cli::output::{Failure, Outcome, Output};
use crate::issuance::sync::{Entry, Spool};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Which folder.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder of what comes and goes
    #[arg(long, value_name = "DIR", env = "EKTP_SPOOL")]
    spool: PathBuf,
}

pub(super) fn run(args: &Args, out: &mut Output) -> Answer {
    let spool = Spool::found(&args.spool).map_err(|e| Failure::at(&args.spool, &e))?;
    let (outgoing, incoming, blocked) = (spool.outgoing()?, spool.incoming()?, spool.blocked()?);
    for (way, entries) in [("→", &outgoing), ("←", &incoming)] {
        for entry in entries {
            let label = &entry.label;
            let state = entry.refused.as_deref().unwrap_or(if entry.sent.is_some() { "sent" } else { "waits" });
            out.line(format!("{way} {} {} {} → {}  {state}", label.kind, label.about, label.from, label.to));
        }
    }
    for office in &blocked {
        let text =
            out.lang().pick("showed an older store: nothing of it is taken in", "menunjukkan penyimpanan lama: tidak diterima");
        out.line(format!("{office} {text}"));
    }
    Ok(Outcome::yes(json!({
        "office": spool.office(), "outgoing": outgoing.iter().map(told).collect::<Vec<_>>(),
        "incoming": incoming.iter().map(told).collect::<Vec<_>>(), "blocked": blocked,
    })))
}

fn told(entry: &Entry) -> Value {
    let label = &entry.label;
    json!({
        "item": entry.sha.to_string(), "bytes": entry.bytes, "kind": label.kind, "from": label.from, "to": label.to,
        "about": label.about, "at": label.at, "sent": entry.sent, "refused": entry.refused,
    })
}
