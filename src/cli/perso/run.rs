//! `ektp perso run` and `ektp perso resume`.

use super::StationArgs;
use super::keys::StationKeys;
use super::show::{Watcher, answer, given_up, issued};
use crate::chip::port::Port;
use crate::cli::Answer;
use crate::cli::output::{Failure, Output};
use crate::crypto::hash::sha256;
use crate::durable;
use crate::perso::engine::{Outcome, Station};
use crate::perso::error::PersoError;
use crate::perso::job::{JobId, Placement};
use crate::perso::journal::{Job, Journal, JournalError, Ledger as _};
use crate::perso::opened::{AUTHORIZATION, Opener};
use crate::perso::quality::QualityControl;
use crate::perso::receipt::Mode;
use crate::perso::state::State;
use crate::perso::{give_up, give_up_unbound, run as personalize};
use crate::reason::Reason;
use crate::world::{Clock, RunClock, system_entropy};
use std::path::{Path, PathBuf};

/// What to personalize.
#[derive(Debug, clap::Args)]
pub struct RunArgs {
    /// Folder of the card image with its authorization, or with sample keys a record (.json)
    #[arg(value_name = "IMAGE|RECORD")]
    pub(super) image: PathBuf,
    /// Card profile of a bare record
    #[arg(long, value_name = "NAME", default_value = "ektp-80k")]
    pub(super) profile: String,
    /// Name of the job; the image's own if not given. Same id and content, same result
    #[arg(long, value_name = "ID")]
    pub(super) job_id: Option<String>,
    /// The printer's own job number
    #[arg(long, value_name = "ID")]
    printer_job: Option<String>,
    /// Chip serial that the stock list expects on the reader
    #[arg(long, value_name = "HEX")]
    expect_serial: Option<String>,
    /// SHA-256 of the printed face, hexadecimal
    #[arg(long, value_name = "HEX")]
    face_hash: Option<String>,
    #[command(flatten)]
    pub(super) station: StationArgs,
}

/// Which job goes on.
#[derive(Debug, clap::Args)]
pub struct ResumeArgs {
    /// Name of the job
    #[arg(long, value_name = "ID")]
    job_id: String,
    /// Give the job up: its chip is terminated (void), or quarantined if it is not on the reader
    #[arg(long)]
    give_up: bool,
    #[command(flatten)]
    station: StationArgs,
}

/// Takes a job in, or finds it again, and brings it as far as it goes.
pub(super) fn run(args: &RunArgs, out: &mut Output) -> Answer {
    args.station.bench.check()?;
    let image = super::record::image_of(args, out)?;
    let folder = image.as_path();
    let name = match &args.job_id {
        Some(id) => id.clone(),
        None => crate::lds::image::Manifest::parse(&manifest(folder)?)?.job_id,
    };
    let id = JobId::parse(&name).map_err(PersoError::from)?;
    let place = Placement {
        printer_job: args.printer_job.clone(),
        blank_serial_expected: args.expect_serial.as_deref().map(serial).transpose()?,
        face_hash: args.face_hash.as_deref().map(digest).transpose()?,
    };
    let journal = Journal::open(&args.station.store)?;
    let _alone = alone(&args.station.store, &id)?;
    let mode = args.station.bench.mode();
    if let Some(done) = finished(&journal, &id, folder, &place, mode)? {
        args.station.bench.discard(folder);
        return issued(done, out);
    }
    let clock = RunClock::start();
    let order = Order { folder, id: &id, place, judged_at: clock.now(), clock, ends: false };
    go(&args.station, journal, order, out)
}

/// Brings a known job on.
pub(super) fn resume(args: &ResumeArgs, out: &mut Output) -> Answer {
    args.station.bench.check()?;
    let id = JobId::parse(&args.job_id).map_err(PersoError::from)?;
    let journal = Journal::open(&args.station.store)?;
    journal.job(&id)?;
    let _alone = alone(&args.station.store, &id)?;
    let job = journal.job(&id)?;
    let folder = PathBuf::from(&job.image_at);
    if job.state == State::Issued && !args.give_up {
        args.station.bench.discard(&folder);
        return issued(job, out);
    }
    if job.state == State::Issued {
        return Err(too_late().into());
    }
    if args.give_up && job.chip.is_none() {
        // Without a chip there is nothing to look at, and the image may be gone: the job just ends.
        let mut journal = journal;
        give_up_unbound(&mut journal, &id, RunClock::start().now())?;
        return Ok(given_up(&journal.job(&id)?, out));
    }
    let place = Placement {
        printer_job: job.printer_job.clone(),
        blank_serial_expected: job.blank_serial_expected.clone(),
        face_hash: job.face_hash,
    };
    // The authorization was accepted when the job was taken in; a chip that was begun must not be stranded because the
    // approver's certificate ran out since. The signer judges by its own time.
    let order =
        Order { folder: &folder, id: &id, place, judged_at: job.created_at, clock: RunClock::start(), ends: args.give_up };
    go(&args.station, journal, order, out)
}

