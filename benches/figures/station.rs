//! A station: the product's own engine with sample keys opened once, on a chip in software.

use crate::card::{Country, Order, SIGNER};
use crate::tap::cpu;
use ektp::chip::apdu::{Command, Response};
use ektp::chip::link::Counters;
use ektp::chip::port::Port;
use ektp::chip::scp03::host::HostStart;
use ektp::chip::scp03::{Level, commands};
use ektp::crypto::hash::HashAlg;
use ektp::crypto::scp03::{ChipSerial, Mode as ScpMode};
use ektp::lds::sod::LdsSecurityObject;
use ektp::perso::chunk::{ChunkSize, LARGE_CHUNK};
use ektp::perso::engine::{Notary, Options, Outcome, Silent, Station, run};
use ektp::perso::error::PersoError;
use ektp::perso::inspect::{Expected, InspectError, Inspector, Matched};
use ektp::perso::journal::Ledger;
use ektp::perso::quality::QualityControl;
use ektp::perso::receipt::{Mode, Receipt};
use ektp::perso::stream::Passwords;
use ektp::perso::work::Work;
use ektp::pki::key_service::{KeyService, LocalKeys};
use ektp::pki::sample::Kit;
use ektp::pki::signer::{DocumentKey, LocalSigner, Register, SignRequest, Signer, SignerError};
use ektp::pki::sod::SodRead;
use ektp::pki::trust::TrustStore;
use ektp::pki::x509::issue::Credential;
use ektp::pki::{sod, statement};
use ektp::read::Terminal;
use ektp::softchip::{ChipConfig, SoftChip};
use ektp::world::{Clock as _, DangerousSeededEntropy};
use jiff::Timestamp;
use std::time::Duration;

const SERIAL: [u8; 10] = [0x45, 0x4B, 0x54, 0x50, 0, 0, 0, 0, 0, 1];
const SECURITY_DOMAIN: [u8; 8] = [0xA0, 0, 0, 1, 0x51, 0, 0, 0];

pub fn local_keys() -> LocalKeys {
    LocalKeys { transport: Kit::transport_keys(), scp03_master: Kit::scp03_master(), proof_master: Kit::proof_master() }
}

/// A blank as its vendor delivers it.
pub fn blank(capacity: usize) -> SoftChip {
    SoftChip::blank(&ChipConfig { serial: SERIAL, capacity, transport: Kit::transport_keys() }, DangerousSeededEntropy::new(3))
}

/// A blank that holds its chip-unique keys.
pub fn keyed(capacity: usize) -> SoftChip {
    let mut chip = blank(capacity);
    let mut plain = |command: &Command| Response::parse(chip.process(&command.encode().unwrap())).unwrap();
    assert!(plain(&Command::new(0x00, 0xA4, 0x04, 0x0C).with_data(SECURITY_DOMAIN)).status.is_ok());
    let start = HostStart::new(0x30, ScpMode::S8, &mut DangerousSeededEntropy::new(4));
    let answer = plain(&start.command());
    let keys = Kit::transport_keys();
    let verified = start.receive(&answer).unwrap().with_keys(&keys, &SECURITY_DOMAIN, Level::Full).unwrap();
    let answer = plain(verified.command());
    let mut channel = verified.receive(&answer).unwrap();
    let data = local_keys().put_key_data(ChipSerial(SERIAL)).unwrap();
    for command in [commands::put_key(0, 1, false, &data.proof), commands::put_key(0x30, 1, true, &data.unique)] {
        let answer = plain(&channel.wrap(&command).unwrap());
        assert!(channel.unwrap(&answer).unwrap().status.is_ok());
    }
    chip.power_on();
    chip
}

/// Signs with an open key, without policy and register.
pub struct OpenKey<'a>(pub &'a Country);

impl Signer for OpenKey<'_> {
    fn accepts(&mut self, _: &ektp::pki::signer::Order) -> Result<(), SignerError> {
        Ok(())
    }

    fn sign(&mut self, request: &SignRequest) -> Result<Vec<u8>, SignerError> {
        let mut object = LdsSecurityObject::over(HashAlg::Sha256, []);
        object.hashes = request.order.hashes.clone();
        object.hashes.insert(14, HashAlg::Sha256.digest(&request.dg14));
        if let Some(dg15) = &request.dg15 {
            object.hashes.insert(15, HashAlg::Sha256.digest(dg15));
        }
        let ds = &self.0.kit.ds;
        Ok(sod::sign(&object, &ds.key, &ds.cert, self.0.clock.now()))
    }
}

