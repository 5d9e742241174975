//! Cards of every profile, personalized by the program, read with each password, judged live; then the holder's finger.

use crate::bureau::{Bureau, lay};
use crate::contract::{Run, ektp, root};
use dmrtd::passport::Passport;
use dmrtd::proto::dba_key::DBAKey;
use ektp::chip::channel::Channel;
use ektp::chip::link::Link;
use ektp::chip::pace::Password;
use ektp::chip::port::Port;
use ektp::lds::build::Built;
use ektp::lds::file_id::FileId;
use ektp::lds::profile::Profile;
use ektp::pki::status_list::{self, Bits, CardStatus, Token};
use ektp::read::{Reading, Setup, Terminal, Want, World, read};
use ektp::softchip::{SharedChip, SoftPort};
use ektp::verify::{Decision, Mode, Policy, Purpose, judge};
use ektp::world::{Clock, SystemClock, system_entropy};

/// A card of the bureau, made by `perso run`.
fn issue(bureau: &Bureau) -> (Built, SharedChip) {
    let built = bureau.built();
    let image = bureau.image(&built, "job-1");
    let chip = bureau.blank(1);
    let reader = lay(&chip, bureau.dir.path().join("chip"));
    let (store, kit) = (bureau.path("journal.db"), bureau.path("kit"));
    ektp(&["perso", "run", &image, "--store", &store, "--reader", &reader, "--kit", &kit]).yes();
    (built, chip)
}

fn read_with(bureau: &Bureau, chip: &SharedChip, password: &Password) -> Reading {
    let kit = &bureau.kit.terminal;
    let terminal = Terminal::new(kit.chain.clone(), kit.key.clone()).unwrap();
    read_by(Some(&terminal), chip, password)
}

/// With the rights of this terminal, or none.
fn read_by(terminal: Option<&Terminal>, chip: &SharedChip, password: &Password) -> Reading {
    let setup = Setup { password, want: &Want::Everything, terminal, challenge: None, extended: false };
    let world = World { clock: &SystemClock, rng: &mut system_entropy(), progress: &mut |_| () };
    read(&mut Channel::new(Link::new(&mut SoftPort::shared(chip.clone()))), &setup, world).unwrap()
}

/// Judges live, the card's status being active.
#[track_caller]
fn genuine(bureau: &Bureau, built: &Built, reading: &Reading) {
    in_force(bureau, built, reading);
    for (file, bytes) in built.files.iter().filter(|(f, _)| !matches!(f, FileId::AtrInfo | FileId::Dir)) {
        assert_eq!(reading.evidence.file(file), Some(bytes), "{file}");
    }
}

/// The verdict alone.
#[track_caller]
fn in_force(bureau: &Bureau, built: &Built, reading: &Reading) {
    let mut bits = Bits::new(1 << 20);
    assert!(bits.set(built.numbers.status_index.into(), CardStatus::Active));
    let now = SystemClock.now();
    let token = Token { number: 1, issued_at: now, uri: "https://example.invalid/status".into(), bits };
    let list = status_list::sign(&token, &bureau.kit.status_list).unwrap();
    let policy = Policy { now, purpose: Purpose::Use, status_list: Some(&list), seen: ektp::verify::ListsSeen::default() };
    let trust = bureau.kit.trust_store().unwrap();
    let verdict = judge(&reading.evidence, &Mode::Live(&reading.proof), &trust, &policy);
    assert_eq!((verdict.decision(), verdict.reason()), (Decision::Genuine, None), "{:#?}", verdict.checks);
}

/// The commands that a full reading cannot do without.
fn minimum(reading: &Reading) -> u64 {
    let files = &reading.evidence.files;
    let bytes = files.iter().filter(|(f, _)| **f != FileId::CardAccess).map(|(_, c)| c.bytes().unwrap().len());
    let reads: usize = bytes.map(|n| n.div_ceil(223)).sum();
    // EF.CardAccess; PACE 5; SELECT LDS1 and national; CA 2; TA: 2 per certificate, MSE, challenge, signature; AA if there is
    // a key for it.
    let aa = usize::from(files.contains_key(&FileId::Dg15));
    u64::try_from(reads + 1 + 5 + 2 + 2 + (2 * 2 + 3) + aa).unwrap()
}

