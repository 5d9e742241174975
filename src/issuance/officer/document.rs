//! Signed documents of the officers: a purpose, the exact JSON of what is said, and an ECDSA signature over both.

use crate::pki::key::{PrivateKey, PublicKey};
use crate::verify::hex::Hex;
use serde::{Serialize, de::DeserializeOwned};

/// What a document says, and for which purpose: a signature for one is none for another.
pub trait Said: Serialize + DeserializeOwned {
    /// Name and version of the purpose.
    const PURPOSE: &'static str;

    /// The bytes that are signed: purpose, a zero byte, and the JSON with the fields in their order.
    fn signed_bytes(&self) -> Vec<u8> {
        let json = serde_json::to_vec(self).unwrap_or_default();
        [Self::PURPOSE.as_bytes(), &[0], &json].concat()
    }

    /// Signs it.
    fn sign(&self, key: &PrivateKey) -> Hex {
        key.sign(&self.signed_bytes()).into()
    }

    /// Whether this key signed it. Only EC keys sign here.
    fn is_signed_by(&self, key: &PublicKey, signature: &Hex) -> bool {
        let PublicKey::Ec(ec) = key else { return false };
        let algorithm = crate::pki::algorithm::SignatureAlgorithm::Ecdsa(ec.curve().natural_hash());
        key.verify(algorithm, &self.signed_bytes(), &signature.0).is_ok()
    }
}
