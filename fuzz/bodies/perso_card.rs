//! Personalization before a hostile chip: whatever goes wrong on the wire, a run ends in one of its named ends, what is issued is
//! locked and read back, and a second run without faults ends the job.

use super::hostile_card::fault;
use super::input::Input;
use super::world::{self, CAN, sample};
use ektp::chip::port::Port;
use ektp::crypto::ec::Curve;
use ektp::crypto::hash::HashAlg;
use ektp::crypto::symmetric::AesKey;
use ektp::lds::com::Com;
use ektp::lds::file_id::FileId;
use ektp::lds::files::CardFiles;
use ektp::lds::sod::LdsSecurityObject;
use ektp::perso::engine::{Notary, Silent};
use ektp::perso::journal::Journal;
use ektp::perso::quality::QualityControl;
use ektp::perso::receipt::Mode;
use ektp::perso::stream::{Parameters, Passwords, Reserve};
use ektp::perso::work::{AuthorizationBytes, Face, Work};
use ektp::perso::{JobId, NewJob, Options, Outcome, PersoError, Station, run as personalize};
use ektp::pki::key_service::LocalKeys;
use ektp::pki::signer::{SignRequest, Signer, SignerError};
use ektp::pki::{sod, statement};
use ektp::read::Terminal;
use ektp::secret::Secret;
use ektp::softchip::faults::FaultPlan;
use ektp::softchip::{SharedChip, SoftChip, SoftPort, State, fixture};
use ektp::world::DangerousSeededEntropy;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

pub fn run(data: &[u8]) {
    let _ = outcome(data);
}

/// How the first run and the second, which has no faults, ended.
pub fn outcome(data: &[u8]) -> Option<[Result<Outcome, PersoError>; 2]> {
    let mut input = Input(data);
    let mut plan = FaultPlan::none();
    for _ in 0..4 {
        let (Some(at), Some(kind), Some(amount)) = (input.byte(), input.byte(), input.number()) else { break };
        plan = plan.and(u64::from(at), fault(kind, amount));
    }
    let mut bench = Bench::new()?;
    let mut port = SoftPort::shared(bench.chip.clone()).with_faults(plan);
    let first = once(&mut bench, &mut port);
    end(first.as_ref(), &bench.chip);
    let mut port = SoftPort::shared(bench.chip.clone());
    let second = once(&mut bench, &mut port);
    end(second.as_ref(), &bench.chip);
    assert!(!matches!(second, Ok(Outcome::Resumable(_))), "a good reader and the same chip end the job: {second:?}");
    assert!(bench.signatures() <= 1, "one card was signed twice");
    Some([first, second])
}

/// What a job has of its own: a blank, a journal, a signer that remembers.
pub struct Bench {
    pub chip: SharedChip,
    journal: Journal,
    signer: Remembering,
    work: Work,
}

impl Bench {
    /// A new job with a new blank; none if SQLite has no memory for it.
    pub fn new() -> Option<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let blank = SoftChip::blank(&fixture::config(8_192), DangerousSeededEntropy::new(8));
        let journal = Journal::in_memory(&format!("fuzz-{number}")).ok()?;
        Some(Self { chip: Arc::new(Mutex::new(blank)), journal, signer: Remembering::default(), work: work() })
    }

    /// The key service's keys.
    pub fn keys(&self) -> LocalKeys {
        let key = |byte| AesKey::new(&[byte; 16]).unwrap_or_else(|_| unreachable!("sixteen bytes"));
        LocalKeys { transport: fixture::config(8_192).transport, scp03_master: key(0x50), proof_master: key(0x60) }
    }

    /// How many different requests were signed.
    pub fn signatures(&self) -> usize {
        self.signer.stored.len()
    }
}

/// What an end means for the chip.
fn end(outcome: Result<&Outcome, &PersoError>, chip: &SharedChip) {
    let state = chip.lock().unwrap_or_else(PoisonError::into_inner).state();
    if let Ok(Outcome::Issued(receipt)) = outcome {
        assert_eq!(state, State::Locked, "issued and not locked");
        assert!(!receipt.to_json().is_empty());
    }
    if let Ok(Outcome::Void { terminated: true, .. }) = outcome {
        assert_eq!(state, State::Terminated);
    }
}

