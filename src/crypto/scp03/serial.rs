//! The chip serial: key diversification data, written as 20 hexadecimal digits (specs/card-profile.md 4).

/// Bytes of the key diversification data: the chip serial.
pub const KDD_LEN: usize = 10;

/// A chip's serial number as its vendor gave it: public, static, and shown under no secure channel in LOCKED.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChipSerial(pub [u8; KDD_LEN]);

/// The text is not 20 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a chip serial has 20 hexadecimal digits")]
pub struct NotASerial;

impl std::fmt::Display for ChipSerial {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|b| write!(f, "{b:02X}"))
    }
}

impl std::str::FromStr for ChipSerial {
    type Err = NotASerial;

    fn from_str(text: &str) -> Result<Self, NotASerial> {
        if text.len() != 2 * KDD_LEN || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(NotASerial);
        }
        let mut serial = [0; KDD_LEN];
        for (byte, pair) in serial.iter_mut().zip(text.as_bytes().chunks(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| NotASerial)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| NotASerial)?;
        }
        Ok(Self(serial))
    }
}

impl serde::Serialize for ChipSerial {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for ChipSerial {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <std::borrow::Cow<'de, str>>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_digits_and_nothing_else() {
        let serial = ChipSerial([0, 1, 2, 3, 4, 5, 6, 7, 8, 0xFF]);
        assert_eq!(serial.to_string(), "000102030405060708FF");
        assert_eq!("000102030405060708ff".parse(), Ok(serial));
        for wrong in ["", "000102030405060708F", "000102030405060708+1", "000102030405060708FFF", "éé0102030405060708"] {
            assert_eq!(wrong.parse::<ChipSerial>(), Err(NotASerial), "{wrong}");
        }
        assert_eq!(serde_json::to_string(&serial).unwrap(), "\"000102030405060708FF\"");
    }
}
