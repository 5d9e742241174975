//! The cryptographic primitives that every room shares, over RustCrypto: curves, AES, CMAC, key derivation.

pub mod domain;
pub mod ec;
pub mod hash;
pub mod kdf;
pub mod scp03;
pub mod symmetric;
pub mod tdes;

/// Why a primitive refused its input. Carries no secret and no data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CryptoError {
    /// A public key that is no point of its curve, the identity, or of the wrong length (TR-03111 4.3.2).
    #[error("public key is not a valid point of its curve")]
    BadPoint,
    /// A private key of the wrong length, zero, or not below the group order.
    #[error("private key is not a valid scalar of its curve")]
    BadScalar,
    /// A signature that does not parse or does not verify.
    #[error("signature does not verify")]
    BadSignature,
    /// A key length that AES does not have.
    #[error("key length is not 16, 24 or 32 bytes")]
    BadKeyLength,
    /// A message length that is no whole number of blocks.
    #[error("data is not a whole number of cipher blocks")]
    BadBlockLength,
    /// ISO 9797-1 method 2 padding is missing or malformed.
    #[error("padding is malformed")]
    BadPadding,
    /// A message authentication code or authentication tag differs.
    #[error("message authentication code differs")]
    BadMac,
    /// A key agreement or mapping that yields the point at infinity.
    #[error("key agreement gave the point at infinity")]
    Identity,
    /// Two keys of different curves were combined.
    #[error("keys are on different curves")]
    CurveMismatch,
}

#[cfg(test)]
mod tests;
