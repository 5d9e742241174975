//! The key service in this process: transport, master and proof keys in memory, opened once.

use super::{KeyService, KeyServiceError, Origin, ProofOk, PutKeys, SessionRequest};
use crate::crypto::ec::PublicKey;
use crate::crypto::hash::sha256;
use crate::crypto::scp03::{ChipKeyType, ChipSerial, KeySet, SessionKeys, chip_key, chip_key_set, put_key_data};
use crate::crypto::symmetric::AesKey;
use crate::lds::tlv;

/// Key version of the vendor's transport set.
pub const KVN_TRANSPORT: u8 = 0x30;
/// Key version of the chip-unique set.
pub const KVN_UNIQUE: u8 = 0x31;
/// Key version of the proof key.
pub const KVN_PROOF: u8 = 0x40;

/// First bytes of every message that a proof covers.
const PROOF_LABEL: &[u8; 12] = b"ektp-proof-1";

/// All that a key service holds.
#[derive(Clone)]
pub struct LocalKeys {
    /// The vendor's transport set, key version 30.
    pub transport: KeySet,
    /// Master of the chip-unique SCP03 sets.
    pub scp03_master: AesKey,
    /// Master of the proof keys.
    pub proof_master: AesKey,
}

impl std::fmt::Debug for LocalKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LocalKeys")
    }
}

impl LocalKeys {
    fn set(&self, kvn: u8, serial: &ChipSerial) -> Result<KeySet, KeyServiceError> {
        match kvn {
            KVN_TRANSPORT => Ok(self.transport.clone()),
            KVN_UNIQUE => Ok(chip_key_set(&self.scp03_master, serial, KVN_UNIQUE)),
            _ => Err(KeyServiceError::KeyMissing("of this version")),
        }
    }

    fn proof_key(&self, serial: &ChipSerial) -> AesKey {
        chip_key(&self.proof_master, serial, ChipKeyType::Proof, KVN_PROOF)
    }
}

impl KeyService for LocalKeys {
    fn put_key_data(&mut self, serial: ChipSerial) -> Result<PutKeys, KeyServiceError> {
        let unique = chip_key_set(&self.scp03_master, &serial, KVN_UNIQUE);
        Ok(PutKeys {
            proof: put_key_data(&self.transport.dek, KVN_PROOF, &[&self.proof_key(&serial)]),
            unique: put_key_data(&self.transport.dek, KVN_UNIQUE, &unique.keys()),
        })
    }

    fn open(&mut self, request: &SessionRequest<'_>) -> Result<SessionKeys, KeyServiceError> {
        let answer = request.answer;
        let keys = self.set(request.kvn, &answer.serial)?;
        SessionKeys::open(
            &keys,
            request.aid,
            request.host_challenge,
            &answer.card_challenge,
            &answer.card_cryptogram,
            answer.counter,
        )
        .map_err(KeyServiceError::Handshake)
    }

    fn check_proof(&mut self, origin: &Origin<'_>) -> Result<ProofOk, KeyServiceError> {
        check(&self.proof_key(&origin.serial), origin).map(ProofOk).ok_or(KeyServiceError::BadProof(origin.slot))
    }
}

/// `"ektp-proof-1" ‖ chip serial ‖ slot ‖ public key ‖ authorization digest ‖ nonce` (specs/card-profile.md 7).
#[must_use]
pub fn proof_message(serial: &ChipSerial, slot: u8, key: &PublicKey, authorization: &[u8; 32], nonce: &[u8]) -> Vec<u8> {
    [PROOF_LABEL, &serial.0[..], &[slot], key.as_bytes(), authorization, nonce].concat()
}

