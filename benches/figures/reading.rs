//! Figures of the full verified read: commands against the computed minimum, time under a chip's latency, portrait and counter.

use crate::card::{Country, Order};
use crate::minimum::{self, Chain, Minimum};
use crate::perso::number;
use crate::report::{Bound, Report, median};
use crate::station::{Bureau, issued_chip};
use crate::tap::{Exchange, Replay, Tap, cpu};
use ektp::chip::channel::Channel;
use ektp::chip::link::Link;
use ektp::chip::pace::Password;
use ektp::chip::port::{Port, PortLimits};
use ektp::chip::sm::MAX_SHORT_PLAIN;
use ektp::chip::ta::host::certificate_commands;
use ektp::lds::file_id::FileId;
use ektp::lds::files::CardFiles;
use ektp::pki::status_list::{self, Bits, CardStatus, Token};
use ektp::pki::trust::TrustStore;
use ektp::read::{Field, Progress, Reading, Setup, Terminal, Want, World, read};
use ektp::softchip::latency::{Latency, Passing, RealTime, Work};
use ektp::softchip::{SharedChip, SoftChip, SoftPort};
use ektp::verify::{Decision, Mode, Policy, Purpose, judge};
use ektp::world::{Clock as _, DangerousSeededEntropy};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Reads of which the median counts.
const READS: usize = 15;
/// Speed on the air, kbit/s, of the reads that are timed by the clock.
const CLOCKED: u32 = 424;

/// A card in the field with everything that its judge needs.
pub struct Counter<'a> {
    pub country: &'a Country,
    pub order: &'a Order,
    pub chip: Vec<u8>,
    pub terminal: Terminal,
    pub trust: TrustStore,
    list: Vec<u8>,
}

/// A reading with its verdict's inputs, and what went over the wire.
pub struct Done {
    pub reading: Reading,
    /// CPU time of this thread, whatever lies behind the port excluded.
    pub cpu: Duration,
    pub portrait: Option<Duration>,
}

impl<'a> Counter<'a> {
    pub fn new(country: &'a Country, bureau: &Bureau<'_>, order: &'a Order) -> Self {
        let kit = &country.kit;
        let mut bits = Bits::new(u64::from(order.profile.status_indices));
        assert!(bits.set(u64::from(order.built.numbers.status_index), CardStatus::Active));
        let token = Token { number: 1, issued_at: country.clock.now(), uri: "https://example.invalid/status/1".into(), bits };
        Self {
            country,
            order,
            chip: issued_chip(bureau, order).save(),
            terminal: Terminal::new(kit.terminal.chain.clone(), kit.terminal.key.clone()).unwrap(),
            trust: kit.trust_store().unwrap(),
            list: status_list::sign(&token, &kit.status_list).unwrap(),
        }
    }

    /// A chip with the card on it, always with the same entropy.
    pub fn chip(&self) -> SoftChip {
        SoftChip::restore(&self.chip, DangerousSeededEntropy::new(9)).unwrap()
    }

    /// Reads by the CAN as an inspection system.
    pub fn read(&self, port: &mut dyn Port, want: &Want, behind: &dyn Fn() -> Duration) -> Done {
        self.read_as(port, want, behind, Some(&self.terminal))
    }

    fn read_as(&self, port: &mut dyn Port, want: &Want, behind: &dyn Fn() -> Duration, terminal: Option<&Terminal>) -> Done {
        let password = Password::can(self.order.built.numbers.can.expose()).unwrap();
        let extended = port.limits().extended;
        let setup = Setup { password: &password, want, terminal, challenge: None, extended };
        let mut rng = DangerousSeededEntropy::new(10);
        let mut portrait = None;
        let before = cpu();
        let mut progress = |p| {
            if let Progress::Reading { file: FileId::Dg2, done, total } = p
                && done == total
            {
                portrait = Some(cpu() - before + behind());
            }
        };
        let world = World { clock: &self.country.clock, rng: &mut rng, progress: &mut progress };
        let reading = read(&mut Channel::new(Link::new(port)), &setup, world).unwrap();
        Done { reading, cpu: cpu() - before, portrait }
    }

