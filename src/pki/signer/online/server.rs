//! The serving process: one socket that its owner alone may use, one question at a time.

use super::stations::Stations;
use super::wire::{Answer, Ask, Hex, Line, Question, Trouble, read_line, write_line};
use crate::crypto::ec::PublicKey;
use crate::crypto::scp03::{HandshakeError, InitUpdateAnswer};
use crate::pki::key_service::{KeyService, KeyServiceError, Origin, SessionRequest};
use crate::pki::signer::{ProvenKey, SignRequest, Signer, SignerError};
use std::io::BufReader;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Longest silence of a connected station.
const IDLE: Duration = Duration::from_secs(30);

/// Signer and key service of one process.
pub struct Service {
    /// The signer.
    pub signer: Box<dyn Signer + Send>,
    /// The key service.
    pub keys: Box<dyn KeyService + Send>,
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Service")
    }
}

/// Makes the socket; a dead one in its place is removed, a living one is an error, and so is a file that is no socket.
///
/// # Errors
/// `AddrInUse` if a service answers there; `AlreadyExists` if something else lies there; any other I/O error.
pub fn listen(socket: &Path) -> std::io::Result<UnixListener> {
    if UnixStream::connect(socket).is_ok() {
        return Err(std::io::ErrorKind::AddrInUse.into());
    }
    match std::fs::symlink_metadata(socket) {
        Ok(there) if there.file_type().is_socket() => std::fs::remove_file(socket)?,
        Ok(_) => return Err(std::io::ErrorKind::AlreadyExists.into()),
        Err(_) => {}
    }
    let listener = UnixListener::bind(socket)?;
    std::fs::set_permissions(socket, std::fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// What the threads of a serving process share.
struct Shared {
    service: Mutex<Service>,
    stations: Stations,
    questions: AtomicU64,
    stop: AtomicBool,
}

/// Serves until somebody asks it to stop: a thread for each station, one question at a time in all. A station that asks nothing
/// is cut off after half a minute, or as soon as another needs its place. Gives the number of questions that were answered.
///
/// # Errors
/// The I/O error that ends accepting.
pub fn serve(listener: &UnixListener, service: Service) -> std::io::Result<u64> {
    let shared = Shared {
        service: Mutex::new(service),
        stations: Stations::default(),
        questions: AtomicU64::new(0),
        stop: AtomicBool::new(false),
    };
    std::thread::scope(|scope| {
        while !shared.stop.load(Ordering::SeqCst) {
            let (stream, _) = listener.accept()?;
            let Some(seat) = shared.stations.admit(&stream) else { continue };
            let shared = &shared;
            scope.spawn(move || {
                // A broken connection is the station's to notice; the service goes on.
                let _ = converse(&stream, seat, shared);
                shared.stations.leave(seat);
                if shared.stop.load(Ordering::SeqCst) {
                    wake(listener);
                }
            });
        }
        // Who is silent has been answered, or has asked nothing: nobody waits for them.
        shared.stations.hear_no_more();
        Ok::<(), std::io::Error>(())
    })?;
    Ok(shared.questions.into_inner())
}

/// Ends a pending accept by a connection of our own.
fn wake(listener: &UnixListener) {
    let address = listener.local_addr();
    let _ = address.map(|a| a.as_pathname().map(UnixStream::connect));
}

fn converse(stream: &UnixStream, seat: u64, shared: &Shared) -> std::io::Result<()> {
    stream.set_read_timeout(Some(IDLE))?;
    stream.set_write_timeout(Some(IDLE))?;
    let mut reader = BufReader::new(stream);
    while let Some(line) = read_line(&mut reader)? {
        shared.stations.asks(seat);
        let question = serde_json::from_slice::<Ask>(&line).ok().and_then(Ask::into_question);
        let reply = match question {
            Some(Question::Stop {}) => {
                shared.stop.store(true, Ordering::SeqCst);
                return write_line(stream, &Line::Answer(Answer::Stopping {}));
            }
            Some(question) => shared.service.lock().unwrap_or_else(PoisonError::into_inner).answer(question),
            None => Err(Trouble::Malformed),
        };
        shared.questions.fetch_add(1, Ordering::SeqCst);
        write_line(stream, &reply.map_or_else(Line::Trouble, Line::Answer))?;
        shared.stations.is_silent(seat);
    }
    Ok(())
}

impl Service {
    fn answer(&mut self, question: Question) -> Result<Answer, Trouble> {
        match question {
            Question::Stop {} => Ok(Answer::Stopping {}),
            Question::Accepts { order } => {
                self.signer.accepts(&order.into()).map(|()| Answer::Accepted {}).map_err(signer_trouble)
            }
            sign @ Question::Sign { .. } => {
                let request = sign_request(sign).ok_or(Trouble::Malformed)?;
                self.signer.sign(&request).map(|sod| Answer::Sod { sod: Hex::from(sod) }).map_err(signer_trouble)
            }
            Question::PutKeyData { serial } => {
                let keys = self.keys.put_key_data(serial).map_err(key_trouble)?;
                Ok(Answer::PutKeyData { proof: Hex::from(keys.proof), unique: Hex::from(keys.unique) })
            }
            Question::Open { kvn, aid, host_challenge, answer } => self.open(kvn, &aid, &host_challenge, &answer),
            Question::CheckProof { serial, slot, curve, public_key, authorization, nonce, answer } => {
                let public_key = PublicKey::from_uncompressed(curve, &public_key.0).map_err(|_| Trouble::Malformed)?;
                let authorization: &[u8; 32] = authorization.0.as_slice().try_into().map_err(|_| Trouble::Malformed)?;
                let (public_key, nonce, answer) = (&public_key, &nonce.0[..], &answer.0[..]);
                let origin = Origin { serial, slot, public_key, authorization, nonce, answer };
                self.keys.check_proof(&origin).map(|_proof| Answer::Proven {}).map_err(key_trouble)
            }
        }
    }

    fn open(&mut self, kvn: u8, aid: &Hex, host_challenge: &Hex, answer: &Hex) -> Result<Answer, Trouble> {
        let answer = InitUpdateAnswer::parse(&answer.0).map_err(|_| Trouble::Malformed)?;
        let request = SessionRequest { kvn, aid: &aid.0, host_challenge: &host_challenge.0, answer: &answer };
        let keys = self.keys.open(&request).map_err(key_trouble)?;
        let [enc, mac, rmac] = [&keys.enc, &keys.mac, &keys.rmac].map(|k| Hex::from(k.expose()));
        Ok(Answer::Session { enc, mac, rmac })
    }
}

fn sign_request(question: Question) -> Option<SignRequest> {
    let Question::Sign { order, chip, keys, dg14, dg15 } = question else { return None };
    let bytes = |h: Hex| h.0.to_vec();
    let keys = keys.into_iter().map(|k| ProvenKey {
        slot: k.slot,
        public_key: bytes(k.public_key),
        nonce: bytes(k.nonce),
        proof: bytes(k.proof),
    });
    Some(SignRequest { order: order.into(), chip, keys: keys.collect(), dg14: bytes(dg14), dg15: dg15.map(bytes) })
}

fn signer_trouble(error: SignerError) -> Trouble {
    match error {
        SignerError::Unavailable => Trouble::Unavailable,
        SignerError::LoginNeeded => Trouble::LoginNeeded,
        SignerError::KeyMissing => Trouble::KeyMissing,
        SignerError::NoRoom => Trouble::NoRoom,
        SignerError::Refused(rule) => Trouble::Refused { rule },
    }
}

fn key_trouble(error: KeyServiceError) -> Trouble {
    match error {
        KeyServiceError::Unavailable => Trouble::Unavailable,
        KeyServiceError::LoginNeeded => Trouble::LoginNeeded,
        KeyServiceError::KeyMissing(_) => Trouble::KeyMissing,
        KeyServiceError::Handshake(HandshakeError::ChallengeNotDerived) => Trouble::ChallengeNotDerived,
        KeyServiceError::Handshake(_) => Trouble::WrongCryptogram,
        KeyServiceError::BadProof(slot) => Trouble::BadProof { slot },
    }
}
