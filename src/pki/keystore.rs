//! Private key files: PKCS#8, encrypted under a passphrase with scrypt and AES-256-CBC, in PEM.

use super::algorithm::AlgorithmError;
use super::key::PrivateKey;
use crate::limits::{KEY_FILE_MEMORY, KEY_FILE_ROUNDS};
use crate::reason::{Reason, Refusal};
use crate::secret::Secret;
use pkcs8::pkcs5::pbes2;
use pkcs8::{EncryptedPrivateKeyInfoOwned, LineEnding};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

const LABEL: &str = "ENCRYPTED PRIVATE KEY";
/// Largest key file, in bytes.
const MAX_FILE: usize = 32_768;

/// Why a key file does not give its key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeystoreError {
    /// There is no such file, or it cannot be read.
    #[error("key file cannot be read ({0})")]
    Unreadable(std::io::ErrorKind),
    /// The file or its directory cannot be written.
    #[error("key file cannot be written ({0})")]
    Unwritable(std::io::ErrorKind),
    /// A file of that name exists; a key is never overwritten.
    #[error("a file of that name is there already")]
    Exists,
    /// Not an encrypted PKCS#8 PEM file.
    #[error("not an encrypted PKCS#8 key file")]
    NotAKeyFile,
    /// A passphrase of fewer than four characters.
    #[error("the passphrase is too short")]
    WeakPassphrase,
    /// The passphrase does not open the file.
    #[error("the passphrase does not open the key file")]
    WrongPassphrase,
    /// The file opened, but its key is not of a kind that is known here.
    #[error("the key file's key is not usable: {0}")]
    Key(AlgorithmError),
}

impl Refusal for KeystoreError {
    fn reason(&self) -> Reason {
        match self {
            Self::Unreadable(_) => Reason::KeyMissing,
            Self::Unwritable(kind) => Reason::of_io(*kind),
            Self::Exists => Reason::OutputExists,
            Self::WrongPassphrase => Reason::LoginNeeded,
            Self::WeakPassphrase => Reason::InputInvalid,
            Self::NotAKeyFile | Self::Key(_) => Reason::EncodingInvalid,
        }
    }
}

/// Encrypts a private key: scrypt with N = 2^14, r = 8, p = 1 (what OpenSSL opens by default), AES-256-CBC.
///
/// # Errors
/// [`KeystoreError::WeakPassphrase`].
pub fn encrypt(key: &PrivateKey, passphrase: &Secret<String>, rng: &mut dyn CryptoRng) -> Result<String, KeystoreError> {
    if passphrase.expose().chars().count() < 4 {
        return Err(KeystoreError::WeakPassphrase);
    }
    let (mut salt, mut iv) = ([0; 16], [0; 16]);
    rng.fill_bytes(&mut salt);
    rng.fill_bytes(&mut iv);
    seal(key, passphrase, &salt, iv).ok_or(KeystoreError::NotAKeyFile)
}

fn seal(key: &PrivateKey, passphrase: &Secret<String>, salt: &[u8], iv: [u8; 16]) -> Option<String> {
    let cost = pkcs8::pkcs5::scrypt::Params::new(14, 8, 1).ok()?;
    let parameters = pbes2::Parameters::generate_scrypt_aes256cbc(cost, salt, iv).ok()?;
    let encrypted_data = parameters.encrypt(passphrase.expose().as_bytes(), &key.to_pkcs8()).ok()?;
    let info = EncryptedPrivateKeyInfoOwned {
        encryption_algorithm: parameters.into(),
        encrypted_data: der::asn1::OctetString::new(encrypted_data).ok()?,
    };
    let document = der::Encode::to_der(&info).ok()?;
    der::pem::encode_string(LABEL, LineEnding::LF, &document).ok()
}

