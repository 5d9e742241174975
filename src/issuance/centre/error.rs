//! Why the centre does not take a step. Nothing of it is stored then.

use crate::afis::PersonError;
use crate::afis::sealed::SealedError;
use crate::issuance::case::CaseError;
use crate::issuance::desk::DeskError;
use crate::issuance::packet::PacketError;
use crate::issuance::store::{Id, StoreError};
use crate::lds::build::BuildError;
use crate::lds::image::ImageError;
use crate::lds::numbers::NumbersError;
use crate::pki::authorization::AuthorizationError;
use crate::pki::seal::SealError;
use crate::reason::{Reason, Refusal};
use crate::record::RecordError;

/// A refusal of the centre.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CentreError {
    /// The desk or the store refuses.
    #[error(transparent)]
    Desk(#[from] DeskError),
    /// The case cannot be opened.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// The capture, or the packet that it came in, is not what it should be.
    #[error(transparent)]
    Packet(#[from] PacketError),
    /// The packet is another application's, or not the capture that the office keeps.
    #[error("the packet is not the capture of application {0}")]
    OtherCapture(Id),
    /// The captured fingers are no person.
    #[error(transparent)]
    Person(#[from] PersonError),
    /// The gallery refuses.
    #[error(transparent)]
    Gallery(#[from] SealedError),
    /// Data or capture changed after the identification.
    #[error("application {0} changed after it was identified")]
    Changed(Id),
    /// A clarification holds it.
    #[error("application {0} is held by a clarification")]
    Held(Id),
    /// Something is asked that does not go with where the application stands.
    #[error("this outcome does not go with how the doubt arose")]
    Outcome,
    /// More persons whose fingers may be the same were found than are named: of them nobody can say that they are others.
    #[error("more persons have such fingers than are named: nobody can say that it is none of them")]
    Unnamed,
    /// One person, and several candidates, or one by data alone: who is meant must be said.
    #[error("which of the candidates is the same person must be said")]
    WhoIsSame,
    /// Somebody is named as the same person who is no candidate.
    #[error("application {0} is no candidate of this one")]
    NoCandidate(Id),
    /// Somebody is named as the same person, and the outcome says of nobody that they are.
    #[error("this outcome says of nobody that they are the same person")]
    NobodyIsSame,
    /// No record can be made of what was captured.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// No card can be made of the record.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// No number is given.
    #[error(transparent)]
    Numbers(#[from] NumbersError),
    /// The image cannot be written, or is another job's.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// The image cannot be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// No authorization can be made.
    #[error(transparent)]
    Authorization(#[from] AuthorizationError),
    /// The authorization cannot be written.
    #[error("the authorization cannot be written: {0}")]
    Unwritable(std::io::ErrorKind),
}

impl From<StoreError> for CentreError {
    fn from(error: StoreError) -> Self {
        Self::Desk(error.into())
    }
}

impl Refusal for CentreError {
    fn reason(&self) -> Reason {
        match self {
            Self::Desk(error) => error.reason(),
            Self::Case(error) => error.reason(),
            Self::Packet(error) => error.reason(),
            Self::OtherCapture(_) => Reason::PacketAltered,
            Self::Person(error) => error.reason(),
            Self::Gallery(error) => error.reason(),
            Self::Changed(_) | Self::Held(_) | Self::Outcome | Self::Unnamed => Reason::WrongState,
            Self::WhoIsSame | Self::NoCandidate(_) | Self::NobodyIsSame => Reason::InputInvalid,
            Self::Record(error) => error.reason(),
            Self::Build(error) => error.reason(),
            Self::Numbers(error) => error.reason(),
            Self::Image(error) => error.reason(),
            Self::Seal(error) => error.reason(),
            Self::Authorization(error) => error.reason(),
            Self::Unwritable(kind) => Reason::of_io(*kind),
        }
    }
}
