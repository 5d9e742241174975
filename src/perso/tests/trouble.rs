//! What goes wrong in one run: at the chip, in the journal, in the services, on the clock.

use super::nth::{Failing, Nth, SetBack};
use super::services::pki;
use crate::perso::error::PersoError;
use crate::perso::journal::JournalError;
use crate::pki::key_service::KeyServiceError;
use crate::pki::signer::SignerError;
use crate::softchip::faults::{Fault, FaultPlan};
use jiff::SignedDuration;

/// One thing that goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    /// At this exchange with the chip.
    Chip(u64, Fault),
    /// At a call of the journal.
    Journal(Failing<JournalError>),
    /// At a call of the signer.
    Signer(Failing<SignerError>),
    /// At a call of the key service.
    Keys(Failing<KeyServiceError>),
    /// At a call of the receipt key.
    Notary(Failing<PersoError>),
    /// The clock is set back before its nth look.
    Clock(u32, SignedDuration),
}

/// The plans of one run, and afterwards how often each was called.
pub(super) struct Troubles {
    pub(super) chip: FaultPlan,
    pub(super) journal: Nth<JournalError>,
    pub(super) signer: Nth<SignerError>,
    pub(super) keys: Nth<KeyServiceError>,
    pub(super) notary: Nth<PersoError>,
    pub(super) clock: SetBack,
}

impl Troubles {
    pub(super) fn none() -> Self {
        Self {
            chip: FaultPlan::none(),
            journal: Nth::default(),
            signer: Nth::default(),
            keys: Nth::default(),
            notary: Nth::default(),
            clock: SetBack::never(pki().kit.now),
        }
    }

    pub(super) fn at_chip(chip: FaultPlan) -> Self {
        Self { chip, ..Self::none() }
    }

    pub(super) fn of(troubles: &[Trouble]) -> Self {
        let mut plans = Self::none();
        for trouble in troubles.iter().cloned() {
            match trouble {
                Trouble::Chip(index, fault) => plans.chip = plans.chip.and(index, fault),
                Trouble::Journal(failing) => plans.journal.fail(failing),
                Trouble::Signer(failing) => plans.signer.fail(failing),
                Trouble::Keys(failing) => plans.keys.fail(failing),
                Trouble::Notary(failing) => plans.notary.fail(failing),
                Trouble::Clock(look, by) => plans.clock = SetBack::at(pki().kit.now, look, by),
            }
        }
        plans
    }
}
