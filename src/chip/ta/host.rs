//! The terminal's side: states that consume themselves, from the certificates to the chip's acceptance (TR-03110-3 B.3).

use super::TaError;
use crate::chip::apdu::{Command, Response, StatusWord};
use crate::lds::tlv::{self, Reader};
use crate::pki::cvc::{Certificate, EF_CVCA_LEN, Reference, Role, TRUST_POINTS};

const REFERENCE: u32 = 0x83;

/// The references in EF.CVCA, the most recent first.
///
/// # Errors
/// [`TaError::BadEfCvca`].
pub fn parse_ef_cvca(file: &[u8]) -> Result<Vec<Reference>, TaError> {
    let end = file.iter().rposition(|b| *b != 0).map_or(0, |at| at + 1);
    let content = file.get(..end).filter(|_| file.len() <= EF_CVCA_LEN).ok_or(TaError::BadEfCvca)?;
    let mut reader = Reader::new(content);
    let mut references = Vec::new();
    while !reader.is_empty() && references.len() < TRUST_POINTS {
        let object = reader.expect(0x42).map_err(|_| TaError::BadEfCvca)?;
        references.push(Reference::new(object.value).map_err(|_| TaError::BadEfCvca)?);
    }
    if references.is_empty() || !reader.is_empty() { Err(TaError::BadEfCvca) } else { Ok(references) }
}

/// Sends the certificates: MSE:Set DST and PSO:Verify Certificate for each.
#[derive(Debug)]
pub struct TaCertificates {
    commands: Vec<Command>,
    next: usize,
    terminal: Reference,
}

/// What follows an accepted certificate command.
#[derive(Debug)]
pub enum Next {
    /// More certificates.
    Certificates(TaCertificates),
    /// All certificates are accepted.
    Challenge(TaChallenge),
}

impl TaCertificates {
    /// Picks from the terminal's chain (link certificates first, then DV, then IS) what this chip needs: everything from
    /// the last certificate that one of its trust points issued.
    ///
    /// # Errors
    /// [`TaError::NoTerminal`] or [`TaError::NoTrustPoint`].
    pub fn new(chain: &[Certificate], trust_points: &[Reference]) -> Result<Self, TaError> {
        let last = chain.last().filter(|c| c.role() == Role::Terminal).ok_or(TaError::NoTerminal)?;
        let from = chain.iter().rposition(|c| trust_points.contains(&c.body().car)).ok_or(TaError::NoTrustPoint)?;
        let commands = chain.get(from..).unwrap_or_default().iter().flat_map(certificate_commands).collect();
        Ok(Self { commands, next: 0, terminal: last.body().chr.clone() })
    }

    /// The command to send now, to be protected by secure messaging; short where it fits, else extended.
    #[must_use]
    pub fn command(&self) -> &Command {
        self.commands.get(self.next).unwrap_or_else(|| unreachable!("made only while commands are left"))
    }

    /// Takes the chip's answer.
    ///
    /// # Errors
    /// [`TaError::CertificateRefused`]: an IS may have expired in the chip's eyes. Never repeated.
    pub fn receive(mut self, response: &Response) -> Result<Next, TaError> {
        if response.status != StatusWord::NO_ERROR {
            return Err(TaError::CertificateRefused { index: self.next / 2, status: response.status.0 });
        }
        self.next += 1;
        if self.next < self.commands.len() {
            return Ok(Next::Certificates(self));
        }
        Ok(Next::Challenge(TaChallenge { terminal: self.terminal, selected: false }))
    }
}

/// MSE:Set DST and PSO:Verify Certificate of one certificate.
#[must_use]
pub fn certificate_commands(certificate: &Certificate) -> [Command; 2] {
    let car = tlv::encode(REFERENCE, certificate.body().car.as_bytes());
    [Command::new(0x00, 0x22, 0x81, 0xB6).with_data(car), Command::new(0x00, 0x2A, 0x00, 0xBE).with_data(certificate.parts())]
}

