//! A station, a chip and a tiny card image, and what must hold after anything.

use super::inspection::Peek;
use super::ledger::ShakyLedger;
use super::nth::{Shaky, ShakyNotary};
use super::services::{TestNotary, TestSigner, local_keys, pki, transport};
use super::spy::Spy;
use super::trouble::Troubles;
use crate::chip::port::{Port, PortError};
use crate::crypto::ec::Curve;
use crate::lds::com::Com;
use crate::lds::file_id::FileId;
use crate::lds::files::CardFiles;
use crate::lds::tlv;
use crate::perso::engine::{Notary, Options, Outcome, Silent, Station, give_up, run};
use crate::perso::error::PersoError;
use crate::perso::inspect::Inspector;
use crate::perso::job::{JobId, NewJob, Placement};
use crate::perso::journal::{Job, Journal, Ledger};
use crate::perso::quality::QualityControl;
use crate::perso::receipt::Mode;
use crate::perso::stream::{Parameters, Passwords, Reserve};
use crate::perso::work::{AuthorizationBytes, Face, PrintedPassword, Work};
use crate::read::Terminal;
use crate::reason::{Reason, Refusal as _};
use crate::secret::Secret;
use crate::softchip::faults::FaultPlan;
use crate::softchip::port::Traffic;
use crate::softchip::{ChipConfig, SharedChip, SoftChip, SoftPort, State as ChipState};
use crate::verify::tests::kit::Card;
use crate::world::{Clock, DangerousSeededEntropy};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

pub(super) const CAN: &str = "271828";

pub(super) fn chip(seed: u64) -> SharedChip {
    chip_with_entropy(seed, seed, 8_192)
}

/// A chip whose own entropy has a seed apart from its serial.
pub(super) fn chip_with_entropy(number: u64, seed: u64, capacity: usize) -> SharedChip {
    let mut serial = [0xC0; 10];
    serial[2..].copy_from_slice(&number.to_be_bytes());
    let config = ChipConfig { serial, capacity, transport: transport() };
    Arc::new(Mutex::new(SoftChip::blank(&config, DangerousSeededEntropy::new(seed))))
}

/// A tiny card that the judge takes for what it is; its picture is no picture.
pub(super) fn files(aa: bool) -> CardFiles {
    // Its certificates take longer to make than a whole personalization.
    static FILES: OnceLock<CardFiles> = OnceLock::new();
    let mut files = FILES.get_or_init(|| Card::new().files).clone();
    for later in [FileId::Dg14, FileId::Dg15, FileId::Sod] {
        let absent = later == FileId::Dg15 && !aa;
        if absent {
            files.0.remove(&later);
        }
    }
    files.insert(FileId::Dir, tlv::encode(0x61, &tlv::encode(0x4F, &[0xA0, 0, 0, 2, 0x47, 0x10, 1])));
    let com = Com::over(files.iter().map(|(f, _)| f)).encode();
    files.insert(FileId::Com, com);
    files.0.retain(|f, _| !matches!(f, FileId::Dg14 | FileId::Dg15 | FileId::Sod));
    files
}

pub(super) fn work(name: &str, index: u64, aa: bool) -> Work {
    let kit = &pki().kit;
    Work {
        job: NewJob {
            id: JobId::parse(name).unwrap(),
            image_at: "image".into(),
            image_digest: [1; 32],
            authorization_digest: [2; 32],
            document_number: format!("T{index:08}"),
            status_index: index,
            profile: "test".into(),
            chip_date: kit.now.to_zoned(jiff::tz::TimeZone::UTC).date(),
            trust_point: pki().trust_point.clone(),
            place: Placement::default(),
        },
        files: files(aa),
        passwords: Passwords { can: Some(Secret::new(CAN.into())), mrz_sha1: None, bac: false },
        reserve: Reserve { dg14: 420, dg15: aa.then_some(400), sod: 1_500 },
        parameters: Parameters { parameter_id: Curve::P256.parameter_id(), ca_key_id: 1, aa },
        curve: Curve::P256,
        face: Face { name: "can".into(), passwords: vec![PrintedPassword { password: "CAN".into(), printed: "front".into() }] },
        authorization: AuthorizationBytes::default(),
    }
}

/// The station's own quality control.
fn quality<'a>(seed: u64, terminal: &'static Terminal, clock: &'a dyn Clock) -> QualityControl<'a> {
    let rng = Box::new(DangerousSeededEntropy::new(seed));
    QualityControl { terminal: Some(terminal), trust: &pki().trust, clock, rng }
}

