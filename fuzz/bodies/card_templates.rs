//! A card's biometric information templates and data objects: what is read comes back.

use ektp::lds::biometric_data::BiometricData;
use ektp::lds::{bit, tlv};

pub fn run(data: &[u8]) {
    for bytes in [data.to_vec(), tlv::encode(0x7F61, data)] {
        if let Ok(bits) = bit::parse(&bytes) {
            assert_eq!(bit::encode(&bits), bytes);
        }
    }
    for bytes in [data.to_vec(), tlv::encode(0x7F2E, data)] {
        if let Ok(block) = BiometricData::parse(&bytes) {
            assert_eq!(block.encode(), bytes);
        }
    }
}
