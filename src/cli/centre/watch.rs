//! `ektp centre watch`: a service of the centre that gives the list of statuses out by itself, until it is ended.
//!
//! It keeps nothing open between two looks but the signer's key: a register that somebody else publishes from, a database that was away
//! for a while and a store that was put back are all found by the next look.

use super::publish::{must_be_fit, told, unpublished};
use crate::cli::office::StoreArgs;
use crate::cli::output::{Failure, Outcome, Output};
use crate::cli::pki::files::KeyFile;
use crate::cli::{Answer, ending};
use crate::issuance::status::{Published, Watch};
use crate::issuance::store::StoreKey;
use crate::pki::status_list::StatusListError;
use crate::pki::status_list::folder::Folder;
use crate::pki::status_list::register::Register;
use crate::pki::x509::issue::Credential;
use crate::reason::Reason;
use crate::world::{Clock as _, SystemClock};
use serde_json::json;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

/// Which register, how its list is signed, and how often is looked.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The register of statuses (`ektp pki status-list-new`)
    #[arg(value_name = "REGISTER")]
    register: PathBuf,
    /// Certificate of the list's signer
    #[arg(long, value_name = "FILE")]
    cert: PathBuf,
    #[command(flatten)]
    key: KeyFile,
    /// Folder that verifiers pull: status-list.cwt, and status-delta-NUMBER.cwt for each number after it
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Seconds from one look to the next: so long at most a change is not in the list. A list is given out once an hour whatever happens
    #[arg(long, value_name = "S", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=600))]
    every: u64,
    /// End when standard input ends: for a service that must not outlive whoever started it
    #[arg(long)]
    until_eof: bool,
    #[command(flatten)]
    store: StoreArgs,
}

pub(super) fn run(args: &Args, out: &mut Output) -> Answer {
    let signer = args.key.credential(&args.cert)?;
    let key = args.store.key()?;
    let ended = endings(args)?;
    let service = Service { args, signer, key };
    let mut watch = Watch::new();
    // What is wrong from the start is said at once.
    let first = service.look(&mut watch)?;
    let (mut number, mut lists) = (0, 0_u64);
    let mut tell = |published: Option<Published>, out: &mut Output| {
        if let Some(published) = published {
            let data = told((&args.register, &args.out), &published, out);
            out.event("published", data);
            (number, lists) = (published.number, lists + 1);
        }
    };
    tell(first, out);
    while ended.recv_timeout(Duration::from_secs(args.every)) == Err(RecvTimeoutError::Timeout) {
        match service.look(&mut watch) {
            Ok(published) => tell(published, out),
            Err(failure) if passes(failure.reason) => {
                out.event("waits", json!({"reason": failure.reason.code()}));
                out.note(failure.message);
            }
            Err(failure) => return Err(failure),
        }
    }
    out.line(format!("{lists} {}", out.lang().pick("lists given out", "daftar diterbitkan")));
    Ok(Outcome::yes(json!({"register": args.register.display().to_string(), "lists": lists, "number": number})))
}

/// Whether a service waits for the end of it: the database or the disk comes back, or somebody lets go.
const fn passes(reason: Reason) -> bool {
    matches!(reason, Reason::StoreUnavailable | Reason::InUse | Reason::DiskFull)
}

/// Hears of the end by a signal, or of standard input.
fn endings(args: &Args) -> Result<Receiver<()>, Failure> {
    // Whoever hears signals has a sender until one came: the channel lasts as long.
    let (end, ended): (Sender<()>, Receiver<()>) = channel();
    let by_signal = end.clone();
    let unheard = |e: std::io::Error| Failure::new(Reason::InternalError, format!("no signal is heard: {}", e.kind()));
    // Where nobody listens any more the service has ended.
    ending::on_signal(move |_| by_signal.send(()).unwrap_or_default()).map_err(unheard)?;
    if args.until_eof {
        ending::on_end_of_input(move || end.send(()).unwrap_or_default());
    }
    Ok(ended)
}

/// What every look is made with.
struct Service<'a> {
    args: &'a Args,
    signer: Credential,
    key: StoreKey,
}

impl Service<'_> {
    /// Gives the list out if it is due.
    fn look(&self, watch: &mut Watch) -> Result<Option<Published>, Failure> {
        let (args, now) = (self.args, SystemClock.now());
        must_be_fit(&args.cert, &self.signer, now)?;
        let mut store = args.store.place().open(Some(&self.key), &[])?;
        if !watch.is_due(store.as_mut(), now)? {
            return Ok(None);
        }
        let at = |e: StatusListError| Failure::at(&args.register, &e);
        let mut held = Register::hold(&args.register).map_err(at)?;
        let folder = Folder::open(&args.out).map_err(|e| Failure::at(&args.out, &e))?;
        let done = watch.give_out((store.as_mut(), &self.key), (&mut held, &folder), &self.signer, now);
        done.map(Some).map_err(unpublished)
    }
}
