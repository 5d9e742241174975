//! Online mode: signer and key service in a second process; a station that asks for what it must not get.

use crate::bureau::{Bureau, blank, lay};
use crate::contract::ektp;
use ektp::chip::port::Port as _;
use ektp::crypto::ec::{Curve, PrivateKey};
use ektp::lds::{dg14, dg15};
use ektp::perso::engine::{Notary, Silent};
use ektp::perso::job::Placement;
use ektp::perso::journal::Journal;
use ektp::perso::opened::Opener;
use ektp::perso::quality::QualityControl;
use ektp::perso::receipt::Mode;
use ektp::perso::{JobId, Options, Outcome, PersoError, Station, run};
use ektp::pki::key_service::RemoteKeys;
use ektp::pki::signer::online::RemoteSigner;
use ektp::pki::signer::{Order, Rule, SignRequest, Signer, SignerError};
use ektp::read::Terminal;
use ektp::reason::Reason;
use ektp::softchip::{SharedChip, SoftPort, State};
use ektp::world::{Clock, DangerousSeededEntropy, SystemClock, system_entropy};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// The signer's process, ended by its own verb.
struct Service {
    child: Child,
    socket: String,
}

impl Service {
    fn start(bureau: &Bureau) -> Self {
        let socket = bureau.path("signer.sock");
        let args =
            ["--json", "signer", "serve", "--socket", &socket, "--state", &bureau.path("signer"), "--kit", &bureau.path("kit")];
        let mut child = Command::new(env!("CARGO_BIN_EXE_ektp")).args(args).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        assert!(lines.any(|l| l.contains("\"serving\"")));
        Self { child, socket }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a dishonest station does to a request.
type Alteration<'a> = &'a dyn Fn(&mut SignRequest);

/// A station that alters what it asks.
struct Dishonest<'a> {
    signer: RemoteSigner,
    alter: &'a dyn Fn(&mut SignRequest),
}

impl Signer for Dishonest<'_> {
    fn accepts(&mut self, _: &Order) -> Result<(), SignerError> {
        Ok(())
    }

    fn sign(&mut self, request: &SignRequest) -> Result<Vec<u8>, SignerError> {
        let mut request = request.clone();
        (self.alter)(&mut request);
        self.signer.sign(&request)
    }
}

struct NoReceipt;

impl Notary for NoReceipt {
    fn sign(&self, _: &[u8]) -> Result<Vec<u8>, PersoError> {
        Ok(Vec::new())
    }

    fn certificate(&self) -> String {
        String::new()
    }
}

/// One run of a station's engine against the service.
fn station(bureau: &Bureau, service: &Service, image: &str, chip: &SharedChip, alter: &dyn Fn(&mut SignRequest)) -> Outcome {
    let kit = &bureau.kit;
    let trust = kit.trust_store().unwrap();
    let opener = Opener { bureau: &kit.bureau.key, trust: &trust, now: SystemClock.now() };
    let name = format!("job-{}", chip.lock().unwrap().serial()[0]);
    let work = opener.open(image.as_ref(), JobId::parse(&name).unwrap(), Placement::default()).unwrap();
    let terminal = Terminal::new(kit.quality_control.chain.clone(), kit.quality_control.key.clone()).unwrap();
    let mut port = SoftPort::shared(chip.clone());
    assert!(!port.atr().is_empty());
    let mut station = Station {
        // Every run is another station with an empty journal: the signer's register decides.
        journal: &mut Journal::in_memory(&format!("online-{}-{name}", bureau.dir.path().display())).unwrap(),
        keys: &mut RemoteKeys::new(&service.socket),
        signer: &mut Dishonest { signer: RemoteSigner::new(&service.socket), alter },
        inspector: &mut QualityControl {
            terminal: Some(&terminal),
            trust: &trust,
            clock: &SystemClock,
            rng: Box::new(system_entropy()),
        },
        notary: &NoReceipt,
        clock: &SystemClock,
        rng: &mut system_entropy(),
        progress: &mut Silent,
        options: Options::new(Mode::Online),
    };
    run(&mut station, &mut port, &work).unwrap()
}

#[track_caller]
fn refused(outcome: &Outcome, chip: &SharedChip, rule: Rule) {
    let expected = PersoError::Signer(SignerError::Refused(rule));
    assert_eq!(outcome, &Outcome::Void { reason: Reason::SignerRefused, error: Some(expected), terminated: true });
    assert_eq!(chip.lock().unwrap().state(), State::Terminated);
}

