//! The resident's record as JSON, and many as CSV.

use super::input::Input;
use ektp::record::batch::Batch;
use ektp::record::{self, nik::Nik, sample};
use std::sync::OnceLock;

pub fn run(data: &[u8]) {
    static FILES: OnceLock<record::MemoryFiles> = OnceLock::new();
    let files = FILES.get_or_init(sample::files);
    let mut input = Input(data);
    let Some(which) = input.byte() else { return };
    match which % 3 {
        0 => drop(record::load(input.0, files)),
        1 => {
            if let Ok(batch) = Batch::read(input.0, files) {
                assert!(!batch.is_empty());
                let _ = batch.warnings().count();
            }
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
