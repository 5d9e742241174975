//! Two offices with a store each, by the program: what goes up and comes back, a store that was put back, and kills at random instants over
//! a stick and over a line, with the centre on PostgreSQL where it is installed.

use crate::contract::{Run, root};
use crate::refusals::place::Place;
use crate::refusals::service::Service;
use crate::refusals::{centre, handover, offices};
use ektp::issuance::application::Step;
use ektp::issuance::store::{Id, Kind, Move, Opening, Part, Place as StorePlace, StoreKey, Word};
use ektp::pki::chip_keys::{ChipKey, Kind as KeyKind};
use ektp::pki::key::PrivateKey;
use ektp::pki::keystore;
use ektp::pki::sample::Kit;
use ektp::secret::Secret;
use ektp::world::{SystemClock, system_entropy};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const APPLICATIONS: [&str; 3] = ["A-73540A00D69260E7", "A-343BE57D09DD983B", "A-DDE6348D8A5A3609"];
/// The key of the centre's store, in `centre-store.key`.
const CENTRE_KEY: [u8; 32] = [0x53; 32];

/// An authority of lines in `lines.pem`, and of each office `line-OFFICE.pem` and `line-OFFICE.key`.
pub fn lines(place: &Place, of: &[&str]) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, "lines");
    let key = KeyPair::generate().unwrap();
    place.write("lines.pem", params.self_signed(&key).unwrap().pem());
    let authority = Issuer::new(params, key);
    let passphrase = Secret::new("correct horse".to_owned());
    for office in of {
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, *office);
        let key = KeyPair::generate().unwrap();
        place.write(&format!("line-{office}.pem"), params.signed_by(&key, &authority).unwrap().pem());
        let key = PrivateKey::from_pkcs8(&key.serialize_der()).unwrap();
        let _ = std::fs::remove_file(place.at(&format!("line-{office}.key")));
        keystore::create(&place.at(&format!("line-{office}.key")), &key, &passphrase, &mut system_entropy()).unwrap();
    }
}

/// The options of an office's line.
pub fn line(office: &str) -> String {
    format!("--line-cert @line-{office}.pem --line-key @line-{office}.key --line-passphrase file:@pass --line-ca @lines.pem")
}

/// Certificates of offices, of which one key opens what is sealed to all: the kit's office's.
pub fn certificates(place: &Place, of: &[&str]) {
    std::fs::create_dir(place.at("recipients")).unwrap();
    for office in of {
        place.write(&format!("recipients/{office}.pem"), place.read("kit/office.cert.pem"));
    }
}

/// The service point's store and the centre's, in one folder.
struct Offices {
    place: Place,
    centre: String,
}

impl Offices {
    /// The centre's store at this place; a file if it is empty.
    fn new(centre: &str) -> Self {
        Self::with(centre, &Kit::mint(&SystemClock, &mut system_entropy()).unwrap())
    }

    /// The same with this kit.
    fn with(centre: &str, kit: &Kit) -> Self {
        let place = Place::new();
        offices::furnish(&place);
        place.save(kit);
        certificates(&place, &["ministry", "31.71.01"]);
        lines(&place, &["ministry", "31.71.01"]);
        let key = ChipKey::new(KeyKind::Store, &CENTRE_KEY).unwrap();
        let passphrase = Secret::new("correct horse".to_owned());
        key.create(&place.at("centre-store.key"), &passphrase, &mut system_entropy()).unwrap();
        let centre = if centre.is_empty() { "@centre.db".to_owned() } else { centre.to_owned() };
        let store = format!("--store {centre} --store-key @centre-store.key --store-passphrase file:@pass");
        place.run(&format!("store create {store}")).yes();
        let centre = format!("{store} --roster @roster --office ministry --key @centre.key --passphrase file:@pass");
        std::fs::create_dir(place.at("stick")).unwrap();
        Self { place, centre }
    }

