//! Chip-unique keys from a master key and the chip serial (specs/card-profile.md 4).

use super::{ChipSerial, KeySet};
use crate::crypto::kdf::sp800_108;
use crate::crypto::symmetric::AesKey;

/// The label of the derivation.
pub const CHIP_KEY_LABEL: &[u8; 13] = b"ektp-chip-key";

/// Which key of a chip is derived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChipKeyType {
    /// Key-ENC, from the SCP03 master.
    Enc,
    /// Key-MAC, from the SCP03 master.
    Mac,
    /// Key-DEK, from the SCP03 master.
    Dek,
    /// Proof key, from the proof master.
    Proof,
}

impl ChipKeyType {
    fn byte(self) -> u8 {
        match self {
            Self::Enc => 1,
            Self::Mac => 2,
            Self::Dek => 3,
            Self::Proof => 4,
        }
    }
}

/// One key of one chip, as long as the master.
#[must_use]
pub fn chip_key(master: &AesKey, serial: &ChipSerial, key_type: ChipKeyType, kvn: u8) -> AesKey {
    let context = [&serial.0[..], &[key_type.byte(), kvn]].concat();
    let key = sp800_108(master, CHIP_KEY_LABEL, &context, master.len());
    AesKey::new(&key).unwrap_or_else(|_| unreachable!("as long as the master"))
}

/// The chip-unique SCP03 set of one chip.
#[must_use]
pub fn chip_key_set(master: &AesKey, serial: &ChipSerial, kvn: u8) -> KeySet {
    let key = |key_type| chip_key(master, serial, key_type, kvn);
    KeySet { kvn, enc: key(ChipKeyType::Enc), mac: key(ChipKeyType::Mac), dek: key(ChipKeyType::Dek) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published vectors, computed by a program that shares nothing with this one.
    #[test]
    fn published_vectors() {
        let text = include_str!("../../../specs/vectors/chip-keys.json");
        let vectors: serde_json::Value = serde_json::from_str(text).unwrap();
        let hex = |v: &serde_json::Value| crate::crypto::scp03::put_key::unhex(v.as_str().unwrap());
        let cases = vectors["cases"].as_array().unwrap();
        assert_eq!(cases.len(), 12);
        for case in cases {
            let master = AesKey::new(&hex(&case["master"])).unwrap();
            let serial: ChipSerial = case["kdd"].as_str().unwrap().parse().unwrap();
            let (key_type, kvn) = match case["type"].as_str().unwrap() {
                "enc" => (ChipKeyType::Enc, 0x31),
                "mac" => (ChipKeyType::Mac, 0x31),
                "dek" => (ChipKeyType::Dek, 0x31),
                "proof" => (ChipKeyType::Proof, 0x40),
                other => panic!("{other}"),
            };
            assert_eq!(chip_key(&master, &serial, key_type, kvn).expose(), hex(&case["key"]), "{case}");
        }
    }

    #[test]
    fn the_set_has_its_three_keys() {
        let master = AesKey::new(&[9; 32]).unwrap();
        let set = chip_key_set(&master, &ChipSerial([1; 10]), 0x31);
        assert_eq!(set.mac.expose(), chip_key(&master, &ChipSerial([1; 10]), ChipKeyType::Mac, 0x31).expose());
        assert_ne!(set.enc.expose(), set.dek.expose());
        assert_ne!(set.enc.expose(), chip_key_set(&master, &ChipSerial([2; 10]), 0x31).enc.expose());
    }
}