    /// Judges a live reading; the list was verified when it came.
    pub fn judge(&self, reading: &Reading) -> Decision {
        let now = self.country.clock.now();
        let policy =
            Policy { now, purpose: Purpose::Use, status_list: Some(&self.list), seen: ektp::verify::ListsSeen::default() };
        let verdict = judge(&reading.evidence, &Mode::Live(&reading.proof), &self.trust, &policy);
        verdict.decision()
    }

    pub fn files(&self) -> CardFiles {
        let reading = self.read(&mut SoftPort::new(self.chip()), &Want::Everything, &|| Duration::ZERO).reading;
        assert_eq!(self.judge(&reading), Decision::Genuine);
        let of = |f: &FileId| reading.evidence.file(*f).map(|b| (*f, b.to_vec()));
        let mut files: CardFiles = FileId::ALL.iter().filter_map(of).collect();
        files.insert(FileId::AtrInfo, self.order.built.files.get(FileId::AtrInfo).unwrap().to_vec());
        files
    }

    fn minimum(&self, chunk: usize, extended: bool) -> Minimum {
        let certificates = &self.country.kit.terminal.chain;
        let sizes = |c| {
            let [set, verify] = certificate_commands(c);
            (set.data().len(), verify.data().len())
        };
        let holder = certificates.last().map_or(0, |c| c.body().chr.as_bytes().len() + 2);
        let chain = Chain { certificates: certificates.iter().map(sizes).collect(), holder };
        minimum::full(&self.files(), &chain, chunk, extended)
    }
}

/// Time that a modelled chip takes, and its work.
#[derive(Clone, Default)]
struct Modelled {
    nanos: Arc<AtomicU64>,
}

impl Modelled {
    fn so_far(&self) -> Duration {
        Duration::from_nanos(self.nanos.load(Ordering::Relaxed))
    }
}

impl Passing for Modelled {
    fn pass(&mut self, time: Duration) {
        self.nanos.fetch_add(u64::try_from(time.as_nanos()).unwrap(), Ordering::Relaxed);
    }
}

/// The same chip again, without latency, to add its work up.
struct Worked {
    port: SoftPort,
    chip: SharedChip,
    total: Work,
}

impl Port for Worked {
    fn transmit(&mut self, apdu: &[u8]) -> Result<Vec<u8>, ektp::chip::port::PortError> {
        let answer = self.port.transmit(apdu);
        let work = ektp::softchip::port::lock(&self.chip).work();
        self.total.written += work.written;
        self.total.symmetric += work.symmetric;
        self.total.agreements += work.agreements;
        self.total.keys += work.keys;
        self.total.signatures += work.signatures;
        answer
    }

    fn power_cycle(&mut self) -> Result<(), ektp::chip::port::PortError> {
        self.port.power_cycle()
    }

    fn atr(&self) -> Vec<u8> {
        self.port.atr()
    }

    fn limits(&self) -> PortLimits {
        self.port.limits()
    }

    fn fingerprint(&self) -> String {
        self.port.fingerprint()
    }
}

/// Every figure of one card that needs no peer.
pub fn figures(report: &mut Report, field: &Counter<'_>) {
    let name = &field.order.profile.name;
    let mut tap = Tap::new(SoftPort::new(field.chip()));
    field.read(&mut tap, &Want::Everything, &|| Duration::ZERO);
    let count = tap.count(|_| true);
    let minimum = field.minimum(MAX_SHORT_PLAIN, false);
    let against = "computed minimum: SFI reads, no SELECT EF, no header read";
    report.bounded(
        format!("{name} full verified read: APDUs"),
        number(count.apdus),
        "APDUs",
        Bound::Equal(number(minimum.apdus)),
        against,
    );
    report.plain(
        format!("{name} full verified read: wire"),
        number(count.wire()),
        "bytes",
        format!("computed minimum {}", minimum.wire),
    );
    let mut plain = Tap::new(SoftPort::new(field.chip()));
    field.read_as(&mut plain, &Want::Everything, &|| Duration::ZERO, None);
    let against = "no TA, no fingers: the scope of readers without a terminal's right";
    report.plain(
        format!("{name} verified read without a terminal: APDUs"),
        number(plain.count(|_| true).apdus),
        "APDUs",
        against,
    );
    for kbit in [106, 424, 848] {
        under_latency(report, field, &minimum, kbit);
    }
    by_the_clock(report, field, &minimum);
    host(report, field, &tap.tape);
    extended(report, field);
}

