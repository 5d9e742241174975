//! A document signer whose cards no reader would believe costs no blank: station and signer refuse it by name before a chip is begun.

use crate::bureau::{Bureau, lay};
use crate::contract::ektp;
use ektp::pki::key::Parameters;
use ektp::pki::keystore;
use ektp::pki::sample::{Kit, PASSPHRASE, sample_name};
use ektp::pki::x509::crl;
use ektp::pki::x509::issue::{self, Credential, SignerPlan, Span};
use ektp::secret::Secret;
use ektp::softchip::State;
use ektp::world::{Clock as _, SystemClock, system_entropy};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::path::Path;

fn days_ago(days: i64) -> Timestamp {
    SystemClock.now() - SignedDuration::from_hours(24 * days)
}

/// A document signer under an authority: made so many days ago, for so many days, its key for so many, for this kind of document.
fn signer(authority: &Credential, ago: i64, days: i64, key_days: i64, kind: &str) -> Credential {
    let mut rng = system_entropy();
    let key = issue::default_key(&mut rng);
    let plan = SignerPlan {
        name: sample_name("SAMPLE document signer"),
        state: "IDN".into(),
        validity: Span::days(days_ago(ago), days),
        key_use: Span::days(days_ago(ago), key_days),
        document_types: vec![kind.to_owned()],
        parameters: Parameters::Named,
        crl_url: "http://example.invalid/crl".into(),
    };
    Credential { cert: issue::document_signer(authority, &key.public_key(), &plan, &mut rng).unwrap(), key }
}

/// Puts a document signer into a kit's folder.
fn put(kit: &Path, signer: &Credential) {
    std::fs::write(kit.join("ds.cert.pem"), signer.cert.to_pem()).unwrap();
    let _ = std::fs::remove_file(kit.join("ds.key.pem"));
    let passphrase = Secret::new(PASSPHRASE.to_owned());
    keystore::create(&kit.join("ds.key.pem"), &signer.key, &passphrase, &mut system_entropy()).unwrap();
}

fn revoke(folder: &Path, kit: &Kit) {
    let revoked = BTreeMap::from([(kit.ds.cert.serial().to_vec(), days_ago(1))]);
    let list = crl::make(&kit.roots.csca, 2, Span::days(days_ago(1), 30), &revoked).unwrap();
    std::fs::write(folder.join("trust/crl/csca.crl"), list.as_der()).unwrap();
}

/// What is put into the kit, and the exit and reason that it gives.
type Case = (&'static str, fn(&Path, &Kit), i32, &'static str);

const CASES: [Case; 7] = [
    ("key past its period", |dir, kit| put(dir, &signer(&kit.roots.csca, 91, 3_750, 90, "I")), 40, "certificate-unfit"),
    ("certificate past its end", |dir, kit| put(dir, &signer(&kit.roots.csca, 99, 90, 90, "I")), 42, "certificate-expired"),
    ("for passports", |dir, kit| put(dir, &signer(&kit.roots.csca, 1, 3_750, 90, "P")), 40, "certificate-unfit"),
    ("of the operations root", |dir, kit| put(dir, &signer(&kit.roots.operations, 1, 300, 90, "I")), 44, "untrusted-issuer"),
    ("an approver", |dir, kit| put(dir, &kit.approver), 40, "certificate-unfit"),
    (
        "another's key",
        |dir, kit| put(dir, &Credential { key: kit.approver.key.clone(), ..kit.ds.clone() }),
        40,
        "certificate-unfit",
    ),
    ("revoked", revoke, 40, "certificate-revoked"),
];

#[test]
fn an_unfit_document_signer_costs_no_blank_and_serves_nobody() {
    let bureau = Bureau::new();
    let image = bureau.image(&bureau.built(), "job-1");
    let chip = bureau.blank(1);
    let reader = lay(&chip, bureau.dir.path().join("chip"));
    let (store, kit) = (bureau.path("journal.db"), bureau.path("kit"));
    let station = |kit: &str| -> Vec<String> { ["--store", &store, "--reader", &reader, "--kit", kit].map(str::to_owned).into() };
    let run = |words: &[&str], kit: &str| {
        let station = station(kit);
        ektp(&words.iter().copied().chain(station.iter().map(String::as_str)).collect::<Vec<_>>())
    };
    // A job that waits for its card is resumed with the same care.
    run(&["perso", "run", &image, "--expect-serial", "04040404040404040404"], &kit).refused(22, "wrong-card");
    for (number, (what, spoil, exit, reason)) in CASES.into_iter().enumerate() {
        let spoiled = bureau.dir.path().join(format!("kit-{number}"));
        crate::refusals::stores::copy(&bureau.dir.path().join("kit"), &spoiled);
        spoil(&spoiled, &bureau.kit);
        let spoiled = spoiled.display().to_string();
        for words in [&["perso", "run", &image][..], &["perso", "resume", "--job-id", "job-1"]] {
            let refused = run(words, &spoiled);
            assert_eq!((refused.exit, refused.reason()), (exit, reason), "{what}: {:#}", refused.result);
        }
        let (socket, state) = (bureau.path(&format!("s{number}")), bureau.path(&format!("state{number}")));
        let refused = ektp(&["signer", "serve", "--socket", &socket, "--state", &state, "--kit", &spoiled]);
        assert_eq!((refused.exit, refused.reason()), (exit, reason), "{what}: {:#}", refused.result);
    }
    assert_eq!(chip.lock().unwrap().state(), State::Blank);
    let own = run(&["perso", "run", &image, "--expect-serial", &"01".repeat(10)], &kit);
    assert_eq!(own.yes().data()["state"], "ISSUED");
}

#[test]
fn a_document_signer_that_ran_out_in_mid_job_lets_it_wait_for_another() {
    let bureau = Bureau::new();
    let place = crate::refusals::place::Place::of(bureau);
    let job = crate::refusals::desk::Job::new(&place);
    job.until(crate::refusals::desk::store_data);
    let (kit, good) = (place.at("kit"), place.at("kit-good"));
    crate::refusals::stores::copy(&kit, &good);
    put(&kit, &signer(&place.bureau().kit.roots.csca, 91, 3_750, 90, "I"));
    let waits = job.resume(&job.lay(vec![]), "");
    waits.refused(40, "certificate-unfit");
    assert_eq!((&waits.data()["state"], &waits.data()["custody"]), (&"REGISTERED".into(), &"HELD".into()));
    put(&kit, &place.bureau().kit.ds);
    assert_eq!(job.resume(&job.lay(vec![]), "").yes().data()["state"], "ISSUED");
}
