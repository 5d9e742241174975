//! Fingers by hand and name, with the codes of ISO/IEC 19794-2 and the order in which they are tried for the chip.

/// A hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Hand {
    /// The right hand.
    Right,
    /// The left hand.
    Left,
}

/// A finger of a hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FingerName {
    /// Thumb, *ibu jari*.
    Thumb,
    /// Index finger, *telunjuk*.
    Index,
    /// Middle finger, *jari tengah*.
    Middle,
    /// Ring finger, *jari manis*.
    Ring,
    /// Little finger, *kelingking*.
    Little,
}

/// The order in which a hand's fingers are tried for the chip; the little finger is never one of them.
pub const CHIP_ORDER: [FingerName; 4] = [FingerName::Index, FingerName::Middle, FingerName::Ring, FingerName::Thumb];

/// One of ten fingers. Its code (1 to 10) is that of ISO/IEC 19794-2:2005 table 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum FingerPosition {
    RightThumb = 1,
    RightIndex = 2,
    RightMiddle = 3,
    RightRing = 4,
    RightLittle = 5,
    LeftThumb = 6,
    LeftIndex = 7,
    LeftMiddle = 8,
    LeftRing = 9,
    LeftLittle = 10,
}

impl FingerPosition {
    /// All ten, in the order of their codes, which is also the order of capture.
    pub const ALL: [Self; 10] = [
        Self::RightThumb,
        Self::RightIndex,
        Self::RightMiddle,
        Self::RightRing,
        Self::RightLittle,
        Self::LeftThumb,
        Self::LeftIndex,
        Self::LeftMiddle,
        Self::LeftRing,
        Self::LeftLittle,
    ];

    /// The finger of a hand.
    #[must_use]
    pub const fn of(hand: Hand, name: FingerName) -> Self {
        match (hand, name) {
            (Hand::Right, FingerName::Thumb) => Self::RightThumb,
            (Hand::Right, FingerName::Index) => Self::RightIndex,
            (Hand::Right, FingerName::Middle) => Self::RightMiddle,
            (Hand::Right, FingerName::Ring) => Self::RightRing,
            (Hand::Right, FingerName::Little) => Self::RightLittle,
            (Hand::Left, FingerName::Thumb) => Self::LeftThumb,
            (Hand::Left, FingerName::Index) => Self::LeftIndex,
            (Hand::Left, FingerName::Middle) => Self::LeftMiddle,
            (Hand::Left, FingerName::Ring) => Self::LeftRing,
            (Hand::Left, FingerName::Little) => Self::LeftLittle,
        }
    }

    /// The code of ISO/IEC 19794-2:2005 table 2, 1 to 10.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The finger of a code; `None` for 0 (unknown) and beyond 10.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.code() == code)
    }

    /// Which hand.
    #[must_use]
    pub const fn hand(self) -> Hand {
        if self.code() <= 5 { Hand::Right } else { Hand::Left }
    }

    /// Which finger of the hand.
    #[must_use]
    pub const fn name(self) -> FingerName {
        match self {
            Self::RightThumb | Self::LeftThumb => FingerName::Thumb,
            Self::RightIndex | Self::LeftIndex => FingerName::Index,
            Self::RightMiddle | Self::LeftMiddle => FingerName::Middle,
            Self::RightRing | Self::LeftRing => FingerName::Ring,
            Self::RightLittle | Self::LeftLittle => FingerName::Little,
        }
    }

    /// The stable name in files, e.g. `right_index`.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::RightThumb => "right_thumb",
            Self::RightIndex => "right_index",
            Self::RightMiddle => "right_middle",
            Self::RightRing => "right_ring",
            Self::RightLittle => "right_little",
            Self::LeftThumb => "left_thumb",
            Self::LeftIndex => "left_index",
            Self::LeftMiddle => "left_middle",
            Self::LeftRing => "left_ring",
            Self::LeftLittle => "left_little",
        }
    }

    /// The finger of a stable name.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.text() == text)
    }

    /// Place in [`CHIP_ORDER`], 0 first; `None` for little fingers.
    #[must_use]
    pub fn chip_rank(self) -> Option<usize> {
        CHIP_ORDER.iter().position(|n| *n == self.name())
    }
}

impl std::fmt::Display for FingerPosition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_names_and_hands_agree() {
        for (i, p) in FingerPosition::ALL.into_iter().enumerate() {
            assert_eq!(usize::from(p.code()), i + 1);
            assert_eq!(FingerPosition::from_code(p.code()), Some(p));
            assert_eq!(FingerPosition::from_text(p.text()), Some(p));
            assert_eq!(FingerPosition::of(p.hand(), p.name()), p);
        }
        assert_eq!(FingerPosition::RightIndex.code(), 2);
        assert_eq!(FingerPosition::LeftIndex.code(), 7);
        assert_eq!(FingerPosition::from_code(0), None);
        assert_eq!(FingerPosition::from_code(11), None);
    }

    #[test]
    fn little_fingers_never_go_on_the_chip() {
        assert_eq!(FingerPosition::LeftLittle.chip_rank(), None);
        assert_eq!(FingerPosition::RightThumb.chip_rank(), Some(3));
        assert_eq!(FingerPosition::LeftIndex.chip_rank(), Some(0));
    }
}
