//! The life cycle: five states, one way.

/// A chip's life-cycle state (specs/card-profile.md 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// As it came from the vendor.
    Blank,
    /// Files are being written.
    PersoOpen,
    /// Whole, and readable for quality control.
    Personalized,
    /// In use; no door is left.
    Locked,
    /// Useless for ever.
    Terminated,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Blank, Self::PersoOpen, Self::Personalized, Self::Locked, Self::Terminated];

    /// Its byte in memory and in SET STATUS.
    #[must_use]
    pub const fn byte(self) -> u8 {
        match self {
            Self::Blank => 0x01,
            Self::PersoOpen => 0x03,
            Self::Personalized => 0x07,
            Self::Locked => 0x0F,
            Self::Terminated => 0x7F,
        }
    }

    /// Its name in the machine contract.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Blank => "blank",
            Self::PersoOpen => "perso-open",
            Self::Personalized => "personalized",
            Self::Locked => "locked",
            Self::Terminated => "terminated",
        }
    }

    /// The state of a byte.
    #[must_use]
    pub fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.byte() == byte)
    }

    /// Whether the two doors answer.
    #[must_use]
    pub const fn has_doors(self) -> bool {
        matches!(self, Self::Blank | Self::PersoOpen | Self::Personalized)
    }

    /// Whether the field's applications answer.
    #[must_use]
    pub const fn is_readable(self) -> bool {
        matches!(self, Self::Personalized | Self::Locked)
    }

    /// Whether SET STATUS may go from here to `next`.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Blank, Self::PersoOpen | Self::Terminated)
                | (Self::PersoOpen, Self::Personalized | Self::Terminated)
                | (Self::Personalized, Self::Locked | Self::Terminated)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_no_way_back() {
        let ways: Vec<_> = State::ALL
            .iter()
            .flat_map(|&from| State::ALL.iter().map(move |&to| (from, to)))
            .filter(|(from, to)| from.may_become(*to))
            .collect();
        assert_eq!(ways.len(), 6);
        assert!(ways.iter().all(|(from, to)| from < to && from.has_doors()));
        assert!(State::ALL.iter().all(|s| State::from_byte(s.byte()) == Some(*s)));
    }
}