/// Host time and the chip's modelled time together, against the chip, the wire and the fewest commands alone.
fn under_latency(report: &mut Report, field: &Counter<'_>, minimum: &Minimum, kbit: u32) {
    let name = &field.order.profile.name;
    let latency = Latency::j3r180(kbit);
    let floor = floor(field, minimum, &latency);
    let runs: Vec<[f64; 3]> = (0..READS).map(|_| modelled(field, &latency)).collect();
    let middle = |at: usize| median(runs.iter().map(|r| r[at]).collect());
    let against =
        format!("J3R180 at {kbit} kbit/s: floor {:.1} ms (chip, wire, {} APDUs)", floor.as_secs_f64() * 1e3, minimum.apdus);
    let ratio = middle(0) / (floor.as_secs_f64() * 1e3);
    report.bounded(format!("{name} full read, {kbit} kbit/s: wall / floor"), ratio, "", Bound::AtMost(1.05), against);
    report.plain(format!("{name} full read, {kbit} kbit/s: wall"), middle(0), "ms", "host CPU and modelled chip");
    report.plain(format!("{name} time to portrait, {kbit} kbit/s"), middle(1), "ms", "full read, from the first APDU");
    report.plain(
        format!("{name} counter's fields to verdict, {kbit} kbit/s"),
        middle(2),
        "ms",
        "--want mrz,name,nik,portrait and judging",
    );
}

/// The same by the clock: the modelled chip really takes its time, and the wall is what a person waits.
fn by_the_clock(report: &mut Report, field: &Counter<'_>, minimum: &Minimum) {
    let latency = Latency::j3r180(CLOCKED);
    let floor = floor(field, minimum, &latency).as_secs_f64() * 1e3;
    let walls = (0..3).map(|_| {
        let mut port = SoftPort::new(field.chip()).with_latency(latency, RealTime);
        let began = Instant::now();
        field.read(&mut port, &Want::Everything, &|| Duration::ZERO);
        began.elapsed().as_secs_f64() * 1e3
    });
    let wall = median(walls.collect());
    let against =
        format!("{wall:.1} ms by the clock, median of three, the software chip's own computing in; floor {floor:.1} ms");
    let figure = format!("{} full read, {CLOCKED} kbit/s: clock / floor", field.order.profile.name);
    report.bounded(figure, wall / floor, "", Bound::AtMost(1.05), against);
}

fn floor(field: &Counter<'_>, minimum: &Minimum, latency: &Latency) -> Duration {
    let chip = Arc::new(Mutex::new(field.chip()));
    let mut port = Worked { port: SoftPort::shared(chip.clone()), chip, total: Work::default() };
    field.read(&mut port, &Want::Everything, &|| Duration::ZERO);
    let chip_alone = latency.of(0, &port.total).saturating_sub(latency.fixed);
    let commands = latency.fixed * u32::try_from(minimum.apdus).unwrap();
    chip_alone + commands + latency.per_byte * u32::try_from(minimum.wire).unwrap()
}

