//! `ektp officer session` and `ektp officer leave`: a key opened once, for all the verbs of a shift.

use super::instant;
use crate::cli::Answer;
use crate::cli::ending;
use crate::cli::output::{Failure, Outcome, Output};
use crate::cli::pki::files::KeyFile;
use crate::issuance::desk::session::{Lasts, Session, hold};
use crate::issuance::officer::OfficerId;
use crate::pki::signer::online;
use crate::reason::Reason;
use crate::world::{Clock as _, SystemClock};
use jiff::Timestamp;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Whose session, and how long it lasts.
#[derive(Debug, clap::Args)]
pub struct SessionArgs {
    #[command(flatten)]
    officer: KeyFile,
    /// The Unix socket, made readable by its owner alone: verbs take it as --session
    #[arg(long, value_name = "PATH")]
    socket: PathBuf,
    /// The end of the shift: a day, which begins at midnight in Jakarta, or a time
    #[arg(long, value_name = "DAY|TIME", value_parser = instant)]
    until: Timestamp,
    /// Seconds for which nobody may ask before it ends
    #[arg(long, value_name = "SECONDS", default_value_t = 900, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    idle: u64,
    /// End when standard input ends: for a session that must not outlive whoever started it
    #[arg(long)]
    until_eof: bool,
}

/// Which session is ended.
#[derive(Debug, clap::Args)]
pub struct LeaveArgs {
    /// The Unix socket
    #[arg(long, value_name = "PATH")]
    socket: PathBuf,
}

pub(super) fn session(args: &SessionArgs, out: &mut Output) -> Answer {
    if args.until <= SystemClock.now() {
        return Err(Failure::new(Reason::InputInvalid, "the shift has ended already"));
    }
    let key = args.officer.open()?;
    let officer = OfficerId::of(&key.public_key());
    let listener = online::listen(&args.socket).map_err(|e| match e.kind() {
        std::io::ErrorKind::AddrInUse => {
            Failure::new(Reason::InUse, format!("a session answers at {} already", args.socket.display()))
        }
        _ => unusable(&args.socket, &e),
    })?;
    let (socket, ends) = (args.socket.clone(), args.socket.clone());
    let stop = move |signal| Session::end(&socket).unwrap_or_else(|_| ending::die_of(signal));
    ending::on_signal(stop).map_err(|e| unusable(&args.socket, &e))?;
    if args.until_eof {
        ending::on_end_of_input(move || {
            let _ = Session::end(&ends);
        });
    }
    out.line(format!("{officer} {} {}", out.lang().pick("signs at", "menandatangani di"), args.socket.display()));
    out.event("session", json!({"socket": args.socket, "officer": officer, "until": args.until.to_string()}));
    let lasts = Lasts { until: args.until, idle: Duration::from_secs(args.idle) };
    let held = hold(&listener, &key, lasts, &SystemClock).map_err(|e| unusable(&args.socket, &e))?;
    let _ = std::fs::remove_file(&args.socket);
    let (signed, ended) = held;
    out.line(format!(
        "{signed} {}",
        out.lang().pick("acts signed; the session has ended", "tindakan ditandatangani; sesi berakhir")
    ));
    Ok(Outcome::yes(json!({"socket": args.socket, "officer": officer, "signed": signed, "ended": ended.name()})))
}

pub(super) fn leave(args: &LeaveArgs, out: &mut Output) -> Answer {
    Session::end(&args.socket)?;
    out.line(out.lang().pick("the session ends", "sesi berakhir"));
    Ok(Outcome::yes(json!({"socket": args.socket})))
}

fn unusable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(Reason::of_io(error.kind()), format!("{} cannot be used: {}", path.display(), error.kind()))
}
