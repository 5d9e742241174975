//! Why a personalization stops.

use super::inspect::InspectError;
use super::job::BadJobId;
use super::journal::{JournalError, Unique};
use super::stream::StreamError;
use crate::chip::link::LinkError;
use crate::chip::scp03::Scp03Error;
use crate::pki::key_service::KeyServiceError;
use crate::pki::signer::{Rule, SignerError};
use crate::reason::{Reason, Refusal};

/// A personalization that stopped, and at what.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PersoError {
    /// The journal refuses or cannot write.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The job's name is malformed.
    #[error(transparent)]
    JobId(#[from] BadJobId),
    /// The image makes no stream for this chip.
    #[error(transparent)]
    Stream(#[from] StreamError),
    /// The exchange with the chip failed.
    #[error("{step}: {source}")]
    Link {
        /// What was being done.
        step: &'static str,
        /// Why it failed.
        source: LinkError,
    },
    /// The secure channel was refused or broke.
    #[error("{step}: {source}")]
    Channel {
        /// What was being done.
        step: &'static str,
        /// Why it broke.
        source: Scp03Error,
    },
    /// The key service does not serve or refuses.
    #[error(transparent)]
    KeyService(#[from] KeyServiceError),
    /// The signer does not serve or refuses.
    #[error(transparent)]
    Signer(#[from] SignerError),
    /// Quality control does not begin, or reads something else than was written.
    #[error(transparent)]
    Inspect(#[from] InspectError),
    /// The receipt cannot be signed.
    #[error("the receipt cannot be signed: {0}")]
    Receipt(String),
    /// The chip has no door of ours, or neither of our key sets.
    #[error("{step}: the chip answers {status:04X}")]
    NotOurs {
        /// What was being done.
        step: &'static str,
        /// Its status word.
        status: u16,
    },
    /// A chip that is no blank, for a job that has none yet.
    #[error("the chip is not blank: {0}")]
    NotBlank(&'static str),
    /// The chip has less room for files than the image needs. Nothing was written.
    #[error("the chip has {room} bytes for files, this card needs {needed}")]
    TooSmall {
        /// Bytes of the image's files and places.
        needed: usize,
        /// Bytes that the chip has for them.
        room: usize,
    },
    /// Another chip than the job's is on the reader.
    #[error("chip {found} is on the reader, the job's is {bound}")]
    WrongCard {
        /// Serial of the job's chip.
        bound: String,
        /// Serial of the chip on the reader.
        found: String,
    },
    /// The chip was set aside for good by an earlier run, for this reason.
    #[error("the chip was set aside before: {0}")]
    Blocked(Reason),
    /// The chip did not prove its keys, or did not accept ours. It is set aside for good.
    #[error("the chip failed authentication: {0}")]
    AuthenticationFailed(Scp03Error),
    /// A well-protected answer that is not what the profile says.
    #[error("{0}: the chip's answer is not what the profile says")]
    Unexpected(&'static str),
    /// The chip holds another stream than the job's.
    #[error("the chip holds {0} bytes of another stream")]
    ForeignStream(u32),
    /// The chip's public key is malformed, or not the one that was registered.
    #[error("the chip's key in slot {0} is not usable")]
    BadKey(u8),
    /// The signer gave something that is no EF.SOD over this card's files.
    #[error("the signer's EF.SOD is not over this card's files")]
    BadSod,
    /// The chip stands in a state that the journal does not explain.
    #[error("the chip is {chip} while the job stands at {job}")]
    Unexplained {
        /// The chip's state.
        chip: &'static str,
        /// The job's state.
        job: &'static str,
    },
    /// The reply to the last APDU was lost and the chip is gone.
    #[error("the reply to LOCK was lost and the chip is gone")]
    LostAtLock,
    /// The operator gave the job up.
    #[error("the job was given up")]
    GivenUp,
}

impl PersoError {
    /// Whether the chip showed a public key that is known already: no job of this station takes it any more.
    pub(super) const fn is_known_key(&self) -> bool {
        matches!(
            self,
            Self::Journal(JournalError::Duplicate(Unique::PublicKey)) | Self::Signer(SignerError::Refused(Rule::PublicKey))
        )
    }

    /// What becomes of a job whose run stops so.
    pub(super) fn end(&self) -> Ending {
        match self {
            Self::LostAtLock => Ending::Quarantine,
            Self::AuthenticationFailed(_) | Self::Blocked(_) => Ending::VoidUntouched,
            Self::TooSmall { .. }
            | Self::Journal(JournalError::Duplicate(_))
            | Self::ForeignStream(_)
            | Self::BadKey(_)
            | Self::GivenUp => Ending::Void,
            Self::Signer(e) if e.is_refusal() => Ending::Void,
            Self::KeyService(e) if e.is_refusal() => Ending::Void,
            Self::Inspect(e) if e.is_difference() => Ending::Void,
            _ => Ending::Wait,
        }
    }
}

/// What becomes of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// It can be resumed.
    Wait,
    /// It is void, and the chip is told so.
    Void,
    /// It is void, and the chip is never spoken to again.
    VoidUntouched,
    /// The chip's state is unknown for ever.
    Quarantine,
}

impl Refusal for PersoError {
    fn reason(&self) -> Reason {
        match self {
            Self::Journal(e) => e.reason(),
            Self::JobId(e) => e.reason(),
            Self::Stream(e) => e.reason(),
            Self::Link { source, .. } => source.reason(),
            // What counts as a failed authentication has its own variant and sets the chip aside; this chip may be tried again.
            Self::Channel { source: Scp03Error::AuthenticationRefused(_), .. } => Reason::UnexpectedAnswer,
            Self::Channel { source, .. } => source.reason(),
            Self::KeyService(e) => e.reason(),
            Self::Signer(e) => e.reason(),
            Self::Inspect(e) => e.reason(),
            Self::Receipt(_) => Reason::KeyStoreUnavailable,
            Self::NotOurs { .. } => Reason::CardNotOurs,
            Self::NotBlank(_) => Reason::CardNotBlank,
            Self::TooSmall { .. } => Reason::DoesNotFit,
            Self::WrongCard { .. } => Reason::WrongCard,
            Self::Blocked(reason) => *reason,
            Self::AuthenticationFailed(_) => Reason::CardAuthFailed,
            Self::Unexpected(_) => Reason::UnexpectedAnswer,
            Self::ForeignStream(_) | Self::GivenUp => Reason::JobVoid,
            Self::BadKey(_) | Self::BadSod => Reason::DataInconsistent,
            Self::Unexplained { .. } => Reason::WrongState,
            Self::LostAtLock => Reason::JobQuarantined,
        }
    }
}
