//! The chip's and the terminal's proofs, each run once a channel and never repeated after a refusal.

use super::error::ReadError;
use super::file::{Found, PartialFile};
use super::progress::Progress;
use super::session::Session;
use super::terminal::Terminal;
use crate::chip::aa;
use crate::chip::ca::{self, CaDone, CaError, CaParams};
use crate::chip::channel::{ChannelError, RunError};
use crate::chip::ta::TaError;
use crate::chip::ta::host::{self, Challenged, Next, TaCertificates};
use crate::crypto::ec::PrivateKey;
use crate::lds::dg14;
use crate::lds::file_id::FileId;
use crate::verify::evidence::{AaAnswer, CaAnswer, CaTranscript, TaFacts};

impl Session<'_, '_, '_> {
    /// Chip Authentication with the key of DG14; from here on everything goes under its keys. A chip that refuses, or that does not
    /// hold the key, is not an error of the reading: the judge says what it means.
    pub(super) fn chip_authentication(&mut self) -> Result<(), ReadError> {
        if self.link.terminal_key.is_some() || self.abandoned {
            return Ok(());
        }
        let infos = self.files.get(&FileId::Dg14).and_then(|bytes| dg14::parse(bytes).ok());
        let Some(params) = infos.and_then(|infos| CaParams::choose(&infos).ok()) else { return Ok(()) };
        match ca::run(self.channel, &params, self.world.rng) {
            Ok(done) => self.first_exchange(&params, done),
            Err(RunError::Protocol(CaError::Refused { status, .. })) => {
                self.record(&params, CaAnswer::Refused(status.0));
                Ok(())
            }
            Err(RunError::Channel(error)) => Err(ReadError::Channel(error)),
            Err(_) => {
                self.record(&params, CaAnswer::Malformed);
                self.link.broken = true;
                Ok(())
            }
        }
    }

    fn record(&mut self, params: &CaParams, answer: CaAnswer) {
        let transcript = CaTranscript { protocol: params.protocol().to_owned(), key_id: params.key_id(), answer };
        self.ca = Some((transcript, None));
    }

    /// The first exchange under the new keys, which is what proves the chip: kept exactly as it came. It reads the beginning of
    /// EF.SOD, so it costs nothing extra.
    fn first_exchange(&mut self, params: &CaParams, done: CaDone) -> Result<(), ReadError> {
        let CaDone { mut sm, ephemeral } = done;
        let mut sod = PartialFile::new(FileId::Sod);
        let asked = if self.files.contains_key(&FileId::Sod) { 1 } else { self.chunk };
        let command = sod.first_command(asked);
        let index = self.channel.link().counters().apdus + 1;
        let refused = |source| ReadError::Channel(ChannelError::Sm { index, source });
        let protected = sm.wrap(&command).map_err(refused)?;
        let answer = self.channel.link().send(&protected)?;
        self.record(
            params,
            CaAnswer::Taken {
                terminal_key: ephemeral.public_key().as_bytes().into(),
                first_command: command.encode().unwrap_or_default().into(),
                first_response: answer.encode().into(),
            },
        );
        let Ok(plain) = sm.unwrap(&answer) else {
            // Not the chip's keys, or somebody in between: this channel is dead, and the judge sees the answer.
            self.keep(ephemeral);
            self.link.broken = true;
            return Ok(());
        };
        self.channel.protect(sm);
        self.link.terminal_key = Some(ephemeral.public_key());
        self.keep(ephemeral);
        self.tell(Progress::ChipAuthenticated);
        if asked > 1 {
            match sod.first_answer(plain)? {
                Found::Answer(status) => drop(self.probes.insert(FileId::Sod, status.0)),
                Found::Present => self.partial = Some(sod),
            }
        }
        Ok(())
    }

    fn keep(&mut self, ephemeral: PrivateKey) {
        if let Some((_, kept)) = &mut self.ca {
            *kept = Some(ephemeral);
        }
    }

    /// Active Authentication over the judge's challenge, or over one of this process where everything is read.
    pub(super) fn active_authentication(&mut self, listed: bool) -> Result<(), ReadError> {
        let everything = self.setup.want.all();
        if self.aa.is_some() || !listed || !(everything || self.setup.challenge.is_some()) {
            return Ok(());
        }
        let challenge = self.setup.challenge.unwrap_or_else(|| {
            let mut own = [0; 8];
            self.world.rng.fill_bytes(&mut own);
            own
        });
        self.own_challenge = Some(challenge);
        let extended = self.setup.extended && self.channel.link().extended();
        let (command, waiting) = aa::start(challenge).send(extended);
        let answer = self.channel.send(&command)?;
        let signature = waiting.receive(&answer).ok().map(|answered| answered.signature().into());
        self.aa = Some(AaAnswer { challenge: challenge.to_vec().into(), signature });
        Ok(())
    }

    /// Terminal Authentication, once a channel. A refusal is written down and not repeated: fingers then stay closed.
    pub(super) fn terminal_authentication(&mut self) -> Result<(), ReadError> {
        let refused_before = self.ta.as_ref().is_some_and(|facts| !facts.accepted);
        let Some(terminal) = self.setup.terminal.filter(|_| !self.link.accepted && !refused_before) else { return Ok(()) };
        self.whole(FileId::Cvca)?;
        let trust_points = self.files.get(&FileId::Cvca).and_then(|file| host::parse_ef_cvca(file).ok()).unwrap_or_default();
        let chain = terminal.chain_from(&trust_points).unwrap_or_default();
        let names = chain.iter().map(|c| String::from_utf8_lossy(c.body().chr.as_bytes()).into_owned()).collect();
        let outcome = match TaCertificates::new(&chain, &trust_points) {
            Ok(certificates) => self.present(certificates, terminal),
            Err(error) => Err(RunError::Protocol(error)),
        };
        let (accepted, status) = match outcome {
            Ok(()) => (true, None),
            Err(RunError::Protocol(error)) => (false, status_of(error)),
            Err(RunError::Channel(error)) => return Err(ReadError::Channel(error)),
        };
        self.ta = Some(TaFacts { chain: names, accepted, status });
        self.link.accepted = accepted;
        if accepted {
            self.tell(Progress::TerminalAccepted);
        }
        Ok(())
    }

    /// Certificates, challenge, signature.
    fn present(&mut self, mut certificates: TaCertificates, terminal: &Terminal) -> Result<(), RunError<TaError>> {
        let refused = RunError::Protocol;
        let (Some(chip), Some(own)) = (&self.link.chip_key, &self.link.terminal_key) else {
            return Err(refused(TaError::NotReady));
        };
        let (chip, own) = (chip.x().to_vec(), own.x().to_vec());
        let mut challenge = loop {
            let answer = self.channel.send(certificates.command())?;
            match certificates.receive(&answer).map_err(refused)? {
                Next::Certificates(next) => certificates = next,
                Next::Challenge(next) => break next,
            }
        };
        let sign = loop {
            let answer = self.channel.send(&challenge.command())?;
            match challenge.receive(&answer, &chip, &own).map_err(refused)? {
                Challenged::Selected(next) => challenge = next,
                Challenged::Sign(sign) => break sign,
            }
        };
        let key = terminal.key();
        let hash = key.curve().natural_hash();
        let signature = key.sign_raw(hash, &hash.digest(sign.message()));
        let finish = sign.signed(&signature);
        let answer = self.channel.send(finish.command())?;
        finish.receive(&answer).map(drop).map_err(refused)
    }
}

fn status_of(error: TaError) -> Option<u16> {
    match error {
        TaError::CertificateRefused { status, .. } | TaError::NoChallenge(status) | TaError::SignatureRefused(status) => {
            Some(status)
        }
        _ => None,
    }
}