/// Milliseconds of a full read, to its portrait, and of a counter's reading with its verdict.
fn modelled(field: &Counter<'_>, latency: &Latency) -> [f64; 3] {
    let run = |want: &Want, judged: bool| {
        let time = Modelled::default();
        let shared = Arc::new(AtomicU64::new(0));
        let mut port = Behind { port: SoftPort::new(field.chip()).with_latency(*latency, time.clone()), own: shared.clone() };
        // What the thread spends behind the port is the software chip's, not the host's; the modelled time stands for it.
        let behind = || time.so_far().saturating_sub(Duration::from_nanos(shared.load(Ordering::Relaxed)));
        let before = cpu();
        let done = field.read(&mut port, want, &behind);
        if judged {
            assert_eq!(field.judge(&done.reading), Decision::Genuine);
        }
        let own = cpu() - before - Duration::from_nanos(shared.load(Ordering::Relaxed));
        ((own + time.so_far()).as_secs_f64() * 1e3, done.portrait.map_or(f64::NAN, |p| p.as_secs_f64() * 1e3))
    };
    let (all, portrait) = run(&Want::Everything, false);
    let fields = [Field::Mrz, Field::Name, Field::Nik, Field::Portrait];
    let (counter, _) = run(&Want::Fields(BTreeSet::from(fields)), true);
    [all, portrait, counter]
}

/// Adds up the CPU time behind a port.
struct Behind<P> {
    port: P,
    own: Arc<AtomicU64>,
}

impl<P: Port> Port for Behind<P> {
    fn transmit(&mut self, apdu: &[u8]) -> Result<Vec<u8>, ektp::chip::port::PortError> {
        let before = cpu();
        let answer = self.port.transmit(apdu);
        self.own.fetch_add(u64::try_from((cpu() - before).as_nanos()).unwrap(), Ordering::Relaxed);
        answer
    }

    fn power_cycle(&mut self) -> Result<(), ektp::chip::port::PortError> {
        self.port.power_cycle()
    }

    fn atr(&self) -> Vec<u8> {
        self.port.atr()
    }

    fn limits(&self) -> PortLimits {
        self.port.limits()
    }

    fn fingerprint(&self) -> String {
        self.port.fingerprint()
    }
}

/// What reading and judging cost this host, without chip and reader.
fn host(report: &mut Report, field: &Counter<'_>, tape: &[Exchange]) {
    let name = &field.order.profile.name;
    let (mut reads, mut walls, mut verdicts) = (vec![], vec![], vec![]);
    for _ in 0..READS {
        let mut replay = Replay::new(tape, PortLimits::SHORT);
        let wall = Instant::now();
        let done = field.read(&mut replay, &Want::Everything, &|| Duration::ZERO);
        walls.push(wall.elapsed().as_secs_f64() * 1e3);
        reads.push(done.cpu.as_secs_f64() * 1e3);
        let before = cpu();
        assert_eq!(field.judge(&done.reading), Decision::Genuine);
        verdicts.push((cpu() - before).as_secs_f64() * 1e3);
    }
    report.plain(format!("{name} full read: host CPU, warm"), median(reads.clone()), "ms", "replayed chip");
    report.plain(
        format!("{name} full read: host CPU, cold"),
        reads.first().copied().unwrap_or(f64::NAN),
        "ms",
        "first of the run",
    );
    report.plain(format!("{name} full read: host wall, warm"), median(walls), "ms", "replayed chip");
    report.plain(
        format!("{name} verdict: host CPU, warm"),
        median(verdicts),
        "ms",
        "all checks, status list of all indices included",
    );
}

/// Extended length fields on both sides.
fn extended(report: &mut Report, field: &Counter<'_>) {
    let bureau = Bureau::new(field.country);
    let order = Order::build(field.country, &field.order.profile.name, true);
    let long = Counter::new(field.country, &bureau, &order);
    let mut tap = Tap::new(SoftPort::new(long.chip()).with_limits(PortLimits::EXTENDED));
    long.read(&mut tap, &Want::Everything, &|| Duration::ZERO);
    let name = &field.order.profile.name;
    report.plain(
        format!("{name} full read, extended length: APDUs"),
        number(tap.count(|_| true).apdus),
        "APDUs",
        "4,096 bytes on both sides",
    );
}
