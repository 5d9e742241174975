//! The states of a job, its irreversible steps, and where the card is: the vocabulary of the journal.

/// How far a job has come. Every state is durable before the step after it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// The job and its image are known; no chip is bound yet.
    AwaitCard,
    /// A chip is bound by its serial.
    Reserved,
    /// The chip was seen in PERSO_OPEN.
    Open,
    /// Pass 1 of the stream is on the chip, by the chip's own hash.
    Written,
    /// The keys born on the chip are known and registered as unique.
    Registered,
    /// The signer's EF.SOD is stored.
    Signed,
    /// The chip was seen in PERSONALIZED.
    Personalized,
    /// What the chip shows equals what was to be written.
    ReadBack,
    /// The chip was seen in LOCKED.
    Locked,
    /// The receipt is in the chain.
    Issued,
    /// Ended: the chip must be destroyed.
    Void,
    /// Ended: the chip's state is unknown; its number must be revoked before any replacement.
    Quarantined,
}

impl State {
    /// Every state, in order.
    pub const ALL: [Self; 12] = [
        Self::AwaitCard,
        Self::Reserved,
        Self::Open,
        Self::Written,
        Self::Registered,
        Self::Signed,
        Self::Personalized,
        Self::ReadBack,
        Self::Locked,
        Self::Issued,
        Self::Void,
        Self::Quarantined,
    ];

    /// Its name in the journal and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AwaitCard => "AWAIT_CARD",
            Self::Reserved => "RESERVED",
            Self::Open => "PERSO_OPEN",
            Self::Written => "WRITTEN",
            Self::Registered => "REGISTERED",
            Self::Signed => "SIGNED",
            Self::Personalized => "PERSONALIZED",
            Self::ReadBack => "READ_BACK",
            Self::Locked => "LOCKED",
            Self::Issued => "ISSUED",
            Self::Void => "VOID",
            Self::Quarantined => "QUARANTINED",
        }
    }

    /// The state of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.name() == name)
    }

    /// Whether nothing follows.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Issued | Self::Void | Self::Quarantined)
    }

    /// Where the card is, as far as the encoder is concerned, when the job stands here.
    #[must_use]
    pub const fn custody(self) -> Custody {
        match self {
            Self::AwaitCard => Custody::AwaitCard,
            Self::Issued => Custody::Release,
            Self::Void | Self::Quarantined => Custody::Reject,
            _ => Custody::Held,
        }
    }
}

/// What the encoder may do with the card. A card leaves it only by `Release` or `Reject`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Custody {
    /// No card yet.
    AwaitCard,
    /// A chip is bound and not yet read back and locked: it must not leave.
    Held,
    /// Read back, locked and in the receipt chain: it may go.
    Release,
    /// Void or quarantined: to the reject tray.
    Reject,
}

impl Custody {
    /// Its name in the journal and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AwaitCard => "AWAIT_CARD",
            Self::Held => "HELD",
            Self::Release => "RELEASE",
            Self::Reject => "REJECT",
        }
    }

    /// The custody of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::AwaitCard, Self::Held, Self::Release, Self::Reject].into_iter().find(|c| c.name() == name)
    }
}

/// An APDU that cannot be taken back. Its intent is durable before it is sent (invariant I6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Intent {
    /// PUT KEY at the first tap: proof key, then the chip-unique set in place of the vendor's.
    FirstTap,
    /// GENERATE KEY in slot 1 or 2.
    Generate(u8),
    /// COMMIT: PERSO_OPEN → PERSONALIZED.
    Commit,
    /// SET STATUS: PERSONALIZED → LOCKED.
    Lock,
    /// SET STATUS: → TERMINATED.
    Terminate,
}

impl Intent {
    /// Every intent.
    pub const ALL: [Self; 6] = [Self::FirstTap, Self::Generate(1), Self::Generate(2), Self::Commit, Self::Lock, Self::Terminate];

    /// Its name in the journal.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::FirstTap => "FIRST_TAP",
            Self::Generate(1) => "GENERATE_CA",
            Self::Generate(_) => "GENERATE_AA",
            Self::Commit => "COMMIT",
            Self::Lock => "LOCK",
            Self::Terminate => "TERMINATE",
        }
    }

    /// The intent of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|i| i.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_and_order_is_the_write_ahead_order() {
        assert!(State::ALL.is_sorted());
        for state in State::ALL {
            assert_eq!(State::from_name(state.name()), Some(state));
            assert_eq!(Custody::from_name(state.custody().name()), Some(state.custody()));
        }
        for intent in Intent::ALL {
            assert_eq!(Intent::from_name(intent.name()), Some(intent));
        }
        assert_eq!(State::Locked.custody(), Custody::Held, "a locked card without a receipt stays");
    }
}
