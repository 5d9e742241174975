//! A key service with a memory: a chip that failed authentication once gets no session keys ever again.

use super::{KeyService, KeyServiceError, Origin, ProofOk, PutKeys, SessionRequest};
use crate::crypto::scp03::{ChipSerial, HandshakeError, SessionKeys};
use crate::pki::signer::Register;

/// Keys behind the register's list of blocked chips.
#[derive(Debug)]
pub struct GuardedKeys<K> {
    keys: K,
    register: Register,
}

impl<K: KeyService> GuardedKeys<K> {
    /// Keys, and the register that remembers failures.
    #[must_use]
    pub fn new(keys: K, register: Register) -> Self {
        Self { keys, register }
    }

    fn check(&self, chip: ChipSerial) -> Result<(), KeyServiceError> {
        match self.register.is_blocked(chip) {
            Ok(false) => Ok(()),
            Ok(true) => Err(KeyServiceError::Handshake(HandshakeError::WrongCardCryptogram)),
            Err(_) => Err(KeyServiceError::Unavailable),
        }
    }
}

impl<K: KeyService> KeyService for GuardedKeys<K> {
    fn put_key_data(&mut self, serial: ChipSerial) -> Result<PutKeys, KeyServiceError> {
        self.check(serial)?;
        self.keys.put_key_data(serial)
    }

    fn open(&mut self, request: &SessionRequest<'_>) -> Result<SessionKeys, KeyServiceError> {
        let chip = request.answer.serial;
        self.check(chip)?;
        let opened = self.keys.open(request);
        if matches!(opened, Err(KeyServiceError::Handshake(_))) {
            self.register.block(chip).map_err(|_| KeyServiceError::Unavailable)?;
        }
        opened
    }

    fn check_proof(&mut self, origin: &Origin<'_>) -> Result<ProofOk, KeyServiceError> {
        self.keys.check_proof(origin)
    }
}
