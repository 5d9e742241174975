//! What the cards of a country are made by: keys and certificates, the register of numbers, a folder of images; the same in every process.

use crate::issuance::centre::Making;
use crate::issuance::centre::tests::world::Named;
use crate::lds::numbers::Register;
use crate::lds::profile::Profile;
use crate::perso::job::{JobId, Placement};
use crate::perso::opened::Opener;
use crate::perso::work::Work;
use crate::pki::sample::Kit;
use crate::pki::seal::Recipient;
use crate::pki::trust::TrustStore;
use crate::world::{DangerousSeededEntropy, FixedClock};
use jiff::Timestamp;
use std::path::{Path, PathBuf};

/// Of a country in a folder.
pub struct Works {
    kit: Kit,
    trust: TrustStore,
    recipient: Recipient,
    profile: Profile,
    numbers: Register,
    images: PathBuf,
}

impl Works {
    /// Those of a folder; the keys are the same each time, their certificates valid from now on.
    pub fn new(folder: &Path, now: Timestamp) -> Self {
        let kit = Kit::mint(&FixedClock(now), &mut DangerousSeededEntropy::new(77)).unwrap();
        let trust = kit.trust_store().unwrap();
        let recipient = Recipient::check(&kit.bureau.cert, &trust, now).unwrap();
        let (numbers, images) = (Register::open(&folder.join("numbers.db")).unwrap(), folder.join("images"));
        std::fs::create_dir_all(&images).unwrap();
        Self { kit, trust, recipient, profile: Profile::named("ektp-80k").unwrap(), numbers, images }
    }

    /// For an approval.
    pub fn making(&mut self) -> Making<'_> {
        Making {
            profile: &self.profile,
            face: self.profile.face,
            recipient: &self.recipient,
            numbers: &mut self.numbers,
            approver: &self.kit.approver,
            signer: "sample-signer",
            images: &self.images,
            prints: &Named,
        }
    }

    /// An image as its bureau opens it: the authorization is checked, the seal opened, every hash compared.
    pub fn open(&self, name: &str, now: Timestamp) -> Work {
        let opener = Opener { bureau: &self.kit.bureau.key, trust: &self.trust, now };
        let place = Placement { printer_job: None, blank_serial_expected: None, face_hash: None };
        opener.open(&self.images.join(name), JobId::parse("j").unwrap(), place).unwrap()
    }

    /// Images that there are, and numbers that were given.
    pub fn counts(&self) -> (usize, u64) {
        (std::fs::read_dir(&self.images).unwrap().count(), self.numbers.count().unwrap())
    }
}
