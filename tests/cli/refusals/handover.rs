//! `handover` of cards behind a socket: the refusals first, and the card in the hand last.

use super::Refusal::{Act, But, Line, Same};
use super::cards::Cards;
use super::laid::{Trap, lay};
use super::place::Place;
use super::{Rows, Yes, centre, desk, desk_line, live, offices, stores};
use crate::bureau;
use crate::contract::{Run, check};
use ektp::finger::capture::{Device, Header};
use ektp::issuance::application::Step;
use ektp::issuance::store::{Id, Kind, Move, Opening, Part, Word};
use ektp::lds::com::Com;
use ektp::lds::dg13::Dg13;
use ektp::lds::file_id::FileId;
use ektp::lds::files::CardFiles;
use ektp::pki::sample::{Kit, Roots};
use ektp::pki::status_list::CardStatus;
use ektp::record::Nik;
use ektp::softchip::faults::Fault;
use ektp::world::{Clock as _, SystemClock, system_entropy};
use jiff::SignedDuration;
use std::sync::OnceLock;

/// A line of a handover of Budi's card at the service point.
macro_rules! line {
    ($reader:literal, $more:literal) => {
        concat!(
            "A-73540A00D69260E7 --receipt EKTP1/R/A-73540A00D69260E7/1/5C4C3090D32F5E2CCFD603F3 --reader ",
            $reader,
            " --is-chain @kit --is-passphrase file:@sample --trust @trust --status-list @stock.cwt --state @judge ",
            $more,
            " --store @issuance.db --store-key @store.key --store-passphrase file:@pass --roster @roster --office 31.71.01 \
             --key @operator.key --passphrase file:@pass --second @operator2.key --second-passphrase file:@pass"
        )
    };
}

/// A new capture for Budi, by two.
macro_rules! recapture {
    () => {
        desk_line!("A-73540A00D69260E7 --job-id recapture-1", "31.71.01", "operator", "supervisor")
    };
}

const RECEIPT: &str = "EKTP1/R/A-73540A00D69260E7/1/5C4C3090D32F5E2CCFD603F3";
const READER: &str = "unix:@honest";
const LIST: &str = "@stock.cwt";
/// A handover whose captures come from whatever sensor is put behind it.
const SENSED: &str = concat!("handover ", line!("unix:@honest", "--policy @policy.json"));

