//! One JSON line a question, one a reply, each bounded; secrets are wiped with the line that carried them.

use crate::crypto::ec::Curve;
use crate::crypto::scp03::ChipSerial;
use crate::limits::SERVICE_LINE_BYTES;
use crate::pki::signer::{Order, ProvenKey, Rule, SignRequest};
use serde::{Deserialize, Serialize};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;
use zeroize::Zeroizing;

const VERSION: u32 = 2;
const PATIENCE: Duration = Duration::from_secs(30);

/// Bytes as hexadecimal text; wiped on drop.
#[derive(Clone)]
pub struct Hex(pub Zeroizing<Vec<u8>>);

impl<B: AsRef<[u8]>> From<B> for Hex {
    fn from(bytes: B) -> Self {
        Self(Zeroizing::new(bytes.as_ref().to_vec()))
    }
}

impl std::fmt::Debug for Hex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Hex({} bytes)", self.0.len())
    }
}

impl Serialize for Hex {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = Zeroizing::new(String::with_capacity(self.0.len() * 2));
        for byte in self.0.iter() {
            text.extend([byte >> 4, byte & 0x0F].map(|n| char::from_digit(n.into(), 16).unwrap_or('0')));
        }
        serializer.serialize_str(&text)
    }
}

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Zeroizing::new(String::deserialize(deserializer)?);
        let digit = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
        let byte = |pair: &[u8]| match pair {
            [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
            _ => None,
        };
        let bytes: Option<Vec<u8>> = text.as_bytes().chunks(2).map(byte).collect();
        bytes.map(|b| Self(Zeroizing::new(b))).ok_or_else(|| serde::de::Error::custom("not hexadecimal"))
    }
}

/// A question with the version of this protocol.
#[derive(Debug, Serialize, Deserialize)]
pub struct Ask {
    version: u32,
    #[serde(flatten)]
    question: Question,
}

impl Ask {
    /// Asks in this version.
    #[must_use]
    pub fn new(question: Question) -> Self {
        Self { version: VERSION, question }
    }

    #[cfg(feature = "serve")]
    pub(super) fn into_question(self) -> Option<Question> {
        (self.version == VERSION).then_some(self.question)
    }
}

/// What may be asked.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Question {
    Accepts { order: WireOrder },
    Sign { order: WireOrder, chip: ChipSerial, keys: Vec<WireKey>, dg14: Hex, dg15: Option<Hex> },
    Stop {},
    PutKeyData { serial: ChipSerial },
    Open { kvn: u8, aid: Hex, host_challenge: Hex, answer: Hex },
    CheckProof { serial: ChipSerial, slot: u8, curve: Curve, public_key: Hex, authorization: Hex, nonce: Hex, answer: Hex },
}

/// A card as it was authorized, on the line.
#[derive(Debug, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct WireOrder {
    pub manifest: Hex,
    pub authorization: Hex,
    pub authorization_signature: Hex,
    pub document_number: String,
    pub status_index: u64,
    pub hashes: Vec<WireHash>,
}

impl From<&Order> for WireOrder {
    fn from(o: &Order) -> Self {
        Self {
            manifest: Hex::from(&o.manifest),
            authorization: Hex::from(&o.authorization),
            authorization_signature: Hex::from(&o.authorization_signature),
            document_number: o.document_number.clone(),
            status_index: o.status_index,
            hashes: o.hashes.iter().map(|(n, h)| WireHash { group: *n, hash: Hex::from(h) }).collect(),
        }
    }
}

impl From<WireOrder> for Order {
    fn from(o: WireOrder) -> Self {
        Self {
            manifest: o.manifest.0.to_vec(),
            authorization: o.authorization.0.to_vec(),
            authorization_signature: o.authorization_signature.0.to_vec(),
            document_number: o.document_number,
            status_index: o.status_index,
            hashes: o.hashes.into_iter().map(|h| (h.group, h.hash.0.to_vec())).collect(),
        }
    }
}

/// A data group's hash on the line.
#[derive(Debug, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct WireHash {
    pub group: u8,
    pub hash: Hex,
}

/// A proven key on the line.
#[derive(Debug, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct WireKey {
    pub slot: u8,
    pub public_key: Hex,
    pub nonce: Hex,
    pub proof: Hex,
}

impl From<&SignRequest> for Question {
    fn from(r: &SignRequest) -> Self {
        let key = |k: &ProvenKey| WireKey {
            slot: k.slot,
            public_key: Hex::from(&k.public_key),
            nonce: Hex::from(&k.nonce),
            proof: Hex::from(&k.proof),
        };
        Self::Sign {
            order: WireOrder::from(&r.order),
            chip: r.chip,
            keys: r.keys.iter().map(key).collect(),
            dg14: Hex::from(&r.dg14),
            dg15: r.dg15.as_ref().map(Hex::from),
        }
    }
}

/// What is answered.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Answer {
    Accepted {},
    Sod { sod: Hex },
    PutKeyData { proof: Hex, unique: Hex },
    Session { enc: Hex, mac: Hex, rmac: Hex },
    Proven {},
    Stopping {},
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "trouble", rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Trouble {
    Unavailable,
    LoginNeeded,
    KeyMissing,
    NoRoom,
    Malformed,
    WrongCryptogram,
    ChallengeNotDerived,
    BadProof { slot: u8 },
    Refused { rule: Rule },
}

/// One reply line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Line {
    /// An answer.
    Answer(Answer),
    /// None, and why.
    Trouble(Trouble),
}

impl Line {
    /// The answer, or why there is none.
    ///
    /// # Errors
    /// The [`Trouble`] of the line.
    pub fn into_answer(self) -> Result<Answer, Trouble> {
        match self {
            Self::Answer(answer) => Ok(answer),
            Self::Trouble(trouble) => Err(trouble),
        }
    }

    /// Asks the process at a socket and waits for its reply, half a minute at most.
    ///
    /// # Errors
    /// Any I/O error; `InvalidData` for a reply that is no line of ours.
    pub fn ask(socket: &Path, ask: &Ask) -> std::io::Result<Self> {
        let stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        write_line(&stream, ask)?;
        let line = read_line(&mut BufReader::new(&stream))?.ok_or(std::io::ErrorKind::UnexpectedEof)?;
        Ok(serde_json::from_slice(&line)?)
    }
}

pub(super) fn write_line(mut stream: &UnixStream, value: &impl Serialize) -> std::io::Result<()> {
    let mut line = Zeroizing::new(serde_json::to_vec(value)?);
    line.push(b'\n');
    stream.write_all(&line)
}

/// One line without its end, at most [`SERVICE_LINE_BYTES`]; none at the end of the stream.
pub(super) fn read_line(reader: &mut impl BufRead) -> std::io::Result<Option<Zeroizing<Vec<u8>>>> {
    let mut line = Zeroizing::new(Vec::new());
    let limit = u64::try_from(SERVICE_LINE_BYTES).unwrap_or(u64::MAX);
    reader.by_ref().take(limit).read_until(b'\n', &mut line)?;
    match line.pop() {
        Some(b'\n') => Ok(Some(line)),
        Some(_) => Err(std::io::ErrorKind::InvalidData.into()),
        None => Ok(None),
    }
}
