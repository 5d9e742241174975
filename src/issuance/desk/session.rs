//! An officer's session: a process that opened the key once, and signs acts for the verbs of this machine until the shift ends, nobody asks
//! for too long, or its officer ends it.
//!
//! The socket is its owner's alone. A line of JSON is a question: who holds it, an act to be signed, or the end; a line is the answer. The
//! key never leaves the process, and signs nothing but acts.

use super::officer::{Hand, HandError};
use crate::issuance::officer::document::Said as _;
use crate::issuance::officer::{Act, OfficerId};
use crate::limits::OFFICER_DOCUMENT_BYTES;
use crate::pki::key::PrivateKey;
use crate::verify::hex::Hex;
use crate::world::Clock;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::io::{self, BufRead, BufReader, Read as _, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How often the session looks whether its time is over.
const LOOK: Duration = Duration::from_millis(50);
/// How long either side waits for the other's line.
const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum Question {
    Who,
    Sign(Act),
    End,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum Reply {
    Officer(OfficerId),
    Signature(Hex),
    Ended,
}

/// How long a session lasts.
#[derive(Debug, Clone, Copy)]
pub struct Lasts {
    /// The end of the shift.
    pub until: Timestamp,
    /// For how long nobody may ask.
    pub idle: Duration,
}

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The shift is over.
    Shift,
    /// Nobody asked for too long.
    Idle,
    /// Its officer ended it.
    Officer,
}

impl Ended {
    /// Its word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Shift => "shift",
            Self::Idle => "idle",
            Self::Officer => "officer",
        }
    }
}

/// Holds a session until it ends: how many acts were signed, and why it ended.
///
/// # Errors
/// The I/O error that ends accepting. A station that asks wrongly is cut off, and the session goes on.
pub fn hold(listener: &UnixListener, key: &PrivateKey, lasts: Lasts, clock: &dyn Clock) -> io::Result<(u64, Ended)> {
    listener.set_nonblocking(true)?;
    let (mut signed, mut asked) = (0, Instant::now());
    loop {
        if clock.now() >= lasts.until {
            return Ok((signed, Ended::Shift));
        }
        if asked.elapsed() >= lasts.idle {
            return Ok((signed, Ended::Idle));
        }
        match listener.accept() {
            Ok((stream, _)) => match answer(&stream, key) {
                Ok(Reply::Signature(_)) => (signed, asked) = (signed + 1, Instant::now()),
                Ok(Reply::Ended) => return Ok((signed, Ended::Officer)),
                Ok(Reply::Officer(_)) | Err(_) => {}
            },
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => std::thread::sleep(LOOK),
            Err(error) => return Err(error),
        }
    }
}

fn answer(stream: &UnixStream, key: &PrivateKey) -> io::Result<Reply> {
    stream.set_nonblocking(false)?;
    let reply = match read(stream)? {
        Question::Who => Reply::Officer(OfficerId::of(&key.public_key())),
        Question::Sign(act) => Reply::Signature(act.sign(key)),
        Question::End => Reply::Ended,
    };
    write(stream, &reply)?;
    Ok(reply)
}

fn read<T: serde::de::DeserializeOwned>(stream: &UnixStream) -> io::Result<T> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut line = Vec::new();
    BufReader::new(stream.take(OFFICER_DOCUMENT_BYTES)).read_until(b'\n', &mut line)?;
    serde_json::from_slice(&line).map_err(|_| io::ErrorKind::InvalidData.into())
}

fn write(mut stream: &UnixStream, value: &impl Serialize) -> io::Result<()> {
    stream.set_write_timeout(Some(PATIENCE))?;
    let line = [serde_json::to_vec(value).map_err(|_| io::ErrorKind::InvalidData)?, vec![b'\n']].concat();
    stream.write_all(&line)
}

/// The hand of an officer whose session is open on this machine.
#[derive(Debug)]
pub struct Session {
    socket: PathBuf,
    id: OfficerId,
}

impl Session {
    /// Asks a session who holds it.
    ///
    /// # Errors
    /// [`HandError::SessionEnded`] if nobody answers there, [`HandError::Unavailable`] for another answer.
    pub fn at(socket: &Path) -> Result<Self, HandError> {
        match ask(socket, &Question::Who)? {
            Reply::Officer(id) => Ok(Self { socket: socket.to_owned(), id }),
            Reply::Signature(_) | Reply::Ended => Err(HandError::Unavailable),
        }
    }

    /// Ends a session.
    ///
    /// # Errors
    /// As [`Session::at`].
    pub fn end(socket: &Path) -> Result<(), HandError> {
        match ask(socket, &Question::End)? {
            Reply::Ended => Ok(()),
            Reply::Officer(_) | Reply::Signature(_) => Err(HandError::Unavailable),
        }
    }
}

impl Hand for Session {
    fn id(&self) -> OfficerId {
        self.id
    }

    fn sign(&self, act: &Act) -> Result<Vec<u8>, HandError> {
        match ask(&self.socket, &Question::Sign(act.clone()))? {
            Reply::Signature(signature) => Ok(signature.0),
            Reply::Officer(_) | Reply::Ended => Err(HandError::Unavailable),
        }
    }
}

fn ask(socket: &Path, question: &Question) -> Result<Reply, HandError> {
    let stream = UnixStream::connect(socket).map_err(|_| HandError::SessionEnded)?;
    write(&stream, question).and_then(|()| read(&stream)).map_err(|_| HandError::Unavailable)
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