pub const ROWS: &[Rows] = &[
    Rows {
        verb: "handover",
        yes: Yes::Elsewhere(line!("unix:@honest", "--capture false")),
        refusals: &[
            Same("capture-failed"),
            But("receipt-invalid", RECEIPT, "EKTP1/R/A-73540A00D69260E7/2/5C4C3090D32F5E2CCFD603F3"),
            But("input-invalid", RECEIPT, "none"),
            But("identifier-unknown", "A-73540A00D69260E7", "A-0"),
            But("store-unavailable", "@issuance.db", "@garbage"),
            But("wrong-store-key", "@store.key", "@other-store.key"),
            But("encoding-invalid", "@store.key", "@garbage"),
            But("key-missing", "@store.key", "@none"),
            But("input-invalid", "@store.key", "@gallery.key"),
            But("login-needed", "file:@pass", "file:@wrong"),
            But("file-unreadable", "file:@pass", "file:@none"),
            But("file-unreadable", LIST, "@none"),
            But("file-unreadable", "@judge", "@garbage"),
            But("not-permitted", "@operator.key", "@stranger.key"),
            Line("wrong-state", line!("unix:@honest", "--capture false --by-face --portrait @face")),
            Line("usage", line!("unix:@honest", "--capture false --by-face")),
            Line("input-invalid", line!("unix:@honest", "--capture false --policy @garbage")),
            // Not signed, altered, another office's, over, and not yet in force.
            Line("not-permitted", line!("unix:@honest", "--capture false --policy @policy.toml")),
            Line("not-permitted", line!("unix:@honest", "--capture false --policy @policy-altered.json")),
            Line("not-permitted", line!("unix:@honest", "--capture false --policy @policy-foreign.json")),
            Line("not-permitted", line!("unix:@honest", "--capture false --policy @policy-expired.json")),
            Line("not-permitted", line!("unix:@honest", "--capture false --policy @policy-early.json")),
            // The terminal's chain and key, the trust store.
            But("encoding-invalid", "@kit", "@terminal-garbage"),
            But("certificate-unfit", "@kit", "@terminal-algorithm"),
            But("terminal-not-accepted", "@kit", "@terminal-other-key"),
            But("key-missing", "@kit", "@terminal-without-key"),
            But("login-needed", "file:@sample", "file:@wrong"),
            But("encoding-invalid", "@trust", "@trust-encoding"),
            But("certificate-unfit", "@trust", "@trust-certificate"),
            But("untrusted-issuer", "@trust", "@trust-untrusted"),
            But("sample-key", "@trust", "@trust-sample"),
            But("crl-rollback", "@trust", "@trust-rollback"),
            But("crl-stale", "@trust", "@trust-without-lists"),
            But("certificate-revoked", "@trust", "@trust-revoked"),
            // The reader.
            But("usage", READER, "port:"),
            But("no-reader", READER, "unix:@none"),
            But("station-unknown", READER, "station:none"),
            But("service-down", READER, "port:00-00"),
            // The list.
            But("card-handed-over", LIST, "@active.cwt"),
            But("card-revoked", LIST, "@revoked.cwt"),
            But("card-suspended", LIST, "@suspended.cwt"),
            But("status-list-stale", LIST, "@old.cwt"),
            But("status-index-unknown", LIST, "@short.cwt"),
            But("could-not-decide", LIST, "@garbage"),
            But("status-list-gap", LIST, "@gap.cwt"),
            Act("card-suspended", |place| {
                place.run(
                    &concat!("handover ", line!("unix:@honest", "--capture false"))
                        .replace(LIST, "@deltas.cwt")
                        .replace("@judge", "@pulling"),
                )
            }),
            Act("status-list-rollback", |place| {
                let ahead = concat!("handover ", line!("unix:@honest", "--capture false")).replace("@judge", "@ahead");
                place.run(&ahead.replace(LIST, "@second.cwt")).refused(24, "capture-failed");
                place.run(&ahead)
            }),
            // The card.
            But("wrong-can", READER, "unix:@other"),
            But("not-personalized", READER, "unix:@blank"),
            But("signature-invalid", READER, "unix:@signature"),
            But("hash-mismatch", READER, "unix:@altered"),
            But("group-missing", READER, "unix:@missing"),
            But("no-finger-on-file", READER, "unix:@plain"),
            But("certificate-invalid", READER, "unix:@purpose"),
            But("certificate-expired", READER, "unix:@old"),
            But("card-expired", READER, "unix:@expired"),
            But("data-inconsistent", READER, "unix:@inconsistent"),
            // A group beyond those that are signed.
            But("data-inconsistent", READER, "unix:@unsigned"),
            But("group-not-read", READER, "unix:@unread"),
            Act("card-removed", |p| trapped(p, vec![Trap::first(desk::pace_confirm, Fault::RemovedBefore)])),
            Act("pace-absent", |p| trapped(p, live::without_card_access())),
            Act("unexpected-answer", |p| trapped(p, vec![Trap::first(desk::plain_read, Fault::Oversize(400))])),
            Act("card-auth-failed", |p| trapped(p, vec![Trap::nth(desk::general_authenticate, 3, Fault::BitFlippedOut(80))])),
            Act("secure-channel-broken", |p| trapped(p, vec![Trap::first(desk::protected_read, Fault::BitFlippedOut(80))])),
            Act("channel-forged", |p| trapped(p, vec![Trap::first(desk::protected_read, Fault::WrongStatusInstead(0x9000))])),
            Act("clone-suspected", |p| {
                trapped(p, vec![Trap::behind(desk::chip_authentication, 1, Fault::WrongStatusInstead(0x6F00))])
            }),
            // The sensor.
            Act("presentation-attack", |p| p.run_sensor(SENSED, "--folder @live --attack")),
            Act("finger-image-invalid", |p| sent(p, "cut.png")),
            Act("resolution-unknown", |p| sent(p, "one.pgm")),
            Act("sample-too-poor", |_| {
                let place = Place::new();
                ready(&place);
                place.run_sensor(SENSED, "--image @poor/left-index.png --dpi 500")
            }),
            Act("job-conflict", |p| p.run_sensor(&format!("{SENSED} --job-id used.0"), "--folder @live")),
            Act("person-mismatch", |_| mismatched()),
            Act("not-permitted", |_| left_alone()),
            Act("card-revoked", |_| taken_back()),
        ],
    },
    Rows {
        verb: "case recapture",
        yes: Yes::Act(|_| {
            let place = Place::new();
            ready(&place);
            place.run_sensor(SENSED, "--image @poor/left-index.png --dpi 500").refused(31, "sample-too-poor");
            let line = recapture!();
            place.run(&format!("case recapture {line}")).yes();
            let case = place.run(&format!("case show A-73540A00D69260E7 {}", offices::STORE));
            assert_eq!(case.yes().data()["state"], "data-verified");
            assert_eq!(case.data()["cards"][0]["state"], "refused");
            place.run(&format!("case recapture {line}"))
        }),
        refusals: &[],
    },
    Rows {
        verb: "case recapture",
        yes: Yes::Elsewhere(recapture!()),
        refusals: super::of_desk!("@operator.key", "recapture-1", "used.0";
            // Nobody tried yet, or whoever came had other fingers.
            But("wrong-state", "recapture-1", "recapture-2"),
            Line("identifier-unknown", desk_line!("A-0", "31.71.01", "operator", "supervisor")),
            Line("not-permitted", desk_line!("A-73540A00D69260E7", "31.71", "regency-operator", "regency-supervisor")),
        ),
    },
    Rows {
        verb: "handover",
        yes: Yes::Act(|p| p.run_sensor(SENSED, "--folder @live")),
        refusals: &[Act("offline-queued", |_| {
            // A desk with a store of its own.
            let place = Place::new();
            ready_by(&place, copied);
            let queued = place.run_sensor(SENSED, "--folder @live");
            let card = ektp::issuance::store::Store::standing(&mut store(&place), Kind::Card, &id("C-1")).unwrap().unwrap();
            assert_eq!((card.state, &queued.data()["given"], &queued.data()["queued"]), ("queued", &true.into(), &true.into()));
            queued
        })],
    },
];

