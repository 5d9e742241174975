//! The chip's side: keys imported in this session, challenge, effective rights (TR-03110-3 2.5, A.7.2, B.14).

use super::TaError;
use super::host::message;
use crate::chip::apdu::{Command, Response, StatusWord};
use crate::lds::tlv;
use crate::limits::CERTIFICATE_BYTES;
use crate::pki::cvc::{Certificate, Holder, Reference, Rights, Role, TrustState};
use rand_core::CryptoRng;

/// What binds Terminal Authentication to this very session; there is none before Chip Authentication.
#[derive(Debug, Clone, Copy)]
pub struct Binding<'a> {
    /// The chip's identifier: its compressed ephemeral PACE key.
    pub id_picc: &'a [u8],
    /// The terminal's compressed ephemeral key of Chip Authentication.
    pub comp_pcd: &'a [u8],
}

/// What a command of Terminal Authentication did.
#[derive(Debug)]
pub struct Outcome {
    /// The answer.
    pub response: Response,
    /// Trust points and date that the chip must have stored, in one step, before it answers.
    pub persist: Option<TrustState>,
}

/// Terminal Authentication of one session. Make it anew from the stored state at every PACE.
#[derive(Debug)]
pub struct TaCard {
    state: TrustState,
    imported: Option<Holder>,
    verifier: Option<Holder>,
    terminal: Option<Holder>,
    challenge: Option<[u8; 8]>,
    chain: Vec<u8>,
    rights: Option<Rights>,
}

impl TaCard {
    /// From the stored trust points and date.
    #[must_use]
    pub fn new(state: TrustState) -> Self {
        Self { state, imported: None, verifier: None, terminal: None, challenge: None, chain: Vec::new(), rights: None }
    }

    /// The rights in effect: nothing until EXTERNAL AUTHENTICATE succeeded.
    #[must_use]
    pub fn rights(&self) -> Rights {
        self.rights.unwrap_or(Rights::NONE)
    }

    /// Trust points and date as they stand.
    #[must_use]
    pub fn state(&self) -> &TrustState {
        &self.state
    }

    /// Whether a command is one of Terminal Authentication's.
    #[must_use]
    pub fn serves(command: &Command) -> bool {
        matches!(
            (command.ins(), command.p1(), command.p2()),
            (0x22, 0x81, 0xB6 | 0xA4) | (0x2A, 0x00, 0xBE) | (0x84 | 0x82, 0, 0)
        )
    }

    /// Takes one command, already out of secure messaging.
    ///
    /// # Errors
    /// Any card-side [`TaError`]; answer with [`TaError::card_status`].
    pub fn process(
        &mut self,
        command: &Command,
        binding: Option<Binding<'_>>,
        rng: &mut dyn CryptoRng,
    ) -> Result<Outcome, TaError> {
        let chain = std::mem::take(&mut self.chain);
        match (command.ins(), command.p2()) {
            (0x22, 0xB6) => self.verifier = Some(self.select(command.data(), false)?),
            (0x22, 0xA4) => self.terminal = Some(self.select(command.data(), true)?),
            (0x2A, 0xBE) if command.cla() & 0x10 != 0 => self.chain = append(chain, command.data())?,
            (0x2A, 0xBE) => {
                let persist = self.verify(&append(chain, command.data())?)?;
                return Ok(Outcome { response: Response::status(StatusWord::NO_ERROR), persist });
            }
            (0x84, _) => {
                let challenge = self.draw(rng);
                return Ok(Outcome { response: Response::new(challenge, StatusWord::NO_ERROR), persist: None });
            }
            (0x82, _) => self.authenticate(command.data(), binding)?,
            _ => return Err(TaError::Malformed),
        }
        Ok(Outcome { response: Response::status(StatusWord::NO_ERROR), persist: None })
    }

    /// The most recently imported key, or a trust point where a certificate is to be verified.
    fn select(&self, data: &[u8], terminal: bool) -> Result<Holder, TaError> {
        let object = tlv::parse_one(data, 0x83).map_err(|_| TaError::Malformed)?;
        let reference = Reference::new(object.value).map_err(|_| TaError::UnknownReference)?;
        let imported = self.imported.as_ref().filter(|h| h.chr == reference && (h.role == Role::Terminal) == terminal);
        let point = self.state.find(&reference).filter(|_| !terminal);
        imported.or(point).cloned().ok_or(TaError::UnknownReference)
    }

    fn verify(&mut self, data: &[u8]) -> Result<Option<TrustState>, TaError> {
        let issuer = self.verifier.take().ok_or(TaError::NotReady)?;
        let certificate = Certificate::read_parts(data).map_err(TaError::Certificate)?;
        let accepted = self.state.accept(&issuer, &certificate).map_err(TaError::Certificate)?;
        let changed = (accepted.state != self.state).then(|| accepted.state.clone());
        self.state = accepted.state;
        self.imported = Some(accepted.holder);
        self.terminal = None;
        Ok(changed)
    }

    fn draw(&mut self, rng: &mut dyn CryptoRng) -> [u8; 8] {
        let mut challenge = [0; 8];
        rng.fill_bytes(&mut challenge);
        self.challenge = Some(challenge);
        challenge
    }

    /// One try for one challenge; afterwards the terminal's key is forgotten.
    fn authenticate(&mut self, signature: &[u8], binding: Option<Binding<'_>>) -> Result<(), TaError> {
        let (challenge, terminal) = (self.challenge.take(), self.terminal.take());
        if self.rights.is_some() {
            return Err(TaError::NotReady);
        }
        let (challenge, terminal) = challenge.zip(terminal).ok_or(TaError::NotReady)?;
        let binding = binding.ok_or(TaError::NotReady)?;
        self.imported = None;
        let message = message(binding.id_picc, &challenge, binding.comp_pcd);
        terminal.key.verify(terminal.curve, &message, signature).map_err(|_| TaError::BadSignature)?;
        self.rights = Some(terminal.rights);
        Ok(())
    }
}

fn append(mut chain: Vec<u8>, data: &[u8]) -> Result<Vec<u8>, TaError> {
    if chain.len() + data.len() > CERTIFICATE_BYTES {
        return Err(TaError::Malformed);
    }
    chain.extend_from_slice(data);
    Ok(chain)
}
