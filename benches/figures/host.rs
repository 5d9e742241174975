//! Host CPU of our own code in a personalization, against its cryptographic operations alone.

use crate::card::{Country, Order};
use crate::ledger::Memory;
use crate::openssl::OpenSsl;
use crate::operations::{self, Bench, Content, Op};
use crate::perso::number;
use crate::report::{Bound, Report, median};
use crate::station::{Bureau, OpenKey, keyed, policy_signer};
use crate::tap::{Exchange, Replay, Tap, cpu};
use ektp::chip::port::PortLimits;
use ektp::chip::scp03::Level;
use ektp::lds::build::build;
use ektp::perso::journal::Journal;
use ektp::perso::receipt::Receipt;
use ektp::pki::signer::Signer;
use ektp::softchip::SoftPort;
use std::time::Instant;

/// Runs of which the median counts.
const RUNS: usize = 21;

/// Every figure of one profile.
pub fn figures(report: &mut Report, country: &Country, bureau: &Bureau<'_>, order: &Order, openssl: Option<&OpenSsl>) {
    let name = &order.profile.name;
    let (tape, receipt) = record(bureau, order);
    let work = order.work(country);
    let content = Content {
        stream: receipt.files.iter().map(|f| f.bytes + 5).sum::<usize>() + 500,
        files: receipt.files.iter().map(|f| f.bytes).sum(),
        receipt: receipt.to_json().len(),
        aa: order.profile.active_authentication,
    };
    let ops = operations::of(&tape, &content);
    let mut bench = Bench::new();
    let (mut whole, mut back, mut alone) = (vec![], vec![], vec![]);
    for _ in 0..RUNS {
        let mut replay = Replay::new(&tape, PortLimits::SHORT);
        let issued = bureau.personalize(&work, &mut replay, Level::Full, &mut Memory::default(), &mut OpenKey(country));
        whole.push(issued.cpu.as_secs_f64() * 1e3);
        back.push(issued.read_back_cpu.as_secs_f64() * 1e3);
        alone.push(bench.time(&ops).as_secs_f64() * 1e3);
    }
    let (whole, back, alone) = (median(whole), median(back), median(alone));
    let against = format!("{alone:.2} ms for its {} (read-back in)", counts(&ops));
    report.bounded(
        format!("{name} personalization: host CPU / its cryptography"),
        whole / alone,
        "",
        Bound::AtMost(1.5),
        against,
    );
    report.plain(format!("{name} personalization: host CPU"), whole, "ms", "replayed chip, journal in memory, keys open");
    report.plain(format!("{name} personalization: of it, read-back"), back, "ms", "PACE, CA, AA, TA, every file, verdict");
    report.plain(
        format!("{name} personalization: its cryptography, alone"),
        alone,
        "ms",
        "the same operations in the same process",
    );
    if let Some(openssl) = openssl {
        let time = openssl.time(&ops) * 1e3;
        report.plain(format!("{name} personalization: its cryptography by OpenSSL"), time, "ms", openssl.version.as_str());
    }
    sqlite(report, country, bureau, order, &tape);
    portrait(report, country, order);
}

fn counts(ops: &[Op]) -> String {
    let count = |which: fn(&Op) -> bool| ops.iter().filter(|op| which(op)).count();
    format!(
        "{} signatures, {} checks, {} multiplications, {} AES calls",
        count(|op| *op == Op::Sign),
        count(|op| *op == Op::Verify),
        count(|op| matches!(op, Op::Pair | Op::Agree | Op::Map)),
        count(|op| matches!(op, Op::Cbc(_) | Op::Cmac(_))),
    )
}

/// One run with a chip, for its tape.
fn record(bureau: &Bureau<'_>, order: &Order) -> (Vec<Exchange>, Receipt) {
    let mut tap = Tap::new(SoftPort::new(keyed(order.profile.capacity)));
    let work = order.work(bureau.country);
    let issued = bureau.personalize(&work, &mut tap, Level::Full, &mut Memory::default(), &mut OpenKey(bureau.country));
    (tap.tape, issued.receipt)
}

/// The journal on disk and the signer with policy and register: what they add.
fn sqlite(report: &mut Report, country: &Country, bureau: &Bureau<'_>, order: &Order, tape: &[Exchange]) {
    let name = &order.profile.name;
    let work = order.work(country);
    let dir = tempfile::tempdir().unwrap();
    let run = |journal: Option<&mut Journal>, signer: &mut dyn Signer| {
        let mut replay = Replay::new(tape, PortLimits::SHORT);
        let wall = Instant::now();
        let mut memory = Memory::default();
        let issued = match journal {
            Some(journal) => bureau.personalize(&work, &mut replay, Level::Full, journal, signer),
            None => bureau.personalize(&work, &mut replay, Level::Full, &mut memory, signer),
        };
        (issued.cpu.as_secs_f64() * 1e3, wall.elapsed().as_secs_f64() * 1e3)
    };
    let (mut cpu, mut wall, mut policy) = (vec![], vec![], vec![]);
    for index in 0..7 {
        let mut journal = Journal::open(&dir.path().join(format!("{index}.db"))).unwrap();
        let plain = run(None, &mut OpenKey(country));
        let kept = run(Some(&mut journal), &mut OpenKey(country));
        let judged = run(None, &mut policy_signer(country));
        cpu.push(kept.0 - plain.0);
        wall.push(kept.1 - plain.1);
        policy.push(judged.0 - plain.0);
    }
    report.plain(format!("{name} journal on SQLite: CPU"), median(cpu), "ms", "added to a personalization, every step durable");
    report.plain(format!("{name} journal on SQLite: wall"), median(wall), "ms", "added to a personalization, on this disk");
    report.plain(
        format!("{name} signer's policy and register: CPU"),
        median(policy),
        "ms",
        "authorization, proofs, SQLite in memory",
    );
}

/// Building the card's files, which is fitting the portrait.
fn portrait(report: &mut Report, country: &Country, order: &Order) {
    let before = cpu();
    let built = build(&country.record, &order.profile, order.profile.face, order.built.numbers.clone()).unwrap();
    let time = (cpu() - before).as_secs_f64() * 1e3;
    let against = format!(
        "{} bytes of {}x{}, SSIM {:.3}",
        built.portrait.bytes, built.portrait.width, built.portrait.height, built.portrait.ssim
    );
    report.plain(format!("{} card build with portrait fitting: CPU", order.profile.name), time, "ms", against);
    assert!(number(built.portrait.bytes) > 0.0);
}