#[track_caller]
fn reads_and_is_genuine(profile: &str, aa: bool) {
    let bureau = Bureau::of(profile);
    let (built, chip) = issue(&bureau);
    let can = Password::can(built.numbers.can.expose()).unwrap();
    let mut passwords = vec![can];
    passwords.extend(built.key_text.as_ref().map(|text| Password::mrz(text.expose()).unwrap()));
    assert_eq!(passwords.len(), 2, "CAN and MRZ are printed on a full face");
    for password in &passwords {
        let reading = read_with(&bureau, &chip, password);
        genuine(&bureau, &built, &reading);
        assert_eq!(reading.evidence.file(FileId::Dg15).is_some(), aa);
        assert!(reading.evidence.terminal_authentication.as_ref().unwrap().accepted);
        assert_eq!(reading.evidence.timing.unwrap().apdus, minimum(&reading));
    }
}

#[test]
fn a_card_of_80_kib() {
    reads_and_is_genuine("ektp-80k", true);
}

#[test]
fn a_card_without_dg15() {
    reads_and_is_genuine("ektp-80k-no-aa", false);
}

#[test]
fn a_card_on_a_brainpool_curve() {
    reads_and_is_genuine("ektp-80k-test-brainpool", true);
}

#[test]
fn a_card_whose_pictures_are_jpeg_is_read_judged_and_shown() {
    reads_and_is_genuine("ektp-80k-jpeg", true);
    let bureau = Bureau::of("ektp-80k-jpeg");
    let (built, chip) = issue(&bureau);
    let reading = read_with(&bureau, &chip, &Password::can(built.numbers.can.expose()).unwrap());
    let face = ektp::lds::dg2::parse(reading.evidence.file(FileId::Dg2).unwrap()).unwrap().remove(0);
    assert_eq!((face.coding, &face.image[..3]), (ektp::lds::face::Coding::Jpeg, &[0xFF, 0xD8, 0xFF][..]));
    let [evidence, trust, state, portrait, signature] =
        ["evidence.json", "kit/trust", "state", "portrait.png", "signature.png"].map(|name| bureau.path(name));
    std::fs::write(&evidence, reading.evidence.to_json()).unwrap();
    let judge = ["verify", "card", &evidence, "--trust", &trust, "--state", &state];
    let judged = ektp(&[&judge[..], &["--portrait", &portrait, "--signature", &signature]].concat());
    assert_eq!(judged.data()["pictures"], serde_json::json!([portrait, signature]), "{:#}", judged.result);
    let shown = |path: &str| image::open(path).map(|picture| (picture.width(), picture.height())).unwrap();
    assert_eq!(shown(&portrait), (built.portrait.width.into(), built.portrait.height.into()));
    assert_eq!(shown(&signature), (built.signature.width.into(), built.signature.height.into()));
    // dmrtd, a reader that nobody here wrote, takes DG2 apart too.
    use dmrtd::lds::df1::efdg2::EfDG2;
    use dmrtd::lds::ef::ElementaryFile;
    let file = built.files.get(FileId::Dg2).unwrap();
    assert_eq!(EfDG2::from_bytes(file).unwrap().to_bytes(), file);
}

/// dmrtd's way to a card, over a port of ours.
struct Wire(SoftPort);

impl dmrtd::com::Transceiver for Wire {
    fn transceive(&mut self, apdu: &[u8]) -> Result<Vec<u8>, dmrtd::com::TransceiveError> {
        self.0.transmit(apdu).map_err(|e| dmrtd::com::TransceiveError::new(e.to_string()))
    }
}

#[test]
fn basic_access_control_opens_cards_of_its_test_profile_alone() {
    use dmrtd::lds::df1::efdg1::EfDG1;
    use dmrtd::lds::ef::ElementaryFile;
    for profile in Profile::names() {
        let bureau = Bureau::of(profile);
        let (built, chip) = issue(&bureau);
        let file = EfDG1::from_bytes(built.files.get(FileId::Dg1).unwrap()).unwrap();
        let zone = file.mrz();
        let keys = DBAKey::new(zone.document_number(), zone.date_of_birth, zone.date_of_expiry, false).unwrap();
        let mut reader = Passport::new(Wire(SoftPort::shared(chip)));
        let opened = reader.start_session(keys);
        if profile == "ektp-80k-test-bac" {
            opened.unwrap();
            assert_eq!(reader.read_ef_dg1().unwrap().to_bytes(), built.files.get(FileId::Dg1).unwrap());
            assert_eq!(reader.read_ef_dg2().unwrap().to_bytes(), built.files.get(FileId::Dg2).unwrap());
        } else {
            let refused = opened.unwrap_err().message;
            assert!(refused.ends_with("sw=6982"), "{profile}: {refused}");
        }
    }
}