/// The signer with its policy and its register on SQLite.
pub fn policy_signer(country: &Country) -> LocalSigner {
    LocalSigner {
        name: SIGNER.into(),
        register: Register::in_memory().unwrap(),
        key: DocumentKey::Open(Box::new(country.kit.ds.key.clone())),
        cert: country.kit.ds.cert.clone(),
        trust: country.kit.trust_store().unwrap(),
        keys: Box::new(local_keys()),
        clock: Box::new(country.clock),
    }
}

struct ReceiptKey<'a>(&'a Credential, Timestamp);

impl Notary for ReceiptKey<'_> {
    fn sign(&self, receipt: &[u8]) -> Result<Vec<u8>, PersoError> {
        Ok(statement::sign(receipt, &self.0.key, &self.0.cert, self.1))
    }

    fn certificate(&self) -> String {
        self.0.cert.serial_hex()
    }
}

/// Quality control, with the CPU time that it took.
struct Timed<'a> {
    inner: QualityControl<'a>,
    spent: Duration,
}

impl Inspector for Timed<'_> {
    fn ready(&self, now: Timestamp) -> Result<(), InspectError> {
        self.inner.ready(now)
    }

    fn believes(&self, sod: SodRead, now: Timestamp) -> Result<(), InspectError> {
        self.inner.believes(sod, now)
    }

    fn read_back(&mut self, port: &mut dyn Port, expected: &Expected<'_>, spent: &mut Counters) -> Result<Matched, InspectError> {
        let before = cpu();
        let matched = self.inner.read_back(port, expected, spent);
        self.spent += cpu() - before;
        matched
    }

    fn security_object(
        &mut self,
        port: &mut dyn Port,
        passwords: &Passwords,
        spent: &mut Counters,
    ) -> Result<Vec<u8>, InspectError> {
        self.inner.security_object(port, passwords, spent)
    }

    fn certificate(&self) -> String {
        self.inner.certificate()
    }
}

/// What stays open from card to card.
pub struct Bureau<'a> {
    pub country: &'a Country,
    pub trust: TrustStore,
    terminal: Terminal,
}

/// A personalization that came to its receipt.
pub struct Issued {
    pub receipt: Receipt,
    /// CPU time of the whole run, whatever lies behind the port included.
    pub cpu: Duration,
    /// Of it, the read-back's.
    pub read_back_cpu: Duration,
}

impl<'a> Bureau<'a> {
    pub fn new(country: &'a Country) -> Self {
        let quality = &country.kit.quality_control;
        let terminal = Terminal::new(quality.chain.clone(), quality.key.clone()).unwrap();
        Self { country, trust: country.kit.trust_store().unwrap(), terminal }
    }

    /// Personalizes the chip on the port. The same entropy on every call, so that a tape can be replayed.
    pub fn personalize(
        &self,
        work: &Work,
        port: &mut dyn Port,
        level: Level,
        journal: &mut dyn Ledger,
        signer: &mut dyn Signer,
    ) -> Issued {
        let clock = &self.country.clock;
        let inner = QualityControl {
            terminal: Some(&self.terminal),
            trust: &self.trust,
            clock,
            rng: Box::new(DangerousSeededEntropy::new(6)),
        };
        let mut inspector = Timed { inner, spent: Duration::ZERO };
        let options = Options { level, chunk: ChunkSize::new(LARGE_CHUNK).unwrap(), ..Options::new(Mode::Local) };
        let mut station = Station {
            journal,
            keys: &mut local_keys(),
            signer,
            inspector: &mut inspector,
            notary: &ReceiptKey(&self.country.kit.receipt, clock.now()),
            clock,
            rng: &mut DangerousSeededEntropy::new(5),
            progress: &mut Silent,
            options,
        };
        let before = cpu();
        let outcome = run(&mut station, port, work);
        let cpu = cpu() - before;
        match outcome {
            Ok(Outcome::Issued(receipt)) => Issued { receipt: *receipt, cpu, read_back_cpu: inspector.spent },
            other => panic!("no card: {other:?}"),
        }
    }
}

/// The order's chip after its personalization.
pub fn issued_chip(bureau: &Bureau<'_>, order: &Order) -> SoftChip {
    let shared = std::sync::Arc::new(std::sync::Mutex::new(keyed(order.profile.capacity)));
    let mut port = ektp::softchip::SoftPort::shared(shared.clone());
    let work = order.work(bureau.country);
    bureau.personalize(&work, &mut port, Level::Full, &mut crate::ledger::Memory::default(), &mut OpenKey(bureau.country));
    let saved = ektp::softchip::port::lock(&shared).save();
    SoftChip::restore(&saved, DangerousSeededEntropy::new(8)).unwrap()
}
