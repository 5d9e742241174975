//! Our reading and JMRTD's of one card through the same virtual PC/SC reader, in one run.

use crate::card::{Country, Order};
use crate::perso::number;
use crate::reading::Counter;
use crate::report::{Bound, Report, median};
use crate::station::Bureau;
use ektp::chip::port::PortLimits;
use ektp::chip::port::pcsc::Readers;
use ektp::chip::port::selector::{Selector, Stations};
use ektp::chip::port::vpcd::VpcdCard;
use ektp::lds::file_id::FileId;
use ektp::pki::key::PrivateKey;
use ektp::read::Want;
use ektp::softchip::latency::Latency;
use ektp::softchip::serve::ServedChip;
use serde_json::Value;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpStream};
use std::path::Path;
use std::process::Command;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

const READER: &str = "Virtual PCD 00 00";
const CLASSES: &str = "target/interop/jmrtd/classes:target/interop/jmrtd/lib/*";
/// Readings in one process, the first of them cold.
const TIMES: usize = 24;

/// A chip on the virtual reader until this is dropped.
struct Served {
    handle: TcpStream,
    thread: Option<JoinHandle<()>>,
}

impl Served {
    fn insert(counter: &Counter<'_>, port: u16) -> Self {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let card = VpcdCard::insert(address, Duration::from_secs(10)).unwrap();
        let handle = card.handle().unwrap();
        let mut chip = ServedChip::new(counter.chip(), None, Latency::NONE);
        let thread = std::thread::spawn(move || drop(card.serve(&mut chip)));
        Self { handle, thread: Some(thread) }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.handle.shutdown(Shutdown::Both);
        let _ = self.thread.take().map(JoinHandle::join);
        // The driver notices an empty reader by polling.
        std::thread::sleep(Duration::from_secs(1));
    }
}

/// Readings of one side.
struct Readings {
    apdus: usize,
    /// Milliseconds of the first reading and the median of the later half: wall and CPU.
    cold: (f64, f64),
    warm: (f64, f64),
}

impl Readings {
    fn of(apdus: usize, times: &[(f64, f64)]) -> Self {
        let later = times.get(times.len() / 2..).unwrap_or_default();
        let middle = |pick: fn(&(f64, f64)) -> f64| median(later.iter().map(pick).collect());
        Self { apdus, cold: times[0], warm: (middle(|t| t.0), middle(|t| t.1)) }
    }
}

/// The port of the private virtual reader, and JMRTD's program, if both are there.
pub fn at_hand() -> Option<u16> {
    let port = std::env::var("VPCD_PORT").ok()?.parse().ok()?;
    Path::new("target/interop/jmrtd/classes").exists().then_some(port)
}

/// Every figure of one profile.
pub fn figures(report: &mut Report, country: &Country, bureau: &Bureau<'_>, order: &Order, port: u16) {
    let name = &order.profile.name;
    let counter = Counter::new(country, bureau, order);
    let (ours, theirs) = both(&counter, port, false);
    let fewer = if name == "ektp-8k" { 20.0 } else { 10.0 };
    report.plain(
        format!("{name} through the virtual reader: our APDUs"),
        number(ours.apdus),
        "APDUs",
        "full verified read, Le of 223 bytes",
    );
    report.plain(
        format!("{name} through the virtual reader: JMRTD's APDUs"),
        number(theirs.apdus),
        "APDUs",
        "same scope, same Le, SFI on",
    );
    let saved = 100.0 * number(theirs.apdus.saturating_sub(ours.apdus)) / number(theirs.apdus);
    let against = format!("{} against {} by JMRTD in the same run", ours.apdus, theirs.apdus);
    report.bounded(format!("{name} full verified read: fewer APDUs than JMRTD"), saved, "%", Bound::AtLeast(fewer), against);
    for (who, readings) in [("ours", &ours), ("JMRTD", &theirs)] {
        for (state, (wall, cpu)) in [("cold", readings.cold), ("warm", readings.warm)] {
            report.plain(
                format!("{name} through the virtual reader, {who}, {state}: wall"),
                wall,
                "ms",
                "software chip in this process",
            );
            report.plain(format!("{name} through the virtual reader, {who}, {state}: CPU"), cpu, "ms", "of the reading side");
        }
    }
    let long = Order::build(country, name, true);
    let (ours, theirs) = both(&Counter::new(country, bureau, &long), port, true);
    let against = "4,096 bytes on both sides";
    report.plain(format!("{name} extended length, ours: APDUs"), number(ours.apdus), "APDUs", against);
    report.plain(format!("{name} extended length, JMRTD: APDUs"), number(theirs.apdus), "APDUs", against);
    report.plain(format!("{name} extended length, ours, warm: wall"), ours.warm.0, "ms", against);
    report.plain(format!("{name} extended length, JMRTD, warm: wall"), theirs.warm.0, "ms", against);
}

