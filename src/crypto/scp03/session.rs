//! Session keys and cryptograms of SCP03 (Amendment D 4.1.5, 6.2).

use super::KeySet;
use crate::crypto::symmetric::{AesKey, same};
use crate::reason::{Reason, Refusal};
use zeroize::Zeroizing;

const CARD_CRYPTOGRAM: u8 = 0x00;
const HOST_CRYPTOGRAM: u8 = 0x01;
const CARD_CHALLENGE: u8 = 0x02;
const S_ENC: u8 = 0x04;
const S_MAC: u8 = 0x06;
const S_RMAC: u8 = 0x07;

/// Length of challenges, cryptograms and MACs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub enum Mode {
    /// Eight bytes.
    #[default]
    S8,
    /// Sixteen bytes (Amendment D 1.2, bit 1 of `i`).
    S16,
}

impl Mode {
    /// Bytes of a challenge, a cryptogram and a MAC.
    #[must_use]
    #[allow(clippy::len_without_is_empty)]
    pub fn len(self) -> usize {
        match self {
            Self::S8 => 8,
            Self::S16 => 16,
        }
    }
}

/// SP 800-108 in the order of Amendment D 4.1.5: `CMAC(key, 00×11 ‖ constant ‖ 00 ‖ L ‖ counter ‖ context)`.
fn derive(key: &AesKey, constant: u8, context: &[u8], len: usize) -> Zeroizing<Vec<u8>> {
    let bits = u16::try_from(len * 8).unwrap_or_else(|_| unreachable!("at most 256 bits")).to_be_bytes();
    let mut out = Zeroizing::new(Vec::with_capacity(len + 16));
    let mut counter = 0u8;
    while out.len() < len {
        counter += 1;
        out.extend_from_slice(&key.cmac(&[&[0; 11], &[constant, 0], &bits, &[counter], context]));
    }
    out.truncate(len);
    out
}

fn derive_key(key: &AesKey, constant: u8, context: &[u8]) -> AesKey {
    AesKey::new(&derive(key, constant, context, key.len())).unwrap_or_else(|_| unreachable!("the length of an AES key"))
}

/// What a pseudo-random card challenge is derived from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pseudo<'a> {
    /// The chip's sequence counter.
    pub counter: [u8; 3],
    /// The AID of the application that was selected.
    pub aid: &'a [u8],
}

/// The card challenge of `i` bit 5: derived from Key-ENC, sequence counter and AID (Amendment D 6.2.2.1).
#[must_use]
pub fn pseudo_random_challenge(keys: &KeySet, mode: Mode, from: Pseudo<'_>) -> Vec<u8> {
    derive(&keys.enc, CARD_CHALLENGE, &[&from.counter, from.aid].concat(), mode.len()).to_vec()
}

/// What a chip sent to INITIALIZE UPDATE does not prove its keys. That chip is never tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HandshakeError {
    /// The card cryptogram is wrong.
    #[error("card cryptogram is wrong")]
    WrongCardCryptogram,
    /// The card challenge is not the one that key, counter and AID give.
    #[error("card challenge is not derived from the key")]
    ChallengeNotDerived,
}

impl Refusal for HandshakeError {
    fn reason(&self) -> Reason {
        Reason::CardAuthFailed
    }
}

/// The keys of one session, and the two challenges they come from.
#[derive(Clone)]
pub struct SessionKeys {
    /// S-ENC.
    pub enc: AesKey,
    /// S-MAC.
    pub mac: AesKey,
    /// S-RMAC.
    pub rmac: AesKey,
    mode: Mode,
    context: Vec<u8>,
}

impl std::fmt::Debug for SessionKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SessionKeys({:?}, {:?})", self.mode, self.enc)
    }
}

