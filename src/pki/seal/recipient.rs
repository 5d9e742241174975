//! How the content key reaches its recipient: ephemeral ECDH (RFC 5753) or RSA-OAEP (RFC 3560).

use super::{KEY_LEN, SealError};
use crate::crypto::ec;
use crate::crypto::hash::HashAlg;
use crate::crypto::kdf::x963;
use crate::lds::der;
use crate::lds::ec_public_key::ID_EC_PUBLIC_KEY;
use crate::lds::tlv::{self, Tlv, TlvError};
use crate::pki::algorithm::{AlgorithmError, identifier};
use crate::pki::key::{PrivateKey, PublicKey};
use crate::pki::oid;
use crate::pki::x509::Certificate;
use crate::pki::x509::path::PathError;
use aes_kw::KwAes256;
use aes_kw::cipher::KeyInit;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

/// Most wrapped keys inside one key agreement.
const MAX_WRAPPED: usize = 32;

/// The RecipientInfo that carries `key` to the holder of `recipient`.
pub(super) fn encode(key: &[u8; KEY_LEN], recipient: &Certificate, rng: &mut dyn CryptoRng) -> Result<Vec<u8>, SealError> {
    let id = der::sequence(&[recipient.issuer().as_der(), &tlv::encode(der::INTEGER, recipient.serial())]);
    match recipient.public_key() {
        PublicKey::Ec(public) => agree(key, public, &id, rng),
        PublicKey::Rsa(public) => transport(key, public, &id, rng),
    }
}

/// A key of an accepted certificate with which the calculation does not go: none of ours does that.
fn unusable() -> SealError {
    SealError::Recipient(PathError::Algorithm(AlgorithmError::KeyMismatch))
}

/// KeyAgreeRecipientInfo: dhSinglePass-stdDH-sha256kdf with id-aes256-wrap.
fn agree(key: &[u8; KEY_LEN], public: &ec::PublicKey, id: &[u8], rng: &mut dyn CryptoRng) -> Result<Vec<u8>, SealError> {
    let ephemeral = ec::PrivateKey::generate(public.curve(), rng);
    let wrap = der::sequence(&[&der::oid(oid::AES256_WRAP)]);
    let secret = ephemeral.shared_secret(public).map_err(|_| unusable())?;
    let mut wrapped = [0u8; KEY_LEN + 8];
    wrapping(&secret, &wrap, None).wrap_key(key, &mut wrapped).map_err(|_| unusable())?;
    let algorithm = der::sequence(&[&der::oid(ID_EC_PUBLIC_KEY)]);
    let origin = [algorithm, der::bit_string(ephemeral.public_key().as_bytes())].concat();
    let body = [
        der::integer(3),
        tlv::encode(0xA0, &tlv::encode(0xA1, &origin)),
        der::sequence(&[&der::oid(oid::STD_DH_SHA256_KDF), &wrap]),
        der::sequence(&[&der::sequence(&[id, &tlv::encode(der::OCTET_STRING, &wrapped)])]),
    ];
    Ok(tlv::encode(0xA1, &body.concat()))
}

/// The key-wrapping key: X9.63 over ECC-CMS-SharedInfo (RFC 5753 7.2).
fn wrapping(secret: &[u8], wrap: &[u8], user_material: Option<&[u8]>) -> KwAes256 {
    let bits = u32::try_from(KEY_LEN * 8).unwrap_or(u32::MAX).to_be_bytes();
    let user = user_material.map(|u| tlv::encode(0xA0, &tlv::encode(der::OCTET_STRING, u))).unwrap_or_default();
    let info = der::sequence(&[wrap, &user, &tlv::encode(0xA2, &tlv::encode(der::OCTET_STRING, &bits))]);
    let key = x963(HashAlg::Sha256, secret, &info, KEY_LEN);
    KwAes256::new_from_slice(&key).unwrap_or_else(|_| unreachable!("a key of 32 bytes"))
}