    fn point(&self, verb: &str, at: &str) -> String {
        let desk = offices::desk("31.71.01", "sync", None);
        let line = line("31.71.01");
        format!("sync {verb} {at} --spool @spool-point --recipients @recipients {line} {desk}{}", opens(verb))
    }

    fn centre(&self, verb: &str, at: &str) -> String {
        format!("sync {verb} {at} --spool @spool-centre --recipients @recipients {}{}", self.centre, opens(verb))
    }

    fn state(&self, application: &str, is_centres: bool) -> String {
        let store = if is_centres { self.store() } else { offices::STORE.to_owned() };
        let shown = self.place.run(&format!("case show {application} {store}"));
        shown.data()["state"].as_str().unwrap_or_else(|| shown.reason()).to_owned()
    }

    fn store(&self) -> String {
        self.centre.split(" --roster").next().unwrap().to_owned()
    }

    fn round(&self) {
        for line in [
            self.point("push", "@stick"),
            self.centre("pull", "@stick"),
            self.centre("push", "@stick"),
            self.point("pull", "@stick"),
        ] {
            let run = self.place.run(&line);
            assert_eq!(run.exit, 0, "{line}: {}", run.result);
        }
    }
}

fn opens(verb: &str) -> &'static str {
    if verb == "pull" { " --opens @kit/office.key.pem --opens-passphrase file:@sample" } else { "" }
}

#[test]
fn captures_go_up_and_what_the_centre_says_comes_back_and_an_older_store_is_refused() {
    let offices = Offices::new("");
    let place = &offices.place;
    centre::registered(place);
    centre::consolidated(place, APPLICATIONS[0]);
    let pushed = place.run(&offices.point("push", "@stick"));
    assert_eq!((pushed.yes().data()["made"].as_u64(), pushed.data()["sent"].as_u64()), (Some(2), Some(2)), "a packet and heads");
    assert_eq!(offices.state(APPLICATIONS[0], false), "sent");
    let status = place.run("sync status --spool @spool-point");
    assert_eq!(status.yes().data()["outgoing"][0]["kind"], "packet");
    // One that is torn is named, and the others are taken in.
    let packet = status.data()["outgoing"][0]["item"].as_str().unwrap().to_owned();
    let (path, whole) = (format!("stick/ministry/{packet}.item"), place.read(&format!("stick/ministry/{packet}.item")));
    place.write(&path, &whole[..900]);
    let pulled = place.run(&offices.centre("pull", "@stick"));
    pulled.refused(75, "partly-done");
    assert_eq!(
        (pulled.data()["refused"][0]["reason"].as_str(), pulled.data()["taken"].as_u64()),
        (Some("packet-altered"), Some(1))
    );
    place.write(&path, &whole);
    let pulled = place.run(&offices.centre("pull", "@stick"));
    assert_eq!((pulled.yes().data()["fetched"].as_u64(), pulled.data()["taken"].as_u64()), (Some(1), Some(1)));
    assert_eq!(offices.state(APPLICATIONS[0], true), "received");
    offices.round();
    assert_eq!(offices.state(APPLICATIONS[0], false), "received");
    // Over the line: nobody answers, and it is queued.
    std::fs::copy(place.at("issuance.db"), place.at("before.db")).unwrap();
    centre::consolidated(place, APPLICATIONS[1]);
    let queued = place.run(&offices.point("push", "https://localhost:1"));
    queued.refused(70, "offline-queued");
    assert_eq!((queued.data()["made"].as_u64(), queued.data()["sent"].as_u64()), (Some(2), Some(0)));
    let port = free_port();
    let service = Service::start(place, &serve(port));
    let pushed = place.run(&offices.point("push", &format!("https://localhost:{port}")));
    assert_eq!(pushed.yes().data()["sent"].as_u64(), Some(3), "{}", pushed.result);
    place.run(&offices.centre("pull", "")).yes();
    place.run(&offices.centre("push", "")).yes();
    place.run(&offices.point("pull", &format!("https://localhost:{port}"))).yes();
    assert_eq!([offices.state(APPLICATIONS[1], false), offices.state(APPLICATIONS[1], true)], ["received", "received"]);
    // A store of yesterday: its own folder knows, and without that whoever answers at the line.
    for name in ["issuance.db-wal", "issuance.db-shm"] {
        let _ = std::fs::remove_file(place.at(name));
    }
    std::fs::copy(place.at("before.db"), place.at("issuance.db")).unwrap();
    place.run(&offices.point("push", "@stick")).refused(40, "store-rolled-back");
    place.run(&offices.point("pull", "@stick")).refused(40, "store-rolled-back");
    std::fs::remove_file(place.at("spool-point/heads/31.71.01.json")).unwrap();
    place.run(&offices.point("push", &format!("https://localhost:{port}"))).refused(40, "store-rolled-back");
    drop(service);
}

