//! Why something is not sent, not taken in, or not believed. Whatever was there before stays as it was.

use super::item::Sha;
use crate::issuance::case::{CaseError, ChangeError};
use crate::issuance::desk::DeskError;
use crate::issuance::handover::HandoverError;
use crate::issuance::office::Office;
use crate::issuance::officer::ActError;
use crate::issuance::packet::PacketError;
use crate::issuance::register::RegisterError;
use crate::issuance::status::StatusError;
use crate::issuance::store::StoreError;
use crate::issuance::transit::TransitError;
use crate::pki::seal::SealError;
use crate::reason::{Reason, Refusal};
use std::io::ErrorKind;

/// A refusal between offices.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SyncError {
    /// It is no letter of this form and version, at this byte.
    #[error("no letter of a known form, at byte {0}")]
    Form(usize),
    /// What is sealed is not what was signed.
    #[error("the sealed part is not the one that was signed")]
    Altered,
    /// Inside stands another office, kind or thing than outside, or somebody else's officer signed it.
    #[error("the letter is another's")]
    Anothers,
    /// The bytes are not those of the name.
    #[error("item {0} is not what its name says")]
    Digest(Sha),
    /// A part does not begin where the last one ended.
    #[error("a part begins at byte {asked}, and {have} bytes are there")]
    Part {
        /// Where it begins.
        asked: u64,
        /// What is there.
        have: u64,
    },
    /// Larger, or more, than may be.
    #[error("more than {1} {0}")]
    TooMuch(&'static str, u64),
    /// A folder that is another office's.
    #[error("this folder is that of {0}")]
    OtherOffice(Office),
    /// Nobody has a certificate here to whom this could be sealed.
    #[error("there is no certificate of {0}")]
    NoRecipient(Office),
    /// An office that this one does not exchange with.
    #[error("{0} is not an office that is served here")]
    NotServed(Office),
    /// The application is not one that came from there, or its data say another office.
    #[error("the application is not one of {0}")]
    OtherApplication(Office),
    /// Another capture of the application is there already.
    #[error("another capture of this application was taken in before")]
    OtherCapture,
    /// The card is not where a card waits to be handed over.
    #[error("the card was revoked before the handover came")]
    Revoked,
    /// The application is being clarified: it waits.
    #[error("the application is held by a clarification")]
    Held,
    /// The card is on its way to the desk, as far as is known here: its handover waits until the desk's word comes that it arrived.
    #[error("the card is on its way to that office: its arrival was not told yet")]
    NotArrived,
    /// A folder or file cannot be used.
    #[error("{what} cannot be used: {kind}")]
    Files {
        /// Which.
        what: String,
        /// Why.
        kind: ErrorKind,
    },
    /// The other office cannot be reached.
    #[error("the other office cannot be reached: {0}")]
    Unreachable(String),
    /// What the other office answers is no answer.
    #[error("what the other office answers is no answer: {0}")]
    Answer(&'static str),
    /// Certificate or key for the line cannot be used, or the other's is not believed.
    #[error("the line cannot be secured: {0}")]
    Line(String),
    /// The other office refuses, for this reason.
    #[error("the other office refuses: {0}")]
    Refused(Reason),
    /// It cannot be sealed or opened.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The packet is not one that is taken.
    #[error(transparent)]
    Packet(#[from] PacketError),
    /// A signature does not count.
    #[error(transparent)]
    Act(#[from] ActError),
    /// The desk or the store refuses.
    #[error(transparent)]
    Desk(#[from] DeskError),
    /// The case cannot be opened.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// The shipment is not as it was signed for.
    #[error(transparent)]
    Transit(#[from] TransitError),
    /// The number's worth may not be changed like this.
    #[error(transparent)]
    Status(#[from] StatusError),
    /// The handover cannot be signed.
    #[error(transparent)]
    Handover(#[from] HandoverError),
}

impl From<StoreError> for SyncError {
    fn from(error: StoreError) -> Self {
        Self::Desk(error.into())
    }
}

impl From<RegisterError> for SyncError {
    fn from(error: RegisterError) -> Self {
        Self::Case(error.into())
    }
}

impl From<ChangeError> for SyncError {
    fn from(error: ChangeError) -> Self {
        Self::Case(error.into())
    }
}

impl SyncError {
    /// A file or folder that the system does not let us use.
    pub(super) fn io(path: &std::path::Path, error: &std::io::Error) -> Self {
        Self::Files { what: path.display().to_string(), kind: error.kind() }
    }

    /// Whether the same item may be taken in later, as it is: nothing is said of it to whoever sent it. A key that is not the one that it was
    /// sealed to is the mistake of this side.
    #[must_use]
    pub fn is_for_now(&self) -> bool {
        matches!(
            self.reason(),
            Reason::KeyMissing
                | Reason::StoreUnavailable
                | Reason::DiskFull
                | Reason::InUse
                | Reason::LoginNeeded
                | Reason::KeyStoreUnavailable
        ) || matches!(self, Self::Held | Self::NotArrived)
    }
}

impl Refusal for SyncError {
    fn reason(&self) -> Reason {
        match self {
            Self::Form(_) | Self::TooMuch(..) | Self::Part { .. } | Self::Answer(_) => Reason::InputInvalid,
            Self::Altered | Self::Digest(_) | Self::OtherCapture => Reason::PacketAltered,
            Self::Anothers | Self::OtherApplication(_) | Self::NotServed(_) | Self::Line(_) => Reason::NotPermitted,
            Self::OtherOffice(_) | Self::NoRecipient(_) => Reason::InputInvalid,
            Self::Held | Self::NotArrived => Reason::WrongState,
            Self::Revoked => Reason::CardRevoked,
            Self::Files { kind, .. } => Reason::of_io(*kind),
            Self::Unreachable(_) => Reason::OfflineQueued,
            Self::Refused(reason) => *reason,
            Self::Seal(error) => error.reason(),
            Self::Packet(error) => error.reason(),
            Self::Status(error) => error.reason(),
            Self::Act(error) => error.reason(),
            Self::Desk(error) => error.reason(),
            Self::Case(error) => error.reason(),
            Self::Handover(error) => error.reason(),
            Self::Transit(error) => error.reason(),
        }
    }
}
