//! A station, a chip and a tiny card image, and what must hold after anything.

use super::inspection::Peek;
use super::services::{TestNotary, TestSigner, local_keys, pki, transport};
use super::spy::Spy;
use crate::chip::port::Port;
use crate::crypto::ec::Curve;
use crate::lds::file_id::FileId;
use crate::lds::files::CardFiles;
use crate::lds::{card_access, tlv};
use crate::perso::engine::{Options, Outcome, Silent, Station, give_up, run};
use crate::perso::error::PersoError;
use crate::perso::inspect::Inspector;
use crate::perso::job::{JobId, NewJob, Placement};
use crate::perso::journal::{Job, Journal, Ledger};
use crate::perso::receipt::Mode;
use crate::perso::stream::{Parameters, Passwords, Reserve};
use crate::perso::work::{AuthorizationBytes, Face, PrintedPassword, Work};
use crate::secret::Secret;
use crate::softchip::faults::FaultPlan;
use crate::softchip::{ChipConfig, SharedChip, SoftChip, SoftPort};
use crate::world::{DangerousSeededEntropy, FixedClock};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

pub(super) const CAN: &str = "271828";

pub(super) fn chip(seed: u64) -> SharedChip {
    chip_with_entropy(seed, seed)
}

/// A chip whose own entropy has a seed apart from its serial.
pub(super) fn chip_with_entropy(number: u64, seed: u64) -> SharedChip {
    let mut serial = [0xC0; 10];
    serial[2..].copy_from_slice(&number.to_be_bytes());
    let config = ChipConfig { serial, capacity: 8_192, transport: transport() };
    Arc::new(Mutex::new(SoftChip::blank(&config, DangerousSeededEntropy::new(seed))))
}

pub(super) fn files() -> CardFiles {
    let tagged = |tag, len| tlv::encode(tag, &vec![0x5A; len]);
    [
        (FileId::Dg1, tagged(0x61, 93)),
        (FileId::Dg2, tagged(0x75, 400)),
        (FileId::Dg13, tagged(0x6D, 60)),
        (FileId::Com, tagged(0x60, 20)),
        (FileId::Fingers, tagged(0x7F61, 80)),
        (FileId::CardAccess, card_access::build(Curve::P256)),
    ]
    .into_iter()
    .collect()
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
            place: Placement::default(),
        },
        files: files(),
        passwords: Passwords { can: Some(Secret::new(CAN.into())), mrz_sha1: None, bac: false },
        reserve: Reserve { dg14: 420, dg15: aa.then_some(400), sod: 1_500 },
        parameters: Parameters { parameter_id: Curve::P256.parameter_id(), ca_key_id: 1, aa },
        curve: Curve::P256,
        trust_point: super::inspection::trust_point(),
        face: Face { name: "can".into(), passwords: vec![PrintedPassword { password: "CAN".into(), printed: "front".into() }] },
        authorization: AuthorizationBytes::default(),
    }
}

/// Everything that survives a crash of the station.
pub(super) struct World {
    pub(super) store: String,
    pub(super) journal: Journal,
    pub(super) chip: SharedChip,
    pub(super) signer: TestSigner,
    pub(super) work: Work,
    pub(super) violations: Vec<&'static str>,
    /// Whether the chip's memory rots after COMMIT.
    pub(super) rots: bool,
    /// What the inspector of [`World::run`] says about its certificate.
    pub(super) ready: bool,
    /// Exchanges of the last run.
    pub(super) exchanges: u64,
    seed: u64,
}

impl World {
    pub(super) fn new(aa: bool) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let seed = NEXT.fetch_add(1, Ordering::Relaxed);
        Self::seeded(seed, aa)
    }

    fn seeded(seed: u64, aa: bool) -> Self {
        let store = format!("world-{seed}");
        let journal = Journal::in_memory(&store).unwrap();
        Self {
            journal,
            chip: chip(seed),
            signer: TestSigner::default(),
            work: work("job", seed, aa),
            violations: Vec::new(),
            rots: false,
            ready: true,
            exchanges: 0,
            store,
            seed,
        }
    }

    /// One run of the real engine on its real journal, by a fresh process so to say.
    pub(super) fn run(&mut self, faults: FaultPlan) -> Result<Outcome, PersoError> {
        let mut journal = Journal::in_memory(&self.store).unwrap();
        let sod = self.job().and_then(|job| job.sod);
        let mut inspector = Peek::new(&self.chip, sod);
        inspector.ready = self.ready;
        self.run_with(&mut journal, &mut inspector, faults)
    }

    /// One run of an engine with another journal or inspector.
    pub(super) fn run_with(
        &mut self,
        journal: &mut dyn Ledger,
        inspector: &mut dyn Inspector,
        faults: FaultPlan,
    ) -> Result<Outcome, PersoError> {
        self.at_station(journal, inspector, faults, |station, port, work| run(station, port, work))
    }

    /// The operator gives the job up, with the chip on the reader or without.
    pub(super) fn give_up(&mut self, there: bool) -> Result<Outcome, PersoError> {
        let mut journal = Journal::in_memory(&self.store).unwrap();
        let mut peek = Peek::new(&self.chip, None);
        self.at_station(&mut journal, &mut peek, FaultPlan::none(), |station, port, work| {
            give_up(station, there.then_some(port), work, &work.job.id)
        })
    }

    fn at_station(
        &mut self,
        journal: &mut dyn Ledger,
        inspector: &mut dyn Inspector,
        faults: FaultPlan,
        act: impl FnOnce(&mut Station<'_>, &mut dyn Port, &Work) -> Result<Outcome, PersoError>,
    ) -> Result<Outcome, PersoError> {
        let port = SoftPort::shared(self.chip.clone()).with_faults(faults);
        let mut spy = Spy::new(port, &self.store, self.work.job.id.clone());
        spy.rots = self.rots;
        self.seed += 1_000_000;
        let mut station = Station {
            journal,
            keys: &mut local_keys(),
            signer: &mut self.signer,
            inspector,
            notary: &TestNotary,
            clock: &FixedClock(pki().kit.now),
            rng: &mut DangerousSeededEntropy::new(self.seed),
            progress: &mut Silent,
            options: Options::new(Mode::Local),
        };
        let outcome = act(&mut station, &mut spy, &self.work);
        self.violations.append(&mut spy.violations);
        self.exchanges = spy.port.exchanges();
        outcome
    }

    pub(super) fn job(&self) -> Option<Job> {
        self.journal.job(&self.work.job.id).ok()
    }
}
