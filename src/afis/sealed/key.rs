//! The key of a gallery, and the keys that are drawn from it for each file.

use super::error::SealedError;
use crate::crypto::kdf::sp800_108;
use crate::crypto::symmetric::AesKey;
use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

/// Bytes of a tag.
pub(super) const TAG: usize = 16;
/// Bytes of a nonce.
pub(super) const NONCE: usize = 12;
/// Bytes of what tells a wrong key from an altered file.
pub(super) const CHECK: usize = 8;

/// AES-256, given by the caller; zeroized on drop, never shown, never written.
#[derive(Debug, Clone)]
pub struct GalleryKey(AesKey);

impl GalleryKey {
    /// Takes a key of 32 bytes.
    ///
    /// # Errors
    /// [`SealedError::KeyLength`].
    pub fn new(bytes: &[u8]) -> Result<Self, SealedError> {
        let wrong = SealedError::KeyLength(bytes.len());
        if bytes.len() == 32 { AesKey::new(bytes).map(Self).map_err(|_| wrong) } else { Err(wrong) }
    }

    /// A new key.
    #[must_use]
    pub fn generate(rng: &mut dyn CryptoRng) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        rng.fill_bytes(bytes.as_mut());
        Self::new(bytes.as_ref()).unwrap_or_else(|_| unreachable!("32 bytes"))
    }

    /// What a file says of its key.
    pub(super) fn check(&self, gallery: &[u8]) -> [u8; CHECK] {
        let mac = self.0.cmac(&[b"ektp gallery check", gallery]);
        mac.first_chunk().copied().unwrap_or_default()
    }

    /// The keys of one file, which no other file has: its header holds a salt drawn for it.
    pub(super) fn of_file(&self, header: &[u8]) -> FileKey {
        let sealing = sp800_108(&self.0, b"ektp gallery seal", header, 32);
        let marking = sp800_108(&self.0, b"ektp gallery mark", header, 32);
        FileKey {
            cipher: Aes256Gcm::new_from_slice(&sealing).unwrap_or_else(|_| unreachable!("32 bytes")),
            marking: AesKey::new(&marking).unwrap_or_else(|_| unreachable!("32 bytes")),
        }
    }
}

/// The keys of one file.
pub(super) struct FileKey {
    cipher: Aes256Gcm,
    marking: AesKey,
}

impl FileKey {
    /// Ciphertext and tag.
    pub fn seal(&self, nonce: &[u8; NONCE], plain: &[u8], associated: &[u8]) -> Result<Vec<u8>, SealedError> {
        let payload = Payload { msg: plain, aad: associated };
        self.cipher.encrypt(&(*nonce).into(), payload).map_err(|_| SealedError::Content)
    }

    /// The plaintext, if it is what was sealed.
    pub fn open(&self, nonce: &[u8; NONCE], sealed: &[u8], associated: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let payload = Payload { msg: sealed, aad: associated };
        self.cipher.decrypt(&(*nonce).into(), payload).ok().map(Zeroizing::new)
    }

    /// A mark of a record's head, so that a wrong length is not taken for the end of the file.
    pub fn mark(&self, head: &[u8]) -> [u8; CHECK] {
        self.marking.cmac(&[head]).first_chunk().copied().unwrap_or_default()
    }
}
