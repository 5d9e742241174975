//! Documents that travel or lie in files: profiles, manifests, sealed content, authorizations, receipts, evidence, challenges, key
//! files, registers, a chip's saved state, selectors.

use super::input::Input;
use ektp::chip::port::selector::{Selector, Stations};
use ektp::crypto::hash::sha256;
use ektp::crypto::scp03::ChipSerial;
use ektp::lds::image::{CardImage, Manifest, SealedContent};
use ektp::lds::profile::Profile;
use ektp::perso::job::JobId;
use ektp::perso::receipt::Receipt;
use ektp::pki::authorization::Authorization;
use ektp::pki::chip_keys::{ChipKey, Kind};
use ektp::pki::keystore;
use ektp::pki::status_list::register::Register;
use ektp::secret::Secret;
use ektp::softchip::SoftChip;
use ektp::verify::state_dir::StateDir;
use ektp::verify::{Challenge, Evidence, JudgeState};
use ektp::world::DangerousSeededEntropy;
use std::path::Path;

pub fn run(data: &[u8]) {
    let mut input = Input(data);
    let Some(which) = input.byte() else { return };
    let bytes = input.0;
    match which % 13 {
        0 => drop(std::str::from_utf8(bytes).map(Profile::parse)),
        1 => manifest(bytes),
        2 => sealed(bytes),
        3 => authorization(bytes),
        4 => drop(Receipt::from_json(bytes).map(|receipt| receipt.to_json())),
        5 => evidence(bytes),
        6 => drop(Challenge::from_json(bytes)),
        7 => drop(keystore::decrypt(bytes, &passphrase())),
        8 => in_file(bytes, |path| drop(ChipKey::open(path, Kind::ProofMaster, &passphrase()))),
        9 => in_file(bytes, |path| drop(Register::load(path))),
        10 => in_file(bytes, judge_state),
        11 => saved_chip(bytes),
        _ => words(bytes),
    }
}

fn passphrase() -> Secret<String> {
    Secret::new("sample".to_owned())
}

fn manifest(bytes: &[u8]) {
    let Ok(manifest) = Manifest::parse(bytes) else { return };
    let again = Manifest::parse(&manifest.encode());
    assert!(again.is_ok_and(|again| again.encode() == manifest.encode()), "a manifest is written as it was read");
    let _ = CardImage::new(bytes.to_vec(), Vec::new());
}

fn sealed(bytes: &[u8]) {
    if let Ok(content) = SealedContent::parse(bytes) {
        assert_eq!(content.encode(), bytes, "one way to write what is sealed");
    }
}

fn authorization(bytes: &[u8]) {
    let Ok(authorization) = Authorization::parse(bytes) else { return };
    let written = authorization.to_json().expect("what was parsed is written");
    assert_eq!(Authorization::parse(&written).as_ref(), Ok(&authorization));
}

fn evidence(bytes: &[u8]) {
    if let Ok(evidence) = Evidence::from_json(bytes) {
        assert_eq!(Evidence::from_json(&evidence.to_json()).as_ref(), Ok(&evidence));
        let _ = evidence.without_fingers().digest();
    }
}

/// A chip's memory with the right checksum, so that what is behind it is reached; then a command to that chip.
fn saved_chip(bytes: &[u8]) {
    let rng = || DangerousSeededEntropy::new(1);
    let _ = SoftChip::restore(bytes, rng());
    let whole = [bytes, &sha256(bytes)].concat();
    if let Ok(mut chip) = SoftChip::restore(&whole, rng()) {
        for apdu in [&[0x00, 0xA4, 0x04, 0x0C][..], &[0x00, 0xB0, 0x9C, 0x00, 0x00], &[0x80, 0x50, 0x30, 0x00, 0x08]] {
            let _ = chip.process(apdu);
        }
    }
}

fn words(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let stations = serde_json::from_str::<Stations>(text).unwrap_or_default();
    let _ = Selector::parse(text, &stations).map(|selector| selector.to_string());
    let _ = JobId::parse(text);
    let _ = text.parse::<ChipSerial>();
    let _ = Profile::named(text);
}

fn judge_state(path: &Path) {
    let Some(dir) = path.parent() else { return };
    let _ = std::fs::rename(path, dir.join("list-numbers.json"));
    if let Ok(mut state) = StateDir::open(dir) {
        let before = state.highest_list("ID");
        let kept = state.remember_list("ID", 7);
        assert!(before.is_ok() || kept.is_err(), "a damaged memory is not written over");
    }
}

/// The input as a file of its own.
fn in_file(bytes: &[u8], act: impl FnOnce(&Path)) {
    let memory = Path::new("/dev/shm");
    let place = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    let Ok(dir) = tempfile::tempdir_in(place) else { return };
    let path = dir.path().join("file");
    if std::fs::write(&path, bytes).is_ok() {
        act(&path);
    }
}
