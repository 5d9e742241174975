//! Sample keys: three roots that lie in the repository, and everything shorter-lived minted under them when it is used.

mod kit;
#[cfg(feature = "store")]
mod kit_files;
mod roots;

pub use kit::{Kit, Terminal};
pub use roots::{COUNTRY, PASSPHRASE, RootFiles, Roots, sample_name};

use super::cvc::CvcError;
use super::keystore::KeystoreError;
use super::trust::TrustError;
use super::x509::X509Error;
use crate::reason::{Reason, Refusal};

/// Where the sample CSCA's revocation list would be.
const CRL_URL: &str = "http://example.invalid/sample-csca.crl";

/// Why sample keys cannot be made or opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SampleError {
    /// A certificate does not parse or cannot be made.
    #[error("sample certificate: {0}")]
    Certificate(#[from] X509Error),
    /// A card-verifiable certificate does not parse or cannot be made, or the date is beyond what they can say.
    #[error("sample CV certificate: {0}")]
    Cvc(#[from] CvcError),
    /// A key file does not open.
    #[error("sample key: {0}")]
    Key(#[from] KeystoreError),
    /// A file of a kit that cannot be read, written or opened.
    #[error("{file}: {error}")]
    File {
        /// Its name.
        file: String,
        /// What is wrong with it.
        error: KeystoreError,
    },
    /// The kit's trust store is not acceptable.
    #[error("sample trust store: {0}")]
    Trust(#[from] TrustError),
}

impl Refusal for SampleError {
    fn reason(&self) -> Reason {
        match self {
            Self::Certificate(e) => e.reason(),
            Self::Cvc(e) => e.reason(),
            Self::Key(e) | Self::File { error: e, .. } => e.reason(),
            Self::Trust(e) => e.reason(),
        }
    }
}

#[cfg(test)]
mod tests;
