//! The personalization desk of the tests: jobs, images and chips that go wrong where a row wants it.

use super::laid::{Trap, lay};
use super::place::Place;
use super::stores;
use crate::bureau;
use crate::contract::Run;
use ektp::lds::build::Built;
use ektp::lds::file_id::FileId;
use ektp::softchip::faults::Fault;
use ektp::softchip::fixture::Inside;
use ektp::softchip::{SharedChip, SoftChip};
use ektp::world::system_entropy;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

/// Commands of a personalization by their header.
pub fn select(apdu: &[u8]) -> bool {
    apdu.get(1) == Some(&0xA4)
}
pub fn initialize_update(apdu: &[u8]) -> bool {
    apdu.get(1) == Some(&0x50)
}
pub fn store_data(apdu: &[u8]) -> bool {
    apdu.get(1) == Some(&0xE2)
}
pub fn set_status(apdu: &[u8], state: u8) -> bool {
    apdu.get(1) == Some(&0xF0) && apdu.get(3) == Some(&state)
}
pub fn commit(apdu: &[u8]) -> bool {
    set_status(apdu, 0x07)
}
pub fn lock(apdu: &[u8]) -> bool {
    set_status(apdu, 0x0F)
}
/// READ BINARY without secure messaging.
pub fn plain_read(apdu: &[u8]) -> bool {
    apdu.starts_with(&[0x00, 0xB0])
}
/// READ BINARY under secure messaging.
pub fn protected_read(apdu: &[u8]) -> bool {
    apdu.starts_with(&[0x0C, 0xB0])
}
/// The last GENERAL AUTHENTICATE of PACE.
pub fn pace_confirm(apdu: &[u8]) -> bool {
    apdu.starts_with(&[0x00, 0x86])
}
/// Any GENERAL AUTHENTICATE of PACE.
pub fn general_authenticate(apdu: &[u8]) -> bool {
    apdu.get(1) == Some(&0x86) && apdu[0] & 0x0C == 0
}
/// GENERAL AUTHENTICATE of Chip Authentication.
pub fn chip_authentication(apdu: &[u8]) -> bool {
    apdu.starts_with(&[0x0C, 0x86])
}

/// A job of its own: image, store and chip.
pub struct Job<'a> {
    place: &'a Place,
    /// The job's name.
    pub name: String,
    pub built: Built,
    pub chip: SharedChip,
}

impl<'a> Job<'a> {
    /// A new job with an approved image, and a blank for it.
    pub fn new(place: &'a Place) -> Self {
        let built = place.bureau().renumbered();
        Self::of(place, built)
    }

    /// A new job of these files.
    pub fn of(place: &'a Place, built: Built) -> Self {
        let number = next();
        Self::called(place, format!("job-{number}"), built, number)
    }

    /// A new job of this name, for a blank of this number.
    pub fn called(place: &'a Place, name: String, built: Built, number: u32) -> Self {
        place.bureau().image(&built, &name);
        // Every job has a store of its own, but all of a place have one signer, whose register takes a serial once.
        let mut serial = [0xD0; 10];
        serial[6..].copy_from_slice(&number.to_be_bytes());
        Self { place, name, built, chip: bureau::serial_blank(serial, number.into()) }
    }

    /// Lays the job's chip.
    pub fn lay(&self, traps: Vec<Trap>) -> String {
        self.lay_other(&self.chip, traps)
    }

    /// Lays a chip for this job.
    pub fn lay_other(&self, chip: &SharedChip, traps: Vec<Trap>) -> String {
        lay(chip, self.place.at(&format!("reader-{}", next())), traps)
    }

    /// `perso run` on a reader.
    pub fn run(&self, reader: &str, more: &str) -> Run {
        let name = &self.name;
        self.place.run(&format!("perso run @image-{name} --store @{name}.db --kit @kit --reader {reader} {more}"))
    }

    /// `perso resume` on a reader.
    pub fn resume(&self, reader: &str, more: &str) -> Run {
        let name = &self.name;
        self.place.run(&format!("perso resume --job-id {name} --store @{name}.db --kit @kit --reader {reader} {more}"))
    }

    /// Runs until the card leaves the reader before a command.
    pub fn until(&self, at: fn(&[u8]) -> bool) {
        self.run(&self.lay(vec![Trap::first(at, Fault::RemovedBefore)]), "").refused(21, "card-removed");
    }

    /// Changes the job's store.
    pub fn tamper(&self, sql: &str) {
        let store = rusqlite::Connection::open(self.place.at(&format!("{}.db", self.name))).unwrap();
        store.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
        assert!(store.execute(sql, []).unwrap() > 0, "{sql}");
    }

    /// The image's folder.
    pub fn image(&self) -> PathBuf {
        self.place.at(&format!("image-{}", self.name))
    }

    /// Puts another file into the image.
    pub fn replace(&self, file: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.image().join(file), bytes).unwrap();
    }

    /// Resumes the job on its chip, after something was done to it.
    pub fn resume_after(&self, change: impl FnOnce()) -> Run {
        change();
        self.resume(&self.lay(vec![]), "")
    }

    /// Flips a bit of what is sealed.
    pub fn alter_seal(&self) {
        let mut sealed = std::fs::read(self.image().join("files.cms")).unwrap();
        *sealed.last_mut().unwrap() ^= 1;
        self.replace("files.cms", sealed);
    }

    /// Puts another job's approved image in the place of this one's.
    pub fn take_image_of(&self, other: &Job<'_>) {
        std::fs::remove_dir_all(self.image()).unwrap();
        stores::copy(&other.image(), &self.image());
    }

    /// Leaves EF.SOD ten bytes on the chip, and has that approved.
    pub fn without_room(&self) {
        let manifest = std::fs::read(self.image().join("manifest.json")).unwrap();
        let mut manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
        manifest["reserve"]["sod"] = 10.into();
        self.replace("manifest.json", serde_json::to_vec_pretty(&manifest).unwrap());
        std::fs::remove_file(self.image().join("authorization.json")).unwrap();
        let keys = "--cert @kit/approver.cert.pem --key @kit/approver.key.pem --passphrase file:@sample";
        let line = format!("card approve @image-{} {keys} --application A-1 --route office --reason sample", self.name);
        self.place.run(&format!("{line} --signer sample-signer")).yes();
    }

    /// A LOCKED chip that knows the card's number and holds nothing that anyone signed.
    pub fn impostor(&self) -> SharedChip {
        let mut files = self.built.files.clone();
        files.0.remove(&FileId::Sod);
        shared(Inside::copied(files, self.built.numbers.can.expose()).chip(system_entropy()).unwrap())
    }
}

/// Counts jobs, chips and readers.
pub fn next() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// A chip that several hold.
pub fn shared(chip: SoftChip) -> SharedChip {
    Arc::new(Mutex::new(chip))
}

/// A run of a new job with traps on its reader.
pub fn run_with(place: &Place, traps: Vec<Trap>) -> Run {
    let job = Job::new(place);
    job.run(&job.lay(traps), "")
}

/// A job that was begun, resumed with traps on its reader.
pub fn resume_with(place: &Place, traps: Vec<Trap>) -> Run {
    let job = Job::new(place);
    job.until(store_data);
    job.resume(&job.lay(traps), "")
}