/// Resumes that a job may need after its troubles.
const MOST_RESUMES: usize = 3;

/// Distance of the other blank's seed and serial.
const OTHER: u64 = 1 << 40;

/// A port with nothing but `transmit`, as an encoder's driver is.
struct Encoder<'a>(&'a mut Spy);

impl Port for Encoder<'_> {
    fn transmit(&mut self, apdu: &[u8]) -> Result<Vec<u8>, PortError> {
        self.0.transmit(apdu)
    }
}

/// Opens a world's journal, as a process that begins does.
pub(crate) type Opener = Arc<dyn Fn() -> Journal + Send + Sync>;

/// Everything that survives a crash of the station.
pub(super) struct World {
    /// Name of the journal in memory, if that is where it is.
    pub(super) store: String,
    opener: Opener,
    pub(super) journal: Journal,
    pub(super) chip: SharedChip,
    /// Another chip, which a swap puts on the reader in mid-run: a blank, unless a test puts something else there.
    pub(super) other: SharedChip,
    /// State of the chip that the job must leave alone.
    pub(super) stranger_was: ChipState,
    pub(super) signer: TestSigner,
    pub(super) work: Work,
    pub(super) violations: Vec<&'static str>,
    /// Whether the chip's memory rots after COMMIT.
    pub(super) rots: bool,
    /// What the inspector of [`World::run`] says about its certificate.
    pub(super) ready: bool,
    pub(super) notary: Box<dyn Notary>,
    /// Why the runs so far did not issue, in their order.
    pub(super) said: Vec<Reason>,
    /// Exchanges of the last run.
    pub(super) exchanges: u64,
    /// Instruction bytes of the last run's APDUs, quality control's included.
    pub(super) instructions: Vec<u8>,
    /// What the last run sent and received.
    pub(super) traffic: Traffic,
    /// How the station personalizes.
    pub(super) options: Options,
    /// Whether the port only transmits.
    pub(super) transmit_only: bool,
    seed: u64,
}

