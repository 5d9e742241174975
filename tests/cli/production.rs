//! A production trust store refuses sample keys at every entrance, one at a time.

use crate::bureau::Bureau;
use crate::contract::{Run, ektp, root};
use ektp::crypto::ec::{self, Curve};
use ektp::lds::image::CardImage;
use ektp::pki::authorization::{Authorization, Digest, FORMAT, IssueReason};
use ektp::pki::chip_keys::{ChipKey, Kind};
use ektp::pki::cvc::{self, Date, Grant, Rights, Role};
use ektp::pki::key::{Parameters, PrivateKey};
use ektp::pki::name::Name;
use ektp::pki::x509::crl;
use ektp::pki::x509::issue::{self, AuthorityPlan, Credential, Purpose, SignerPlan, Span};
use ektp::pki::{keystore, time};
use ektp::secret::Secret;
use ektp::world::{Clock, SystemClock, system_entropy};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const PASSPHRASE: &str = "sample";

fn secret() -> Secret<String> {
    Secret::new(PASSPHRASE.to_owned())
}

/// A station's folder with keys that are nobody's samples, laid out as a kit.
struct Country {
    dir: PathBuf,
    approver: Credential,
}

fn save(dir: &Path, name: &str, credential: &Credential) {
    std::fs::write(dir.join(format!("{name}.cert.pem")), credential.cert.to_pem()).unwrap();
    save_key(dir, name, &credential.key);
}

fn save_key(dir: &Path, name: &str, key: &PrivateKey) {
    let _ = std::fs::remove_file(dir.join(format!("{name}.key.pem")));
    keystore::create(&dir.join(format!("{name}.key.pem")), key, &secret(), &mut system_entropy()).unwrap();
}

impl Country {
    fn make(dir: PathBuf) -> Self {
        let mut rng = system_entropy();
        let from = time::plus_days(SystemClock.now(), -1);
        let name = |common: &str| Name::new("ID", "Ministry", common);
        let plan = AuthorityPlan {
            name: name("CSCA"),
            state: "IDN".into(),
            validity: Span::days(from, 5_000),
            key_use: Span::days(from, 1_500),
            parameters: Parameters::Named,
            crl_url: "http://example.invalid/crl".into(),
        };
        let key = issue::default_key(&mut rng);
        let csca = Credential { cert: issue::csca(&key, &plan, &mut rng).unwrap(), key };
        let key = issue::default_key(&mut rng);
        let root = issue::operations_root(&key, &name("Operations"), Span::days(from, 900), &mut rng).unwrap();
        let root = Credential { cert: root, key };
        let mut leaf = |purpose, common| {
            let key = issue::default_key(&mut rng);
            let span = Span::days(from, 300);
            let cert = issue::operations_leaf(&root, purpose, &key.public_key(), &name(common), span, &mut rng).unwrap();
            Credential { cert, key }
        };
        let (approver, receipt) = (leaf(Purpose::Approver, "Approver"), leaf(Purpose::Receipt, "Receipts"));
        std::fs::create_dir_all(&dir).unwrap();
        save(&dir, "receipt", &receipt);
        save(&dir, "ds", &document_signer(&csca, from));
        let cvca = terminals(&dir, from);
        let trust = dir.join("trust");
        ektp(&["pki", "trust-new", trust.to_str().unwrap(), "--kind", "production"]).yes();
        std::fs::write(trust.join("csca/1.pem"), csca.cert.to_pem()).unwrap();
        std::fs::write(trust.join("operations/1.pem"), root.cert.to_pem()).unwrap();
        std::fs::write(trust.join("cvca/1.cvcert"), cvca.encode()).unwrap();
        for (number, authority) in [csca, root].iter().enumerate() {
            let list = crl::make(authority, 1, Span::days(from, 90), &BTreeMap::new()).unwrap();
            std::fs::write(trust.join(format!("crl/{number}.crl")), list.as_der()).unwrap();
        }
        for kind in [Kind::Transport, Kind::Scp03Master, Kind::ProofMaster] {
            let key = ChipKey::generate(kind, &mut system_entropy());
            key.create(&dir.join(format!("{kind:?}")), &secret(), &mut system_entropy()).unwrap();
        }
        Self { dir, approver }
    }

