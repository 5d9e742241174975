//! Session keys and the send sequence counter: what both sides compute alike.

use super::{MAC, SmError};
use crate::crypto::symmetric::{self, AesKey, pad, same, unpad};
use crate::crypto::tdes::{self, TdesKey};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Session keys of either cipher. `Debug` shows no key.
#[derive(Debug, Clone)]
pub enum SmKeys {
    /// AES with CMAC; the counter starts at zero (Doc 9303-11 9.8.6.3).
    Aes {
        /// KS_Enc.
        enc: AesKey,
        /// KS_MAC.
        mac: AesKey,
    },
    /// Triple DES with retail MAC; the counter starts as BAC says (Doc 9303-11 9.8.6.1).
    TripleDes {
        /// KS_Enc.
        enc: TdesKey,
        /// KS_MAC.
        mac: TdesKey,
        /// First value of the counter.
        counter: [u8; tdes::BLOCK],
    },
}

impl SmKeys {
    /// AES session keys from a shared secret (Doc 9303-11 9.7.1.4) for a key length in bits.
    ///
    /// # Errors
    /// [`crate::crypto::CryptoError::BadKeyLength`] unless `bits` is 128, 192 or 256.
    pub fn from_secret(secret: &[u8], bits: usize) -> Result<Self, crate::crypto::CryptoError> {
        use crate::crypto::kdf::{KeyUse, emrtd_aes};
        Ok(Self::Aes { enc: emrtd_aes(secret, KeyUse::Enc, bits)?, mac: emrtd_aes(secret, KeyUse::Mac, bits)? })
    }
}

/// Keys and counter of one session.
#[derive(Clone)]
pub(super) struct Suite {
    keys: SmKeys,
    counter: Counter,
}

#[derive(Clone, Zeroize, ZeroizeOnDrop)]
struct Counter(Vec<u8>);

impl Suite {
    pub(super) fn new(keys: SmKeys) -> Self {
        let counter = match &keys {
            SmKeys::Aes { .. } => vec![0; symmetric::BLOCK],
            SmKeys::TripleDes { counter, .. } => counter.to_vec(),
        };
        Self { keys, counter: Counter(counter) }
    }

    /// Replaces the counter: published vectors and tests of its end.
    #[cfg(test)]
    pub(super) fn set_counter(&mut self, counter: &[u8]) {
        self.counter = Counter(counter.to_vec());
    }

    fn block(&self) -> usize {
        self.counter.0.len()
    }

    /// Counts up for one message. Refuses unless the answer can be counted too where `with_answer` asks for that.
    pub(super) fn count(&mut self, with_answer: bool) -> Result<(), SmError> {
        let (last, head) = self.counter.0.split_last().ok_or(SmError::CounterExhausted)?;
        let limit = if with_answer { 0xFE } else { 0xFF };
        if *last >= limit && head.iter().all(|&b| b == 0xFF) {
            return Err(SmError::CounterExhausted);
        }
        for byte in self.counter.0.iter_mut().rev() {
            *byte = byte.wrapping_add(1);
            if *byte != 0 {
                break;
            }
        }
        Ok(())
    }

    /// Pads and encrypts.
    pub(super) fn seal(&self, data: &[u8]) -> Vec<u8> {
        let mut padded = Zeroizing::new(data.to_vec());
        pad(&mut padded, self.block());
        let whole = match &self.keys {
            SmKeys::Aes { enc, .. } => enc.cbc_encrypt(&enc.encrypt_block(&self.aes_counter()), &mut padded),
            SmKeys::TripleDes { enc, .. } => enc.cbc_encrypt(&mut padded),
        };
        whole.unwrap_or_else(|_| unreachable!("padded to whole blocks"));
        std::mem::take(&mut *padded)
    }

    /// Decrypts and removes the padding, of data whose MAC was checked.
    pub(super) fn open(&self, sealed: &[u8], tag: u32) -> Result<Vec<u8>, SmError> {
        let mut data = Zeroizing::new(sealed.to_vec());
        match &self.keys {
            SmKeys::Aes { enc, .. } => enc.cbc_decrypt(&enc.encrypt_block(&self.aes_counter()), &mut data),
            SmKeys::TripleDes { enc, .. } => enc.cbc_decrypt(&mut data),
        }
        .map_err(|_| SmError::BadValue(tag))?;
        unpad(&data, self.block()).map(<[u8]>::to_vec).map_err(|_| SmError::BadPadding)
    }

    /// The MAC over counter, the padded header of a command (none for an answer) and the objects.
    pub(super) fn mac(&self, header: Option<[u8; 4]>, objects: &[u8]) -> [u8; MAC] {
        let mut message = Zeroizing::new(Vec::with_capacity(objects.len() + 48));
        message.extend_from_slice(&self.counter.0);
        if let Some(header) = header {
            message.extend_from_slice(&header);
            pad(&mut message, self.block());
        }
        message.extend_from_slice(objects);
        pad(&mut message, self.block());
        match &self.keys {
            SmKeys::Aes { mac, .. } => {
                let [a, b, c, d, e, f, g, h, ..] = mac.cmac(&[&message]);
                [a, b, c, d, e, f, g, h]
            }
            SmKeys::TripleDes { mac, .. } => mac.retail_mac(&[&message]),
        }
    }

    /// Compares a MAC in constant time.
    pub(super) fn check(&self, header: Option<[u8; 4]>, objects: &[u8], mac: &[u8]) -> Result<(), SmError> {
        if same(&self.mac(header, objects), mac) { Ok(()) } else { Err(SmError::BadMac) }
    }

    fn aes_counter(&self) -> [u8; symmetric::BLOCK] {
        self.counter.0.as_slice().try_into().unwrap_or_else(|_| unreachable!("an AES session counts in 16 bytes"))
    }
}