impl World {
    pub(super) fn new(aa: bool) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let seed = NEXT.fetch_add(1, Ordering::Relaxed);
        Self::seeded(seed, aa)
    }

    /// With a blank of this many bytes.
    pub(super) fn with_capacity(aa: bool, capacity: usize) -> Self {
        let mut world = Self::new(aa);
        world.chip = chip_with_entropy(world.seed, world.seed, capacity);
        world
    }

    /// A world that its seed alone determines; one at a time of each.
    pub(super) fn seeded(seed: u64, aa: bool) -> Self {
        let store = format!("world-{seed}");
        let name = store.clone();
        Self::kept(seed, store, aa, Arc::new(move || Journal::in_memory(&name).unwrap()))
    }

    /// A world whose journal is kept wherever this opens it.
    pub(super) fn elsewhere(aa: bool, opener: Opener) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1 << 34);
        Self::kept(NEXT.fetch_add(1, Ordering::Relaxed), String::new(), aa, opener)
    }

    /// The journal is from now on the one in memory of this name.
    pub(super) fn keep_in(&mut self, store: &str) {
        let name = store.to_owned();
        (self.store, self.opener) = (name.clone(), Arc::new(move || Journal::in_memory(&name).unwrap()));
        self.journal = self.open();
    }

    /// The journal, opened once more.
    pub(super) fn open(&self) -> Journal {
        (self.opener)()
    }

    fn kept(seed: u64, store: String, aa: bool, opener: Opener) -> Self {
        Self {
            journal: opener(),
            opener,
            chip: chip(seed),
            other: chip(seed + OTHER),
            stranger_was: ChipState::Blank,
            signer: TestSigner::default(),
            work: work("job", seed, aa),
            violations: Vec::new(),
            rots: false,
            ready: true,
            notary: Box::new(TestNotary),
            said: Vec::new(),
            exchanges: 0,
            instructions: Vec::new(),
            traffic: Traffic::default(),
            options: Options::new(Mode::Local),
            transmit_only: false,
            store,
            seed,
        }
    }

    /// One run of the real engine on its real journal, by a fresh process so to say.
    pub(super) fn run(&mut self, faults: FaultPlan) -> Result<Outcome, PersoError> {
        self.go(&Troubles::at_chip(faults))
    }

    /// The same with troubles of every kind.
    pub(super) fn go(&mut self, troubles: &Troubles) -> Result<Outcome, PersoError> {
        let mut journal = ShakyLedger { journal: self.open(), nth: &troubles.journal };
        let terminal = if self.ready { &pki().quality_control } else { &pki().desk };
        let mut inspector = quality(self.seed, terminal, &troubles.clock);
        self.at_station(&mut journal, &mut inspector, troubles, |station, port, work| run(station, port, work))
    }

    /// Runs without trouble, with the job's chip on the reader, until the job ends; at most as often as a job may need.
    pub(super) fn resume(&mut self, first: Result<Outcome, PersoError>) -> Result<Outcome, PersoError> {
        let mut outcome = first;
        for _ in 0..MOST_RESUMES {
            if matches!(outcome, Ok(Outcome::Issued(_) | Outcome::Void { .. } | Outcome::Quarantined { .. })) {
                break;
            }
            self.lay_bound();
            outcome = self.run(FaultPlan::none());
        }
        outcome
    }

    /// Lays the job's chip on the reader, and the other one aside.
    pub(super) fn lay_bound(&mut self) {
        if Arc::ptr_eq(self.bound(), &self.other) {
            std::mem::swap(&mut self.chip, &mut self.other);
        }
    }

    /// One run of an engine with another journal or inspector.
    pub(super) fn run_with(
        &mut self,
        journal: &mut dyn Ledger,
        inspector: &mut dyn Inspector,
        faults: FaultPlan,
    ) -> Result<Outcome, PersoError> {
        let troubles = Troubles::at_chip(faults);
        self.at_station(journal, inspector, &troubles, |station, port, work| run(station, port, work))
    }

    /// The operator gives the job up, with the chip on the reader or without.
    pub(super) fn give_up(&mut self, there: bool) -> Result<Outcome, PersoError> {
        let mut journal = self.open();
        let mut peek = Peek::new(&self.chip, None);
        self.at_station(&mut journal, &mut peek, &Troubles::none(), |station, port, work| {
            give_up(station, there.then_some(port), work, &work.job.id)
        })
    }

    fn at_station(
        &mut self,
        journal: &mut dyn Ledger,
        inspector: &mut dyn Inspector,
        troubles: &Troubles,
        act: impl FnOnce(&mut Station<'_>, &mut dyn Port, &Work) -> Result<Outcome, PersoError>,
    ) -> Result<Outcome, PersoError> {
        let mut port = SoftPort::shared(self.chip.clone()).with_faults(troubles.chip.clone());
        port.swap_in(self.other.clone());
        let mut spy = Spy::new(port, self.open(), self.work.job.id.clone());
        spy.rots = self.rots;
        self.seed += 1_000_000;
        let mut station = Station {
            journal,
            keys: &mut Shaky { inner: &mut local_keys(), nth: &troubles.keys },
            signer: &mut Shaky { inner: &mut self.signer, nth: &troubles.signer },
            inspector,
            notary: &ShakyNotary { inner: self.notary.as_ref(), nth: &troubles.notary },
            clock: &troubles.clock,
            rng: &mut DangerousSeededEntropy::new(self.seed),
            progress: &mut Silent,
            options: self.options,
        };
        let outcome = if self.transmit_only {
            act(&mut station, &mut Encoder(&mut spy), &self.work)
        } else {
            act(&mut station, &mut spy, &self.work)
        };
        self.said.extend(match &outcome {
            Ok(outcome) => outcome.reason(),
            Err(error) => Some(error.reason()),
        });
        self.violations.append(&mut spy.violations);
        self.instructions = std::mem::take(&mut spy.instructions);
        self.exchanges = spy.port.exchanges();
        self.traffic = spy.port.traffic();
        outcome
    }

    /// The job's chip: the one that it bound, and before that the one that was laid there first.
    pub(super) fn bound(&self) -> &SharedChip {
        let serial = self.job().and_then(|job| job.chip).map(|chip| chip.0);
        if serial == Some(self.other.lock().unwrap().serial()) { &self.other } else { &self.chip }
    }

    /// The chip that the job never bound.
    pub(super) fn stranger(&self) -> &SharedChip {
        if std::sync::Arc::ptr_eq(self.bound(), &self.other) { &self.chip } else { &self.other }
    }

    pub(super) fn job(&self) -> Option<Job> {
        self.journal.job(&self.work.job.id).ok()
    }
}
