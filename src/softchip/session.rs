//! What the chip forgets at reset: selection, channels, rights, protocols under way.

use super::door::DoorSession;
use super::secure::Secure;
use super::table::File;

/// What is selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Selected {
    /// The master file: so it is after reset.
    #[default]
    Mf,
    /// The LDS1 application.
    Lds1,
    /// The national application.
    National,
    /// The security domain: door 1.
    SecurityDomain,
    /// The personalization application: door 2.
    Personalization,
}

/// The current elementary file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Current {
    /// One of the file table.
    File(File),
    /// EF.CVCA, which the chip makes from its trust points.
    Cvca,
}

/// Parts of a command that comes by chaining.
#[derive(Debug, Default)]
pub(super) struct Chain {
    pub(super) header: [u8; 3],
    pub(super) data: Vec<u8>,
}

/// Volatile state.
#[derive(Default)]
pub(super) struct Session {
    pub(super) selected: Selected,
    pub(super) current: Option<Current>,
    /// PACE, secure messaging and the rights that grew on it.
    pub(super) secure: Secure,
    /// SCP03 at a door.
    pub(super) door: DoorSession,
    pub(super) chain: Option<Chain>,
}

impl Session {
    /// Selects an application: its current file and any door's channel are gone; rights under secure messaging stay.
    pub(super) fn select(&mut self, selected: Selected) {
        self.selected = selected;
        self.current = None;
        self.door = DoorSession::default();
    }
}