/// At the centre: an application that came there is unique, approved and made at the regency.
fn made_at_the_centre(offices: &Offices, (a, c): (&str, &str), (number, can): (&str, &str)) {
    let (key, place) = (StoreKey::new(&CENTRE_KEY).unwrap(), &offices.place);
    let (a, c) = (Id::parse(a).unwrap(), Id::parse(c).unwrap());
    let can = key.seal(Kind::Card, &c, Part::Can, can.as_bytes(), &mut system_entropy()).unwrap();
    let opening = Opening::Card { application: a.clone(), number: Word::parse(number).unwrap() };
    let approved = vec![Move::application(a.clone(), Step::Approve), Move::open(c.clone(), opening).with_sealed(can)];
    let take = |office: &str, steps| centre::take_of(place, ("centre.db", &key), office, steps);
    take("ministry", vec![("centre", vec![Move::application(a.clone(), Step::FindSingle)])]);
    take("31.71", vec![("approver", approved)]);
    take("31.71", centre::bureau((&a, &c), "B-1"));
}

#[test]
fn a_card_comes_to_an_office_with_a_store_of_its_own_and_is_handed_over_before_the_centre_knows() {
    let offices = Offices::with("", handover::kit());
    let (place, application) = (&offices.place, APPLICATIONS[0]);
    let (number, can) = handover::expecting(place);
    centre::registered(place);
    centre::consolidated(place, application);
    offices.round();
    made_at_the_centre(&offices, (application, "C-1"), (&number, &can));
    let courier = format!("{} --roster @roster --office 31.71 --key @courier.key --passphrase file:@pass", offices.store());
    place.run(&format!("ship pack C-1 --shipment W-1 --to 31.71.01 --seal S-1 {courier}")).yes();
    place.run(&format!("ship send --shipment W-1 {courier}")).yes();
    let operator = offices::desk("31.71.01", "operator", None);
    let receive = |seal: &str| place.run(&format!("ship receive C-1 --shipment W-1 --seal {seal} --job-id r-1 {operator}"));
    receive("S-1").refused(10, "identifier-unknown");
    let told = place.run(&offices.centre("push", "@stick"));
    let kinds: Vec<&str> = told.events.iter().filter_map(|event| event["kind"].as_str()).collect();
    assert!(kinds.contains(&"shipment"), "{kinds:?}");
    place.run(&offices.point("pull", "@stick")).yes();
    receive("S-2").refused(60, "count-unbalanced");
    for _ in 0..2 {
        let received = receive("S-1");
        received.refused(70, "offline-queued");
        assert_eq!((received.data()["cards"].as_u64(), &received.data()["queued"]), (Some(1), &true.into()));
    }
    let given = handover::hands_over(place);
    given.refused(70, "offline-queued");
    assert_eq!((&given.data()["given"], &given.data()["card"]), (&true.into(), &"C-1".into()));
    let stands = |is_centres: bool| {
        let store = if is_centres { offices.store() } else { offices::STORE.to_owned() };
        let shown = place.run(&format!("case show {application} {store}"));
        let card = shown.data()["cards"][0]["state"].as_str().unwrap().to_owned();
        (card, shown.data()["state"].as_str().unwrap().to_owned())
    };
    assert_eq!(stands(true), ("in-transit".into(), "in-personalization".into()));
    // One push tells both; the centre takes them in, whichever lies first on the stick.
    place.run(&offices.point("push", "@stick")).yes();
    place.run(&offices.centre("pull", "@stick")).yes();
    assert_eq!(stands(true), ("active".into(), "delivered".into()));
    offices.round();
    assert_eq!(stands(false), stands(true));
    let status = place.run("sync status --spool @spool-point");
    let waits = status.yes().data()["outgoing"].as_array().unwrap();
    assert!(waits.iter().all(|entry| entry["kind"] != "deed"), "{}", status.result);
    place.run("audit verify @issuance.db --roster @roster").yes();
    place.run("audit verify @centre.db --roster @roster").yes();
}

