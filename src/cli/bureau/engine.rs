//! The station's own engine for `ektp batch run`: the chip through its reader under SCP03, its keys born on it, EF.SOD signed, all of it read
//! back; every step in the store's journal before the next begins.

use crate::chip::port::Port;
use crate::cli::output::{Failure, Output};
use crate::cli::perso::BenchArgs;
use crate::cli::perso::keys::{Services, StationKeys};
use crate::cli::place;
use crate::cli::reader::ReaderArgs;
use crate::crypto::hash::sha256;
use crate::crypto::scp03::ChipSerial;
use crate::issuance::bureau::run::{Order, Stage};
use crate::issuance::store::{Id, Word};
use crate::lds::image::store::MANIFEST;
use crate::limits::{DOCUMENT_BYTES, IMAGES_OF_AN_APPLICATION};
use crate::perso::engine::{Outcome, Progress, Station, announced};
use crate::perso::error::PersoError;
use crate::perso::job::{JobId, Placement};
use crate::perso::journal::{Journal, JournalError, Ledger as _};
use crate::perso::opened::Opener;
use crate::perso::quality::QualityControl;
use crate::perso::state::State;
use crate::perso::work::Work;
use crate::perso::{self};
use crate::reason::{Reason, Refusal as _};
use crate::world::{Clock as _, RunClock, system_entropy};
use serde_json::json;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How often the reader is looked at while a card is awaited.
const LOOK: Duration = Duration::from_millis(100);
/// The same where another card lies there: it is not powered up more often than somebody could have taken it off.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// The engine of a station, and its reader.
#[derive(Debug, clap::Args)]
pub struct EngineArgs {
    /// The reader on which this station personalizes, by its own engine: serial:NUMBER, port:PLACE, station:NAME, the exact name, or
    /// unix:PATH; blanks are known by the serial of their chips
    #[arg(long, value_name = "READER", requires_all = ["kit", "images"])]
    pub reader: Option<String>,
    /// File of this machine's stations: JSON object of names and selectors
    // Not the readers' own option: what they refuse for a card that does not lie there makes a card of a batch wait.
    #[arg(id = "station_readers", long = "stations", value_name = "FILE", env = "EKTP_STATIONS")]
    stations: Option<PathBuf>,
    /// The reader carries extended length fields (only if it was shown to)
    #[arg(long)]
    extended: bool,
    /// Folder of the station's keys, certificates and trust store, laid out as a sample kit
    #[arg(long, value_name = "DIR", requires = "reader")]
    kit: Option<PathBuf>,
    /// Passphrase of those keys: `prompt`, `-` or `file:PATH`; without it, the sample kits' own
    #[arg(long, value_name = "SOURCE", requires = "reader")]
    kit_passphrase: Option<String>,
    /// The folder of the cards' images (`ektp centre approve --images`)
    #[arg(long, value_name = "DIR", requires = "reader")]
    images: Option<PathBuf>,
    /// For how many seconds a blank, or a card that was begun, is awaited on the reader
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(0..=86_400))]
    wait: u64,
    #[command(flatten)]
    bench: BenchArgs,
}

impl EngineArgs {
    /// The engine, if a reader is named. Its keys are opened once, for all the cards of the run.
    ///
    /// # Errors
    /// What keys, certificates or the trust store cannot be opened for, and a signer whose cards nobody would believe.
    pub fn open(&self, journal: impl FnOnce() -> Result<Journal, Failure>) -> Result<Option<Engine<'_>>, Failure> {
        let (Some(reader), Some(kit), Some(images)) = (&self.reader, &self.kit, &self.images) else { return Ok(None) };
        self.bench.check()?;
        let clock = RunClock::start();
        let keys = StationKeys::open(kit, self.kit_passphrase.as_ref(), clock)?;
        keys.check_receipts()?;
        let services = keys.services(&self.bench, true)?;
        let reader = ReaderArgs { reader: reader.clone(), stations: self.stations.clone(), extended: self.extended };
        let wait = Duration::from_secs(self.wait);
        let options = self.bench.options()?;
        Ok(Some(Engine {
            bench: &self.bench,
            options,
            keys,
            services,
            reader,
            images,
            wait,
            clock,
            journal: journal()?,
            down: None,
        }))
    }
}

/// A station's engine at work.
pub struct Engine<'a> {
    bench: &'a BenchArgs,
    options: perso::Options,
    keys: StationKeys,
    services: Services,
    reader: ReaderArgs,
    images: &'a PathBuf,
    wait: Duration,
    clock: RunClock,
    journal: Journal,
    /// Why the station itself cannot go on.
    pub down: Option<Failure>,
}

/// How one attempt ended.
enum Attempt {
    Ended(Outcome),
    /// Nothing was bound.
    Refused(PersoError),
    /// The reader, or the image, before the chip was spoken to.
    Failed(Failure),
}

