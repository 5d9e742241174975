//! The host's side of SCP03: states that consume themselves, from INITIALIZE UPDATE to an open channel.

use super::Scp03Error;
use super::channel::{Channel, SECURE, mac};
use super::{InitUpdateAnswer, Level, initialize_update};
use crate::chip::apdu::{Command, Response, StatusWord};
use crate::crypto::scp03::{KeySet, Mode, SessionKeys};
use crate::crypto::symmetric::BLOCK;
use rand_core::CryptoRng;

/// Before INITIALIZE UPDATE.
#[derive(Debug, Clone)]
pub struct HostStart {
    kvn: u8,
    host_challenge: Vec<u8>,
}

impl HostStart {
    /// Draws a host challenge for a session with a key set.
    #[must_use]
    pub fn new(kvn: u8, mode: Mode, rng: &mut dyn CryptoRng) -> Self {
        let mut host_challenge = vec![0; mode.len()];
        rng.fill_bytes(&mut host_challenge);
        Self { kvn, host_challenge }
    }

    /// Uses a given host challenge: vectors, and a challenge that the key service drew.
    ///
    /// # Errors
    /// [`Scp03Error::BadChallenge`] unless it is eight or sixteen bytes.
    pub fn with_challenge(kvn: u8, host_challenge: &[u8]) -> Result<Self, Scp03Error> {
        match host_challenge.len() {
            8 | 16 => Ok(Self { kvn, host_challenge: host_challenge.to_vec() }),
            _ => Err(Scp03Error::BadChallenge),
        }
    }

    /// INITIALIZE UPDATE.
    #[must_use]
    pub fn command(&self) -> Command {
        initialize_update(self.kvn, &self.host_challenge)
    }

    /// Takes the answer in. Nothing is authenticated yet.
    ///
    /// # Errors
    /// [`Scp03Error::InitializeRefused`], [`Scp03Error::BadAnswer`], [`Scp03Error::OtherProtocol`],
    /// [`Scp03Error::OtherKeyVersion`] or [`Scp03Error::OtherMode`].
    pub fn receive(self, response: &Response) -> Result<HostAnswered, Scp03Error> {
        if response.status != StatusWord(0x9000) {
            return Err(Scp03Error::InitializeRefused(response.status.0));
        }
        let answer = InitUpdateAnswer::parse(&response.data)?;
        // KVN 00 asks for whichever set the chip has.
        if self.kvn != 0 && answer.kvn != self.kvn {
            return Err(Scp03Error::OtherKeyVersion { asked: self.kvn, found: answer.kvn });
        }
        if answer.i.mode().len() != self.host_challenge.len() {
            return Err(Scp03Error::OtherMode);
        }
        Ok(HostAnswered { host_challenge: self.host_challenge, answer })
    }
}

/// After INITIALIZE UPDATE: the chip has said who it is, and proved nothing.
#[derive(Debug, Clone)]
pub struct HostAnswered {
    host_challenge: Vec<u8>,
    answer: InitUpdateAnswer,
}

impl HostAnswered {
    /// The chip's answer.
    #[must_use]
    pub fn answer(&self) -> &InitUpdateAnswer {
        &self.answer
    }

    /// The challenge that was sent.
    #[must_use]
    pub fn host_challenge(&self) -> &[u8] {
        &self.host_challenge
    }

    /// Derives the session keys here from static keys, and checks the card's cryptogram and its pseudo-random
    /// challenge, whose context holds the AID of the application that was selected.
    ///
    /// # Errors
    /// [`Scp03Error::WrongCardCryptogram`], [`Scp03Error::ChallengeNotDerived`] or [`Scp03Error::LevelUnavailable`].
    pub fn with_keys(self, keys: &KeySet, aid: &[u8], level: Level) -> Result<HostVerified, Scp03Error> {
        let a = &self.answer;
        let session = SessionKeys::open(keys, aid, &self.host_challenge, &a.card_challenge, &a.card_cryptogram, a.counter)?;
        self.with_session_keys(session, level)
    }

    /// Takes session keys that a key service derived for these very challenges, and checks the card's cryptogram again.
    ///
    /// # Errors
    /// [`Scp03Error::WrongCardCryptogram`] or [`Scp03Error::LevelUnavailable`].
    pub fn with_session_keys(self, keys: SessionKeys, level: Level) -> Result<HostVerified, Scp03Error> {
        if !keys.proves_card(&self.answer.card_cryptogram) {
            return Err(Scp03Error::WrongCardCryptogram);
        }
        if !self.answer.i.offers(level) {
            return Err(Scp03Error::LevelUnavailable(level.byte()));
        }
        let head = Command::new(0x80 | SECURE, 0x82, level.byte(), 0);
        let cryptogram = keys.host_cryptogram();
        let chaining = mac(&keys, &[0; BLOCK], &head, &cryptogram)?;
        let short = chaining.get(..keys.mode().len()).unwrap_or(&chaining);
        let command = head.with_data([&cryptogram[..], short].concat());
        Ok(HostVerified { command, channel: Channel::new(keys, level, chaining) })
    }
}

/// The card is proved; the host is not yet.
pub struct HostVerified {
    command: Command,
    channel: Channel,
}

impl std::fmt::Debug for HostVerified {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HostVerified({:?})", self.channel.level())
    }
}

impl HostVerified {
    /// EXTERNAL AUTHENTICATE.
    #[must_use]
    pub fn command(&self) -> &Command {
        &self.command
    }

    /// Takes the answer in and opens the channel.
    ///
    /// # Errors
    /// [`Scp03Error::AuthenticationRefused`]: stop, the chip counts failures.
    pub fn receive(self, response: &Response) -> Result<HostAuthenticated, Scp03Error> {
        if response.status == StatusWord(0x9000) {
            Ok(HostAuthenticated { channel: Some(self.channel) })
        } else {
            Err(Scp03Error::AuthenticationRefused(response.status.0))
        }
    }
}

/// The open channel. Any error closes it for good.
pub struct HostAuthenticated {
    channel: Option<Channel>,
}

impl std::fmt::Debug for HostAuthenticated {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HostAuthenticated({:?})", self.level())
    }
}

impl HostAuthenticated {
    /// The level, or none after an error.
    #[must_use]
    pub fn level(&self) -> Option<Level> {
        self.channel.as_ref().map(Channel::level)
    }

    /// Protects a command. Split it into transport chunks only afterwards.
    ///
    /// # Errors
    /// [`Scp03Error::TooLong`] or [`Scp03Error::Closed`].
    pub fn wrap(&mut self, command: &Command) -> Result<Command, Scp03Error> {
        self.keep(|channel| channel.protect(command))
    }

    /// Opens the response to the last command. At a level with R-MAC an error status closes the channel: it carries no
    /// MAC, so it may be anyone's.
    ///
    /// # Errors
    /// [`Scp03Error::NoInformation`], [`Scp03Error::BadMac`] or [`Scp03Error::Closed`].
    pub fn unwrap(&mut self, response: &Response) -> Result<Response, Scp03Error> {
        self.keep(|channel| channel.open_response(response))
    }

    fn keep<T>(&mut self, step: impl FnOnce(&mut Channel) -> Result<T, Scp03Error>) -> Result<T, Scp03Error> {
        let mut channel = self.channel.take().ok_or(Scp03Error::Closed)?;
        let done = step(&mut channel)?;
        self.channel = Some(channel);
        Ok(done)
    }
}