impl SessionKeys {
    /// Derives the session keys from the static keys and the challenges.
    #[must_use]
    pub fn derive(keys: &KeySet, mode: Mode, host_challenge: &[u8], card_challenge: &[u8]) -> Self {
        let context = [host_challenge, card_challenge].concat();
        Self {
            enc: derive_key(&keys.enc, S_ENC, &context),
            mac: derive_key(&keys.mac, S_MAC, &context),
            rmac: derive_key(&keys.mac, S_RMAC, &context),
            mode,
            context,
        }
    }

    /// Derives the session keys and checks what the chip sent: its cryptogram, and its challenge where a sequence
    /// counter shows it to be pseudo-random (context: counter and the AID that was selected).
    ///
    /// # Errors
    /// Any [`HandshakeError`]: never try that chip again.
    pub fn open(
        keys: &KeySet,
        aid: &[u8],
        host_challenge: &[u8],
        card_challenge: &[u8],
        card_cryptogram: &[u8],
        counter: Option<[u8; 3]>,
    ) -> Result<Self, HandshakeError> {
        let mode = if card_challenge.len() == Mode::S16.len() { Mode::S16 } else { Mode::S8 };
        let session = Self::derive(keys, mode, host_challenge, card_challenge);
        if !session.proves_card(card_cryptogram) {
            return Err(HandshakeError::WrongCardCryptogram);
        }
        match counter {
            Some(counter) if !same(&pseudo_random_challenge(keys, mode, Pseudo { counter, aid }), card_challenge) => {
                Err(HandshakeError::ChallengeNotDerived)
            }
            _ => Ok(session),
        }
    }

    /// Session keys that a key service derived elsewhere.
    #[must_use]
    pub fn from_parts(keys: [AesKey; 3], mode: Mode, host_challenge: &[u8], card_challenge: &[u8]) -> Self {
        let [enc, mac, rmac] = keys;
        Self { enc, mac, rmac, mode, context: [host_challenge, card_challenge].concat() }
    }

    /// S8 or S16.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// The cryptogram by which the card proves the keys.
    #[must_use]
    pub fn card_cryptogram(&self) -> Vec<u8> {
        derive(&self.mac, CARD_CRYPTOGRAM, &self.context, self.mode.len()).to_vec()
    }

    /// The cryptogram by which the host proves the keys.
    #[must_use]
    pub fn host_cryptogram(&self) -> Vec<u8> {
        derive(&self.mac, HOST_CRYPTOGRAM, &self.context, self.mode.len()).to_vec()
    }

    /// Whether the card's cryptogram is right, in constant time.
    #[must_use]
    pub fn proves_card(&self, cryptogram: &[u8]) -> bool {
        same(&self.card_cryptogram(), cryptogram)
    }

    /// Whether the host's cryptogram is right, in constant time.
    #[must_use]
    pub fn proves_host(&self, cryptogram: &[u8]) -> bool {
        same(&self.host_cryptogram(), cryptogram)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chip_that_does_not_prove_its_keys_is_refused() {
        let keys = KeySet::new(0x31, &[1; 16], &[2; 16], &[3; 16]).unwrap();
        let (host, aid, counter) = ([7; 8], [0xA0, 0, 0], [0, 0, 9]);
        let card = pseudo_random_challenge(&keys, Mode::S8, Pseudo { counter, aid: &aid });
        let cryptogram = SessionKeys::derive(&keys, Mode::S8, &host, &card).card_cryptogram();
        let open =
            |aid: &[u8], cryptogram: &[u8]| SessionKeys::open(&keys, aid, &host, &card, cryptogram, Some(counter)).map(|_| ());
        assert_eq!(open(&aid, &cryptogram), Ok(()));
        assert_eq!(open(&aid, &[0; 8]), Err(HandshakeError::WrongCardCryptogram));
        assert_eq!(open(&[0xA0], &cryptogram), Err(HandshakeError::ChallengeNotDerived));
        let shown = format!("{:?}", SessionKeys::derive(&keys, Mode::S8, &host, &card));
        assert_eq!(shown, "SessionKeys(S8, AesKey(16 bytes))");
    }
}