impl Engine<'_> {
    /// The blank of these that lies on the reader; awaits one.
    pub fn blank(&mut self, unused: &[Id], out: &mut Output) -> Option<Id> {
        let (end, mut asked) = (Instant::now() + self.wait, false);
        loop {
            let mut pause = LOOK;
            match self.lying() {
                Ok(found) => {
                    pause = LOOK_AGAIN;
                    let of = |id: &&Id| found.is_some_and(|serial| id.as_str().parse() == Ok(serial));
                    if let Some(blank) = unused.iter().find(of) {
                        return Some(blank.clone());
                    }
                }
                Err(failure) if is_empty(failure.reason) || failure.reason.exit() == 24 => {}
                Err(failure) => {
                    self.down = Some(failure);
                    return None;
                }
            }
            if !asked {
                ask(out, None);
                asked = true;
            }
            if Instant::now() >= end {
                return None;
            }
            std::thread::sleep(pause);
        }
    }

    /// The serial of the chip on the reader, if a job may be begun with it.
    fn lying(&mut self) -> Result<Option<ChipSerial>, Failure> {
        let mut port = self.reader.open()?;
        let Some(serial) = announced(port.as_mut(), &mut system_entropy())? else { return Ok(None) };
        let free = self.journal.blocked(serial)?.is_none() && self.journal.holder(serial)?.is_none();
        Ok(free.then_some(serial))
    }

    /// Writes the chip, or brings on what was begun.
    pub fn encode(&mut self, order: &Order, out: &mut Output) -> Stage {
        match self.bring_on(order, out) {
            Ok(stage) => stage,
            Err(failure) => {
                out.note(format!("{}: {} [{}]", order.card, failure.message, failure.reason.code()));
                Stage::Waits(word(failure.reason))
            }
        }
    }

    fn bring_on(&mut self, order: &Order, out: &mut Output) -> Result<Stage, Failure> {
        let id = JobId::parse(order.card.as_str()).map_err(PersoError::from)?;
        if let Some(done) = self.issued(&id, order)? {
            return Ok(done);
        }
        let (end, mut asked) = (Instant::now() + self.wait, false);
        loop {
            let attempt = self.attempt(&id, order, out);
            // A card that was pulled, or another one in its place: it may be laid back.
            if !awaits(&attempt) || Instant::now() >= end {
                return self.stage(attempt, &id, order);
            }
            if !asked {
                ask(out, Some(order));
                asked = true;
            }
            std::thread::sleep(LOOK);
        }
    }

    /// A card whose receipt is in the chain, now or before.
    fn issued(&mut self, id: &JobId, order: &Order) -> Result<Option<Stage>, Failure> {
        match self.journal.job(id) {
            Ok(job) if job.state == State::Issued => {}
            Ok(_) | Err(JournalError::UnknownJob(_)) => return Ok(None),
            Err(error) => return Err(self.is_down(error.into())),
        }
        let Some(entry) = self.journal.receipt(id)? else { return Ok(None) };
        if let Ok(folder) = self.image(order) {
            self.bench.discard(&folder);
        }
        Ok(Some(Stage::Done(sha256(&entry.body))))
    }

    fn attempt(&mut self, id: &JobId, order: &Order, out: &mut Output) -> Attempt {
        let work = match self.work(id, order) {
            Ok(work) => work,
            Err(failure) => return Attempt::Failed(failure),
        };
        let mut port = match self.reader.open() {
            Ok(port) => port,
            Err(failure) => return Attempt::Failed(failure),
        };
        match self.personalize(&work, port.as_mut(), out) {
            Ok(outcome) => Attempt::Ended(outcome),
            Err(error) => Attempt::Refused(error),
        }
    }

    fn personalize(&mut self, work: &Work, port: &mut dyn Port, out: &mut Output) -> Result<Outcome, PersoError> {
        let (signer, keys) = &mut self.services;
        let mut inspector = QualityControl {
            terminal: self.keys.quality_control.as_ref(),
            trust: &self.keys.trust,
            clock: &self.clock,
            rng: Box::new(system_entropy()),
        };
        let mut station = Station {
            journal: &mut self.journal,
            keys: keys.as_mut(),
            signer: signer.as_mut(),
            inspector: &mut inspector,
            notary: &self.keys.receipt,
            clock: &self.clock,
            rng: &mut system_entropy(),
            progress: &mut Watcher { out, card: work.job.id.as_str() },
            options: self.options,
        };
        perso::run(&mut station, port, work)
    }

    /// The card's image, opened; its chip must be the blank that the store took for it.
    fn work(&self, id: &JobId, order: &Order) -> Result<Work, Failure> {
        let folder = self.image(order)?;
        let serial: Result<ChipSerial, _> = order.blank.as_str().parse();
        let serial = serial.map_err(|_| {
            Failure::new(Reason::InputInvalid, format!("blank {} is not known by the serial of its chip", order.blank))
        })?;
        // What was accepted when the job was taken in stays so: a chip that was begun is not stranded.
        let now = self.journal.job(id).map_or_else(|_| self.clock.now(), |job| job.created_at);
        let opener = Opener { bureau: &self.keys.bureau, trust: &self.keys.trust, now };
        let place = Placement { blank_serial_expected: Some(serial.to_string()), ..Placement::default() };
        Ok(opener.open(&folder, id.clone(), place)?)
    }

    /// The folder of a card's image: of its application, and with the manifest that was authorized.
    fn image(&self, order: &Order) -> Result<PathBuf, Failure> {
        let of = |n| self.images.join(format!("{}.{n}", order.application));
        let is_its = |folder: &PathBuf| {
            let manifest = place::read(&folder.join(MANIFEST), DOCUMENT_BYTES as u64);
            manifest.is_ok_and(|bytes| Some(sha256(&bytes)) == order.image)
        };
        let found = (1..=IMAGES_OF_AN_APPLICATION).map(of).find(is_its);
        let missing = || {
            let text = format!("no image of card {} lies in {}", order.card, self.images.display());
            Failure::new(Reason::FileUnreadable, text)
        };
        found.ok_or_else(missing)
    }

    /// What an attempt means for card and blank.
    fn stage(&mut self, attempt: Attempt, id: &JobId, order: &Order) -> Result<Stage, Failure> {
        match attempt {
            Attempt::Ended(Outcome::Issued(_)) => {
                let done = self.issued(id, order)?;
                done.ok_or_else(|| Failure::new(Reason::DataInconsistent, "the receipt is not in the chain"))
            }
            Attempt::Ended(Outcome::Void { reason, .. }) => Ok(Stage::Spoiled(word(reason))),
            Attempt::Ended(Outcome::Quarantined { reason }) => Ok(Stage::Quarantined(word(reason))),
            Attempt::Refused(error) if is_the_blanks(&error) => Ok(Stage::Spoiled(word(error.reason()))),
            Attempt::Ended(Outcome::Resumable(error)) | Attempt::Refused(error) => Err(self.is_down(error)),
            Attempt::Failed(failure) => {
                if is_the_stations(failure.reason) {
                    self.down = Some(again(&failure));
                }
                Err(failure)
            }
        }
    }

    /// Notes whether it is the station that cannot go on.
    fn is_down(&mut self, error: PersoError) -> Failure {
        use JournalError::{BadReceipt, ChainBroken, Damaged, Full, Unavailable};
        let journal = |e: &JournalError| matches!(e, Full | Unavailable(_) | Damaged(_) | ChainBroken(_) | BadReceipt { .. });
        let is = matches!(&error, PersoError::Journal(e) if journal(e)) || is_the_stations(error.reason());
        let failure = Failure::from(error);
        if is {
            self.down = Some(again(&failure));
        }
        failure
    }
}

