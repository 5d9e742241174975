//! Finger minutiae records of ISO and ANSI: what is read comes back, what is repaired is right, and all convert.

use ektp::finger::template::{Record, RecordFormat, TemplateFormat, with_flaws};

pub fn run(data: &[u8]) {
    for start in [&b""[..], b"FMR\x00 20\x00", b"FMR\x00020\x00", b"FMR\x00030\x00", b"FMR\x00035\x00"] {
        let bytes = [start, data].concat();
        let Ok((record, flaws)) = Record::repair(&bytes) else { continue };
        let right = record.encode().unwrap();
        assert_eq!(Record::parse(&right).as_ref(), Ok(&record));
        assert_eq!(with_flaws(right, &flaws), bytes);
        for format in RecordFormat::ALL {
            if let Ok((other, _)) = record.convert(format) {
                assert_eq!(Record::parse(&other.encode().unwrap()), Ok(other));
            }
            for view in &record.views {
                let _ = format.extensions(&view.view.extended);
            }
        }
        let _ = (record.to_bytes(TemplateFormat::CardCompact), record.to_bytes(TemplateFormat::CardNormal));
    }
}