/// The chip's MAC under its proof key and, for an Active Authentication key, its own signature too; nothing beside them.
fn check(proof_key: &AesKey, origin: &Origin<'_>) -> Option<()> {
    let message = proof_message(&origin.serial, origin.slot, origin.public_key, origin.authorization, origin.nonce);
    let mut reader = tlv::Reader::new(origin.answer);
    let mac = reader.expect(0x80).ok()?.value;
    if mac.len() != 16 {
        return None;
    }
    proof_key.cmac_verify(&[&message], mac).ok()?;
    if origin.slot == 2 {
        let signature = reader.expect(0x81).ok()?.value;
        origin.public_key.verify_raw(&sha256(&message), signature).ok()?;
    }
    reader.finish().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::ec::{Curve, PrivateKey};
    use crate::crypto::hash::HashAlg;
    use crate::crypto::scp03::{HandshakeError, InitUpdateAnswer, Parameter, parse_put_key};
    use crate::reason::{Reason, Refusal as _};
    use crate::world::DangerousSeededEntropy;

    fn keys() -> LocalKeys {
        LocalKeys {
            transport: KeySet::new(KVN_TRANSPORT, &[1; 16], &[2; 16], &[3; 16]).unwrap(),
            scp03_master: AesKey::new(&[4; 32]).unwrap(),
            proof_master: AesKey::new(&[5; 16]).unwrap(),
        }
    }

    const SERIAL: ChipSerial = ChipSerial([7; 10]);

    #[test]
    fn first_tap_data_open_with_the_transport_dek() {
        let data = keys().put_key_data(SERIAL).unwrap();
        let dek = keys().transport.dek;
        let unique = parse_put_key(&dek, &data.unique).unwrap();
        assert_eq!((unique.kvn, unique.keys.len(), unique.keys[0].len()), (0x31, 3, 32));
        assert_eq!(parse_put_key(&dek, &data.proof).unwrap().keys[0].expose(), keys().proof_key(&SERIAL).expose());
    }

    #[test]
    fn a_wrong_cryptogram_gets_no_session_keys() {
        let answer = InitUpdateAnswer {
            serial: SERIAL,
            kvn: 0x31,
            i: Parameter::PROFILE,
            card_challenge: vec![0; 8],
            card_cryptogram: vec![0; 8],
            counter: Some([0, 0, 1]),
        };
        let request = SessionRequest { kvn: 0x31, aid: &[1], host_challenge: &[0; 8], answer: &answer };
        let refused = keys().open(&request).unwrap_err();
        assert_eq!(refused, KeyServiceError::Handshake(HandshakeError::WrongCardCryptogram));
        assert_eq!((refused.reason(), refused.is_refusal()), (Reason::CardAuthFailed, false));
        let other = keys().open(&SessionRequest { kvn: 0x32, ..request }).unwrap_err();
        assert_eq!(other, KeyServiceError::KeyMissing("of this version"));
    }

    #[test]
    fn only_this_chips_proof_over_this_key_is_taken() {
        let key = PrivateKey::generate(Curve::P256, &mut DangerousSeededEntropy::new(1));
        let public = key.public_key();
        for slot in [1u8, 2] {
            let message = proof_message(&SERIAL, slot, &public, &[9; 32], b"nonce");
            let mut answer = tlv::encode(0x80, &keys().proof_key(&SERIAL).cmac(&[&message]));
            if slot == 2 {
                tlv::write(&mut answer, 0x81, &key.sign_raw(HashAlg::Sha256, &sha256(&message)));
            }
            let good =
                Origin { serial: SERIAL, slot, public_key: &public, authorization: &[9; 32], nonce: b"nonce", answer: &answer };
            assert!(keys().check_proof(&good).is_ok());
            let elsewhere = PrivateKey::generate(Curve::P256, &mut DangerousSeededEntropy::new(2)).public_key();
            let longer = [&answer[..], &[0x82, 0]].concat();
            for bad in [
                Origin { serial: ChipSerial([8; 10]), ..good },
                Origin { slot: 3 - slot, ..good },
                Origin { public_key: &elsewhere, ..good },
                Origin { authorization: &[8; 32], ..good },
                Origin { nonce: b"other", ..good },
                Origin { answer: &answer[..answer.len() - 1], ..good },
                Origin { answer: &longer, ..good },
                Origin { answer: &[], ..good },
            ] {
                let refused = keys().check_proof(&bad).unwrap_err();
                assert_eq!(refused, KeyServiceError::BadProof(bad.slot));
                assert!(refused.is_refusal());
            }
        }
        let mut torn = tlv::encode(0x80, &[0; 16]);
        torn.extend(tlv::encode(0x81, &[0; 64]));
        let forged = Origin { serial: SERIAL, slot: 2, public_key: &public, authorization: &[9; 32], nonce: &[], answer: &torn };
        assert!(keys().check_proof(&forged).is_err());
    }
}
