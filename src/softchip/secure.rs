//! Secure messaging with a reader, and the rights that were proven over it.

/// What stands between the chip and its reader in this session.
#[derive(Debug, Default)]
pub(super) struct Secure {
    open: bool,
    fingers: bool,
}

impl Secure {
    /// Whether PACE was done and secure messaging stands.
    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    /// Whether Chip and Terminal Authentication gave the right to read fingers.
    pub(super) fn may_read_fingers(&self) -> bool {
        self.open && self.fingers
    }
}
