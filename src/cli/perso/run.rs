//! `ektp perso run` and `ektp perso resume`.

use super::StationArgs;
use super::keys::StationKeys;
use super::show::{Watcher, answer, issued};
use crate::chip::port::Port;
use crate::chip::port::socket::SocketPort;
use crate::chip::scp03::Level;
use crate::cli::Answer;
use crate::cli::output::{Failure, Output};
use crate::cli::reader::ReaderArgs;
use crate::perso::chunk::ChunkSize;
use crate::perso::engine::{Options, Outcome, Station};
use crate::perso::error::PersoError;
use crate::perso::job::{JobId, Placement};
use crate::perso::journal::{Job, Journal, JournalError, Ledger as _};
use crate::perso::opened::Opener;
use crate::perso::quality::QualityControl;
use crate::perso::receipt::Mode;
use crate::perso::state::State;
use crate::perso::{give_up, run as personalize};
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
    if let Some(done) = finished(&journal, &id, folder)? {
        discard(&args.station, folder);
        return issued(done, out);
    }
    let clock = RunClock::start();
    let order = Order { folder, id: &id, place, judged_at: clock.now(), clock, ends: false };
    go(&args.station, journal, order, out)
}

/// Brings a known job on.
pub(super) fn resume(args: &ResumeArgs, out: &mut Output) -> Answer {
    let id = JobId::parse(&args.job_id).map_err(PersoError::from)?;
    let journal = Journal::open(&args.station.store)?;
    let job = journal.job(&id)?;
    let folder = PathBuf::from(&job.image_at);
    if job.state == State::Issued {
        discard(&args.station, &folder);
        return issued(job, out);
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

/// The issued job of this id, whose image may be gone by now; the manifest still tells whether it is the same.
fn finished(journal: &Journal, id: &JobId, folder: &Path) -> Result<Option<Job>, Failure> {
    match journal.job(id) {
        Ok(job) if job.state == State::Issued => {
            let same = crate::crypto::hash::sha256(&manifest(folder)?) == job.image_digest;
            if same { Ok(Some(job)) } else { Err(JournalError::Conflict(id.to_string()).into()) }
        }
        Ok(_) | Err(JournalError::UnknownJob(_)) => Ok(None),
        Err(e) => Err(e.into()),
    }
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
    let keys = StationKeys::open(args, clock)?;
    let opener = Opener { bureau: &keys.bureau, trust: &keys.trust, now: judged_at };
    let work = opener.open(folder, id.clone(), place)?;
    let (mut signer, mut key_service) = keys.services(args)?;
    let mut inspector = QualityControl {
        terminal: keys.quality_control.as_ref(),
        trust: &keys.trust,
        clock: &clock,
        rng: Box::new(system_entropy()),
    };
    let bound = journal.job(id).is_ok_and(|job| job.chip.is_some());
    let port = connect(&args.reader);
    let mut station = Station {
        journal: &mut journal,
        keys: key_service.as_mut(),
        signer: signer.as_mut(),
        inspector: &mut inspector,
        notary: &keys.receipt,
        clock: &clock,
        rng: &mut system_entropy(),
        progress: &mut Watcher { out },
        options: options(args)?,
    };
    let outcome = if ends {
        let mut there = if bound { present(port)? } else { None };
        give_up(&mut station, there.as_mut().map(|p| p.as_mut() as &mut dyn Port), &work, id)?
    } else {
        personalize(&mut station, port?.as_mut(), &work)?
    };
    if matches!(outcome, Outcome::Issued(_)) {
        discard(args, folder);
    }
    answer(outcome, &journal.job(id)?, out)
}

/// The card exists and its receipt is in the chain: its sealed data have no further use at the station. A run that was killed
/// in between leaves them to the next.
fn discard(args: &StationArgs, folder: &Path) {
    if !args.keep_image {
        let _ = std::fs::remove_file(folder.join(crate::lds::image::store::SEALED));
    }
}

/// None only if the reader says that it is empty: any other failure says nothing of the chip, and a job does not end on it.
fn present<P>(port: Result<P, Failure>) -> Result<Option<P>, Failure> {
    match port {
        Ok(port) => Ok(Some(port)),
        Err(failure) if matches!(failure.reason, Reason::CardAbsent | Reason::CardRemoved) => Ok(None),
        Err(failure) => Err(failure),
    }
}

fn options(args: &StationArgs) -> Result<Options, Failure> {
    let chunk = ChunkSize::new(args.chunk).ok_or_else(|| Failure::new(Reason::Usage, "--chunk is 1 to 239 bytes"))?;
    let mode = if args.mode == "online" { Mode::Online } else { Mode::Local };
    let level = if args.level == "03" { Level::CMacCEnc } else { Level::Full };
    Ok(Options { level, chunk, ..Options::new(mode) })
}

/// The chip on the reader; `unix:PATH` is a chip behind a socket of another process, without PC/SC.
fn connect(reader: &ReaderArgs) -> Result<Box<dyn Port>, Failure> {
    match reader.reader.strip_prefix("unix:") {
        Some(path) => Ok(Box::new(SocketPort::connect(Path::new(path))?)),
        None => Ok(Box::new(reader.connect()?)),
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