/// The same command as a chain of commands with at most `chunk` bytes each, for a chip without extended length. Each is
/// then protected on its own.
#[must_use]
pub fn chained(command: &Command, chunk: usize) -> Vec<Command> {
    let parts: Vec<&[u8]> = command.data().chunks(chunk.max(1)).collect();
    let last = parts.len().saturating_sub(1);
    let part = |(index, data): (usize, &&[u8])| {
        let cla = command.cla() | if index < last { 0x10 } else { 0 };
        Command::new(cla, command.ins(), command.p1(), command.p2()).with_data(*data)
    };
    parts.iter().enumerate().map(part).collect()
}

/// Selects the terminal's key and asks for a challenge.
#[derive(Debug)]
pub struct TaChallenge {
    terminal: Reference,
    selected: bool,
}

/// What follows an answer while a challenge is asked for.
#[derive(Debug)]
pub enum Challenged {
    /// The key is selected; send [`TaChallenge::command`] again.
    Selected(TaChallenge),
    /// The challenge is there.
    Sign(TaSign),
}

impl TaChallenge {
    /// MSE:Set AT, then GET CHALLENGE.
    #[must_use]
    pub fn command(&self) -> Command {
        if self.selected {
            Command::new(0x00, 0x84, 0, 0).with_le(8)
        } else {
            let reference = tlv::encode(REFERENCE, self.terminal.as_bytes());
            Command::new(0x00, 0x22, 0x81, 0xA4).with_data(reference)
        }
    }

    /// Takes the chip's answer. `id_picc` is the compressed ephemeral PACE key of the chip, `comp_pcd` the terminal's
    /// compressed ephemeral key of Chip Authentication.
    ///
    /// # Errors
    /// [`TaError::NoChallenge`].
    pub fn receive(self, response: &Response, id_picc: &[u8], comp_pcd: &[u8]) -> Result<Challenged, TaError> {
        match (response.status, self.selected, response.data.len()) {
            (StatusWord::NO_ERROR, false, _) => Ok(Challenged::Selected(Self { selected: true, ..self })),
            (StatusWord::NO_ERROR, true, 8) => {
                Ok(Challenged::Sign(TaSign { message: message(id_picc, &response.data, comp_pcd) }))
            }
            (status, ..) => Err(TaError::NoChallenge(status.0)),
        }
    }
}

/// What the terminal signs: `ID_PICC ‖ r_PICC ‖ Comp(PK_PCD)`.
#[must_use]
pub fn message(id_picc: &[u8], challenge: &[u8], comp_pcd: &[u8]) -> Vec<u8> {
    [id_picc, challenge, comp_pcd].concat()
}

/// Waits for the terminal key's signature, wherever that key lives.
#[derive(Debug)]
pub struct TaSign {
    message: Vec<u8>,
}

impl TaSign {
    /// The bytes to sign.
    #[must_use]
    pub fn message(&self) -> &[u8] {
        &self.message
    }

    /// Takes the plain signature `r ‖ s`.
    #[must_use]
    pub fn signed(self, signature: &[u8]) -> TaFinish {
        TaFinish { command: Command::new(0x00, 0x82, 0, 0).with_data(signature) }
    }
}

/// Sends EXTERNAL AUTHENTICATE.
#[derive(Debug)]
pub struct TaFinish {
    command: Command,
}

/// The chip accepted the terminal. Only [`TaFinish::receive`] gives it.
#[derive(Debug)]
pub struct TaDone(());

impl TaFinish {
    /// EXTERNAL AUTHENTICATE.
    #[must_use]
    pub fn command(&self) -> &Command {
        &self.command
    }

    /// Takes the chip's answer.
    ///
    /// # Errors
    /// [`TaError::SignatureRefused`]. Never repeated.
    pub fn receive(self, response: &Response) -> Result<TaDone, TaError> {
        if response.status == StatusWord::NO_ERROR { Ok(TaDone(())) } else { Err(TaError::SignatureRefused(response.status.0)) }
    }
}