    fn at(&self, name: &str) -> String {
        self.dir.join(name).to_str().unwrap().to_owned()
    }

    /// Approves an image that somebody else's approver approved before.
    fn approve(&self, folder: &str) {
        let manifest = CardImage::read(Path::new(folder)).unwrap();
        let authorization = Authorization {
            format: FORMAT.into(),
            application: "A-1".into(),
            nik_digest: None,
            record_digest: manifest.manifest.record_digest.parse().unwrap(),
            template_digests: manifest.manifest.template_digests.iter().map(|d| d.parse().unwrap()).collect(),
            manifest_digest: Digest(manifest.manifest_digest()),
            route: "office".into(),
            reason: IssueReason::Sample,
            signer: "signer-1".into(),
        };
        let signed = authorization.approve(&self.approver, SystemClock.now()).unwrap();
        std::fs::write(Path::new(folder).join("authorization.json"), signed.json).unwrap();
        std::fs::write(Path::new(folder).join("authorization.json.p7s"), signed.signature).unwrap();
    }
}

fn document_signer(csca: &Credential, from: jiff::Timestamp) -> Credential {
    let mut rng = system_entropy();
    let key = issue::default_key(&mut rng);
    let plan = SignerPlan {
        name: Name::new("ID", "Ministry", "DS"),
        state: "IDN".into(),
        validity: Span::days(from, 3_750),
        key_use: Span::days(from, 90),
        document_types: vec!["I".into()],
        parameters: Parameters::Named,
        crl_url: "http://example.invalid/crl".into(),
    };
    Credential { cert: issue::document_signer(csca, &key.public_key(), &plan, &mut rng).unwrap(), key }
}

/// CVCA, DV and a quality-control terminal of this week.
fn terminals(dir: &Path, from: jiff::Timestamp) -> cvc::Certificate {
    let mut rng = system_entropy();
    let mut key = || ec::PrivateKey::generate(Curve::P256, &mut rng);
    let (cvca_key, dv_key, is_key) = (key(), key(), key());
    let reference = |text: &str| cvc::Reference::new(text.as_bytes()).unwrap();
    let grant = |role, days| {
        let day = |at| Date::new(time::date_of(at)).unwrap();
        Grant { role, rights: Rights::FINGERS, effective: day(from), expiration: day(time::plus_days(from, days)) }
    };
    let cvca = cvc::self_signed(&cvca_key, &reference("IDCVCA00001"), grant(Role::Cvca, 900)).unwrap();
    let request = cvc::Request::new(&dv_key, &reference("IDDV00001"), Some(&cvca.body().chr));
    let dv = cvc::issue(&cvca, &cvca_key, Curve::P256, &request, grant(Role::DvDomestic, 60)).unwrap();
    let request = cvc::Request::new(&is_key, &reference("IDQC00001"), Some(&dv.body().chr));
    let is = cvc::issue(&dv, &dv_key, Curve::P256, &request, grant(Role::Terminal, 6)).unwrap();
    for (name, cert, key) in [("dv", dv, dv_key), ("qc-is", is, is_key)] {
        std::fs::write(dir.join(format!("{name}.cvcert")), cert.encode()).unwrap();
        save_key(dir, name, &key.into());
    }
    cvca
}

