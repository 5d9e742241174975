//! Key data of PUT KEY: keys encrypted under the static Key-DEK (Card Specification 11.8, Amendment D 6.2.6, 7.2).

use super::key_check_value;
use crate::crypto::symmetric::{AesKey, same};
use crate::limits::CHIP_KEYS;
use crate::reason::{Reason, Refusal};
use zeroize::Zeroizing;

const AES: u8 = 0x88;

/// Why key data were refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyDataError {
    /// The data do not follow the form of PUT KEY.
    #[error("key data are malformed at byte {0}")]
    Malformed(usize),
    /// A key is not an AES key, or not of the length it says.
    #[error("key {0} is not an AES key")]
    NotAes(usize),
    /// A key check value differs: damaged data or another DEK.
    #[error("check value of key {0} differs")]
    WrongCheckValue(usize),
}

impl Refusal for KeyDataError {
    fn reason(&self) -> Reason {
        match self {
            Self::Malformed(_) | Self::NotAes(_) => Reason::EncodingInvalid,
            Self::WrongCheckValue(_) => Reason::SecureChannelBroken,
        }
    }
}

/// Key data that a chip takes in.
#[derive(Debug, Clone)]
pub struct PutKeyData {
    /// The key version number the keys get.
    pub kvn: u8,
    /// The keys in the order of their key identifiers.
    pub keys: Vec<AesKey>,
}

/// Builds the data field of PUT KEY: `kvn ‖ (88 ‖ length ‖ key length ‖ AES-CBC(DEK, key) ‖ 03 ‖ KCV)…`.
/// A 24-byte key is padded with zero bytes to whole blocks.
#[must_use]
pub fn put_key_data(dek: &AesKey, kvn: u8, keys: &[&AesKey]) -> Vec<u8> {
    let mut out = vec![kvn];
    for key in keys {
        let mut sealed = Zeroizing::new(key.expose().to_vec());
        sealed.resize(key.len().next_multiple_of(16), 0);
        dek.cbc_encrypt(&[0; 16], &mut sealed).unwrap_or_else(|_| unreachable!("whole blocks"));
        out.extend([AES, short(sealed.len() + 1), short(key.len())]);
        out.extend_from_slice(&sealed);
        out.push(3);
        out.extend(key_check_value(key));
    }
    out
}

/// The answer to PUT KEY: `kvn ‖ KCV…`.
#[must_use]
pub fn put_key_answer(kvn: u8, keys: &[&AesKey]) -> Vec<u8> {
    let mut out = vec![kvn];
    out.extend(keys.iter().flat_map(|key| key_check_value(key)));
    out
}

/// Takes the data field of PUT KEY apart with the chip's Key-DEK and checks every key check value.
///
/// # Errors
/// Any [`KeyDataError`].
pub fn parse_put_key(dek: &AesKey, data: &[u8]) -> Result<PutKeyData, KeyDataError> {
    let (&kvn, mut rest) = data.split_first().ok_or(KeyDataError::Malformed(0))?;
    let mut keys = Vec::new();
    while !rest.is_empty() && keys.len() < CHIP_KEYS {
        let malformed = KeyDataError::Malformed(data.len() - rest.len());
        let (block, tail) = take_block(rest).ok_or(malformed)?;
        keys.push(open_key(dek, &block, keys.len() + 1)?);
        rest = tail;
    }
    if keys.is_empty() || !rest.is_empty() {
        return Err(KeyDataError::Malformed(data.len() - rest.len()));
    }
    Ok(PutKeyData { kvn, keys })
}

struct Block<'a> {
    key_type: u8,
    key_len: u8,
    sealed: &'a [u8],
    check: &'a [u8],
}

fn take_block(rest: &[u8]) -> Option<(Block<'_>, &[u8])> {
    let (&[key_type, length, key_len], rest) = rest.split_first_chunk::<3>()?;
    let (sealed, rest) = rest.split_at_checked(usize::from(length).checked_sub(1)?)?;
    let (&kcv_len, rest) = rest.split_first()?;
    let (check, rest) = rest.split_at_checked(usize::from(kcv_len))?;
    Some((Block { key_type, key_len, sealed, check }, rest))
}

fn open_key(dek: &AesKey, block: &Block<'_>, number: usize) -> Result<AesKey, KeyDataError> {
    let bad = KeyDataError::NotAes(number);
    let len = usize::from(block.key_len);
    if block.key_type != AES || block.sealed.len() != len.next_multiple_of(16) {
        return Err(bad);
    }
    let mut clear = Zeroizing::new(block.sealed.to_vec());
    dek.cbc_decrypt(&[0; 16], &mut clear).map_err(|_| bad)?;
    let key = AesKey::new(clear.get(..len).ok_or(bad)?).map_err(|_| bad)?;
    if same(&key_check_value(&key), block.check) { Ok(key) } else { Err(KeyDataError::WrongCheckValue(number)) }
}

fn short(length: usize) -> u8 {
    u8::try_from(length).unwrap_or_else(|_| unreachable!("an AES key and one byte"))
}

#[cfg(test)]
pub(super) fn unhex(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(len: usize, byte: u8) -> AesKey {
        AesKey::new(&vec![byte; len]).unwrap()
    }

    #[test]
    fn check_values_of_the_published_keys() {
        // pySim, tests/unittests/test_globalplatform.py, SCP03_KCV_Test.
        for (start, kcv) in [(0x00, "C35280"), (0x10, "013808"), (0x20, "840DE5")] {
            let bytes: Vec<u8> = (start..start + 16).collect();
            assert_eq!(key_check_value(&AesKey::new(&bytes).unwrap()).to_vec(), unhex(kcv));
        }
    }

    #[test]
    fn what_is_put_is_taken() {
        for len in [16, 24, 32] {
            let (dek, keys) = (key(len, 9), [key(len, 1), key(len, 2), key(len, 3)]);
            let refs: Vec<&AesKey> = keys.iter().collect();
            let data = put_key_data(&dek, 0x31, &refs);
            let back = parse_put_key(&dek, &data).unwrap();
            assert_eq!((back.kvn, back.keys.len()), (0x31, 3));
            assert!(back.keys.iter().zip(&keys).all(|(a, b)| a.expose() == b.expose()));
            assert_eq!(put_key_answer(0x31, &refs).len(), 10);
        }
    }

    #[test]
    fn refusals() {
        let (dek, one) = (key(16, 9), key(16, 1));
        let data = put_key_data(&dek, 0x40, &[&one]);
        assert_eq!(data.len(), 1 + 3 + 16 + 4);
        assert_eq!(parse_put_key(&dek, &[]).unwrap_err(), KeyDataError::Malformed(0));
        assert_eq!(parse_put_key(&dek, &[0x40]).unwrap_err(), KeyDataError::Malformed(1));
        assert_eq!(parse_put_key(&dek, &data[..20]).unwrap_err(), KeyDataError::Malformed(1));
        assert_eq!(parse_put_key(&key(16, 8), &data).unwrap_err(), KeyDataError::WrongCheckValue(1));
        let mut des = data.clone();
        des[1] = 0x80;
        assert_eq!(parse_put_key(&dek, &des).unwrap_err(), KeyDataError::NotAes(1));
        let many = put_key_data(&dek, 0x40, &[&one; CHIP_KEYS + 1]);
        assert!(matches!(parse_put_key(&dek, &many), Err(KeyDataError::Malformed(_))));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_taken_or_refused(data: Vec<u8>) {
            let _ = parse_put_key(&key(16, 9), &data);
        }
    }
}
