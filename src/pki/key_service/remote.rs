//! The key service as another process sees it, over the signer's socket.

use super::{KeyService, KeyServiceError, Origin, ProofOk, PutKeys, SessionRequest};
use crate::crypto::scp03::{ChipSerial, HandshakeError, SessionKeys};
use crate::crypto::symmetric::AesKey;
use crate::pki::signer::online::{Answer, Ask, Hex, Line, Question, Trouble};
use std::path::PathBuf;

/// Asks the process at a socket.
#[derive(Debug, Clone)]
pub struct RemoteKeys {
    socket: PathBuf,
}

impl RemoteKeys {
    /// The service at this socket; nothing is sent yet.
    #[must_use]
    pub fn new(socket: impl Into<PathBuf>) -> Self {
        Self { socket: socket.into() }
    }

    fn ask(&self, question: Question) -> Result<Answer, KeyServiceError> {
        Line::ask(&self.socket, &Ask::new(question)).map_err(|_| KeyServiceError::Unavailable)?.into_answer().map_err(error)
    }
}

fn error(trouble: Trouble) -> KeyServiceError {
    match trouble {
        Trouble::LoginNeeded => KeyServiceError::LoginNeeded,
        Trouble::KeyMissing => KeyServiceError::KeyMissing("that it needs"),
        Trouble::WrongCryptogram => KeyServiceError::Handshake(HandshakeError::WrongCardCryptogram),
        Trouble::ChallengeNotDerived => KeyServiceError::Handshake(HandshakeError::ChallengeNotDerived),
        Trouble::BadProof { slot } => KeyServiceError::BadProof(slot),
        Trouble::Unavailable | Trouble::NoRoom | Trouble::Malformed | Trouble::Refused { .. } => KeyServiceError::Unavailable,
    }
}

impl KeyService for RemoteKeys {
    fn put_key_data(&mut self, serial: ChipSerial) -> Result<PutKeys, KeyServiceError> {
        match self.ask(Question::PutKeyData { serial })? {
            Answer::PutKeyData { proof, unique } => Ok(PutKeys { proof: proof.0.to_vec(), unique: unique.0.to_vec() }),
            _ => Err(KeyServiceError::Unavailable),
        }
    }

    fn open(&mut self, request: &SessionRequest<'_>) -> Result<SessionKeys, KeyServiceError> {
        let answer = request.answer;
        let question = Question::Open {
            kvn: request.kvn,
            aid: Hex::from(request.aid),
            host_challenge: Hex::from(request.host_challenge),
            answer: Hex::from(answer.encode()),
        };
        let Answer::Session { enc, mac, rmac } = self.ask(question)? else { return Err(KeyServiceError::Unavailable) };
        let key = |bytes: &Hex| AesKey::new(&bytes.0).map_err(|_| KeyServiceError::Unavailable);
        let keys = [key(&enc)?, key(&mac)?, key(&rmac)?];
        Ok(SessionKeys::from_parts(keys, answer.i.mode(), request.host_challenge, &answer.card_challenge))
    }

    fn check_proof(&mut self, origin: &Origin<'_>) -> Result<ProofOk, KeyServiceError> {
        let question = Question::CheckProof {
            serial: origin.serial,
            slot: origin.slot,
            curve: origin.public_key.curve(),
            public_key: Hex::from(origin.public_key.as_bytes()),
            authorization: Hex::from(&origin.authorization[..]),
            nonce: Hex::from(origin.nonce),
            answer: Hex::from(origin.answer),
        };
        match self.ask(question)? {
            Answer::Proven {} => Ok(ProofOk(())),
            _ => Err(KeyServiceError::Unavailable),
        }
    }
}