/// What a station's kit believes, its signer believes: an operations root of one's own, which certified the approver.
#[test]
fn a_signer_with_a_kit_takes_approvers_of_the_roots_in_its_trust_store() {
    let bureau = Bureau::of("ektp-80k");
    std::fs::write(bureau.path("pass"), "sample\n").unwrap();
    let pki = |line: &str| {
        let line = line.replace('@', &bureau.path(""));
        ektp(&["pki"].into_iter().chain(line.split(' ')).collect::<Vec<_>>()).yes();
    };
    for line in [
        "key --key @own.key",
        "operations-root --key @own.key --organization O --name Own --out @own.pem",
        "crl --ca @own.pem --key @own.key --out @own.crl",
        "key --key @approver.key",
        "request --key @approver.key --organization O --name Approver --out @approver.csr",
        "issue --ca @own.pem --key @own.key --purpose approver --request @approver.csr --out @approver.pem",
    ] {
        pki(&format!("{line} --passphrase file:@pass"));
    }
    let image = bureau.image(&bureau.renumbered(), "job-1");
    for file in ["authorization.json", "authorization.json.p7s"] {
        std::fs::remove_file(format!("{image}/{file}")).unwrap();
    }
    let (cert, key, pass) = (bureau.path("approver.pem"), bureau.path("approver.key"), format!("file:{}", bureau.path("pass")));
    let by = ["--cert", &cert, "--key", &key, "--passphrase", &pass];
    let what = ["--application", "A-1", "--route", "office", "--reason", "sample", "--signer", "sample-signer"];
    ektp(&[&["card", "approve", &image], &by[..], &what[..]].concat()).yes();
    let run = |name: &str| {
        let service = Service::start(&bureau);
        let (store, kit) = (bureau.path(&format!("{name}.db")), bureau.path("kit"));
        let reader = lay(&bureau.blank(1), bureau.dir.path().join(name));
        let at = ["--store", &store, "--reader", &reader, "--kit", &kit, "--mode", "online", "--signer", &service.socket];
        ektp(&[&["perso", "run", &image, "--keep-image"], &at[..]].concat())
    };
    run("before").refused(11, "authorization-invalid");
    pki("trust-add @kit/trust @own.pem --as operations");
    pki("trust-add @kit/trust @own.crl --as crl");
    assert_eq!(run("after").yes().data()["state"], "ISSUED");
}

#[test]
fn a_station_gets_one_signature_over_the_approved_data_and_the_proven_keys() {
    let bureau = Bureau::of("ektp-80k");
    let service = Service::start(&bureau);
    let (store, kit) = (bureau.path("journal.db"), bureau.path("kit"));
    let image = bureau.image(&bureau.renumbered(), "job-1");
    let first = bureau.blank(1);
    let reader = lay(&first, bureau.dir.path().join("chip"));
    let station_args = ["--store", &store, "--reader", &reader, "--kit", &kit, "--mode", "online", "--signer", &service.socket];
    let issued = ektp(&[&["perso", "run", &image, "--keep-image"], &station_args[..]].concat());
    assert_eq!(issued.yes().data()["state"], "ISSUED");
    let status = ektp(&["perso", "status", "--store", &store, "--job-id", "job-1"]);
    assert_eq!(status.data()["receipt"]["keys_held_by"], "key service");

    // The same authorization again: an honest station takes no blank for it.
    let untouched = bureau.blank(7);
    let reader = lay(&untouched, bureau.dir.path().join("chip-7"));
    let elsewhere = bureau.path("other.db");
    let args = ["--store", &elsewhere, "--reader", &reader, "--kit", &kit, "--mode", "online", "--signer", &service.socket];
    ektp(&[&["perso", "run", &image, "--keep-image"], &args[..]].concat()).refused(11, "signer-refused");
    assert_eq!(untouched.lock().unwrap().state(), State::Blank);

    // The same authorization for a second chip, by a station that does not ask first.
    let second = bureau.blank(2);
    let outcome = station(&bureau, &service, &image, &second, &|_| ());
    assert!(matches!(&outcome, Outcome::Void { error: Some(PersoError::Signer(SignerError::Refused(_))), .. }), "{outcome:?}");

    let elsewhere = PrivateKey::generate(Curve::P256, &mut DangerousSeededEntropy::new(1)).public_key();
    let other_person = |r: &mut SignRequest| r.order.hashes.get_mut(&2).unwrap()[0] ^= 1;
    let off_chip = |r: &mut SignRequest| {
        r.keys[0].public_key = elsewhere.as_bytes().to_vec();
        r.dg14 = dg14::build(&elsewhere, Some(1), true);
    };
    let wrong_dg14 = |r: &mut SignRequest| r.dg14 = dg14::build(&elsewhere, Some(1), true);
    let wrong_dg15 = |r: &mut SignRequest| r.dg15 = Some(dg15::build(&elsewhere));
    let cases: [(Alteration<'_>, Rule); 4] =
        [(&other_person, Rule::Hashes), (&off_chip, Rule::Proof), (&wrong_dg14, Rule::Dg14), (&wrong_dg15, Rule::Dg15)];
    for (number, (alter, rule)) in (3u8..).zip(cases) {
        let image = bureau.image(&bureau.renumbered(), &format!("job-{number}"));
        let chip = bureau.blank(number);
        refused(&station(&bureau, &service, &image, &chip, alter), &chip, rule);
        // Never retried: an honest request on a new chip is another job's business.
    }
    let stopped = ektp(&["signer", "stop", "--socket", &service.socket]);
    stopped.yes();
    let away = bureau.image(&bureau.renumbered(), "job-9");
    let chip = bureau.blank(9);
    let reader = lay(&chip, bureau.dir.path().join("chip-9"));
    let args = ["--store", &store, "--reader", &reader, "--kit", &kit, "--mode", "online", "--signer", &service.socket];
    ektp(&[&["perso", "run", &away], &args[..]].concat()).refused(50, "key-store-unavailable");
    assert_eq!(blank(9).lock().unwrap().state(), State::Blank);
    assert_eq!(chip.lock().unwrap().state(), State::Blank, "nothing is spoiled");
}
