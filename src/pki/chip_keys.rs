//! Files of symmetric keys: towards chips the vendor's transport set, the SCP03 master and the proof master; a gallery's and a store's.
//!
//! The form is a JSON object of its own: `format` (`ektp-chip-key-1`), `kind`, `check` (a key check value of each key, by
//! GlobalPlatform Amendment D 4.1.4), `salt`, `nonce`, `sealed`. `sealed` is the key under AES-256-GCM, whose key is scrypt
//! (N = 2^14, r = 8, p = 1) of passphrase and salt, with `format` and `kind` as associated data. All bytes are hexadecimal.

use super::keystore::{self, KeystoreError};
use super::sample::Kit;
use super::trust::mark::hex;
use crate::crypto::scp03::{KeySet, key_check_value};
use crate::crypto::symmetric::{AesKey, same};
use crate::reason::{Reason, Refusal};
use crate::secret::Secret;
use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit};
use pkcs8::pkcs5::scrypt;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use std::path::Path;
use zeroize::Zeroizing;

const FORMAT: &str = "ektp-chip-key-1";
/// Largest key file, in bytes.
const MAX_FILE: usize = 4_096;
/// Key version of the vendor's transport set.
const KVN_TRANSPORT: u8 = 0x30;

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The vendor's transport set: ENC, MAC and DEK, one after the other.
    Transport,
    /// Master of the chip-unique SCP03 sets.
    Scp03Master,
    /// Master of the proof keys.
    ProofMaster,
    /// The key of a gallery of fingers, AES-256.
    Gallery,
    /// The key of a store of issuance, AES-256.
    Store,
}

impl Kind {
    /// Its name in the file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Transport => "transport",
            Self::Scp03Master => "scp03-master",
            Self::ProofMaster => "proof-master",
            Self::Gallery => "gallery",
            Self::Store => "store",
        }
    }

    /// AES keys in one file.
    const fn keys(self) -> usize {
        match self {
            Self::Transport => 3,
            Self::Scp03Master | Self::ProofMaster | Self::Gallery | Self::Store => 1,
        }
    }
}

