//! Two bits per index, four indices a byte, lowest bits first (draft-ietf-oauth-status-list 4).

use crate::reason::Lang;
/// A card's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CardStatus {
    /// 0, VALID: handed over and in use.
    Active,
    /// 1, INVALID: revoked or destroyed, for good.
    Revoked,
    /// 2, SUSPENDED.
    Suspended,
    /// 3, application specific: not yet handed over, and every index that no card holds.
    NotHandedOver,
}

impl std::fmt::Display for CardStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.text(Lang::En))
    }
}

impl CardStatus {
    /// The state for people.
    #[must_use]
    pub const fn text(self, lang: Lang) -> &'static str {
        match self {
            Self::Active => lang.pick("active", "aktif"),
            Self::Revoked => lang.pick("revoked", "dicabut"),
            Self::Suspended => lang.pick("suspended", "ditangguhkan"),
            Self::NotHandedOver => lang.pick("not handed over", "belum diserahkan"),
        }
    }

    pub(super) fn bits(self) -> u8 {
        match self {
            Self::Active => 0,
            Self::Revoked => 1,
            Self::Suspended => 2,
            Self::NotHandedOver => 3,
        }
    }

    pub(super) fn from_bits(bits: u8) -> Self {
        match bits & 3 {
            0 => Self::Active,
            1 => Self::Revoked,
            2 => Self::Suspended,
            _ => Self::NotHandedOver,
        }
    }
}

/// A list of states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bits(Vec<u8>);

impl Bits {
    /// A list of at least `length` indices that all stand as not handed over.
    #[must_use]
    pub fn new(length: u64) -> Self {
        Self(vec![0xFF; usize::try_from(length.div_ceil(4)).unwrap_or(usize::MAX)])
    }

    /// Takes the bytes of a list.
    #[must_use]
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes of the list.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// How many indices it has.
    #[must_use]
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> u64 {
        self.0.len() as u64 * 4
    }

    /// The state of an index, if the list has it.
    #[must_use]
    pub fn get(&self, index: u64) -> Option<CardStatus> {
        let byte = self.0.get(usize::try_from(index / 4).ok()?)?;
        Some(CardStatus::from_bits(byte >> ((index % 4) * 2)))
    }

    /// How many indices stand in a state.
    #[must_use]
    pub fn count(&self, status: CardStatus) -> u64 {
        let in_byte = |byte: u8| (0..4).filter(|place| CardStatus::from_bits(byte >> (place * 2)) == status).count() as u64;
        self.0.iter().map(|byte| in_byte(*byte)).sum()
    }

    /// Sets the state of an index; false if the list does not have it.
    pub fn set(&mut self, index: u64, status: CardStatus) -> bool {
        let Some(byte) = usize::try_from(index / 4).ok().and_then(|at| self.0.get_mut(at)) else { return false };
        let shift = (index % 4) * 2;
        *byte = *byte & !(3 << shift) | status.bits() << shift;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_bits_come_first_and_the_rest_is_not_handed_over() {
        let mut bits = Bits::new(6);
        assert_eq!((bits.len(), bits.as_bytes()), (8, &[0xFF, 0xFF][..]));
        for (index, status) in [(0, CardStatus::Active), (1, CardStatus::Revoked), (2, CardStatus::Suspended)] {
            assert!(bits.set(index, status));
            assert_eq!(bits.get(index), Some(status));
        }
        assert_eq!(bits.as_bytes(), &[0b11_10_01_00, 0xFF]);
        let counts = [CardStatus::Active, CardStatus::Revoked, CardStatus::Suspended, CardStatus::NotHandedOver];
        assert_eq!(counts.map(|status| bits.count(status)), [1, 1, 1, 5]);
        assert_eq!((bits.get(3), bits.get(8), bits.set(8, CardStatus::Active)), (Some(CardStatus::NotHandedOver), None, false));
    }

    #[test]
    fn the_drafts_two_bit_example_reads_the_same() {
        // draft-ietf-oauth-status-list section 4.1, second example: 12 indices in the bytes C9 44 F9.
        let bits = Bits::from_bytes(vec![0xC9, 0x44, 0xF9]);
        let expected = [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3];
        for (index, value) in expected.into_iter().enumerate() {
            assert_eq!(bits.get(index as u64).map(CardStatus::bits), Some(value), "{index}");
        }
    }
}