#[test]
fn a_packet_of_a_raw_folder_is_taken_in_by_the_centre() {
    let offices = Offices::new("");
    let place = &offices.place;
    centre::registered(place);
    centre::consolidated(place, APPLICATIONS[0]);
    // The officer who captured seals the same folder, without the store.
    let by = "--office 31.71.01 --key @operator.key --passphrase file:@pass --recipient @kit/office.cert.pem";
    let exceptions = crate::refusals::case::EXCEPTIONS;
    let seal = |folder: &str, out: &str| {
        format!("packet seal {folder} --application {} {by} --dpi 500 {exceptions} --out {out}", APPLICATIONS[0])
    };
    place.run(&seal("@capture", "@raw.packet")).yes();
    let receive = |packet: &str| {
        let desk = offices::desk("ministry", "centre", None);
        let opens = "--packet-key @kit/office.key.pem --packet-passphrase file:@sample";
        place.run(&format!("centre receive {} --packet {packet} {opens} {desk}", APPLICATIONS[0]))
    };
    // Another signature of the same person is another capture.
    std::fs::create_dir(place.at("other")).unwrap();
    for name in ["right-index.png", "left-index.png", "portrait.jpg"] {
        std::fs::copy(place.at(&format!("capture/{name}")), place.at(&format!("other/{name}"))).unwrap();
    }
    let mut signature = place.read("capture/signature.png");
    signature.push(0);
    place.write("other/signature.png", signature);
    place.run(&seal("@other", "@other.packet")).yes();
    receive("@other.packet").refused(40, "packet-altered");
    receive("@raw.packet").yes();
    assert_eq!(offices.state(APPLICATIONS[0], false), "received");
}