/// Somebody else comes, and both officers' rounds say so. The same job asked again says the same, and compares nobody.
fn mismatched() -> Run {
    let place = Place::new();
    ready(&place);
    let named = format!("{SENSED} --job-id handover-1");
    let first = place.run_sensor(&named, "--folder @stranger");
    let again = place.run_sensor(&named, "--folder @live");
    assert_eq!((again.exit, again.data(), captures(&again)), (first.exit, first.data(), 0), "{}", again.result);
    first
}

/// The same without a second officer: what was captured is kept, and asked again nobody captures anything.
fn left_alone() -> Run {
    let place = Place::new();
    ready(&place);
    let alone = SENSED.replace(" --second @operator2.key --second-passphrase file:@pass", "");
    place.run_sensor(&alone, "--folder @stranger").refused(11, "not-permitted");
    let again = place.run_sensor(&alone, "--folder @live");
    assert_eq!(captures(&again), 0, "{}", again.result);
    // The second officer repeats the round, and the first one's is not made again.
    let over = place.run_sensor(SENSED, "--folder @stranger");
    over.refused(30, "person-mismatch");
    assert_eq!(captures(&over), 2);
    again
}

/// Captures of a run.
fn captures(run: &Run) -> usize {
    run.events.iter().filter(|event| event.get("attempt").is_some()).count()
}

/// A card that was taken back meanwhile: an incident begins.
fn taken_back() -> Run {
    let place = Place::new();
    ready(&place);
    let two = offices::desk("31.71.01", "operator", Some("supervisor"));
    place.run(&format!("return C-1 --because unclaimed {two}")).yes();
    let refused = place.run(concat!("handover ", line!("unix:@honest", "--capture false --job-id alarm-1")));
    assert_eq!(refused.data()["incident"], "alarm-1.incident");
    let list = place.run(&format!("incident list {}", offices::STORE));
    assert_eq!(list.yes().data()["incidents"][0]["about"], "C-1");
    refused
}

