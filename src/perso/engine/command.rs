//! The personalization commands of specs/card-profile.md 6, and their answers.

use crate::chip::apdu::Command;
use crate::crypto::ec::{Curve, PublicKey};
use crate::lds::tlv;

/// AID of the security domain: door 1.
pub(super) const SECURITY_DOMAIN: &[u8] = &[0xA0, 0x00, 0x00, 0x01, 0x51, 0x00, 0x00, 0x00];
/// AID of the personalization application: door 2.
pub(super) const PERSONALIZATION: &[u8] = &[0xF0, 0x45, 0x4B, 0x54, 0x50, 0x02];
/// Key version of the vendor's transport set.
pub(super) const KVN_TRANSPORT: u8 = 0x30;
/// Key version of the chip-unique set.
pub(super) const KVN_UNIQUE: u8 = 0x31;
/// Key version of the proof key.
pub(super) const KVN_PROOF: u8 = 0x40;

/// SELECT by AID, no answer data wanted.
pub(super) fn select(aid: &[u8]) -> Command {
    Command::new(0x00, 0xA4, 0x04, 0x0C).with_data(aid)
}

/// SET STATUS to PERSO_OPEN.
pub(super) fn open() -> Command {
    Command::new(0x80, 0xF0, 0x80, 0x03)
}

/// COMMIT with the digest over all files.
pub(super) fn commit(digest: &[u8; 32]) -> Command {
    Command::new(0x80, 0xF0, 0x80, 0x07).with_data(*digest)
}

/// SET STATUS to LOCKED.
pub(super) fn lock() -> Command {
    Command::new(0x80, 0xF0, 0x80, 0x0F)
}

/// SET STATUS to TERMINATED.
pub(super) fn terminate() -> Command {
    Command::new(0x80, 0xF0, 0x80, 0x7F)
}

/// STORE DATA.
pub(super) fn store(chunk: &[u8], number: u8, last: bool) -> Command {
    Command::new(0x80, 0xE2, if last { 0x80 } else { 0x00 }, number).with_data(chunk)
}

/// GET STATUS.
pub(super) fn get_status() -> Command {
    Command::new(0x80, 0xCA, 0xDF, 0x01).with_le(256)
}

/// GET DATA of the security domain's resources (ETSI TS 102 226 8.2.1.7.2).
pub(super) fn resources() -> Command {
    Command::new(0x80, 0xCA, 0xFF, 0x21).with_le(256)
}

/// Free bytes of memory in the answer to GET DATA: `FF21 { 82 bytes }`.
pub(super) fn free_memory(data: &[u8]) -> Option<usize> {
    // A tag that begins with FF is padding to ISO/IEC 7816-4, so its header is read by hand.
    let (&length, value) = data.strip_prefix(&[0xFF, 0x21])?.split_first()?;
    let value = (usize::from(length) == value.len() && length < 0x80).then_some(value)?;
    let free = tlv::Reader::new(value).all().ok()?.into_iter().find(|object| object.tag == 0x82)?;
    (free.value.len() <= 4).then(|| free.value.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)))
}

/// GENERATE KEY in a slot.
pub(super) fn generate(slot: u8) -> Command {
    Command::new(0x80, 0x46, 0x80, slot)
}

/// GET PUBLIC KEY of a slot.
pub(super) fn get_public_key(slot: u8) -> Command {
    Command::new(0x80, 0x46, 0x81, slot).with_le(256)
}

/// PROOF over a nonce.
pub(super) fn proof(slot: u8, nonce: &[u8]) -> Command {
    Command::new(0x80, 0x88, 0x00, slot).with_data(nonce).with_le(256)
}

/// The chip's life cycle state, as GET STATUS tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ChipState {
    Blank,
    PersoOpen,
    Personalized,
}

impl ChipState {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Blank => "BLANK",
            Self::PersoOpen => "PERSO_OPEN",
            Self::Personalized => "PERSONALIZED",
        }
    }
}

/// The answer to GET STATUS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ChipStatus {
    pub(super) state: ChipState,
    /// Bytes of the stream that the chip holds.
    pub(super) mark: u32,
    /// Key slots that are made: bit 0 slot 1, bit 1 slot 2.
    slots: u8,
    /// SHA-256 of the stream so far.
    pub(super) hash: [u8; 32],
    /// Bytes that the chip has for files.
    pub(super) room: u32,
}

