//! Why a card-verifiable certificate, request or chain was refused.

use crate::lds::tlv::TlvError;
use crate::reason::{Reason, Refusal};

/// A refused CV certificate, request or chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CvcError {
    /// The bytes do not follow their encoding.
    #[error("CV certificate: {0}")]
    Encoding(#[from] TlvError),
    /// Longer than [`crate::limits::CERTIFICATE_BYTES`].
    #[error("CV certificate is too large")]
    TooLarge,
    /// A holder or authority reference that is not country, mnemonic and sequence number (TR-03110-3 A.7.1).
    #[error("reference is not country, mnemonic and sequence number")]
    BadReference,
    /// Six bytes that are no date from 2000 to 2099, or a date outside these years.
    #[error("date is not a day of the years 2000 to 2099")]
    BadDate,
    /// A key or signature algorithm that Terminal Authentication does not have.
    #[error("algorithm is none of Terminal Authentication's")]
    UnknownAlgorithm,
    /// Domain parameters of no curve of ours.
    #[error("domain parameters are of no supported curve")]
    UnsupportedCurve,
    /// Domain parameters where they must not stand (DV, terminal), or none where they must (self-signed, request).
    #[error("domain parameters stand where they must not, or lack where they must stand")]
    DomainParameters,
    /// The public key is no valid point, or no acceptable RSA key.
    #[error("public key is not valid")]
    BadKey,
    /// The signature of the certificate, or a request's inner signature, does not verify.
    #[error("signature does not verify")]
    BadSignature,
    /// The outer signature of a request does not verify.
    #[error("outer signature of the request does not verify")]
    BadOuterSignature,
    /// A request without an outer signature where the holder already has a certificate.
    #[error("request for renewal lacks the outer signature")]
    OuterSignatureMissing,
    /// No trust point and no imported key has the certificate's authority reference.
    #[error("authority reference names no known key")]
    UnknownIssuer,
    /// A self-signed CVCA certificate that is sound, but that nobody decided to trust.
    #[error("CVCA certificate is sound, but it is none of this trust store's")]
    NotAnchor,
    /// The certificate names another authority than the one it is checked against.
    #[error("authority reference differs from the issuer's holder reference")]
    WrongIssuer,
    /// The roles do not follow CVCA, DV, IS.
    #[error("role may not be issued by this holder")]
    RoleOrder,
    /// The authorization is not an inspection system's (id-IS).
    #[error("authorization template is not an inspection system's")]
    OtherTerminalType,
    /// The authorization template is malformed.
    #[error("authorization template is malformed")]
    BadAuthorization,
    /// The certificate's validity ended before the date of the check.
    #[error("certificate has expired")]
    Expired,
    /// The certificate's validity begins after the date of the check (host's own clock only; a chip has none).
    #[error("certificate is not valid yet")]
    NotYetValid,
    /// The trust point's validity ended: it verifies link certificates only.
    #[error("issuer has expired")]
    IssuerExpired,
    /// The certificate expires before it becomes effective.
    #[error("validity ends before it begins")]
    BadValidity,
    /// The validity is longer than the policy allows for the role.
    #[error("validity is longer than the role's {0} days")]
    ValidityTooLong(i32),
    /// The rights granted are more than the product ever issues (bit 0) or than the issuer has.
    #[error("rights beyond the issuer's")]
    RightsBeyondIssuer,
    /// The holder reference is already that of another key.
    #[error("holder reference is already known")]
    ReferenceTaken,
    /// More certificates than [`crate::limits::CHAIN_CERTIFICATES`], or none.
    #[error("chain is empty or too long")]
    BadChainLength,
    /// The chain does not end with a terminal certificate.
    #[error("chain does not end with an inspection system")]
    NoTerminal,
}

impl Refusal for CvcError {
    fn reason(&self) -> Reason {
        match self {
            Self::Encoding(_) | Self::TooLarge | Self::BadReference | Self::BadDate => Reason::EncodingInvalid,
            Self::OuterSignatureMissing | Self::ValidityTooLong(_) | Self::RightsBeyondIssuer => Reason::NotPermitted,
            Self::Expired | Self::NotYetValid | Self::IssuerExpired => Reason::TerminalNotAccepted,
            Self::UnknownIssuer | Self::NotAnchor | Self::WrongIssuer => Reason::UntrustedIssuer,
            // No CV certificate is ever part of a card's verdict: what is wrong here is a step of the authority or a terminal.
            _ => Reason::CertificateUnfit,
        }
    }
}
