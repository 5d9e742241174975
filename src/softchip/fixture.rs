//! Support for tests and demonstrations: chips that no personalization made.

use super::chip::ChipConfig;
use crate::crypto::scp03::KeySet;
use crate::crypto::symmetric::AesKey;

/// A blank's configuration with the transport keys of samples, `40 41 … 4F` (GlobalPlatform's well-known test key).
#[must_use]
pub fn config(capacity: usize) -> ChipConfig {
    let key: Vec<u8> = (0x40..0x50).collect();
    let key = || AesKey::new(&key).unwrap_or_else(|_| unreachable!("sixteen bytes"));
    let transport = KeySet { kvn: 0x30, enc: key(), mac: key(), dek: key() };
    ChipConfig { serial: [0x45, 0x4B, 0x54, 0x50, 0, 0, 0, 0, 0, 1], capacity, transport }
}
