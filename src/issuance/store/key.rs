//! The key of a store, which lies outside of it: keyed digests by which persons are found, and the sealing of what is personal.
//!
//! A back end sees [`Subject`]s and [`Sealed`] parts alone; only this file turns a NIK into the one, and a text into the other.

use super::error::StoreError;
use super::rule::Kind;
use super::word::Id;
use crate::crypto::kdf::sp800_108;
use crate::crypto::symmetric::AesKey;
use crate::limits::STORE_SEALED_BYTES;
use crate::record::{FamilyCardNo, Nik};
use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit as _};
use hmac::{Hmac, Mac as _};
use rand_core::CryptoRng;
use sha2::Sha256;
use zeroize::Zeroizing;

/// Format of a sealed part.
const FORMAT: u8 = 1;
const NONCE: usize = 12;

/// AES-256, given by the caller; zeroized on drop, never shown, never written.
#[derive(Debug, Clone)]
pub struct StoreKey {
    master: AesKey,
    index: AesKey,
}

/// Whom something is about: HMAC-SHA-256 of a NIK or of a family card's number, under a key drawn from the store's.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Subject([u8; 32]);

impl Subject {
    /// Its bytes, as they stand in the tables.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// As an id: of the resident, or of the family, whom it is about.
    #[must_use]
    pub fn id(&self, prefix: char) -> Id {
        let text = format!("{prefix}-{}", crate::verify::hex::encode(self.0.get(..20).unwrap_or_default()));
        Id::parse(&text).unwrap_or_else(|_| unreachable!("a letter, a dash and forty digits"))
    }

    /// One read from a table.
    pub(super) const fn stored(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl std::fmt::Debug for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Subject({}…)", crate::verify::hex::encode(self.0.get(..4).unwrap_or_default()))
    }
}

/// What an application is found by beside its person: the first half of a keyed digest, of whatever two who are alike have in common.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Mark([u8; 16]);

impl Mark {
    /// Of a text, under a label: nobody without the store's key makes one, or guesses by it.
    #[must_use]
    pub fn of(key: &StoreKey, label: &str, text: &[u8]) -> Self {
        let mut half = [0; 16];
        half.iter_mut().zip(key.mark(label, text)).for_each(|(to, byte)| *to = byte);
        Self(half)
    }

    /// Its bytes, as they stand in the table.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl std::fmt::Debug for Mark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mark")
    }
}

/// What is kept sealed of a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// Who it is: the biodata of the record.
    Biodata,
    /// Fingers, portrait, signature; of whom no finger can be taken also hands and irises.
    Biometrics,
    /// The CAN of a card; erased when the card becomes active.
    Can,
    /// What was written down when it began: a shift's first count, a batch's rows, a shipment's seals, an incident's report.
    Opening,
    /// What came to it while it was open: a shift's stock.
    Supply,
    /// The comparison at a card's handover, as far as it went.
    Trial,
    /// What an identification found of an application.
    Findings,
    /// What was written down at its end: a shift's last count, minutes, what came of an incident.
    Closing,
    /// What officers of this office did with a thing of the centre's, and signed for the centre's store.
    Deeds,
}

impl Part {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Biodata,
        Self::Biometrics,
        Self::Can,
        Self::Opening,
        Self::Supply,
        Self::Trial,
        Self::Findings,
        Self::Closing,
        Self::Deeds,
    ];

    /// Its word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Biodata => "biodata",
            Self::Biometrics => "biometrics",
            Self::Can => "can",
            Self::Opening => "opening",
            Self::Supply => "supply",
            Self::Trial => "trial",
            Self::Findings => "findings",
            Self::Closing => "closing",
            Self::Deeds => "deeds",
        }
    }
}

