//! Makes the shipped samples of evidence anew with `EKTP_WRITE_SAMPLES=1 cargo test --test attacks samples`, and checks them.

use crate::issuer::{Ask, Card, authority, list, read_port};
use ektp::lds::file_id::FileId;
use ektp::pki::sample::Roots;
use ektp::pki::status_list::CardStatus;
use ektp::softchip::SoftPort;
use ektp::verify::evidence::Content;
use ektp::verify::{Challenge, Evidence};
use ektp::world::{Clock, DangerousSeededEntropy};
use std::path::{Path, PathBuf};

fn dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/evidence")
}

fn sample(card: Card, challenge: &Challenge) -> Evidence {
    let ask = Ask { challenge: Some(challenge.bytes().try_into().unwrap()), ..Ask::default() };
    read_port(&mut SoftPort::new(card.chip), &ask).unwrap().evidence.without_fingers()
}

#[test]
fn samples_are_of_their_schema_and_are_written_on_demand() {
    if std::env::var_os("EKTP_WRITE_SAMPLES").is_some() {
        write_samples();
    }
    let schema: serde_json::Value = serde_json::from_str(include_str!("../../specs/json/evidence.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for name in ["good", "cloned", "altered"] {
        let bytes = std::fs::read(dir().join(format!("{name}.json"))).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&serde_json::from_slice(&bytes).unwrap())
            .map(|e| format!("{} at {}", e, e.instance_path()))
            .collect();
        assert_eq!(errors, Vec::<String>::new(), "{name}");
        let evidence = Evidence::from_json(&bytes).unwrap();
        assert_eq!(evidence.file(FileId::Fingers), None, "no sample keeps fingers");
    }
}

fn write_samples() {
    let authority = authority();
    let mut rng = DangerousSeededEntropy::new(2026);
    let challenge = Challenge::draw(&mut rng, authority.clock.now());
    let honest = Card::honest();
    let copy = Card::make(&crate::issuer::Recipe { copy_of: Some(&honest.files), seed: 9, ..Default::default() });
    let good = sample(honest, &challenge);
    let mut altered = good.clone();
    let mut portrait = altered.file(FileId::Dg2).unwrap().to_vec();
    *portrait.last_mut().unwrap() ^= 1;
    altered.files.insert(FileId::Dg2, Content::Bytes(portrait.into()));
    let keys = tempfile::tempdir().unwrap();
    authority.kit.save(keys.path(), &mut rng).unwrap();
    std::fs::remove_dir_all(dir().join("trust")).ok();
    for folder in ["trust/csca", "trust/operations", "trust/cvca", "trust/crl"] {
        std::fs::create_dir_all(dir().join(folder)).unwrap();
        for entry in std::fs::read_dir(keys.path().join(folder)).unwrap() {
            let from = entry.unwrap().path();
            std::fs::copy(&from, dir().join(folder).join(from.file_name().unwrap())).unwrap();
        }
    }
    std::fs::copy(keys.path().join("trust/trust.json"), dir().join("trust/trust.json")).unwrap();
    let other = Roots::make(authority.clock.now(), &mut rng).unwrap();
    let files: [(&str, Vec<u8>); 6] = [
        ("good.json", good.to_json()),
        ("cloned.json", sample(copy, &challenge).to_json()),
        ("altered.json", altered.to_json()),
        ("challenge.json", challenge.to_json()),
        ("trust/status-list.cwt", list(CardStatus::Active)),
        ("other-csca.pem", other.csca.cert.to_pem().into_bytes()),
    ];
    for (name, bytes) in files {
        std::fs::write(dir().join(name), bytes).unwrap();
    }
}
