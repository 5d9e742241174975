//! The signer's policy, without store and clock: keys, proofs, DG14 and DG15, age of the document signer.

use super::documents::Parameters;
use super::{ProvenKey, Rule, SignRequest, SignerError};
use crate::crypto::ec::{Curve, PublicKey};
use crate::crypto::hash::{HashAlg, sha256};
use crate::lds::sod::LdsSecurityObject;
use crate::lds::{dg14, dg15};
use crate::pki::key_service::{KeyService, KeyServiceError, Origin};
use crate::pki::x509::Certificate;
use jiff::Timestamp;

/// Most cards of one document signer key.
pub const MAX_CARDS: u64 = 100_000;
/// Most days of one document signer key: three months.
pub const MAX_DAYS: i64 = 92;

/// A chip's keys after their proofs held.
pub(super) struct Keys {
    authentication: PublicKey,
    active: Option<PublicKey>,
}

impl Keys {
    /// Parses the keys, one for each slot that the manifest's parameters ask for, and has every proof checked.
    pub(super) fn proven(
        request: &SignRequest,
        parameters: &Parameters,
        service: &mut dyn KeyService,
    ) -> Result<Self, SignerError> {
        let slots: Vec<u8> = request.keys.iter().map(|k| k.slot).collect();
        let expected: &[u8] = if parameters.active_authentication { &[1, 2] } else { &[1] };
        if slots != expected {
            return Err(SignerError::Refused(Rule::KeyInvalid));
        }
        let mut keys = request.keys.iter().map(|k| proven(request, k, parameters.curve, service));
        let authentication = keys.next().ok_or(SignerError::Refused(Rule::KeyInvalid))??;
        let active = keys.next().transpose()?;
        Ok(Self { authentication, active })
    }

    /// DG14 and DG15 must be the bytes that the signer itself builds from these keys.
    pub(super) fn check_groups(&self, request: &SignRequest, parameters: &Parameters) -> Result<(), Rule> {
        let key_id = Some(u64::from(parameters.ca_key_id));
        if dg14::build(&self.authentication, key_id, self.active.is_some()) != request.dg14 {
            return Err(Rule::Dg14);
        }
        if self.active.as_ref().map(dg15::build) == request.dg15 { Ok(()) } else { Err(Rule::Dg15) }
    }
}

fn proven(request: &SignRequest, key: &ProvenKey, curve: Curve, service: &mut dyn KeyService) -> Result<PublicKey, SignerError> {
    let parsed = PublicKey::from_uncompressed(curve, &key.public_key);
    let public_key = parsed.map_err(|_| SignerError::Refused(Rule::KeyInvalid))?;
    let origin = Origin {
        serial: request.chip,
        slot: key.slot,
        public_key: &public_key,
        authorization: &sha256(&request.order.authorization),
        nonce: &key.nonce,
        answer: &key.proof,
    };
    match service.check_proof(&origin) {
        Ok(_proof) => Ok(public_key),
        Err(KeyServiceError::BadProof(_) | KeyServiceError::Handshake(_)) => Err(SignerError::Refused(Rule::Proof)),
        Err(KeyServiceError::LoginNeeded) => Err(SignerError::LoginNeeded),
        Err(KeyServiceError::KeyMissing(_)) => Err(SignerError::KeyMissing),
        Err(KeyServiceError::Unavailable) => Err(SignerError::Unavailable),
    }
}

/// The content of EF.SOD: the manifest's hashes, and the signer's own over DG14 and DG15.
pub(super) fn security_object(request: &SignRequest) -> LdsSecurityObject {
    let made = [(14, Some(&request.dg14)), (15, request.dg15.as_ref())];
    let groups = made.into_iter().filter_map(|(n, g)| Some((n, g?.as_slice())));
    let mut object = LdsSecurityObject::over(HashAlg::Sha256, groups);
    object.hashes.extend(request.order.hashes.clone());
    object
}

/// A document signer key signs for three months and 100,000 cards.
pub(super) fn check_signer(cert: &Certificate, cards: u64, now: Timestamp) -> Result<(), Rule> {
    let (from, until) = cert.validity();
    let last = from + jiff::SignedDuration::from_hours(24 * MAX_DAYS);
    if now < from || now > until || now > last || cards >= MAX_CARDS { Err(Rule::SignerKey) } else { Ok(()) }
}