/// A sealed part of one thing: format, nonce, ciphertext and tag of AES-256-GCM. Its key is drawn for this place alone, and table, id,
/// part and format are associated data, so that it opens nowhere else.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    pub(super) kind: Kind,
    pub(super) id: Id,
    pub(super) part: Part,
    pub(super) bytes: Vec<u8>,
}

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sealed({} {} {}, {} bytes)", self.kind.name(), self.id, self.part.name(), self.bytes.len())
    }
}

impl Sealed {
    /// As they are stored.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl StoreKey {
    /// Takes a key of 32 bytes.
    ///
    /// # Errors
    /// [`StoreError::KeyLength`].
    pub fn new(bytes: &[u8]) -> Result<Self, StoreError> {
        let wrong = StoreError::KeyLength(bytes.len());
        if bytes.len() != 32 {
            return Err(wrong);
        }
        let master = AesKey::new(bytes).map_err(|_| wrong.clone())?;
        let index = AesKey::new(&sp800_108(&master, b"ektp store index", b"", 32)).map_err(|_| wrong)?;
        Ok(Self { master, index })
    }

    /// A new key.
    #[must_use]
    pub fn generate(rng: &mut dyn CryptoRng) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        rng.fill_bytes(bytes.as_mut());
        Self::new(bytes.as_ref()).unwrap_or_else(|_| unreachable!("32 bytes"))
    }

    /// The keyed digest of a NIK.
    #[must_use]
    pub fn subject(&self, nik: &Nik) -> Subject {
        self.digest(b"nik", nik.as_str())
    }

    /// The keyed digest of a family card's number.
    #[must_use]
    pub fn family(&self, number: &FamilyCardNo) -> Subject {
        self.digest(b"family card", number.as_str())
    }

    fn digest(&self, of: &[u8], digits: &str) -> Subject {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.index.expose()).unwrap_or_else(|_| unreachable!("HMAC takes any key"));
        mac.update(of);
        mac.update(&[0]);
        mac.update(digits.as_bytes());
        Subject(mac.finalize().into_bytes().into())
    }

    /// A keyed digest of what is not a number of anybody, under a label of its own: nobody without the key makes one, or guesses by it.
    #[must_use]
    pub fn mark(&self, label: &str, of: &[u8]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.index.expose()).unwrap_or_else(|_| unreachable!("HMAC takes any key"));
        mac.update(b"mark");
        mac.update(&[0]);
        mac.update(label.as_bytes());
        mac.update(&[0]);
        mac.update(of);
        mac.finalize().into_bytes().into()
    }

    /// What a store keeps to know its key by.
    pub(super) fn check(&self, store: &str) -> Vec<u8> {
        self.master.cmac(&[b"ektp store check", store.as_bytes()]).to_vec()
    }

    /// Seals a part of a thing.
    ///
    /// # Errors
    /// [`StoreError::TooMany`] bytes.
    pub fn seal(&self, kind: Kind, id: &Id, part: Part, plain: &[u8], rng: &mut dyn CryptoRng) -> Result<Sealed, StoreError> {
        let bytes = self.seal_at(&place(kind, id, part), part.name(), plain, rng)?;
        Ok(Sealed { kind, id: id.clone(), part, bytes })
    }

    /// Opens a part.
    ///
    /// # Errors
    /// [`StoreError::Sealed`] if it is not what was sealed at this place under this key.
    pub fn open(&self, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        self.open_at(&place(sealed.kind, &sealed.id, sealed.part), sealed.part.name(), &sealed.bytes)
    }

    /// Seals bytes for a place of any table.
    pub(super) fn seal_at(
        &self,
        place: &[u8],
        what: &'static str,
        plain: &[u8],
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>, StoreError> {
        if plain.len() > STORE_SEALED_BYTES {
            return Err(StoreError::TooMany("bytes of a sealed part", STORE_SEALED_BYTES));
        }
        let mut nonce = [0; NONCE];
        rng.fill_bytes(&mut nonce);
        let payload = Payload { msg: plain, aad: place };
        let sealed = self.cipher(place).encrypt(&nonce.into(), payload).map_err(|_| StoreError::Sealed(what))?;
        Ok([&[FORMAT], nonce.as_slice(), &sealed].concat())
    }

    /// Opens them.
    pub(super) fn open_at(&self, place: &[u8], what: &'static str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let wrong = StoreError::Sealed(what);
        let Some((&FORMAT, rest)) = sealed.split_first() else { return Err(wrong) };
        let Some((nonce, body)) = rest.split_first_chunk::<NONCE>() else { return Err(wrong) };
        let payload = Payload { msg: body, aad: place };
        self.cipher(place).decrypt(&(*nonce).into(), payload).map(Zeroizing::new).map_err(|_| wrong)
    }

    fn cipher(&self, place: &[u8]) -> Aes256Gcm {
        let key = sp800_108(&self.master, b"ektp store seal", place, 32);
        Aes256Gcm::new_from_slice(&key).unwrap_or_else(|_| unreachable!("32 bytes"))
    }
}

