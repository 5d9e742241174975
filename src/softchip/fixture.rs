//! Support for tests and demonstrations: chips that no personalization made. Whoever copies a card makes such a chip.

use super::chip::{ChipConfig, SoftChip};
use super::keys::{self, AA_SLOT, CA_SLOT};
use super::lifecycle::State;
use super::progress::Progress;
use super::store::Store;
use super::table::{self, File, ReadRule};
use super::{controls, layout, trust};
use crate::crypto::ec::{Curve, PrivateKey};
use crate::crypto::scp03::KeySet;
use crate::crypto::symmetric::AesKey;
use crate::lds::file_id::{Application, FileId};
use crate::lds::files::CardFiles;
use rand_core::CryptoRng;

/// Memory of a fixture: more than any profile.
const CAPACITY: usize = 524_288;

/// A blank's configuration with the transport keys of samples, `40 41 … 4F` (GlobalPlatform's well-known test key).
#[must_use]
pub fn config(capacity: usize) -> ChipConfig {
    let key: Vec<u8> = (0x40..0x50).collect();
    let key = || AesKey::new(&key).unwrap_or_else(|_| unreachable!("sixteen bytes"));
    let transport = KeySet { kvn: 0x30, enc: key(), mac: key(), dek: key() };
    ChipConfig { serial: [0x45, 0x4B, 0x54, 0x50, 0, 0, 0, 0, 0, 1], capacity, transport }
}

/// What a chip is to hold, whoever made it.
#[derive(Debug, Clone)]
pub struct Inside {
    /// Chip serial.
    pub serial: [u8; 10],
    /// Files; EF.CVCA is the chip's own and passed over.
    pub files: CardFiles,
    /// Card access number, six digits.
    pub can: Option<String>,
    /// SHA-1 of the MRZ information.
    pub mrz_sha1: Option<[u8; 20]>,
    /// Basic Access Control, with the MRZ.
    pub bac: bool,
    /// Body `7F4E` of the CVCA certificate.
    pub trust_point: Option<Vec<u8>>,
    /// The chip's date, one digit a byte.
    pub date: Option<[u8; 6]>,
    /// Curve of PACE and of the keys.
    pub curve: Curve,
    /// Key identifier of Chip Authentication, 0 for none.
    pub ca_key_id: u8,
    /// Private key of Chip Authentication: a copied card has none, or its maker's own.
    pub ca_key: Option<PrivateKey>,
    /// Private key of Active Authentication.
    pub aa_key: Option<PrivateKey>,
    /// PERSONALIZED or LOCKED.
    pub state: State,
}

impl Inside {
    /// These files behind this CAN, LOCKED, with no private key at all: what a copyist has.
    #[must_use]
    pub fn copied(files: CardFiles, can: &str) -> Self {
        Self {
            serial: [0xC1; 10],
            files,
            can: Some(can.to_owned()),
            mrz_sha1: None,
            bac: false,
            trust_point: None,
            date: None,
            curve: Curve::P256,
            ca_key_id: 1,
            ca_key: None,
            aa_key: None,
            state: State::Locked,
        }
    }

    /// The chip, powered on; none if it does not fit or a value has no possible form.
    #[must_use]
    pub fn chip(&self, rng: impl CryptoRng + Send + 'static) -> Option<SoftChip> {
        let mut store = Store::blank(self.serial, CAPACITY);
        let mut progress = Progress::load(&store);
        self.write_controls(&mut store, &mut progress)?;
        let files = self.table();
        table::write_fresh(&mut store, &files).ok()?;
        progress.note(0x8001);
        for (index, row) in table::rows(&store).iter().enumerate() {
            let contents = self.files.get(FileId::from_dgi(row.dgi)?)?;
            store.nvm.write_fresh(row.at, contents).ok()?;
            store.atomically(|s| table::set_whole(s, index, contents.len())).ok()?;
        }
        store.atomically(|s| progress.save(s)).ok()?;
        for (slot, key) in [(CA_SLOT, &self.ca_key), (AA_SLOT, &self.aa_key)] {
            if let Some(key) = key {
                store.atomically(|s| keys::set_slot(s, slot, key)).ok()?;
            }
        }
        store.atomically(|s| s.set_state(self.state)).ok()?;
        Some(SoftChip::over(store, rng))
    }

    fn table(&self) -> Vec<File> {
        let all = self.files.iter().filter(|(id, _)| *id != FileId::Cvca);
        all.map(|(id, contents)| File {
            dgi: id.dgi(),
            fid: id.fid(),
            size: contents.len(),
            rule: rule(id),
            written: None,
            at: 0,
        })
        .collect()
    }

    fn write_controls(&self, store: &mut Store, progress: &mut Progress) -> Option<()> {
        let mut passwords = Vec::new();
        if let Some(can) = &self.can {
            passwords.extend(crate::lds::tlv::encode(0x80, can.as_bytes()));
        }
        if let Some(mrz) = &self.mrz_sha1 {
            passwords.extend(crate::lds::tlv::encode(0x81, mrz));
        }
        if self.bac {
            passwords.extend([0x82, 0]);
        }
        let parameters = vec![self.curve.parameter_id(), self.ca_key_id, u8::from(self.aa_key.is_some())];
        let date = self.date.map(|date| date.to_vec());
        for (dgi, data) in [(0x8002, Some(passwords)), (0x8004, date), (0x8005, Some(parameters))] {
            if let Some(data) = data {
                controls::write_fresh(store, dgi, &data).ok().filter(|good| *good)?;
                progress.note(dgi);
            }
        }
        if let Some(body) = &self.trust_point {
            trust::write_fresh(store, body).ok().filter(|good| *good)?;
            progress.note(0x8003);
        }
        Some(())
    }
}

fn rule(id: FileId) -> ReadRule {
    match id {
        FileId::Dg3 | FileId::Fingers => ReadRule::Fingers,
        _ if id.application() == Application::Mf => ReadRule::Free,
        _ => ReadRule::Pace,
    }
}

/// A look through the package: the chip's files, whatever its state and rules.
#[must_use]
pub fn files_of(chip: &SoftChip) -> CardFiles {
    let store = &chip.store;
    let rows = table::files(store);
    let whole = rows.iter().filter_map(|row| Some((FileId::from_dgi(row.dgi)?, table::contents(store, row)?.to_vec())));
    CardFiles(whole.collect())
}

/// A look through the package: a slot's private key, which no command gives.
#[must_use]
pub fn key_of(chip: &SoftChip, slot: u8) -> Option<PrivateKey> {
    let curve = controls::stored_parameters(&chip.store)?.curve;
    keys::slot_key(&chip.store, slot, curve)
}

const _: () = assert!(CAPACITY > layout::CONTENTS);
