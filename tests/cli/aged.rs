//! A card that lay in a drawer for two months, at terminals of then and of today: the chip has no clock but the certificates it sees.

use crate::bureau::lay;
use crate::contract::{Run, ektp};
use crate::refusals::cards::Cards;
use ektp::crypto::ec::{Curve, PrivateKey};
use ektp::lds::file_id::FileId;
use ektp::pki::cvc::{self, Certificate, Date, Grant, Rights, Role};
use ektp::pki::keystore;
use ektp::secret::Secret;
use ektp::softchip::{StateFile, fixture};
use ektp::world::{SystemClock, system_entropy};
use jiff::civil;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Where the card is to be written for other people's readers (`tests/interop/aged`).
const FOR_OTHERS: &str = "EKTP_AGED_CARD";

fn days_ago(days: i64) -> civil::Date {
    ektp::world::Clock::today(&SystemClock).saturating_sub(jiff::Span::new().days(days))
}

/// A terminal: its folder as `--is-chain` takes it.
struct Desk {
    dv: Certificate,
    is: Certificate,
    key: PrivateKey,
}

impl Desk {
    /// Under the card's authority; valid between these days, given as days ago.
    fn of(cards: &Cards, mnemonic: &str, from: i64, until: i64) -> Self {
        let day = |ago| Date::new(days_ago(ago)).unwrap();
        let grant = |role| Grant { role, rights: Rights { fingers: true }, effective: day(from), expiration: day(until) };
        let key = || PrivateKey::generate(Curve::P256, &mut system_entropy());
        let name = |kind: &str| format!("ID{kind}{mnemonic}00001").parse().unwrap();
        let (root, root_key) = (&cards.kit.roots.cvca, &cards.kit.roots.cvca_key);
        let (dv_key, key) = (key(), key());
        let request = cvc::Request::new(&dv_key, &name("DV"), Some(&root.body().chr));
        let dv = cvc::issue(root, root_key, Curve::P256, &request, grant(Role::DvDomestic)).unwrap();
        let request = cvc::Request::new(&key, &name("IS"), Some(&dv.body().chr));
        let is = cvc::issue(&dv, &dv_key, Curve::P256, &request, grant(Role::Terminal)).unwrap();
        Self { dv, is, key }
    }

    fn save(&self, dir: &Path) -> String {
        std::fs::create_dir_all(dir).unwrap();
        std::fs::write(dir.join("dv.cvcert"), self.dv.encode()).unwrap();
        std::fs::write(dir.join("is.cvcert"), self.is.encode()).unwrap();
        let pass = Secret::new("sample".to_owned());
        keystore::create(&dir.join("is.key.pem"), &self.key.clone().into(), &pass, &mut system_entropy()).unwrap();
        dir.display().to_string()
    }

    /// As JMRTD takes it: with the CVCA, and a plain PKCS#8 key.
    fn save_for_others(&self, cards: &Cards, dir: &Path) {
        self.save(dir);
        std::fs::write(dir.join("cvca.cvcert"), cards.kit.roots.cvca.encode()).unwrap();
        std::fs::write(dir.join("is.pk8"), ektp::pki::key::PrivateKey::from(self.key.clone()).to_pkcs8()).unwrap();
    }
}

#[test]
fn an_expired_terminal_is_accepted_while_the_chips_date_is_older_and_refused_after_a_newer_one_moved_it() {
    let cards = Cards::of(&ektp::record::sample::citizen().unwrap().0, "ektp-80k");
    let chip = || cards.chip_since(cards.files(cards.signer(), |_| ()), days_ago(60));
    // Both certificates of the first ended weeks ago; those of the second began yesterday.
    let (then, now) = (Desk::of(&cards, "OLD", 50, 20), Desk::of(&cards, "NEW", 1, -20));
    if let Some(dir) = std::env::var_os(FOR_OTHERS).map(PathBuf::from) {
        then.save_for_others(&cards, &dir.join("terminal-expired"));
        now.save_for_others(&cards, &dir.join("terminal"));
        std::fs::write(dir.join("can.txt"), cards.can()).unwrap();
        std::fs::create_dir_all(dir.join("files")).unwrap();
        let chip = chip();
        let files = fixture::files_of(&chip);
        std::fs::write(dir.join("files/EF.Fingers.bin"), files.get(FileId::Fingers).unwrap()).unwrap();
        StateFile::at(&dir.join("chip.state")).create(&chip).unwrap();
    }
    let dir = tempfile::tempdir().unwrap();
    let reader = lay(&Arc::new(Mutex::new(chip())), dir.path().join("reader"));
    let (then, now) = (then.save(&dir.path().join("then")), now.save(&dir.path().join("now")));
    std::fs::write(dir.path().join("can"), cards.can()).unwrap();
    let can = format!("file:{}", dir.path().join("can").display());
    let read = |terminal: &str, name: &str| -> Run {
        let output = dir.path().join(name).display().to_string();
        ektp(&["read", "--reader", &reader, "--can", &can, "--is-chain", terminal, "--output", &output])
    };
    for (terminal, name) in [(&then, "1"), (&then, "2"), (&now, "3")] {
        assert_eq!(read(terminal, name).yes().data()["terminal_accepted"], true, "{name}");
    }
    let refused = read(&then, "4");
    refused.refused(28, "terminal-not-accepted");
    assert_eq!(refused.data()["terminal_accepted"], false);
    assert_eq!(read(&now, "5").yes().data()["terminal_accepted"], true);
}