#[test]
fn a_card_with_bac_beside_pace() {
    reads_and_is_genuine("ektp-80k-test-bac", true);
}

#[test]
fn a_card_of_8_kib() {
    reads_and_is_genuine("ektp-8k", false);
}

#[test]
fn prints_open_to_the_right_alone() {
    use ektp::finger::image_record::Compression;
    use ektp::lds::dg3;
    let bureau = Bureau::of("ektp-80k-dg3");
    let (built, chip) = issue(&bureau);
    let can = Password::can(built.numbers.can.expose()).unwrap();
    let reading = read_with(&bureau, &chip, &can);
    genuine(&bureau, &built, &reading);
    let prints = dg3::parse(reading.evidence.file(FileId::Dg3).unwrap()).unwrap();
    let told: Vec<_> = prints
        .iter()
        .flat_map(|p| &p.views)
        .map(|v| (v.sampling.compression, v.sampling.image.0, v.position, v.quality))
        .collect();
    assert_eq!(told, [(Compression::Jpeg2000, 197, 2, 88), (Compression::Jpeg2000, 197, 7, 81)]);
    for print in &prints {
        let picture = ektp::record::Picture::decode(&print.views[0].image).unwrap();
        assert_eq!((picture.width, picture.height, picture.channels), (256, 320, 1));
    }
    assert_eq!(reading.evidence.timing.unwrap().apdus, minimum(&reading));
    // Without the right: the chip says that DG3 is there and closed, and that does not make the card false.
    let closed = read_by(None, &chip, &can);
    assert_eq!((closed.evidence.file(FileId::Dg3), closed.evidence.probes.get(&FileId::Dg3)), (None, Some(&0x6982)));
    assert_eq!(closed.evidence.file(FileId::Fingers), None);
    in_force(&bureau, &built, &closed);
    // What is kept of a reading holds no print unless it was asked for.
    let kept = reading.evidence.without_fingers();
    assert!(kept.file(FileId::Dg3).is_none() && kept.files.contains_key(&FileId::Dg3));
}

#[test]
fn a_holder_without_fingers_has_an_empty_dg3() {
    let bureau = Bureau::without_fingers("ektp-80k-dg3");
    let (built, chip) = issue(&bureau);
    assert_eq!(built.files.get(FileId::Dg3), Some(&[0x63, 6, 0x7F, 0x61, 3, 2, 1, 0][..]));
    let reading = read_with(&bureau, &chip, &Password::can(built.numbers.can.expose()).unwrap());
    genuine(&bureau, &built, &reading);
}

/// `verify person` with the sample's right index finger over this reading.
fn person(bureau: &Bureau, reading: &Reading) -> Run {
    let (evidence, probe) = (bureau.path("evidence.json"), root().join("samples/right-index.fmr"));
    std::fs::write(&evidence, reading.evidence.to_json()).unwrap();
    let trust = bureau.path("kit/trust");
    ektp(&["verify", "person", &evidence, "--trust", &trust, "--probe", probe.to_str().unwrap()])
}

#[test]
fn the_holders_finger_is_the_cards() {
    let bureau = Bureau::new();
    let (built, chip) = issue(&bureau);
    let run = person(&bureau, &read_with(&bureau, &chip, &Password::can(built.numbers.can.expose()).unwrap()));
    assert_eq!((&run.yes().data()["fingers"], &run.data()["answer"]), (&2.into(), &"match".into()));
}

#[test]
fn a_holder_without_fingers_has_none_on_file() {
    let bureau = Bureau::without_fingers("ektp-8k");
    let (built, chip) = issue(&bureau);
    let reading = read_with(&bureau, &chip, &Password::can(built.numbers.can.expose()).unwrap());
    genuine(&bureau, &built, &reading);
    let run = person(&bureau, &reading);
    run.refused(32, "no-finger-on-file");
    assert_eq!((&run.data()["fingers"], &run.data()["answer"]), (&0.into(), &"no-finger-on-file".into()));
}
