//! Online mode: signer and key service in one process behind a Unix socket, called once a card.

#[cfg(feature = "serve")]
mod server;
#[cfg(feature = "serve")]
mod stations;
mod wire;

#[cfg(feature = "serve")]
pub use server::{Service, listen, serve};
pub use wire::{Answer, Ask, Hex, Line, Question, Trouble, WireHash, WireKey, WireOrder};

use super::{Order, SignRequest, Signer, SignerError};
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

impl RemoteSigner {
    fn ask(&self, question: Question) -> Result<Answer, SignerError> {
        let line = Line::ask(&self.socket, &Ask::new(question)).map_err(|_| SignerError::Unavailable)?;
        line.into_answer().map_err(|trouble| match trouble {
            Trouble::Refused { rule } => SignerError::Refused(rule),
            Trouble::LoginNeeded => SignerError::LoginNeeded,
            Trouble::KeyMissing => SignerError::KeyMissing,
            Trouble::NoRoom => SignerError::NoRoom,
            _ => SignerError::Unavailable,
        })
    }
}

impl Signer for RemoteSigner {
    fn accepts(&mut self, order: &Order) -> Result<(), SignerError> {
        match self.ask(Question::Accepts { order: order.into() })? {
            Answer::Accepted {} => Ok(()),
            _ => Err(SignerError::Unavailable),
        }
    }

    fn sign(&mut self, request: &SignRequest) -> Result<Vec<u8>, SignerError> {
        match self.ask(Question::from(request))? {
            Answer::Sod { sod } => Ok(sod.0.to_vec()),
            _ => Err(SignerError::Unavailable),
        }
    }
}