impl ChipStatus {
    pub(super) fn parse(data: &[u8]) -> Option<Self> {
        let (&state, rest) = data.split_first()?;
        let (mark, rest) = rest.split_first_chunk::<4>()?;
        let (_in_progress, rest) = rest.split_first_chunk::<2>()?;
        let (&slots, rest) = rest.split_first()?;
        let (hash, room) = rest.split_first_chunk::<32>()?;
        let room = u32::from_be_bytes(room.try_into().ok()?);
        let state = match state {
            0x01 => ChipState::Blank,
            0x03 => ChipState::PersoOpen,
            0x07 => ChipState::Personalized,
            _ => return None,
        };
        Some(Self { state, mark: u32::from_be_bytes(*mark), slots, hash: *hash, room })
    }

    /// Whether a slot holds a key.
    pub(super) const fn has_key(&self, slot: u8) -> bool {
        self.slots & if slot == 1 { 1 } else { 2 } != 0
    }
}

/// The point in the answer to GET PUBLIC KEY: `7F49 { 86 { 04 ‖ x ‖ y } }`.
pub(super) fn public_key(data: &[u8], curve: Curve) -> Option<PublicKey> {
    let outer = tlv::parse_one(data, 0x7F49).ok()?;
    let point = tlv::parse_one(outer.value, 0x86).ok()?;
    PublicKey::from_uncompressed(curve, point.value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::DangerousSeededEntropy;

    #[test]
    fn commands_are_those_of_the_profile() {
        let bytes = |c: Command| c.encode().expect("encodes");
        assert_eq!(bytes(select(PERSONALIZATION)), [0, 0xA4, 4, 0x0C, 6, 0xF0, 0x45, 0x4B, 0x54, 0x50, 2]);
        assert_eq!(bytes(open()), [0x80, 0xF0, 0x80, 3]);
        assert_eq!(bytes(lock()), [0x80, 0xF0, 0x80, 0x0F]);
        assert_eq!(bytes(terminate()), [0x80, 0xF0, 0x80, 0x7F]);
        assert_eq!(bytes(store(&[1, 2], 7, true)), [0x80, 0xE2, 0x80, 7, 2, 1, 2]);
        assert_eq!(bytes(get_status()), [0x80, 0xCA, 0xDF, 1, 0]);
        assert_eq!(bytes(resources()), [0x80, 0xCA, 0xFF, 0x21, 0]);
        assert_eq!(bytes(generate(2)), [0x80, 0x46, 0x80, 2]);
        assert_eq!(bytes(get_public_key(1)), [0x80, 0x46, 0x81, 1, 0]);
        assert_eq!(bytes(proof(1, &[])), [0x80, 0x88, 0, 1, 0]);
        assert_eq!(bytes(commit(&[9; 32]))[..5], [0x80, 0xF0, 0x80, 7, 32]);
    }

    #[test]
    fn answers_are_parsed_whole() {
        let mut status = vec![0x03, 0, 0, 1, 2, 0x01, 0x02, 0b10];
        status.extend([5; 32]);
        status.extend([0, 0, 0x1B, 0x80]);
        let parsed = ChipStatus::parse(&status).expect("parses");
        assert_eq!((parsed.state, parsed.mark, parsed.hash, parsed.room), (ChipState::PersoOpen, 258, [5; 32], 7_040));
        assert!(!parsed.has_key(1) && parsed.has_key(2));
        for len in 0..status.len() {
            assert_eq!(ChipStatus::parse(&status[..len]), None);
        }
        status[0] = 0x0F;
        assert_eq!(ChipStatus::parse(&status), None);
        assert_eq!(free_memory(&[0xFF, 0x21, 7, 0x81, 1, 2, 0x82, 2, 0x1B, 0x80]), Some(7_040));
        assert_eq!(free_memory(&[0xFF, 0x21, 3, 0x81, 1, 2]), None);
        let key = crate::crypto::ec::PrivateKey::generate(Curve::P256, &mut DangerousSeededEntropy::new(1)).public_key();
        let answer = tlv::encode(0x7F49, &tlv::encode(0x86, key.as_bytes()));
        assert_eq!(public_key(&answer, Curve::P256).map(|k| k.as_bytes().to_vec()), Some(key.as_bytes().to_vec()));
        assert!(public_key(&answer[..answer.len() - 1], Curve::P256).is_none());
    }
}
