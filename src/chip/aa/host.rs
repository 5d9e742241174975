//! The terminal's side of Active Authentication, one type a step.

use super::{AaError, CHALLENGE, SignatureProven, iso9796};
use crate::chip::apdu::{Command, MAX_LE, Response};
use crate::crypto::hash::HashAlg;
use crate::lds::dg15::ActiveAuthenticationKey;
use crate::pki::algorithm::accept_hash;
use crate::pki::key::PublicKey;
use jiff::civil::Date;

/// The challenge is to be sent.
#[derive(Debug)]
pub struct Challenging([u8; CHALLENGE]);

/// The chip's signature is awaited.
#[derive(Debug)]
pub struct Waiting([u8; CHALLENGE]);

/// The chip answered; whether it signed is to be verified, by the terminal or by a judge to whom challenge and answer are brought.
#[derive(Debug)]
pub struct Answered {
    challenge: Vec<u8>,
    signature: Vec<u8>,
}

/// Begins with a challenge, which whoever is to be convinced has drawn.
#[must_use]
pub fn start(challenge: [u8; CHALLENGE]) -> Challenging {
    Challenging(challenge)
}

impl Challenging {
    /// INTERNAL AUTHENTICATE over the challenge. `extended`: with a long Le, because an RSA signature of 2048 bits under secure
    /// messaging is longer than a short answer.
    #[must_use]
    pub fn send(self, extended: bool) -> (Command, Waiting) {
        let command = Command::new(0x00, 0x88, 0x00, 0x00).with_data(self.0);
        let le = if extended { MAX_LE } else { 256 };
        (command.with_le(le), Waiting(self.0))
    }
}

impl Waiting {
    /// Takes the answer. Nothing is repeated.
    ///
    /// # Errors
    /// [`AaError::Refused`].
    pub fn receive(self, response: &Response) -> Result<Answered, AaError> {
        if !response.status.is_ok() {
            return Err(AaError::Refused(response.status));
        }
        Ok(Answered { challenge: self.0.to_vec(), signature: response.data.clone() })
    }
}

impl Answered {
    /// Challenge and signature out of a record.
    #[must_use]
    pub fn recorded(challenge: &[u8], signature: &[u8]) -> Self {
        Self { challenge: challenge.to_vec(), signature: signature.to_vec() }
    }

    /// What the chip sent: `r ‖ s` of ECDSA, or a number as long as the modulus of RSA.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// Verifies the signature with the key of DG15; `hash` is what DG14 names for an ECDSA key, `on` the day of judgement.
    ///
    /// A signature that does not verify is a copy's, whatever the key. One that does is proof only under a key and hash that are accepted
    /// for signatures on that day ([`crate::pki::algorithm`], the same policy as for certificates): whoever can compute the private key
    /// from DG15 needs no chip.
    ///
    /// # Errors
    /// Any [`AaError`] but [`AaError::Refused`].
    pub fn verify(self, key: &ActiveAuthenticationKey, hash: Option<HashAlg>, on: Date) -> Result<SignatureProven, AaError> {
        let hash = match key {
            ActiveAuthenticationKey::Ec(key) => {
                let hash = hash.ok_or(AaError::HashMissing)?;
                key.verify_raw(&hash.digest(&self.challenge), &self.signature).map_err(|_| AaError::BadSignature)?;
                hash
            }
            ActiveAuthenticationKey::Rsa { modulus, exponent } => {
                let key = iso9796::key(modulus, exponent)?;
                let hash = iso9796::verify(&key, &self.challenge, &self.signature)?;
                let weak = AaError::WeakKey { bits: modulus.len() * 8 };
                PublicKey::Rsa(Box::new(key)).accept(on).map_err(|_| weak)?;
                hash
            }
        };
        accept_hash(hash, on).map_err(|_| AaError::WeakHash { hash })?;
        Ok(SignatureProven(()))
    }
}