pub fn run() {
    let place = Place::new();
    ready(&place);
    live::terminals(&place, cards());
    stores::copy(&place.at("trust"), &place.at("trust-without-lists"));
    std::fs::remove_dir_all(place.at("trust-without-lists/crl")).unwrap();
    lists(&place);
    chips(&place);
    let picture = std::fs::read(crate::contract::root().join("samples/signature.png")).unwrap();
    place.write("cut.png", &picture[..picture.len() / 2]);
    place.write("one.pgm", crate::ridges::pgm(1, 24));
    let opening = Opening::Blank { of: Word::parse("t").unwrap() };
    let mut country = super::country::Country::of(&place);
    let used = vec![(Move::open(id("U1"), opening), ektp::issuance::Role::Personalizer, None)];
    country.under("used.0", "31.71.01", used);
    drop(country);
    super::run_all(ROWS, &place);
}

fn id(text: &str) -> Id {
    Id::parse(text).unwrap()
}

/// The authority and the card that is handed over.
fn cards() -> &'static Cards {
    static CARDS: OnceLock<Cards> = OnceLock::new();
    CARDS.get_or_init(|| {
        let place = Place::new();
        prints(&place);
        let mut files = ektp::record::sample::files();
        for finger in ["right", "left"] {
            let template = format!("{finger}-index.fmr");
            let from = format!("@holder/{finger}-index.png --position {finger}_index");
            place.run(&format!("finger extract {from} --output @{template}")).yes();
            files.0.insert(template.clone(), place.read(&template));
        }
        Cards::of(&ektp::record::load(ektp::record::sample::CITIZEN.as_bytes(), &files).unwrap().0, "ektp-80k")
    })
}

/// Index fingers: the holder's when the card was made, the holder's again, and a stranger's.
fn prints(place: &Place) {
    place.run("finger synth --persons 2 --captures 2 --fingers right_index,left_index --quality good --output @prints").yes();
    for (folder, capture) in [("holder", "1_1"), ("live", "1_2"), ("stranger", "2_1")] {
        std::fs::create_dir(place.at(folder)).unwrap();
        for finger in ["right", "left"] {
            let print = place.read(&format!("prints/{finger}_index/{capture}.png"));
            place.write(&format!("{folder}/{finger}-index.png"), print);
        }
    }
}

fn store(place: &Place) -> ektp::issuance::store::SqliteStore {
    ektp::issuance::store::SqliteStore::open(&place.at("issuance.db"), Some(&offices::store_key())).unwrap()
}

/// An application captured with a receipt, whose card waits at its desk and behind the socket `honest`.
fn ready(place: &Place) {
    ready_by(place, waits);
}

/// The same, the card brought there in this way.
fn ready_by(place: &Place, waits: fn(&Place, (&str, &str), &str)) {
    offices::furnish(place);
    place.save(&cards().kit);
    equip(place);
    centre::registered(place);
    assert_eq!(centre::consolidated(place, "A-73540A00D69260E7"), RECEIPT);
    let number = cards().built.numbers.document_number.clone();
    waits(place, ("A-73540A00D69260E7", "C-1"), &number);
}

/// What a desk has beside its store: trust, list, policy, the prints of whoever comes, and the card behind the socket `honest`.
fn equip(place: &Place) {
    stores::make(place, &cards().kit);
    place.write("stock.cwt", cards().list(CardStatus::NotHandedOver, 1, 0));
    prints(place);
    policies(place);
    lay(&desk::shared(cards().honest()), place.at("honest"), vec![]);
}

/// The same at a desk to which the card comes: its document number and its CAN.
pub fn expecting(place: &Place) -> (String, String) {
    equip(place);
    (cards().built.numbers.document_number.clone(), cards().can().to_owned())
}

/// The kit of that card.
pub fn kit() -> &'static Kit {
    &cards().kit
}

/// The desk hands it to its holder.
pub fn hands_over(place: &Place) -> Run {
    place.run_sensor(SENSED, "--folder @live")
}

