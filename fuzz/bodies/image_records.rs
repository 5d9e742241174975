//! Finger image records of both editions: what is read comes back.

use ektp::finger::image_record::ImageRecord;

pub fn run(data: &[u8]) {
    for start in [&b""[..], b"FIR\x00010\x00", b"FIR\x00020\x00"] {
        let bytes = [start, data].concat();
        if let Ok(record) = ImageRecord::parse(&bytes) {
            assert_eq!(record.encode().as_deref(), Ok(bytes.as_slice()));
        }
    }
}