#[test]
fn a_production_station_takes_no_sample_key_whatever_it_is_for() {
    let bureau = Bureau::new();
    let country = Country::make(bureau.dir.path().join("country"));
    let image = bureau.image(&bureau.built(), "job-1");
    save_key(&country.dir, "bureau", &bureau.kit.bureau.key);
    let (store, kit) = (bureau.path("journal.db"), country.at(""));
    let chip_keys = [
        "--transport",
        &country.at("Transport"),
        "--scp03-master",
        &country.at("Scp03Master"),
        "--proof-master",
        &country.at("ProofMaster"),
        "--chip-passphrase",
        &format!("file:{}", bureau.path("pass")),
    ]
    .map(str::to_owned);
    std::fs::write(bureau.path("pass"), format!("{PASSPHRASE}\n")).unwrap();
    let run = |chip_keys: &[String]| -> Run {
        let head = ["perso", "run", &image, "--store", &store, "--kit", &kit, "--reader", "unix:/nonexistent/chip"];
        let more: Vec<&str> = chip_keys.iter().map(String::as_str).collect();
        ektp(&[&head[..], &["--signer-name", "signer-1"], &more].concat())
    };
    // The image is still approved by the samples' approver.
    run(&chip_keys).refused(44, "sample-key");
    country.approve(&image);
    run(&chip_keys).refused(20, "no-reader");
    run(&[]).refused(44, "sample-key");
    let swapped = |names: &[&str], swap: &dyn Fn()| {
        let kept: Vec<Vec<u8>> = names.iter().map(|name| std::fs::read(country.at(name)).unwrap()).collect();
        swap();
        run(&chip_keys).refused(44, "sample-key");
        for (name, bytes) in names.iter().zip(kept) {
            std::fs::write(country.at(name), bytes).unwrap();
        }
        run(&chip_keys).refused(20, "no-reader");
    };
    swapped(&["receipt.cert.pem", "receipt.key.pem"], &|| save(&country.dir, "receipt", &bureau.kit.receipt));
    swapped(&["ds.cert.pem", "ds.key.pem"], &|| save(&country.dir, "ds", &bureau.kit.ds));
    let sample = |name: &str| bureau.dir.path().join("kit").join(name);
    let terminal = ["dv.cvcert", "qc-is.cvcert", "qc-is.key.pem"];
    swapped(&terminal, &|| {
        for name in terminal {
            std::fs::copy(sample(name), country.at(name)).unwrap();
        }
    });
}

#[test]
fn a_production_store_takes_no_sample_root_list_or_card() {
    let bureau = Bureau::new();
    let country = Country::make(bureau.dir.path().join("country"));
    let (trust, kit) = (country.at("trust"), bureau.path("kit"));
    let add = |file: &str, role: &str| ektp(&["pki", "trust-add", &trust, &format!("{kit}/trust/{file}"), "--as", role]);
    add("csca/sample.pem", "csca").refused(44, "sample-key");
    add("csca/sample.pem", "link").refused(44, "sample-key");
    add("operations/sample.pem", "operations").refused(44, "sample-key");
    add("cvca/sample.cvcert", "cvca").refused(44, "sample-key");
    add("crl/csca.crl", "crl").refused(44, "untrusted-issuer");
    // A root that was copied into the folder past the verb is found when the store is opened.
    std::fs::copy(format!("{kit}/trust/csca/sample.pem"), format!("{trust}/csca/2.pem")).unwrap();
    ektp(&["pki", "show", &trust]).refused(44, "sample-key");
    std::fs::remove_file(format!("{trust}/csca/2.pem")).unwrap();
    ektp(&["pki", "show", &trust]).yes();
    for (cert, purpose) in [("ds", "document-signer"), ("approver", "approver"), ("bureau", "bureau"), ("batch", "batch")] {
        let file = format!("{kit}/{cert}.cert.pem");
        ektp(&["pki", "check", &file, "--trust", &trust, "--purpose", purpose]).refused(44, "sample-key");
    }
    let samples = root().join("samples/evidence");
    let (evidence, list) = (samples.join("good.json"), samples.join("trust/status-list.cwt"));
    let (evidence, list) = (evidence.to_str().unwrap(), list.to_str().unwrap());
    ektp(&["pki", "check", list, "--trust", &trust]).refused(44, "sample-key");
    let state = bureau.path("state");
    let judged = ektp(&["verify", "card", evidence, "--trust", &trust, "--state", &state]);
    judged.refused(44, "sample-key");
    assert_eq!(judged.data()["verdict"]["decision"], "not-genuine");
}