/// The desk's policy, one capture of each finger in each round and sittings enough for every row; and others that do not count.
fn policies(place: &Place) {
    place.write("policy.toml", centre::SETTINGS);
    for (office, from, until, file) in [
        ("31.71", "2026-01-02", "2035-01-01", "policy.json"),
        ("31.71.02", "2026-01-02", "2035-01-01", "policy-foreign.json"),
        ("31.71", "2026-01-02", "2026-01-03", "policy-expired.json"),
        ("31.71", "2034-01-01", "2035-01-01", "policy-early.json"),
    ] {
        let signed = "--roster @roster --key @centre.key --passphrase file:@pass";
        let line = format!("centre policy @policy.toml --for {office} --from {from} --until {until} {signed} --out @{file}");
        place.run(&line).yes();
    }
    place.changed("policy.json", "policy-altered.json", "\"captures\":1", "\"captures\":9");
}

/// A desk with a store of its own, at which the card of an application that it sent waits.
pub fn own_desk(place: &Place) {
    ready_by(place, copied);
}

/// Tells a service point's own store that the card of a consolidated application waits there, as the centre's word does.
fn copied(place: &Place, (a, c): (&str, &str), number: &str) {
    let (a, c) = (id(a), id(c));
    let can = offices::store_key().seal(Kind::Card, &c, Part::Can, cards().can().as_bytes(), &mut system_entropy()).unwrap();
    let opening = Opening::CardCopy { application: a.clone(), number: Word::parse(number).unwrap() };
    let told = vec![Move::application(a.clone(), Step::FollowInPersonalization), Move::open(c, opening).with_sealed(can)];
    centre::take(place, "31.71.01", vec![("sync", vec![Move::application(a, Step::Send)]), ("sync", told)]);
}

/// Brings a consolidated application to its card, which waits at the service point with the CAN in the store.
fn waits(place: &Place, (a, c): (&str, &str), number: &str) {
    let (a, c) = (id(a), id(c));
    let step = |step| vec![Move::application(a.clone(), step)];
    let can = offices::store_key().seal(Kind::Card, &c, Part::Can, cards().can().as_bytes(), &mut system_entropy()).unwrap();
    let opening = Opening::Card { application: a.clone(), number: Word::parse(number).unwrap() };
    let centre = [Step::Send, Step::Receive, Step::FindSingle].map(|one| ("centre", step(one)));
    centre::take(place, "31.71.01", centre.to_vec());
    let approved = vec![Move::application(a.clone(), Step::Approve), Move::open(c.clone(), opening).with_sealed(can)];
    centre::take(place, "31.71", vec![("approver", approved)]);
    centre::made(place, (&a, &c), &format!("B-{number}"));
}

/// A store in which the card of an application waits that nothing is known of: for readers, which come before the case.
pub fn shelved(place: &Place) {
    offices::furnish(place);
    let key = offices::store_key();
    let opening = Opening::Application {
        begins: ektp::issuance::application::State::Applied,
        procedure: Word::parse("regular-citizen-office").unwrap(),
        subject: key.subject(&Nik::parse("3171010101900001").unwrap()),
        family: None,
        priority: 0,
    };
    let steps = [Step::VerifyData, Step::Capture, Step::Consolidate].map(|step| Move::application(id("a1"), step));
    let moves = std::iter::once(Move::open(id("a1"), opening)).chain(steps).collect();
    centre::take(place, "31.71.01", vec![("operator", moves)]);
    waits(place, ("a1", "c1"), "N1");
}

/// A handover with traps on the reader.
fn trapped(place: &Place, traps: Vec<Trap>) -> Run {
    let reader = lay(&desk::shared(cards().honest()), place.at(&format!("reader-{}", desk::next())), traps);
    place.run(&concat!("handover ", line!("unix:@honest", "--capture false")).replace(READER, &reader))
}

/// A handover whose sensor sends this file, and says nothing of its resolution.
fn sent(place: &Place, picture: &str) -> Run {
    let picture = place.read(picture);
    let device = Device { make: "T".into(), model: "T".into(), serial: "1".into() };
    let header = Header { finger: None, dpi: None, image_bytes: picture.len(), device, presentation: None };
    place.write("sent", [header.line().as_bytes(), &picture].concat());
    let sensor = format!("cat {}", place.at("sent").display());
    let output = place.command(SENSED).args(["--capture", &sensor]).stdin(std::process::Stdio::null()).output().unwrap();
    check(output.status.code().unwrap_or(-1), &String::from_utf8(output.stdout).unwrap())
}