/// Says which card is awaited on the reader.
fn ask(out: &mut Output, order: Option<&Order>) {
    let (card, blank) = (order.map(|of| of.card.to_string()), order.map(|of| of.blank.to_string()));
    out.note(match &blank {
        None => out.lang().pick("lay the next blank on the reader", "letakkan blanko berikutnya pada pembaca").to_owned(),
        Some(blank) => format!("{} {blank}", out.lang().pick("lay this card on the reader:", "letakkan kartu ini pada pembaca:")),
    });
    out.event("lay", json!({"card": card, "blank": blank}));
}

fn again(failure: &Failure) -> Failure {
    Failure::new(failure.reason, failure.message.clone())
}

fn word(reason: Reason) -> Word {
    Word::parse(reason.code()).unwrap_or_else(|_| unreachable!("a code of ours"))
}

const fn is_empty(reason: Reason) -> bool {
    matches!(reason, Reason::CardAbsent | Reason::CardRemoved)
}

/// Whether the card may still come to the reader.
fn awaits(attempt: &Attempt) -> bool {
    let may = |reason| is_empty(reason) || reason == Reason::WrongCard;
    match attempt {
        Attempt::Ended(Outcome::Resumable(error)) | Attempt::Refused(error) => may(error.reason()),
        Attempt::Failed(failure) => may(failure.reason),
        Attempt::Ended(_) => false,
    }
}

/// Whether the chip that the store took is none for this or any card.
const fn is_the_blanks(error: &PersoError) -> bool {
    use PersoError::{AuthenticationFailed, Blocked, NotBlank, NotOurs, TooSmall};
    matches!(error, AuthenticationFailed(_) | Blocked(_) | NotBlank(_) | NotOurs { .. } | TooSmall { .. })
}

/// Whether no other card would fare better: no reader, no key store, no quality control, no room.
fn is_the_stations(reason: Reason) -> bool {
    matches!(reason.exit(), 20 | 28 | 50) || matches!(reason, Reason::DiskFull | Reason::StoreUnavailable)
}

/// Tells states and bytes of a card as they become durable.
struct Watcher<'a> {
    out: &'a mut Output,
    card: &'a str,
}

impl Progress for Watcher<'_> {
    fn reached(&mut self, state: State) {
        let told = json!({"state": state.name(), "custody": state.custody().name(), "card": self.card});
        self.out.event("state", told);
    }

    fn written(&mut self, done: usize, total: usize) {
        self.out.progress("writing", done as u64, total as u64);
    }
}