fn serve(port: u16) -> String {
    format!("sync serve --listen 127.0.0.1:{port} --spool @spool-centre --roster @roster --office ministry {}", line("ministry"))
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A server of PostgreSQL that ends with this test; none where it is not installed.
struct Server(Child, String);

impl Server {
    fn start() -> Option<Self> {
        let mut command = Command::new(root().join("scripts/postgres-private"));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        match line.trim().strip_prefix("ready ") {
            Some(folder) => Some(Self(child, format!("postgres:///postgres?host={folder}&user=ektp"))),
            None => {
                crate::skipped::skipped("PostgreSQL is not installed (scripts/setup postgres): the centre's store is a file");
                let _ = child.wait();
                None
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// Numbers that are the same for the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

/// Runs a line and kills it after so long; whether it was still running.
fn killed(place: &Place, line: &str, after: Duration) -> bool {
    let mut child = place.command(line).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(after);
    let was_running = child.try_wait().unwrap().is_none();
    let _ = child.kill();
    child.wait().unwrap();
    was_running
}

#[test]
fn killed_at_random_instants_nothing_is_lost_and_nothing_is_there_twice() {
    let number = |name: &str, otherwise| std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(otherwise);
    let (kills, seed) = (number("EKTP_SYNC_KILLS", 40), number("EKTP_SEED", 1));
    let server = Server::start();
    let offices = Offices::new(server.as_ref().map_or("", |server| server.1.as_str()));
    let (place, port) = (&offices.place, free_port());
    centre::registered(place);
    let address = format!("https://localhost:{port}");
    let mut dice = Dice(seed);
    let mut service = Service::start(place, &serve(port));
    let begun = Instant::now();
    place.run(&offices.point("push", "@stick")).yes();
    let usual = u64::try_from(begun.elapsed().as_millis()).unwrap() * 5 / 4;
    let mut struck = 0;
    let mut waiting = APPLICATIONS.to_vec();
    for n in 0..kills {
        // A capture now and then, while everything else goes on.
        if n % (kills / 4).max(1) == 0
            && let Some(application) = waiting.pop()
        {
            centre::consolidated(place, application);
        }
        let line = match dice.below(9) {
            0 => offices.point("push", "@stick"),
            1 | 2 => offices.point("push", &address),
            3 => offices.point("pull", "@stick"),
            4 => offices.point("pull", &address),
            5 => offices.centre("pull", "@stick"),
            6 => offices.centre("pull", ""),
            7 => offices.centre("push", "@stick"),
            _ => offices.centre("push", ""),
        };
        if dice.below(6) == 0 {
            // The service is killed too, in the middle of whatever it answers.
            drop(service);
            service = Service::start(place, &serve(port));
        }
        struck += u64::from(killed(place, &line, Duration::from_millis(dice.below(usual))));
    }
    waiting.iter().for_each(|application| drop(centre::consolidated(place, application)));
    // What is in parts or was said to be sent goes once more.
    let again = |line: String| place.run(&line);
    for _ in 0..3 {
        for line in [
            offices.point("push", "@stick --again"),
            offices.centre("pull", "@stick"),
            offices.centre("push", "@stick --again"),
            offices.point("pull", "@stick"),
            offices.point("pull", &address),
        ] {
            let run: Run = again(line.clone());
            assert_eq!(run.exit, 0, "seed {seed}: {line}: {}", run.result);
        }
    }
    println!("{struck} of {kills} kills struck, seed {seed}, {}", if server.is_some() { "PostgreSQL" } else { "SQLite" });
    let url = offices.store().split_whitespace().nth(1).unwrap().to_owned();
    let at = url.strip_prefix('@').map_or(url.clone(), |name| place.at(name).display().to_string());
    let key = StoreKey::new(&CENTRE_KEY).unwrap();
    let mut store = StorePlace::parse(&at).open(Some(&key), &[]).unwrap();
    let counts: u64 = store.counts(Kind::Application).unwrap().iter().map(|count| count.things).sum();
    assert_eq!(counts, u64::try_from(APPLICATIONS.len()).unwrap(), "seed {seed}");
    for application in APPLICATIONS {
        let states = [offices.state(application, true), offices.state(application, false)];
        assert_eq!(states, ["received", "received"], "seed {seed}: {application}");
        let shown = place.run(&format!("case show {application} {}", offices.store()));
        assert_eq!(shown.data()["history"].as_array().unwrap().len(), 1, "seed {seed}: taken in once");
        let sent = place.run(&format!("case show {application} {}", offices::STORE));
        let steps = sent.data()["history"].as_array().unwrap().iter().filter(|row| row["to"] == "sent").count();
        assert_eq!(steps, 1, "seed {seed}: sent once");
    }
    let roster = place.at("roster");
    place.run(&format!("audit verify {at} --roster {}", roster.display())).yes();
    place.run("audit verify @issuance.db --roster @roster").yes();
    assert!(struck * 3 >= kills, "seed {seed}: {struck} of {kills} kills struck");
}