fn both(counter: &Counter<'_>, port: u16, extended: bool) -> (Readings, Readings) {
    let served = Served::insert(counter, port);
    let ours = ours(counter, extended);
    drop(served);
    let served = Served::insert(counter, port);
    let theirs = jmrtd(counter, extended);
    drop(served);
    (ours, theirs)
}

fn ours(counter: &Counter<'_>, extended: bool) -> Readings {
    let mut times = Vec::new();
    let mut apdus = 0;
    for _ in 0..TIMES {
        let wall = Instant::now();
        let before = crate::tap::cpu();
        let readers = Readers::open().unwrap();
        let reader = readers.find(&Selector::parse(READER, &Stations::new()).unwrap()).unwrap();
        readers.wait(&reader, true, Duration::from_secs(10)).unwrap();
        let mut port = readers.connect(&reader).unwrap();
        if extended {
            port = port.with_limits(PortLimits::EXTENDED);
        }
        let done = counter.read(&mut port, &Want::Everything, &|| Duration::ZERO);
        drop(port);
        apdus = usize::try_from(done.reading.evidence.timing.as_ref().unwrap().apdus).unwrap();
        times.push((wall.elapsed().as_secs_f64() * 1e3, (crate::tap::cpu() - before).as_secs_f64() * 1e3));
    }
    Readings::of(apdus, &times)
}

fn jmrtd(counter: &Counter<'_>, extended: bool) -> Readings {
    let dir = tempfile::tempdir().unwrap();
    card_directory(counter, dir.path());
    let library = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib"]
        .map(|d| format!("{d}/libpcsclite.so.1"))
        .into_iter()
        .find(|f| Path::new(f).exists())
        .unwrap_or_default();
    let mut java = Command::new("java");
    java.arg(format!("-Dsun.security.smartcardio.library={library}"));
    java.args(["--add-opens", "java.smartcardio/sun.security.smartcardio=ALL-UNNAMED"]);
    if extended {
        java.arg("-Dektp.block=4063");
    }
    java.args(["-cp", CLASSES, "id.ektp.interop.Repeat", &TIMES.to_string(), READER]).arg(dir.path());
    let output = java.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let lines: Vec<Value> = text.lines().filter_map(|l| serde_json::from_str(l).ok()).collect();
    assert!(output.status.success() && !lines.is_empty(), "JMRTD: {text}{}", String::from_utf8_lossy(&output.stderr));
    let ms = |line: &Value, name: &str| line[name].as_f64().unwrap_or(f64::NAN) / 1e3;
    let times: Vec<(f64, f64)> = lines.iter().map(|l| (ms(l, "wallMicroseconds"), ms(l, "cpuMicroseconds"))).collect();
    Readings::of(usize::try_from(lines[0]["apdus"].as_u64().unwrap()).unwrap(), &times)
}

/// What JMRTD's program wants to know of the card.
fn card_directory(counter: &Counter<'_>, dir: &Path) {
    let kit = &counter.country.kit;
    for sub in ["files", "trust", "terminal"] {
        std::fs::create_dir(dir.join(sub)).unwrap();
    }
    let write = |name: &str, bytes: &[u8]| std::fs::write(dir.join(name), bytes).unwrap();
    write("can.txt", counter.order.built.numbers.can.expose().as_bytes());
    write("trust/csca.der", kit.roots.csca.cert.as_der());
    for (file, bytes) in counter.files().iter().filter(|(f, _)| *f != FileId::AtrInfo) {
        write(&format!("files/{}.bin", file.name()), bytes);
    }
    for (name, cert) in ["dv", "is"].into_iter().zip(&kit.terminal.chain) {
        write(&format!("terminal/{name}.cvcert"), &cert.encode());
    }
    write("terminal/is.pk8", &PrivateKey::from(kit.terminal.key.clone()).to_pkcs8());
}
