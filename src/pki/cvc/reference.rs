//! References of public keys: country, holder mnemonic, sequence number (TR-03110-3 A.7.1).

use super::CvcError;

/// A certification authority reference (CAR) or certificate holder reference (CHR), at most sixteen bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference(Vec<u8>);

const COUNTRY: usize = 2;
const SEQUENCE: usize = 5;
const LONGEST: usize = 16;

impl Reference {
    /// Takes the bytes of a reference (ISO 8859-1).
    ///
    /// # Errors
    /// [`CvcError::BadReference`] unless it is two capital letters, up to nine characters, and five digits or capitals.
    pub fn new(bytes: &[u8]) -> Result<Self, CvcError> {
        let bad = CvcError::BadReference;
        let (country, rest) = bytes.split_at_checked(COUNTRY).ok_or(bad)?;
        let at = rest.len().checked_sub(SEQUENCE).ok_or(bad)?;
        let (mnemonic, sequence) = rest.split_at_checked(at).ok_or(bad)?;
        let assigned = |b: &u8| !matches!(b, 0x00..=0x1F | 0x7F..=0x9F);
        let good = bytes.len() <= LONGEST
            && country.iter().all(u8::is_ascii_uppercase)
            && mnemonic.iter().all(assigned)
            && sequence.iter().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
        if good { Ok(Self(bytes.to_vec())) } else { Err(bad) }
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The holder without the sequence number: the same for all keys of one holder.
    #[must_use]
    pub fn holder(&self) -> &[u8] {
        self.0.get(..self.0.len() - SEQUENCE).unwrap_or_default()
    }

    /// The reference of the holder's next key: the numeric sequence number plus one.
    ///
    /// # Errors
    /// [`CvcError::BadReference`] if the sequence number is not numeric or exhausted.
    pub fn next(&self) -> Result<Self, CvcError> {
        let text = self.to_string();
        let (holder, sequence) = text.split_at_checked(text.len() - SEQUENCE).ok_or(CvcError::BadReference)?;
        let number: u32 = sequence.parse().map_err(|_| CvcError::BadReference)?;
        if number >= 99_999 {
            return Err(CvcError::BadReference);
        }
        format!("{holder}{:05}", number + 1).parse()
    }
}

impl std::fmt::Display for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|b| write!(f, "{}", char::from(*b)))
    }
}

impl std::fmt::Debug for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

impl std::str::FromStr for Reference {
    type Err = CvcError;

    fn from_str(text: &str) -> Result<Self, CvcError> {
        let bytes: Result<Vec<u8>, _> = text.chars().map(u8::try_from).collect();
        Self::new(&bytes.map_err(|_| CvcError::BadReference)?)
    }
}

impl serde::Serialize for Reference {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Reference {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <std::borrow::Cow<'de, str>>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn country_mnemonic_sequence() {
        let reference: Reference = "IDCVCAEKTP00001".parse().unwrap();
        assert_eq!(reference.holder(), b"IDCVCAEKTP");
        assert_eq!(reference.next().unwrap().to_string(), "IDCVCAEKTP00002");
        assert_eq!("IDXAA001".parse::<Reference>().unwrap().next(), Err(CvcError::BadReference));
        assert_eq!("IDX99999".parse::<Reference>().unwrap().next(), Err(CvcError::BadReference));
        for wrong in ["", "ID1234", "id00001", "IDCVCAEKTPLONG0001", "IDX0000a", "ID\u{1}00001", "ID\u{20AC}00001"] {
            assert_eq!(wrong.parse::<Reference>(), Err(CvcError::BadReference), "{wrong}");
        }
    }
}
