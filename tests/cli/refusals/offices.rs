//! A country of four offices in a folder, for the verbs of issuance: a store with its key, a roster, and officers with keys.

use super::place::Place;
use ektp::crypto::ec::Curve;
use ektp::issuance::officer::{Folder, Grant};
use ektp::issuance::store::{SqliteStore, StoreKey};
use ektp::issuance::{Office, Role};
use ektp::pki::chip_keys::{ChipKey, Kind};
use ektp::pki::key::PrivateKey;
use ektp::pki::keystore;
use ektp::secret::Secret;
use ektp::world::{DangerousSeededEntropy, system_entropy};
use jiff::Timestamp;

/// What opens the store and names the roster, for every verb of issuance.
pub const STORE: &str = "--store @issuance.db --store-key @store.key --store-passphrase file:@pass";
/// The key of the store in the file `store.key`.
const KEY: [u8; 32] = [0x51; 32];

/// Officers by the name of their key file (`NAME.key`), with role and office.
pub const OFFICERS: [(&str, Role, &str); 16] = [
    ("head", Role::HeadOfRegistry, "31.71"),
    ("camat", Role::Camat, "31.71.01"),
    ("operator", Role::Operator, "31.71.01"),
    ("operator2", Role::Operator, "31.71.01"),
    ("supervisor", Role::Supervisor, "31.71.01"),
    ("regency-operator", Role::Operator, "31.71"),
    ("regency-supervisor", Role::Supervisor, "31.71"),
    ("adjudicator", Role::Adjudicator, "ministry"),
    ("supervisor-ministry", Role::Supervisor, "ministry"),
    ("approver", Role::Approver, "31.71"),
    ("personalizer", Role::Personalizer, "31.71"),
    ("courier", Role::Courier, "31.71"),
    ("witness", Role::Witness, "ministry"),
    ("centre", Role::Centre, "ministry"),
    ("witness2", Role::Witness, "ministry"),
    ("sync", Role::Sync, "31.71.01"),
];

/// The seed of the root's key; officer n of the table has seed n + 1.
const ROOT: u64 = 100;

/// An officer's key.
pub fn key(seed: u64) -> PrivateKey {
    PrivateKey::generate(Curve::P256, &mut DangerousSeededEntropy::new(seed))
}

/// Puts everything into the folder: `issuance.db`, `store.key`, `other-store.key`, `roster`, and the officers' keys; and `stranger.key`, which nobody granted anything.
pub fn furnish(place: &Place) {
    let passphrase = Secret::new("correct horse".to_owned());
    for (file, bytes) in [("store.key", KEY), ("other-store.key", [0x52; 32])] {
        let key = ChipKey::new(Kind::Store, &bytes).unwrap();
        key.create(&place.at(file), &passphrase, &mut system_entropy()).unwrap();
    }
    let gallery = ChipKey::new(Kind::Gallery, &KEY).unwrap();
    gallery.create(&place.at("gallery.key"), &passphrase, &mut system_entropy()).unwrap();
    drop(SqliteStore::create(&place.at("issuance.db"), &store_key(), &mut system_entropy()).unwrap());
    // Of whom no roster knows.
    keystore::create(&place.at("stranger.key"), &key(ROOT + 1), &passphrase, &mut system_entropy()).unwrap();
    let mut folder = Folder::create(&place.at("roster"), &key(ROOT).public_key()).unwrap();
    let time = |text: &str| -> Timestamp { format!("{text}T00:00:00Z").parse().unwrap() };
    for (seed, (name, role, office)) in (1..).zip(OFFICERS) {
        let officer = key(seed);
        let office: Office = office.parse().unwrap();
        let grant = Grant::new(&officer.public_key(), name, (role, office), (time("2026-01-01"), time("2036-01-01"))).unwrap();
        folder.add(grant.signed_by(&key(ROOT))).unwrap();
        keystore::create(&place.at(&format!("{name}.key")), &officer, &passphrase, &mut system_entropy()).unwrap();
    }
}

/// The key of the store.
pub fn store_key() -> StoreKey {
    StoreKey::new(&KEY).unwrap()
}

/// The options of a desk: office, officer, and a second one.
pub fn desk(office: &str, first: &str, second: Option<&str>) -> String {
    let second = second.map(|name| format!(" --second @{name}.key --second-passphrase file:@pass")).unwrap_or_default();
    format!("{STORE} --roster @roster --office {office} --key @{first}.key --passphrase file:@pass{second}")
}

/// A copy of the store, of a format that no program knows yet: `newer.db`.
pub fn newer(place: &Place) {
    std::fs::copy(place.at("issuance.db"), place.at("newer.db")).unwrap();
    let newer = rusqlite::Connection::open(place.at("newer.db")).unwrap();
    newer.execute_batch("UPDATE store SET format = 99").unwrap();
}
