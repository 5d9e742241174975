//! `ektp sync serve`: the offices below are answered over lines; no store is opened and no officer's key is here.

use super::args::{LineArgs, SpoolArgs};
use crate::cli::Answer;
use crate::cli::ending;
use crate::cli::output::{Failure, Outcome, Output};
use crate::issuance::Office;
use crate::issuance::officer::Folder;
use crate::issuance::sync::line::{Service, serve};
use crate::issuance::sync::{Spool, SyncError};
use crate::reason::{Reason, Refusal as _};
use crate::world::SystemClock;
use serde_json::json;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// Where, and for which office.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Address and port; by default this machine alone is answered
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8471")]
    listen: SocketAddr,
    #[command(flatten)]
    place: SpoolArgs,
    /// End when standard input ends: for a service that must not outlive whoever started it
    #[arg(long)]
    until_eof: bool,
    #[command(flatten)]
    line: LineArgs,
}

pub(super) fn run(args: &Args, out: &mut Output) -> Answer {
    let credentials = args.line.open()?;
    let spool = Spool::open(&args.place.spool, args.place.office).map_err(|e| Failure::at(&args.place.spool, &e))?;
    // Read anew for each office that asks: who was granted or ended since counts.
    let roster = || -> Result<_, SyncError> {
        let folder = Folder::open(&args.place.roster).map_err(|_| SyncError::Answer("the roster cannot be read"))?;
        Ok(folder.roster().clone())
    };
    Folder::open(&args.place.roster)?;
    let unusable = |e: &std::io::Error| match e.kind() {
        std::io::ErrorKind::AddrInUse => Failure::new(Reason::InUse, format!("something answers at {} already", args.listen)),
        kind => Failure::new(Reason::Usage, format!("{} cannot be listened at: {kind}", args.listen)),
    };
    let listener = TcpListener::bind(args.listen).map_err(|e| unusable(&e))?;
    let at = listener.local_addr().map_err(|e| unusable(&e))?;
    let stop = Arc::new(AtomicBool::new(false));
    let ends = |stop: &Arc<AtomicBool>| {
        let stop = Arc::clone(stop);
        move || {
            stop.store(true, Ordering::SeqCst);
            // Whoever waits for the next to ask hears it.
            let _ = TcpStream::connect(at);
        }
    };
    let on_signal = ends(&stop);
    ending::on_signal(move |_| on_signal()).map_err(|e| unusable(&e))?;
    if args.until_eof {
        ending::on_end_of_input(ends(&stop));
    }
    out.line(format!("{} {} {at}", args.place.office, out.lang().pick("answers at", "menjawab di")));
    out.event("listening", json!({"address": at.to_string(), "office": args.place.office}));
    let told = Mutex::new(out);
    let tell = |office: Option<Office>, what: &str, refused: Option<Reason>| {
        let data = json!({"office": office, "what": what, "reason": refused.map(Reason::code)});
        told.lock().unwrap_or_else(std::sync::PoisonError::into_inner).event("asked", data);
    };
    let service = Service { spool, roster: &roster, clock: &SystemClock, told: &tell };
    let answered = serve(&listener, &service, &credentials, &stop).map_err(|e| Failure::new(e.reason(), e.to_string()))?;
    Ok(Outcome::yes(json!({"office": args.place.office, "address": at.to_string(), "answered": answered})))
}
