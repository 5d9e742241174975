//! Figures of the personalization: wire bytes against payload, and commands.

use crate::card::Order;
use crate::report::{Bound, Report};
use crate::station::{Bureau, blank, keyed, policy_signer};
use crate::tap::{Exchange, Tap};
use ektp::chip::scp03::Level;
use ektp::perso::chunk::LARGE_CHUNK;
use ektp::perso::journal::Journal;
use ektp::perso::receipt::Receipt;
use ektp::softchip::SoftPort;

/// Whether the blank has its own keys already.
#[derive(Clone, Copy, PartialEq)]
enum Blank {
    Keyed,
    FromVendor,
}

fn personalize(bureau: &Bureau<'_>, order: &Order, level: Level, blank_is: Blank) -> (Tap<SoftPort>, Receipt) {
    let chip = if blank_is == Blank::Keyed { keyed(order.profile.capacity) } else { blank(order.profile.capacity) };
    let mut tap = Tap::new(SoftPort::new(chip));
    let work = order.work(bureau.country);
    let name = format!("figures-{}-{level:?}-{}", order.profile.name, blank_is == Blank::Keyed);
    let mut journal = Journal::in_memory(&name).unwrap();
    let issued = bureau.personalize(&work, &mut tap, level, &mut journal, &mut policy_signer(bureau.country));
    (tap, issued.receipt)
}

/// Every figure of one profile.
pub fn figures(report: &mut Report, bureau: &Bureau<'_>, order: &Order) {
    let name = &order.profile.name;
    let aa = order.profile.active_authentication;
    let (bound_03, bound_33) = if name == "ektp-8k" { (1.23, 1.28) } else { (1.13, 1.17) };
    for (level, label, bound) in [(Level::CMacCEnc, "03", bound_03), (Level::Full, "33", bound_33)] {
        let (tap, receipt) = personalize(bureau, order, level, Blank::Keyed);
        let door = tap.count(Exchange::of_a_door);
        // The file table, the date, the parameters and all DGI headers are overhead.
        let payload = receipt.exchange.payload_bytes;
        let files = receipt.files.len();
        #[allow(clippy::cast_precision_loss)]
        let ratio = door.wire() as f64 / payload as f64;
        let against =
            format!("{} wire bytes for {payload} payload bytes in {files} files, {LARGE_CHUNK}-byte chunks", door.wire());
        report.bounded(
            format!("{name} personalization, level {label}: wire / payload"),
            ratio,
            "",
            Bound::AtMost(bound),
            against,
        );
        let most = (payload + 5 * files).div_ceil(LARGE_CHUNK) + 16 + if aa { 3 } else { 0 };
        let against = format!("ceil(({payload} + 5 x {files}) / {LARGE_CHUNK}) + 16{}", if aa { " + 3" } else { "" });
        report.bounded(
            format!("{name} personalization, level {label}: APDUs"),
            number(door.apdus),
            "APDUs",
            Bound::AtMost(number(most)),
            against,
        );
        assert_eq!(
            u64::try_from(door.apdus).unwrap(),
            receipt.exchange.personalization_apdus,
            "the receipt counts as the port does"
        );
        if level == Level::Full {
            let (first, _) = personalize(bureau, order, level, Blank::FromVendor);
            let first = first.count(Exchange::of_a_door);
            report.plain(format!("{name} first tap: APDUs"), number(first.apdus - door.apdus), "APDUs", "apart");
            report.plain(format!("{name} first tap: wire"), number(first.wire() - door.wire()), "bytes", "apart");
            let back = tap.count(|e| !e.of_a_door());
            report.plain(format!("{name} read-back: APDUs"), number(back.apdus), "APDUs", "apart");
            report.plain(format!("{name} read-back: wire"), number(back.wire()), "bytes", "apart");
        }
    }
}

/// A count as a figure.
#[allow(clippy::cast_precision_loss)]
pub fn number(count: usize) -> f64 {
    count as f64
}