/// Decrypts a key file's text.
///
/// # Errors
/// [`KeystoreError::NotAKeyFile`], [`KeystoreError::WrongPassphrase`] or [`KeystoreError::Key`].
pub fn decrypt(pem: &[u8], passphrase: &Secret<String>) -> Result<PrivateKey, KeystoreError> {
    if pem.len() > MAX_FILE {
        return Err(KeystoreError::NotAKeyFile);
    }
    let (label, document) = der::pem::decode_vec(pem).map_err(|_| KeystoreError::NotAKeyFile)?;
    if label != LABEL {
        return Err(KeystoreError::NotAKeyFile);
    }
    let info: EncryptedPrivateKeyInfoOwned = der::Decode::from_der(&document).map_err(|_| KeystoreError::NotAKeyFile)?;
    check_cost(&info.encryption_algorithm)?;
    let plain = info
        .encryption_algorithm
        .decrypt(passphrase.expose().as_bytes(), info.encrypted_data.as_bytes())
        .map(Zeroizing::new)
        .map_err(|_| KeystoreError::WrongPassphrase)?;
    // CBC padding passes by chance for one wrong passphrase in 256: then the key inside does not parse.
    match PrivateKey::from_pkcs8(&plain) {
        Ok(key) => Ok(key),
        Err(AlgorithmError::Unknown(oid)) => Err(KeystoreError::Key(AlgorithmError::Unknown(oid))),
        Err(_) => Err(KeystoreError::WrongPassphrase),
    }
}

/// A key file from elsewhere must not make us spend unbounded memory or time.
fn check_cost(scheme: &pkcs8::pkcs5::EncryptionScheme) -> Result<(), KeystoreError> {
    let kdf = &scheme.pbes2().ok_or(KeystoreError::NotAKeyFile)?.kdf;
    let fair = match (kdf.scrypt(), kdf.pbkdf2()) {
        // scrypt takes 128 · N · r bytes (RFC 7914 2).
        (Some(s), _) => {
            let memory = s.cost_parameter.saturating_mul(u64::from(s.block_size)).saturating_mul(128);
            memory <= KEY_FILE_MEMORY && s.parallelization <= 4
        }
        (_, Some(p)) => p.iteration_count <= KEY_FILE_ROUNDS,
        _ => false,
    };
    if fair { Ok(()) } else { Err(KeystoreError::NotAKeyFile) }
}

/// Reads and decrypts a key file.
///
/// # Errors
/// Any [`KeystoreError`].
#[cfg(feature = "store")]
pub fn open(path: &std::path::Path, passphrase: &Secret<String>) -> Result<PrivateKey, KeystoreError> {
    let bytes = std::fs::read(path).map_err(|e| KeystoreError::Unreadable(e.kind()))?;
    decrypt(&bytes, passphrase)
}

/// Encrypts a key into a new file that only its owner may read.
///
/// # Errors
/// [`KeystoreError::Exists`], [`KeystoreError::Unwritable`] or [`KeystoreError::WeakPassphrase`].
#[cfg(feature = "store")]
pub fn create(
    path: &std::path::Path,
    key: &PrivateKey,
    passphrase: &Secret<String>,
    rng: &mut dyn CryptoRng,
) -> Result<(), KeystoreError> {
    create_private(path, encrypt(key, passphrase, rng)?.as_bytes())
}

