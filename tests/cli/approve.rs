//! `ektp card approve`: an approver's word over a card image.

use crate::contract::ektp;
use ektp::lds::build::{Numbers, build};
use ektp::lds::image::{CardImage, Draft};
use ektp::lds::profile::Profile;
use ektp::pki::sample::Kit;
use ektp::pki::{authorization, seal};
use ektp::world::{Clock, DangerousSeededEntropy, SystemClock};
use std::path::Path;

/// A sealed image of a sample resident, and a kit whose bureau may open it.
fn image(dir: &Path) -> Kit {
    let mut rng = DangerousSeededEntropy::new(1);
    let kit = Kit::mint(&SystemClock, &mut rng).unwrap();
    kit.save(&dir.join("kit"), &mut rng).unwrap();
    sealed_image(&kit, &dir.join("image"));
    kit
}

/// The kit's bureau, to seal to.
pub fn bureau(kit: &Kit) -> seal::Recipient {
    seal::Recipient::check(&kit.bureau.cert, &kit.trust_store().unwrap(), SystemClock.now()).unwrap()
}

/// A sealed image of a sample resident in a new folder.
pub fn sealed_image(kit: &Kit, folder: &Path) {
    let mut rng = DangerousSeededEntropy::new(3);
    let (record, _) = ektp::record::sample::citizen().unwrap();
    let profile = Profile::named("ektp-8k").unwrap();
    let numbers = Numbers::draw(&record, &profile, &mut rng);
    let built = build(&record, &profile, profile.face, numbers).unwrap();
    let draft = Draft::of(&built, &record, &profile, "job-1", None);
    let sealed = seal::seal(&draft.plaintext, &bureau(kit), &mut rng).unwrap();
    assert_eq!(seal::open(&sealed, &kit.bureau.key).unwrap(), draft.plaintext);
    CardImage::new(draft.manifest, sealed).unwrap().write(folder).unwrap();
}

#[test]
fn an_approver_signs_once_and_nobody_else_does() {
    let dir = tempfile::tempdir().unwrap();
    let kit = image(dir.path());
    std::fs::write(dir.path().join("pass"), "sample\n").unwrap();
    let path = |name: &str| dir.path().join(name).display().to_string();
    let approve = |who: &str, reason: &str, route: &str| {
        let (cert, key) = (path(&format!("kit/{who}.cert.pem")), path(&format!("kit/{who}.key.pem")));
        let (image, pass) = (path("image"), format!("file:{}", path("pass")));
        let head = ["card", "approve", &image, "--cert", &cert, "--key", &key, "--passphrase", &pass, "--application", "A-1"];
        ektp(&[&head[..], &["--route", route, "--reason", reason, "--signer", "signer-1"]].concat())
    };
    approve("receipt", "sample", "office").refused(11, "not-permitted");
    approve("approver", "first", "office").refused(11, "authorization-invalid");
    let first = approve("approver", "sample", "office");
    first.yes();
    let (json, p7s) = (path("image/authorization.json"), path("image/authorization.json.p7s"));
    let (json, p7s) = (std::fs::read(json).unwrap(), std::fs::read(p7s).unwrap());
    let approved = authorization::verify(&json, &p7s, &kit.trust_store().unwrap(), SystemClock.now()).unwrap();
    assert_eq!(first.data()["digest"], approved.digest().to_string());
    let image = CardImage::read(&dir.path().join("image")).unwrap();
    assert_eq!(approved.authorization().manifest_digest.0, image.manifest_digest());
    assert_eq!(approve("approver", "sample", "office").yes().data(), first.data(), "the same again is the same");
    approve("approver", "sample", "elsewhere").refused(12, "job-conflict");
    for file in ["authorization.json", "authorization.json.p7s"] {
        let mode = std::fs::metadata(dir.path().join("image").join(file)).unwrap().permissions();
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777, 0o600, "{file}");
    }
    // Nobody is told to have approved what another did.
    let mut rng = DangerousSeededEntropy::new(2);
    Kit::mint(&SystemClock, &mut rng).unwrap().save(&dir.path().join("other"), &mut rng).unwrap();
    let other = approve("../other/approver", "sample", "office");
    other.refused(12, "job-conflict");
    assert!(other.result["message"].as_str().unwrap().contains(first.data()["approver"].as_str().unwrap()));
    // A signature that does not hold is no approval, whoever asks.
    std::fs::write(path("image/authorization.json.p7s"), &p7s[..p7s.len() - 1]).unwrap();
    approve("approver", "sample", "office").refused(11, "authorization-invalid");
}
