//! Trust stores that do not load, one for each reason, beside a good one.

use super::place::Place;
use ektp::pki::sample::Kit;
use ektp::pki::x509::crl;
use ektp::pki::x509::issue::Span;
use ektp::world::{Clock, SystemClock};
use std::collections::BTreeMap;
use std::path::Path;

/// Makes `trust` from a kit that was saved in `kit`, `trust-revoked` whose list revokes the kit's document signer, and stores that
/// are refused: `trust-encoding`, `-certificate`, `-untrusted`, `-sample`, `-rollback`, `-unreadable`.
pub fn make(place: &Place, kit: &Kit) {
    let store = |name: &str| copy(&place.at("kit/trust"), &place.at(name));
    let leaf = || kit.ds.cert.to_pem();
    store("trust");
    store("trust-encoding");
    place.write("trust-encoding/trust.json", "{}");
    store("trust-certificate");
    place.write("trust-certificate/csca/leaf.pem", leaf());
    store("trust-untrusted");
    place.changed("kit/trust/trust.json", "trust-untrusted/trust.json", "\"ID\"", "\"MY\"");
    store("trust-sample");
    place.changed("kit/trust/trust.json", "trust-sample/trust.json", "\"sample\"", "\"production\"");
    store("trust-unreadable");
    std::fs::remove_dir_all(place.at("trust-unreadable/csca")).unwrap();
    place.write("trust-unreadable/csca", "no folder");
    let span = Span::days(SystemClock.now() - jiff::SignedDuration::from_hours(1), 30);
    let revoked = BTreeMap::from([(kit.ds.cert.serial().to_vec(), SystemClock.now())]);
    let second = crl::make(&kit.roots.csca, 2, span, &revoked).unwrap();
    store("trust-revoked");
    place.write("trust-revoked/crl/csca.crl", second.as_der());
    store("trust-rollback");
    place.write("trust-rollback/crl/a.crl", second.as_der());
}

/// Copies a folder with everything in it.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Kits of a station, each `kit-REASON` by what keeps it from being used.
pub fn kits(place: &Place) {
    let kit = |reason: &str| {
        let name = format!("kit-{reason}");
        copy(&place.at("kit"), &place.at(&name));
        name
    };
    let missing = kit("key-missing");
    std::fs::remove_file(place.at(&missing).join("bureau.key.pem")).unwrap();
    let garbage = kit("encoding-invalid");
    place.write(&format!("{garbage}/bureau.key.pem"), "hello");
    let version = kit("certificate-invalid");
    place.patched("kit/receipt.cert.pem", &format!("{version}/receipt.cert.pem"), &[0xA0, 3, 2, 1, 2], &[0xA0, 3, 2, 1, 0]);
    // Another key than the quality-control certificate's.
    let terminal = kit("terminal-not-accepted");
    std::fs::copy(place.at("kit/is.key.pem"), place.at(&terminal).join("qc-is.key.pem")).unwrap();
    for (reason, trust) in
        [("untrusted-issuer", "trust-untrusted"), ("sample-key", "trust-sample"), ("crl-stale", "trust-rollback")]
    {
        let name = kit(reason);
        std::fs::remove_dir_all(place.at(&name).join("trust")).unwrap();
        copy(&place.at(trust), &place.at(&name).join("trust"));
    }
    let production = kit("not-permitted");
    std::fs::remove_dir_all(place.at(&production).join("trust")).unwrap();
    place.run(&format!("pki trust-new @{production}/trust --kind production")).yes();
}