fn lists(place: &Place) {
    let list = |name: &str, status, number, hours| place.write(name, cards().list(status, number, hours));
    list("active.cwt", CardStatus::Active, 1, 0);
    list("revoked.cwt", CardStatus::Revoked, 1, 0);
    list("suspended.cwt", CardStatus::Suspended, 1, 0);
    list("old.cwt", CardStatus::NotHandedOver, 1, 30);
    list("second.cwt", CardStatus::NotHandedOver, 2, 0);
    place.write("short.cwt", cards().short_list());
    let (whole, deltas) = cards().deltas(&[CardStatus::NotHandedOver, CardStatus::NotHandedOver, CardStatus::Suspended]);
    place.write("deltas.cwt", [&whole[..], &deltas[0], &deltas[1]].concat());
    place.write("gap.cwt", [&whole[..], &deltas[1]].concat());
}

/// Another card, a blank, and cards that are wrong in one thing each, behind sockets.
fn chips(place: &Place) {
    lay(&desk::shared(Cards::citizen().honest()), place.at("other"), vec![]);
    lay(&bureau::blank(1), place.at("blank"), vec![]);
    let chip = |name: &str, files: CardFiles| lay(&desk::shared(cards().chip(files)), place.at(name), vec![]);
    let signed = || cards().files(cards().signer(), |_| ());
    let (mut signature, mut altered, mut missing) = (signed(), signed(), signed());
    let mut sod = signature.get(FileId::Sod).unwrap().to_vec();
    *sod.last_mut().unwrap() ^= 1;
    signature.insert(FileId::Sod, sod);
    let mut names = altered.get(FileId::Dg11).unwrap().to_vec();
    *names.last_mut().unwrap() ^= 1;
    altered.insert(FileId::Dg11, names);
    missing.0.remove(&FileId::Dg11);
    let plain = cards().files(cards().signer(), |files| {
        let empty = [0x7F, 0x61, 0x03, 0x02, 0x01, 0x00].to_vec();
        let mut national = Dg13::parse(files.get(FileId::Dg13).unwrap()).unwrap();
        national.fingers_digest = ektp::crypto::hash::sha256(&empty);
        national.fingers = vec![];
        files.insert(FileId::Dg13, national.encode());
        files.insert(FileId::Fingers, empty);
    });
    let national = |change: fn(&mut Dg13)| {
        cards().files(cards().signer(), |files| {
            let mut national = Dg13::parse(files.get(FileId::Dg13).unwrap()).unwrap();
            change(&mut national);
            files.insert(FileId::Dg13, national.encode());
        })
    };
    chip("purpose", cards().files(&cards().kit.approver, |_| ()));
    let long_ago = SystemClock.now() - SignedDuration::from_hours(24 * 4_000);
    let old = Kit::under(Roots::compiled().unwrap(), long_ago, &mut system_entropy()).unwrap();
    chip("old", cards().files(&old.ds, |_| ()));
    chip("expired", national(|national| national.valid_until = Some("20200101".into())));
    let mut inconsistent = signed();
    let mut com = Com::parse(inconsistent.get(FileId::Com).unwrap()).unwrap();
    com.tags.retain(|tag| *tag != 0x6B);
    inconsistent.insert(FileId::Com, com.encode());
    chip("inconsistent", inconsistent);
    let mut unsigned = cards().files(cards().signer(), |files| drop(files.0.remove(&FileId::Dg12)));
    unsigned.insert(FileId::Dg12, signed().get(FileId::Dg12).unwrap().to_vec());
    chip("unsigned", unsigned);
    let mut unread = signed();
    unread.0.remove(&FileId::Fingers);
    chip("unread", unread);
    for (name, files) in [("signature", signature), ("altered", altered), ("missing", missing), ("plain", plain)] {
        chip(name, files);
    }
}
