//! The resident's record as JSON, and many as CSV; a population register, CSV or JSON; the text of a paper's 2D code.

use super::input::Input;
use ektp::issuance::case::receipt::{self, Stub};
use ektp::issuance::store::{Id, StoreKey};
use ektp::record::batch::Batch;
use ektp::record::{self, nik::Nik, register, sample};
use std::sync::OnceLock;

pub fn run(data: &[u8]) {
    static FILES: OnceLock<record::MemoryFiles> = OnceLock::new();
    let files = FILES.get_or_init(sample::files);
    let mut input = Input(data);
    let Some(which) = input.byte() else { return };
    match which % 5 {
        0 => drop(record::load(input.0, files)),
        1 => {
            if let Ok(batch) = Batch::read(input.0, files) {
                assert!(!batch.is_empty());
                let _ = batch.warnings().count();
            }
        }
        3 => {
            if let Ok(residents) = register::read(input.0, jiff::civil::date(2026, 11, 23)) {
                for resident in residents {
                    let kept = resident.to_json().to_string();
                    assert_eq!(register::Resident::from_json(kept.as_bytes()), Ok(resident), "what is kept is read back");
                }
            }
        }
        4 => {
            let Ok(text) = std::str::from_utf8(input.0) else { return };
            let (key, id) = (StoreKey::new(&[7; 32]).unwrap(), Id::parse("A-1").unwrap());
            let ours = receipt::stub(&key, &id, Stub::Form);
            let taken = receipt::check_stub(&key, &id, Stub::Form, text);
            assert_eq!(taken.is_ok(), text.trim() == ours, "no other code is taken for ours");
        }
        _ => {
            let Ok(text) = std::str::from_utf8(input.0) else { return };
            let _ = Nik::parse(text);
            let _ = record::FullName::parse(text, jiff::civil::date(2026, 11, 23));
            let _ = record::blood::BloodType::parse(text);
            let _ = record::Unit::parse(text);
        }
    }
}