/// Table, id, part and format; no word holds a zero byte.
fn place(kind: Kind, id: &Id, part: Part) -> Vec<u8> {
    [kind.name().as_bytes(), &[0], id.as_str().as_bytes(), &[0], part.name().as_bytes(), &[0, FORMAT]].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::DangerousSeededEntropy;

    fn key(n: u8) -> StoreKey {
        StoreKey::new(&[n; 32]).unwrap()
    }

    #[test]
    fn a_part_opens_at_its_place_alone_and_only_unaltered() {
        let (mut rng, id) = (DangerousSeededEntropy::new(1), Id::parse("a-1").unwrap());
        let sealed = key(1).seal(Kind::Application, &id, Part::Biodata, b"SITI", &mut rng).unwrap();
        assert_eq!(key(1).open(&sealed).unwrap().as_slice(), b"SITI");
        let wrong = |sealed: &Sealed, part: Part| assert_eq!(key(1).open(sealed), Err(StoreError::Sealed(part.name())));
        wrong(&Sealed { kind: Kind::Card, ..sealed.clone() }, Part::Biodata);
        wrong(&Sealed { id: Id::parse("a-2").unwrap(), ..sealed.clone() }, Part::Biodata);
        wrong(&Sealed { part: Part::Can, ..sealed.clone() }, Part::Can);
        assert_eq!(key(2).open(&sealed), Err(StoreError::Sealed("biodata")));
        for at in 0..sealed.bytes.len() {
            let mut altered = sealed.clone();
            altered.bytes[at] ^= 1;
            wrong(&altered, Part::Biodata);
            wrong(&Sealed { bytes: sealed.bytes[..at].to_vec(), ..sealed.clone() }, Part::Biodata);
        }
    }

    #[test]
    fn a_digest_is_of_its_key_and_of_what_it_is_about() {
        let (nik, family) = (Nik::parse("3173010101900001").unwrap(), FamilyCardNo::parse("3173010101900001").unwrap());
        assert_eq!(key(1).subject(&nik), key(1).subject(&nik));
        assert_ne!(key(1).subject(&nik), key(2).subject(&nik));
        assert_ne!(key(1).subject(&nik), key(1).family(&family));
        assert_eq!(format!("{:?}", Subject([0xAB; 32])), "Subject(abababab…)");
    }

    #[test]
    fn a_key_has_its_length_and_a_part_its_bound() {
        assert_eq!(StoreKey::new(&[0; 16]).err(), Some(StoreError::KeyLength(16)));
        let (mut rng, id) = (DangerousSeededEntropy::new(2), Id::parse("a").unwrap());
        let long = vec![0; STORE_SEALED_BYTES + 1];
        let refused = key(1).seal(Kind::Application, &id, Part::Biometrics, &long, &mut rng);
        assert_eq!(refused, Err(StoreError::TooMany("bytes of a sealed part", STORE_SEALED_BYTES)));
    }
}
