//! PKCS#10 requests (RFC 2986): a key made where it lives asks for its certificate, and proves that it is there.

use super::{SignedParts, X509Error, der_or_pem, raw, signed_parts, to_pem};
use crate::lds::der;
use crate::lds::tlv;
use crate::limits::CERTIFICATE_BYTES;
use crate::pki::algorithm::SignatureAlgorithm;
use crate::pki::key::{Parameters, PrivateKey, PublicKey};
use crate::pki::name::Name;

const PEM_LABEL: &str = "CERTIFICATE REQUEST";

/// A request whose signature was verified: whoever made it holds the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    subject: Name,
    key: PublicKey,
}

impl Request {
    /// Parses DER or PEM and verifies the proof of possession.
    ///
    /// # Errors
    /// Any [`X509Error`]; a false proof is `Algorithm(BadSignature)`.
    pub fn from_file(data: &[u8]) -> Result<Self, X509Error> {
        if data.len() > CERTIFICATE_BYTES {
            return Err(X509Error::TooLarge(data.len()));
        }
        let document = der_or_pem(data, PEM_LABEL)?;
        let SignedParts { tbs_bytes, tbs: object, algorithm, signature } = signed_parts(&document)?;
        let mut reader = object.reader();
        let version = reader.expect(der::INTEGER)?;
        if der::read_integer(&version)? != 0 {
            return Err(version.bad_value().into());
        }
        let subject = Name::read(&reader.expect(der::SEQUENCE)?)?;
        let spki = reader.expect(der::SEQUENCE)?;
        reader.optional(0xA0)?;
        reader.finish()?;
        let key = PublicKey::parse(raw(&document, &spki))?;
        key.verify(SignatureAlgorithm::read(&algorithm)?, tbs_bytes, signature)?;
        Ok(Self { subject, key })
    }

    /// The name asked for. The authority decides the name that is given.
    #[must_use]
    pub fn subject(&self) -> &Name {
        &self.subject
    }

    /// The proven key.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.key
    }
}

/// Makes a request, as PEM.
#[must_use]
pub fn make(key: &PrivateKey, subject: &Name, parameters: Parameters) -> String {
    let spki = key.public_key().encode(parameters);
    let tbs = der::sequence(&[&der::integer(0), subject.as_der(), &spki, &tlv::encode(0xA0, &[])]);
    let signature = der::bit_string(&key.sign(&tbs));
    to_pem(PEM_LABEL, &der::sequence(&[&tbs, &key.signature_algorithm().encode(), &signature]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::ec::Curve;
    use crate::pki::algorithm::AlgorithmError;
    use crate::pki::openssl;
    use crate::world::DangerousSeededEntropy;

    #[test]
    fn a_request_proves_its_key() {
        let key = PrivateKey::generate(Curve::P256, &mut DangerousSeededEntropy::new(1));
        let name = Name::new("ID", "Test", "DS 1");
        let pem = make(&key, &name, Parameters::Named);
        let request = Request::from_file(pem.as_bytes()).unwrap();
        assert_eq!((request.subject(), request.public_key()), (&name, &key.public_key()));
        let mut document = der_or_pem(pem.as_bytes(), PEM_LABEL).unwrap();
        let at = document.windows(4).position(|w| w == b"DS 1").unwrap();
        document[at] = b'X';
        assert_eq!(Request::from_file(&document).unwrap_err(), X509Error::Algorithm(AlgorithmError::BadSignature));
    }

    #[test]
    fn openssl_accepts_our_request_and_we_its() {
        let key = PrivateKey::generate(Curve::P256, &mut DangerousSeededEntropy::new(1));
        let pem = make(&key, &Name::new("ID", "Test", "DS 1"), Parameters::Named);
        if openssl::run("req -verify -noout", pem.as_bytes()).is_none() {
            return;
        }
        let dir = tempfile::tempdir().unwrap();
        let made = dir.path().join("k.pem");
        let theirs = openssl::run(
            &format!(
                "req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout {} -subj /C=ID/CN=X",
                made.display()
            ),
            &[],
        );
        assert_eq!(Request::from_file(&theirs.unwrap()).unwrap().subject().country(), "ID");
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(data: Vec<u8>) {
            let _ = Request::from_file(&data);
        }
    }
}
