//! Online mode: signer and key service in one process behind a Unix socket, called once a card (design 2.10).

mod server;
mod wire;

pub use server::{Service, listen, serve};
pub use wire::{Answer, Ask, Hex, Line, Question, Trouble, WireHash, WireKey};

use super::{SignRequest, Signer, SignerError};
use std::path::{Path, PathBuf};

/// Asks the service at a socket to end.
///
/// # Errors
/// [`SignerError::Unavailable`] if none answers there.
pub fn stop(socket: &Path) -> Result<(), SignerError> {
    let line = Line::ask(socket, &Ask::new(Question::Stop {})).map_err(|_| SignerError::Unavailable)?;
    line.into_answer().map(|_| ()).map_err(|_| SignerError::Unavailable)
}

/// The signer as another process sees it.
#[derive(Debug, Clone)]
pub struct RemoteSigner {
    socket: PathBuf,
}

impl RemoteSigner {
    /// The service at this socket; nothing is sent yet.
    #[must_use]
    pub fn new(socket: impl Into<PathBuf>) -> Self {
        Self { socket: socket.into() }
    }
}

impl Signer for RemoteSigner {
    fn sign(&mut self, request: &SignRequest) -> Result<Vec<u8>, SignerError> {
        let line = Line::ask(&self.socket, &Ask::new(Question::from(request))).map_err(|_| SignerError::Unavailable)?;
        match line.into_answer() {
            Ok(Answer::Sod { sod }) => Ok(sod.0.to_vec()),
            Err(Trouble::Refused { rule }) => Err(SignerError::Refused(rule)),
            Err(Trouble::LoginNeeded) => Err(SignerError::LoginNeeded),
            Err(Trouble::KeyMissing) => Err(SignerError::KeyMissing),
            Err(Trouble::NoRoom) => Err(SignerError::NoRoom),
            _ => Err(SignerError::Unavailable),
        }
    }
}