/// Why a key file is not made, or does not give its key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChipKeyError {
    /// The file or its passphrase, as with any key file.
    #[error(transparent)]
    File(#[from] KeystoreError),
    /// Not a file of this form.
    #[error("not a file of a chip key")]
    Malformed,
    /// The file holds a key for something else.
    #[error("the file holds a {found} key, not a {expected} key")]
    OtherKind {
        /// What was asked for.
        expected: &'static str,
        /// What the file says.
        found: &'static str,
    },
    /// Not one AES key of 16, 24 or 32 bytes, or for a transport set not three of one length.
    #[error("{0} bytes are no key of this kind")]
    Length(usize),
    /// A sample key, which everyone has.
    #[error("the {0} key is the sample key")]
    Sample(&'static str),
}

impl Refusal for ChipKeyError {
    fn reason(&self) -> Reason {
        match self {
            Self::File(e) => e.reason(),
            Self::Malformed => Reason::EncodingInvalid,
            Self::OtherKind { .. } | Self::Length(_) => Reason::InputInvalid,
            Self::Sample(_) => Reason::SampleKey,
        }
    }
}

/// A symmetric key with its purpose.
#[derive(Clone)]
pub struct ChipKey {
    kind: Kind,
    keys: Vec<AesKey>,
}

impl std::fmt::Debug for ChipKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ChipKey({})", self.kind.name())
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sealed {
    format: String,
    kind: Kind,
    check: Vec<String>,
    salt: String,
    nonce: String,
    sealed: String,
}

impl ChipKey {
    /// Takes key bytes; a transport set is ENC, MAC and DEK one after the other.
    ///
    /// # Errors
    /// [`ChipKeyError::Length`].
    pub fn new(kind: Kind, bytes: &[u8]) -> Result<Self, ChipKeyError> {
        let wrong = ChipKeyError::Length(bytes.len());
        if !bytes.len().is_multiple_of(kind.keys()) || bytes.is_empty() {
            return Err(wrong);
        }
        let keys: Result<_, _> = bytes.chunks(bytes.len() / kind.keys()).map(AesKey::new).collect();
        keys.map(|keys| Self { kind, keys }).map_err(|_| wrong)
    }

    /// A new key, AES-256.
    #[must_use]
    pub fn generate(kind: Kind, rng: &mut dyn CryptoRng) -> Self {
        let mut bytes = Zeroizing::new(vec![0; 32 * kind.keys()]);
        rng.fill_bytes(&mut bytes);
        Self::new(kind, &bytes).unwrap_or_else(|_| unreachable!("32 bytes a key"))
    }

    /// Key check values, hexadecimal: what two key holders compare aloud.
    #[must_use]
    pub fn check_values(&self) -> Vec<String> {
        self.keys.iter().map(|k| hex(&key_check_value(k))).collect()
    }

    /// Whether it is the sample key of its kind, which everyone has.
    #[must_use]
    pub fn is_sample(&self) -> bool {
        let sample = match self.kind {
            Kind::Transport => Kit::transport_keys().keys().map(Clone::clone).to_vec(),
            Kind::Scp03Master => vec![Kit::scp03_master()],
            Kind::ProofMaster => vec![Kit::proof_master()],
            Kind::Gallery | Kind::Store => Vec::new(),
        };
        self.keys.len() == sample.len() && self.keys.iter().zip(&sample).all(|(a, b)| same(a.expose(), b.expose()))
    }

    /// Takes key bytes as hexadecimal text.
    ///
    /// # Errors
    /// [`ChipKeyError::Length`], also for text that is not hexadecimal.
    pub fn from_hex(kind: Kind, text: &str) -> Result<Self, ChipKeyError> {
        let bytes = Zeroizing::new(unhex(text).ok_or(ChipKeyError::Length(text.len() / 2))?);
        Self::new(kind, &bytes)
    }

    /// The key, if it is of this kind; a master is one key, a transport set three.
    ///
    /// # Errors
    /// [`ChipKeyError::OtherKind`].
    pub fn master(&self, kind: Kind) -> Result<AesKey, ChipKeyError> {
        match self.keys.as_slice() {
            [key] if self.kind == kind => Ok(key.clone()),
            _ => Err(ChipKeyError::OtherKind { expected: kind.name(), found: self.kind.name() }),
        }
    }

    /// The transport set, key version 30.
    ///
    /// # Errors
    /// [`ChipKeyError::OtherKind`].
    pub fn transport(&self) -> Result<KeySet, ChipKeyError> {
        let other = ChipKeyError::OtherKind { expected: Kind::Transport.name(), found: self.kind.name() };
        match self.keys.as_slice() {
            [enc, mac, dek] => KeySet::new(KVN_TRANSPORT, enc.expose(), mac.expose(), dek.expose()).map_err(|_| other),
            _ => Err(other),
        }
    }

    /// Writes the key into a new file that only its owner may read.
    ///
    /// # Errors
    /// [`ChipKeyError::File`].
    pub fn create(&self, path: &Path, passphrase: &Secret<String>, rng: &mut dyn CryptoRng) -> Result<(), ChipKeyError> {
        Ok(keystore::create_private(path, self.encrypt(passphrase, rng)?.as_bytes())?)
    }

    /// Opens a file of [`ChipKey::create`].
    ///
    /// # Errors
    /// [`ChipKeyError`] but [`ChipKeyError::Length`] and [`ChipKeyError::Sample`].
    pub fn open(path: &Path, kind: Kind, passphrase: &Secret<String>) -> Result<Self, ChipKeyError> {
        let text = std::fs::read(path).map_err(|e| KeystoreError::Unreadable(e.kind()))?;
        Self::decrypt(&text, kind, passphrase)
    }

    fn encrypt(&self, passphrase: &Secret<String>, rng: &mut dyn CryptoRng) -> Result<String, ChipKeyError> {
        if passphrase.expose().chars().count() < 4 {
            return Err(KeystoreError::WeakPassphrase.into());
        }
        let (mut salt, mut nonce) = ([0; 16], [0; 12]);
        rng.fill_bytes(&mut salt);
        rng.fill_bytes(&mut nonce);
        let plain: Zeroizing<Vec<u8>> = Zeroizing::new(self.keys.iter().flat_map(|k| k.expose().iter().copied()).collect());
        let payload = Payload { msg: &plain, aad: &associated(self.kind) };
        let sealed = cipher(passphrase, &salt)?.encrypt(&nonce.into(), payload).map_err(|_| ChipKeyError::Malformed)?;
        let file = Sealed {
            format: FORMAT.to_owned(),
            kind: self.kind,
            check: self.check_values(),
            salt: hex(&salt),
            nonce: hex(&nonce),
            sealed: hex(&sealed),
        };
        serde_json::to_string_pretty(&file).map(|text| text + "\n").map_err(|_| ChipKeyError::Malformed)
    }

    fn decrypt(text: &[u8], kind: Kind, passphrase: &Secret<String>) -> Result<Self, ChipKeyError> {
        let file: Option<Sealed> = (text.len() <= MAX_FILE).then(|| serde_json::from_slice(text).ok()).flatten();
        let file = file.filter(|f| f.format == FORMAT).ok_or(ChipKeyError::Malformed)?;
        if file.kind != kind {
            return Err(ChipKeyError::OtherKind { expected: kind.name(), found: file.kind.name() });
        }
        let bytes = |text: &str| unhex(text).ok_or(ChipKeyError::Malformed);
        let nonce = <[u8; 12]>::try_from(bytes(&file.nonce)?).map_err(|_| ChipKeyError::Malformed)?;
        let sealed = bytes(&file.sealed)?;
        let payload = Payload { msg: &sealed, aad: &associated(kind) };
        let plain = cipher(passphrase, &bytes(&file.salt)?)?.decrypt(&nonce.into(), payload).map(Zeroizing::new);
        let key = Self::new(kind, &plain.map_err(|_| KeystoreError::WrongPassphrase)?).map_err(|_| ChipKeyError::Malformed)?;
        // What people compare must be what is used.
        if key.check_values() == file.check { Ok(key) } else { Err(ChipKeyError::Malformed) }
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect::<Option<_>>()?;
    let pairs = digits.chunks(2).map(|pair| if let [high, low] = pair { Some(high << 4 | low) } else { None });
    pairs.collect()
}

fn associated(kind: Kind) -> Vec<u8> {
    format!("{FORMAT} {}", kind.name()).into_bytes()
}

fn cipher(passphrase: &Secret<String>, salt: &[u8]) -> Result<Aes256Gcm, ChipKeyError> {
    let cost = scrypt::Params::new(14, 8, 1).map_err(|_| ChipKeyError::Malformed)?;
    let mut key = Zeroizing::new([0; 32]);
    scrypt::scrypt(passphrase.expose().as_bytes(), salt, &cost, key.as_mut()).map_err(|_| ChipKeyError::Malformed)?;
    Aes256Gcm::new_from_slice(key.as_ref()).map_err(|_| ChipKeyError::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::DangerousSeededEntropy;

    fn secret(text: &str) -> Secret<String> {
        Secret::new(text.to_owned())
    }

    #[test]
    fn a_key_comes_back_from_its_file_and_from_no_other_passphrase() {
        let dir = tempfile::tempdir().unwrap();
        let mut rng = DangerousSeededEntropy::new(1);
        for kind in [Kind::Transport, Kind::Scp03Master, Kind::ProofMaster] {
            let (path, key) = (dir.path().join(kind.name()), ChipKey::generate(kind, &mut rng));
            key.create(&path, &secret("correct"), &mut rng).unwrap();
            let back = ChipKey::open(&path, kind, &secret("correct")).unwrap();
            assert_eq!(back.check_values(), key.check_values());
            assert_eq!((back.transport().is_ok(), back.master(kind).is_ok()), (kind == Kind::Transport, kind != Kind::Transport));
            let locked = ChipKey::open(&path, kind, &secret("wrong")).unwrap_err();
            assert_eq!((&locked, locked.reason()), (&ChipKeyError::File(KeystoreError::WrongPassphrase), Reason::LoginNeeded));
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(key.keys.iter().all(|k| !text.contains(&hex(k.expose()))));
            assert_eq!(key.create(&path, &secret("correct"), &mut rng), Err(KeystoreError::Exists.into()));
        }
        let missing = ChipKey::open(&dir.path().join("none"), Kind::Transport, &secret("correct")).unwrap_err();
        assert_eq!(missing.reason(), Reason::KeyMissing);
    }

    #[test]
    fn a_file_says_what_its_key_is_for_and_cannot_be_made_to_say_otherwise() {
        let mut rng = DangerousSeededEntropy::new(2);
        let text = ChipKey::generate(Kind::ProofMaster, &mut rng).encrypt(&secret("correct"), &mut rng).unwrap();
        let open = |text: &str, kind| ChipKey::decrypt(text.as_bytes(), kind, &secret("correct")).map(drop);
        let other = ChipKeyError::OtherKind { expected: "scp03-master", found: "proof-master" };
        assert_eq!(open(&text, Kind::Scp03Master), Err(other));
        let renamed = text.replace("proof-master", "scp03-master");
        assert_eq!(open(&renamed, Kind::Scp03Master), Err(KeystoreError::WrongPassphrase.into()));
        assert_eq!(open(&text.replace(FORMAT, "x"), Kind::ProofMaster), Err(ChipKeyError::Malformed));
        assert_eq!(open("{}", Kind::ProofMaster), Err(ChipKeyError::Malformed));
        let at = text.find("\"check\"").unwrap() + 20;
        let miscounted: String =
            text.char_indices().map(|(i, c)| if i > at && i < at + 12 && c.is_ascii_hexdigit() { '0' } else { c }).collect();
        assert_eq!(open(&miscounted, Kind::ProofMaster), Err(ChipKeyError::Malformed));
        assert_eq!(ChipKey::new(Kind::Transport, &[1; 32]).map(drop), Err(ChipKeyError::Length(32)));
        assert_eq!(ChipKey::new(Kind::ProofMaster, &[]).map(drop), Err(ChipKeyError::Length(0)));
        let weak = ChipKey::generate(Kind::ProofMaster, &mut rng).encrypt(&secret("abc"), &mut rng);
        assert_eq!(weak, Err(KeystoreError::WeakPassphrase.into()));
    }

    #[test]
    fn the_sample_keys_are_known_as_such() {
        let transport: Vec<u8> = Kit::transport_keys().keys().iter().flat_map(|k| k.expose().to_vec()).collect();
        assert!(ChipKey::new(Kind::Transport, &transport).unwrap().is_sample());
        assert!(ChipKey::new(Kind::Scp03Master, Kit::scp03_master().expose()).unwrap().is_sample());
        assert!(!ChipKey::new(Kind::ProofMaster, Kit::scp03_master().expose()).unwrap().is_sample());
        assert!(!ChipKey::generate(Kind::Transport, &mut DangerousSeededEntropy::new(3)).is_sample());
        assert_eq!(ChipKeyError::Sample("transport").reason(), Reason::SampleKey);
    }
}