/// Writes a new file that only its owner may read, whole or not at all, and never over another.
///
/// # Errors
/// [`KeystoreError::Exists`] or [`KeystoreError::Unwritable`].
#[cfg(feature = "store")]
pub fn create_private(path: &std::path::Path, content: &[u8]) -> Result<(), KeystoreError> {
    use crate::durable::{Readers, create};
    create(path, content, Readers::Owner).map_err(|e| match e.kind() {
        std::io::ErrorKind::AlreadyExists => KeystoreError::Exists,
        other => KeystoreError::Unwritable(other),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::ec::Curve;
    use crate::world::DangerousSeededEntropy;

    fn secret(text: &str) -> Secret<String> {
        Secret::new(text.to_owned())
    }

    #[test]
    fn a_key_file_opens_with_its_passphrase_alone() {
        let mut rng = DangerousSeededEntropy::new(1);
        let key = PrivateKey::generate(Curve::Bp256, &mut rng);
        let pem = encrypt(&key, &secret("correct horse"), &mut rng).unwrap();
        let back = decrypt(pem.as_bytes(), &secret("correct horse")).unwrap();
        assert_eq!(back.public_key(), key.public_key());
        let wrong = decrypt(pem.as_bytes(), &secret("wrong horse")).unwrap_err();
        assert_eq!((&wrong, wrong.reason()), (&KeystoreError::WrongPassphrase, Reason::LoginNeeded));
        assert_eq!(encrypt(&key, &secret("abc"), &mut rng).unwrap_err(), KeystoreError::WeakPassphrase);
    }

    #[test]
    fn other_files_are_no_key_files() {
        let plain = "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n";
        for bad in [&b"hello"[..], plain.as_bytes(), &[0; MAX_FILE + 1]] {
            assert_eq!(decrypt(bad, &secret("x")).unwrap_err(), KeystoreError::NotAKeyFile);
        }
    }

    /// A key file of this cost; what is encrypted in it is nothing.
    fn costing(parameters: pbes2::Parameters) -> String {
        let encrypted_data = der::asn1::OctetString::new(vec![7; 64]).unwrap();
        let info = EncryptedPrivateKeyInfoOwned { encryption_algorithm: parameters.into(), encrypted_data };
        der::pem::encode_string(LABEL, LineEnding::LF, &der::Encode::to_der(&info).unwrap()).unwrap()
    }

    #[test]
    fn a_key_file_does_not_set_our_memory_and_time() {
        use pkcs8::pkcs5::scrypt::Params;
        let scrypt = |log_n, r, p| {
            let cost = Params::new(log_n, r, p).unwrap();
            costing(pbes2::Parameters::generate_scrypt_aes256cbc(cost, &[1; 16], [2; 16]).unwrap())
        };
        let rounds = |n| costing(pbes2::Parameters::generate_pbkdf2_sha256_aes256cbc(n, &[1; 16], [2; 16]).unwrap());
        let opened = |pem: String| decrypt(pem.as_bytes(), &secret("test")).unwrap_err();
        for fair in [scrypt(14, 8, 1), scrypt(10, 8, 4), rounds(2_048)] {
            assert_eq!(opened(fair), KeystoreError::WrongPassphrase);
        }
        for dear in [scrypt(17, 8, 1), scrypt(20, 16, 1), scrypt(10, 8, 5), rounds(2_000_001)] {
            assert_eq!(opened(dear), KeystoreError::NotAKeyFile);
        }
    }

    #[test]
    fn a_foreign_kind_of_key_is_named() {
        // openssl genpkey -algorithm ed25519 | openssl pkcs8 -topk8 -scrypt -v2 aes-256-cbc -passout pass:test
        let mut rng = DangerousSeededEntropy::new(1);
        let _ = &mut rng;
        let Some(pem) = super::super::openssl::run("genpkey -algorithm ed25519", &[])
            .and_then(|key| super::super::openssl::run("pkcs8 -topk8 -scrypt -v2 aes-256-cbc -passout pass:test", &key))
        else {
            return;
        };
        let error = decrypt(&pem, &secret("test")).unwrap_err();
        assert_eq!(error, KeystoreError::Key(AlgorithmError::Unknown("1.3.101.112".into())));
    }

    #[test]
    fn openssl_opens_our_key_file_and_we_open_its() {
        let mut rng = DangerousSeededEntropy::new(2);
        let key = PrivateKey::generate(Curve::P256, &mut rng);
        let pem = encrypt(&key, &secret("test"), &mut rng).unwrap();
        let Some(der) = super::super::openssl::run("pkey -passin pass:test -pubout -outform DER", pem.as_bytes()) else { return };
        assert_eq!(der, key.public_key().encode(crate::pki::key::Parameters::Named));
        let theirs = super::super::openssl::run(
            "pkcs8 -topk8 -scrypt -v2 aes-256-cbc -passin pass:test -passout pass:other",
            pem.as_bytes(),
        );
        assert_eq!(decrypt(&theirs.unwrap(), &secret("other")).unwrap().public_key(), key.public_key());
    }

    #[cfg(feature = "store")]
    #[test]
    fn files_are_private_and_never_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.key.pem");
        create_private(&path, b"x").unwrap();
        assert_eq!(create_private(&path, b"y").unwrap_err(), KeystoreError::Exists);
        assert_eq!(std::fs::read(&path).unwrap(), b"x");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions()) & 0o777, 0o600);
        let missing = open(&dir.path().join("none"), &secret("test")).unwrap_err();
        assert_eq!(missing, KeystoreError::Unreadable(std::io::ErrorKind::NotFound));
        let nowhere = create_private(&dir.path().join("no/dir"), b"x").unwrap_err();
        assert_eq!(nowhere, KeystoreError::Unwritable(std::io::ErrorKind::NotFound));
    }
}