/// KeyTransRecipientInfo: RSA-OAEP with SHA-256.
fn transport(key: &[u8; KEY_LEN], public: &rsa::RsaPublicKey, id: &[u8], rng: &mut dyn CryptoRng) -> Result<Vec<u8>, SealError> {
    let padding = rsa::Oaep::<sha2::Sha256>::new();
    let wrapped = public.encrypt(rng, padding, key).map_err(|_| unusable())?;
    let sha256 = der::sequence(&[&der::oid(HashAlg::Sha256.oid()), &tlv::encode(der::NULL, &[])]);
    let mask = der::sequence(&[&der::oid(oid::MGF1), &sha256]);
    let parameters = der::sequence(&[&tlv::encode(0xA0, &sha256), &tlv::encode(0xA1, &mask)]);
    let algorithm = der::sequence(&[&der::oid(oid::RSA_OAEP), &parameters]);
    Ok(der::sequence(&[&der::integer(0), id, &algorithm, &tlv::encode(der::OCTET_STRING, &wrapped)]))
}

/// The content key that one of the recipients' infos holds for `key`.
pub(super) fn find(recipients: &[Tlv<'_>], key: &PrivateKey) -> Result<Zeroizing<Vec<u8>>, SealError> {
    for info in recipients {
        let found = match (key, info.tag) {
            (PrivateKey::Ec(key), 0xA1) => agreed(info, key)?,
            (PrivateKey::Rsa(key), der::SEQUENCE) => transported(info, key)?,
            _ => None,
        };
        if let Some(content_key) = found {
            return Ok(content_key);
        }
    }
    Err(SealError::NotARecipient)
}

fn agreed(info: &Tlv<'_>, key: &ec::PrivateKey) -> Result<Option<Zeroizing<Vec<u8>>>, TlvError> {
    let mut reader = info.reader();
    reader.expect(der::INTEGER)?;
    let origin = reader.expect(0xA0)?.reader().next()?;
    let material = reader.optional(0xA1)?.map(|u| u.reader().expect(der::OCTET_STRING)).transpose()?;
    let algorithm = reader.expect(der::SEQUENCE)?;
    let wrapped = reader.expect(der::SEQUENCE)?.children()?;
    reader.finish()?;
    let (scheme, wrap) = identifier(&algorithm)?;
    let (Some(wrap), 0xA1, oid::STD_DH_SHA256_KDF) = (wrap, origin.tag, scheme.as_str()) else { return Ok(None) };
    if identifier(&wrap)?.0 != oid::AES256_WRAP {
        return Ok(None);
    }
    let mut reader = origin.reader();
    reader.expect(der::SEQUENCE)?;
    let point = reader.expect(der::BIT_STRING)?;
    reader.finish()?;
    // A point of another curve is another recipient's.
    let Ok(public) = ec::PublicKey::from_uncompressed(key.curve(), der::read_bit_string(&point)?) else { return Ok(None) };
    let Ok(secret) = key.shared_secret(&public) else { return Ok(None) };
    let wrapping = wrapping(&secret, &tlv::encode(der::SEQUENCE, wrap.value), material.map(|m| m.value));
    for entry in wrapped.iter().take(MAX_WRAPPED) {
        let mut reader = entry.reader();
        reader.next()?;
        let sealed = reader.expect(der::OCTET_STRING)?;
        let mut content_key = Zeroizing::new(vec![0u8; KEY_LEN]);
        if sealed.value.len() == KEY_LEN + 8 && wrapping.unwrap_key(sealed.value, &mut content_key).is_ok() {
            return Ok(Some(content_key));
        }
    }
    Ok(None)
}

fn transported(info: &Tlv<'_>, key: &rsa::RsaPrivateKey) -> Result<Option<Zeroizing<Vec<u8>>>, TlvError> {
    let mut reader = info.reader();
    reader.expect(der::INTEGER)?;
    reader.next()?;
    let algorithm = reader.expect(der::SEQUENCE)?;
    let sealed = reader.expect(der::OCTET_STRING)?;
    reader.finish()?;
    // Only OAEP: PKCS#1 v1.5 decryption is an oracle and exists nowhere in this program.
    let (dotted, parameters) = identifier(&algorithm)?;
    let sha256 = parameters.map(|p| p.reader().optional(0xA0)).transpose()?.flatten();
    let hash = sha256.map(|h| h.reader().expect(der::SEQUENCE).and_then(|s| identifier(&s))).transpose()?;
    if dotted != oid::RSA_OAEP || hash.is_none_or(|(h, _)| h != HashAlg::Sha256.oid()) {
        return Ok(None);
    }
    let padding = rsa::Oaep::<sha2::Sha256>::new();
    Ok(key.decrypt(padding, sealed.value).ok().map(Zeroizing::new).filter(|k| k.len() == KEY_LEN))
}