/// One run of the engine on this port.
pub fn once(bench: &mut Bench, port: &mut dyn Port) -> Result<Outcome, PersoError> {
    static TERMINAL: OnceLock<Terminal> = OnceLock::new();
    let kit = &sample().kit;
    let terminal = TERMINAL.get_or_init(|| {
        let of = &kit.quality_control;
        Terminal::new(of.chain.clone(), of.key.clone()).expect("a chain")
    });
    let mut inspector = QualityControl {
        terminal: Some(terminal),
        trust: &sample().store,
        clock: &sample().clock,
        rng: Box::new(DangerousSeededEntropy::new(21)),
    };
    let mut keys = bench.keys();
    let mut station = Station {
        journal: &mut bench.journal,
        keys: &mut keys,
        signer: &mut bench.signer,
        inspector: &mut inspector,
        notary: &Receipts,
        clock: &sample().clock,
        rng: &mut DangerousSeededEntropy::new(31),
        progress: &mut Silent,
        options: Options::new(Mode::Local),
    };
    personalize(&mut station, port, &bench.work)
}

/// The honest card's files with a small portrait.
fn files() -> CardFiles {
    let later = |file: &FileId| matches!(file, FileId::Dg14 | FileId::Dg15 | FileId::Sod | FileId::Cvca);
    let mut files = sample().card.files.clone();
    files.0.retain(|file, _| !later(file));
    files.insert(FileId::Dg2, ektp::lds::tlv::encode(0x75, &[7; 300]));
    let groups = files.iter().map(|(f, _)| f).chain([FileId::Dg14, FileId::Dg15, FileId::Sod]);
    let com = Com::over(groups.collect::<Vec<_>>()).encode();
    files.insert(FileId::Com, com);
    files
}

fn work() -> Work {
    Work {
        job: NewJob {
            id: JobId::parse("job").expect("a name"),
            image_at: "image".into(),
            image_digest: [1; 32],
            authorization_digest: [2; 32],
            document_number: "T00000001".into(),
            status_index: 17,
            profile: "test".into(),
            chip_date: jiff::civil::date(2026, 11, 23),
            trust_point: sample().kit.roots.cvca.body_bytes().to_vec(),
            place: ektp::perso::job::Placement::default(),
        },
        files: files(),
        passwords: Passwords { can: Some(Secret::new(CAN.into())), mrz_sha1: None, bac: false },
        reserve: Reserve { dg14: 420, dg15: Some(400), sod: 1_500 },
        parameters: Parameters { parameter_id: Curve::P256.parameter_id(), ca_key_id: 1, aa: true },
        curve: Curve::P256,
        face: Face::default(),
        authorization: AuthorizationBytes::default(),
    }
}

/// Signs what it is given, and the same request only once.
#[derive(Default)]
struct Remembering {
    stored: Vec<(SignRequest, Vec<u8>)>,
}

impl Signer for Remembering {
    fn accepts(&mut self, _: &ektp::pki::signer::Order) -> Result<(), SignerError> {
        Ok(())
    }

    fn sign(&mut self, request: &SignRequest) -> Result<Vec<u8>, SignerError> {
        if let Some((_, known)) = self.stored.iter().find(|(known, _)| known == request) {
            return Ok(known.clone());
        }
        let mut object = LdsSecurityObject::over(HashAlg::Sha256, []);
        object.hashes.clone_from(&request.order.hashes);
        object.hashes.insert(14, HashAlg::Sha256.digest(&request.dg14));
        if let Some(dg15) = &request.dg15 {
            object.hashes.insert(15, HashAlg::Sha256.digest(dg15));
        }
        let signer = &sample().kit.ds;
        let signed = sod::sign(&object, &signer.key, &signer.cert, world::now());
        self.stored.push((request.clone(), signed.clone()));
        Ok(signed)
    }
}

struct Receipts;

impl Notary for Receipts {
    fn sign(&self, receipt: &[u8]) -> Result<Vec<u8>, PersoError> {
        let signer = &sample().kit.receipt;
        Ok(statement::sign(receipt, &signer.key, &signer.cert, world::now()))
    }

    fn certificate(&self) -> String {
        sample().kit.receipt.cert.serial_hex()
    }
}