/// The issued job of this id, whose sealed files may be gone by now; manifest and authorization still tell whether it is the same,
/// and what is said of printer, blank, face and mode must be what it was made with.
fn finished(journal: &Journal, id: &JobId, folder: &Path, place: &Placement, mode: Mode) -> Result<Option<Job>, Failure> {
    let job = match journal.job(id) {
        Ok(job) if job.state == State::Issued => job,
        Ok(_) | Err(JournalError::UnknownJob(_)) => return Ok(None),
        Err(e) => return Err(e.into()),
    };
    let is_image = sha256(&manifest(folder)?) == job.image_digest;
    let is_authorized = std::fs::read(folder.join(AUTHORIZATION)).is_ok_and(|a| sha256(&a) == job.authorization_digest);
    if !(is_image && is_authorized && job.is_placed_as(place)) {
        return Err(JournalError::Conflict(id.to_string()).into());
    }
    match job.mode {
        Some(begun) if begun != mode => {
            Err(JournalError::OtherMode { job: id.to_string(), begun: begun.name(), asked: mode.name() }.into())
        }
        _ => Ok(Some(job)),
    }
}

/// A card that is issued is not given up: it is revoked.
fn too_late() -> JournalError {
    JournalError::WrongState { at: State::Issued.name(), step: "giving it up" }
}

/// What a run is to do.
struct Order<'a> {
    folder: &'a Path,
    id: &'a JobId,
    place: Placement,
    /// When the authorization must have been good.
    judged_at: jiff::Timestamp,
    /// The time of everything else.
    clock: RunClock,
    /// Whether the job is given up.
    ends: bool,
}

fn go(args: &StationArgs, mut journal: Journal, order: Order<'_>, out: &mut Output) -> Answer {
    let Order { folder, id, place, judged_at, clock, ends } = order;
    let keys = StationKeys::open(&args.kit, args.passphrase.as_ref(), clock)?;
    if !ends {
        keys.check_receipts()?;
    }
    let opener = Opener { bureau: &keys.bureau, trust: &keys.trust, now: judged_at };
    let work = opener.open(folder, id.clone(), place)?;
    let bound = journal.job(id).is_ok_and(|job| job.chip.is_some());
    let (mut signer, mut key_service) = keys.services(&args.bench, !ends && !bound)?;
    let mut inspector = QualityControl {
        terminal: keys.quality_control.as_ref(),
        trust: &keys.trust,
        clock: &clock,
        rng: Box::new(system_entropy()),
    };
    let port = args.reader.open();
    let mut station = Station {
        journal: &mut journal,
        keys: key_service.as_mut(),
        signer: signer.as_mut(),
        inspector: &mut inspector,
        notary: &keys.receipt,
        clock: &clock,
        rng: &mut system_entropy(),
        progress: &mut Watcher { out },
        options: args.bench.options()?,
    };
    let outcome = if ends {
        let mut there = if bound { present(port)? } else { None };
        let outcome = give_up(&mut station, there.as_mut().map(|p| p.as_mut() as &mut dyn Port), &work, id)?;
        match outcome {
            Outcome::Void { error: None | Some(PersoError::GivenUp), .. } => return Ok(given_up(&journal.job(id)?, out)),
            Outcome::Issued(_) => return Err(too_late().into()),
            other => other,
        }
    } else {
        personalize(&mut station, port?.as_mut(), &work)?
    };
    if matches!(outcome, Outcome::Issued(_)) {
        args.bench.discard(folder);
    }
    answer(outcome, &journal.job(id)?, out)
}

/// Holds the job for this process: two readers must not work on one job. A lock of the file system, which ends with the process.
fn alone(store: &Path, id: &JobId) -> Result<durable::Held, Failure> {
    let folder = store.with_extension("locks");
    let unusable = |e: std::io::Error| {
        let reason = if Reason::of_io(e.kind()) == Reason::DiskFull { Reason::DiskFull } else { Reason::FileUnreadable };
        Failure::new(reason, format!("{}: {}", folder.display(), e.kind()))
    };
    durable::private_folder(&folder).map_err(unusable)?;
    let held = durable::try_lock(&folder.join(id.as_str())).map_err(unusable)?;
    held.ok_or_else(|| Failure::new(Reason::InUse, format!("another run of job {id} goes on")))
}

/// None only if the reader says that it is empty: any other failure says nothing of the chip, and a job does not end on it.
fn present<P>(port: Result<P, Failure>) -> Result<Option<P>, Failure> {
    match port {
        Ok(port) => Ok(Some(port)),
        Err(failure) if matches!(failure.reason, Reason::CardAbsent | Reason::CardRemoved) => Ok(None),
        Err(failure) => Err(failure),
    }
}

fn manifest(folder: &Path) -> Result<Vec<u8>, Failure> {
    let path = folder.join(crate::lds::image::store::MANIFEST);
    std::fs::read(&path).map_err(|e| Failure::new(Reason::FileUnreadable, format!("{}: {}", path.display(), e.kind())))
}

fn serial(hex: &str) -> Result<String, Failure> {
    let serial: Result<crate::crypto::scp03::ChipSerial, _> = hex.parse();
    serial.map(|s| s.to_string()).map_err(|_| Failure::new(Reason::Usage, "--expect-serial takes 20 hexadecimal digits"))
}

fn digest(hex: &str) -> Result<[u8; 32], Failure> {
    let bytes = crate::verify::hex::decode(hex).and_then(|b| <[u8; 32]>::try_from(b).ok());
    bytes.ok_or_else(|| Failure::new(Reason::Usage, "--face-hash takes 64 hexadecimal digits"))
}
