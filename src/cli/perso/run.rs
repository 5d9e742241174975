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
use crate::world::{Clock, SystemClock, system_entropy};
use std::path::{Path, PathBuf};

/// What to personalize.
#[derive(Debug, clap::Args)]
pub struct RunArgs {
    /// Folder of the card image, with its authorization
    #[arg(value_name = "IMAGE")]
    image: PathBuf,
    /// Name of the job; the image's own if not given. Same id and content, same result
    #[arg(long, value_name = "ID")]
    job_id: Option<String>,
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
    station: StationArgs,
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
    let folder = args.image.as_path();
    let name = match &args.job_id {
        Some(id) => id.clone(),
        None => crate::lds::image::Manifest::parse(&manifest(folder)?)?.job_id,
    };
    let id = JobId::parse(&name).map_err(PersoError::from)?;
    let place = Placement {
        printer_job: args.printer_job.clone(),
        blank_serial_expected: args.expect_serial.clone(),
        face_hash: args.face_hash.as_deref().map(digest).transpose()?,
    };
    let journal = Journal::open(&args.station.store)?;
    if let Some(done) = finished(&journal, &id, folder)? {
        return issued(done, out);
    }
    go(&args.station, journal, folder, &id, place, false, out)
}

/// Brings a known job on.
pub(super) fn resume(args: &ResumeArgs, out: &mut Output) -> Answer {
    let id = JobId::parse(&args.job_id).map_err(PersoError::from)?;
    let journal = Journal::open(&args.station.store)?;
    let job = journal.job(&id)?;
    if job.state == State::Issued {
        return issued(job, out);
    }
    let folder = PathBuf::from(&job.image_at);
    let place = Placement {
        printer_job: job.printer_job.clone(),
        blank_serial_expected: job.blank_serial_expected.clone(),
        face_hash: job.face_hash,
    };
    go(&args.station, journal, &folder, &id, place, args.give_up, out)
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

fn go(
    args: &StationArgs,
    mut journal: Journal,
    folder: &Path,
    id: &JobId,
    place: Placement,
    ends: bool,
    out: &mut Output,
) -> Answer {
    let keys = StationKeys::open(args)?;
    let opener = Opener { bureau: &keys.bureau, trust: &keys.trust, now: SystemClock.now() };
    let work = opener.open(folder, id.clone(), place)?;
    let (mut signer, mut key_service) = keys.services(args)?;
    let mut inspector = QualityControl {
        terminal: keys.quality_control.as_ref(),
        trust: &keys.trust,
        clock: &SystemClock,
        rng: Box::new(system_entropy()),
    };
    let port = connect(&args.reader);
    let mut station = Station {
        journal: &mut journal,
        keys: key_service.as_mut(),
        signer: signer.as_mut(),
        inspector: &mut inspector,
        notary: &keys.receipt,
        clock: &SystemClock,
        rng: &mut system_entropy(),
        progress: &mut Watcher { out },
        options: options(args)?,
    };
    let outcome = if ends {
        give_up(&mut station, port.ok().as_mut().map(|p| p.as_mut() as &mut dyn Port), &work, id)?
    } else {
        personalize(&mut station, port?.as_mut(), &work)?
    };
    if matches!(outcome, Outcome::Issued(_)) && !args.keep_image {
        // The card exists and its receipt is in the chain: its sealed data have no further use at the station.
        let _ = std::fs::remove_file(folder.join(crate::lds::image::store::SEALED));
    }
    answer(outcome, &journal.job(id)?, out)
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

fn digest(hex: &str) -> Result<[u8; 32], Failure> {
    let bytes = crate::verify::hex::decode(hex).and_then(|b| <[u8; 32]>::try_from(b).ok());
    bytes.ok_or_else(|| Failure::new(Reason::Usage, "--face-hash takes 64 hexadecimal digits"))
}
